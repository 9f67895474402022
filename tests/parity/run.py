#!/usr/bin/env python3
"""Plays the packages and the program side by side and compares every line.

    run.py --binary target/release/explorarium --size quick|full [--only crafter,scenarios,pixels,minigrid,gpu] [--jobs 2]

Needs tests/parity/requirements.txt. Prints the first difference of each case that fails, with the commands that show it
again (their files stay in target/parity), then the controls (they break something on purpose and must be noticed), then the
totals. Exit 1 if anything failed.
"""
import argparse
import collections
import multiprocessing
import os
import pathlib
import shlex
import sys
import tempfile
import time

import cases
import controls
import players
from compare import first_difference

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAILED = ROOT / 'target' / 'parity'
SHOWN = 5  # failures printed in full; the others by name
Outcome = collections.namedtuple('Outcome', 'case lines trouble solved')
_worker = None


class Worker:
  """The state that a process keeps between cases."""

  def __init__(self, binary, folder, keep, env):
    self.binary, self.env, self.judge = binary, env, players.Judge(folder, keep)

  def check(self, case):
    lines = []
    try:
      lines = self.judge.lines(case)
      trouble = first_difference(lines, players.our_lines(self.binary, case, lines, self.env))
    except (players.Refused, players.Unmet) as error:
      trouble = f'{type(error).__name__}: {error}'
    except Exception as error:  # a broken case must not take the others with it
      trouble = f'the driver stumbled: {type(error).__name__}: {error}'
    solved = any(line['reward'] > 0 and line['terminated'] for line in lines)
    return Outcome(case, len(lines), trouble and trouble + self._again(case, lines), solved)

  def _again(self, case, lines):
    files = FAILED / ''.join(c if c.isalnum() or c in '-=.' else '_' for c in case.name)
    files.mkdir(parents=True, exist_ok=True)
    players.write_files(case, lines, files)
    return f'\n    again: {shlex.join(players.command(self.binary, case, files, self.env))}'


def _begin(*args):
  global _worker
  _worker = Worker(*args)


def _check(case):
  return _worker.check(case)


def run(listed, binary, jobs, keep=None, env=None, until_failure=False, folder=None):
  """Yields the outcomes of all cases as they finish."""
  with tempfile.TemporaryDirectory(prefix='worlds-') as worlds:
    folder = folder or pathlib.Path(worlds)
    with multiprocessing.Pool(jobs, _begin, (binary, folder, keep, env)) as pool:
      for outcome in pool.imap_unordered(_check, listed, chunksize=4):
        yield outcome
        if until_failure and outcome.trouble:
          return


def report(outcomes):
  """Prints failures as they come and one line per group; returns (passed, failed)."""
  passed, failed, lines, solved, begun = collections.Counter(), collections.Counter(), collections.Counter(), set(), time.time()
  for outcome in outcomes:
    group = outcome.case.group
    lines[group] += outcome.lines
    if outcome.solved and group == 'minigrid':
      solved.add(outcome.case.env)
    if outcome.trouble is None:
      passed[group] += 1
      continue
    failed[group] += 1
    print(f'FAIL {group}: {outcome.case.name}', flush=True)
    if sum(failed.values()) <= SHOWN:
      print(f'  {outcome.trouble}', flush=True)
  for group in cases.GROUPS:
    if passed[group] or failed[group]:
      more = f', {len(solved)} ids solved at least once' if group == 'minigrid' else ''
      print(f'{group}: {passed[group]} passed, {failed[group]} failed, {lines[group]} lines{more}')
  print(f'played in {time.time() - begun:.0f} s')
  return sum(passed.values()), sum(failed.values())


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--binary', default=ROOT / 'target' / 'release' / 'explorarium')
  parser.add_argument('--size', choices=['quick', 'full'], default='quick')
  parser.add_argument('--only', default=','.join(cases.GROUPS), help='groups, separated by commas')
  parser.add_argument('--match', default='', help='only cases whose name holds this text')
  parser.add_argument('--jobs', type=int, default=os.cpu_count())
  parser.add_argument('--keep', type=pathlib.Path, help="folder for the judge's lines, to be read again by a later run")
  parser.add_argument('--no-controls', action='store_true')
  args = parser.parse_args()
  groups = args.only.split(',')
  if set(groups) - set(cases.GROUPS):
    parser.error(f'groups are {", ".join(cases.GROUPS)}')
  if not os.access(args.binary, os.X_OK):
    parser.error(f'{args.binary} is not there; cargo build --release makes it')
  if args.keep:
    args.keep.mkdir(parents=True, exist_ok=True)
  listed = [case for case in cases.all_cases(args.size, groups) if args.match in case.name]
  if not listed:
    parser.error('no case has that name')
  passed, failed = report(run(listed, args.binary, args.jobs, args.keep))
  if not args.no_controls:
    good, bad = controls.check(args.binary, [group for group in groups if group != 'gpu'], args.size == 'full')
    passed, failed = passed + good, failed + bad
  print(f'parity: {passed} passed, {failed} failed')
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main())
