"""Runs a case twice: through the judge, and through the program's `trace`."""
import json
import os
import pathlib
import pickle
import subprocess
import tempfile
import warnings

import crafter

import crafter_judge
import crafter_policies
import minigrid_judge
import minigrid_policies
from rules import RULES, Seen

TEXTURES = pathlib.Path(crafter.__file__).parent / 'assets'
PATIENCE_S = 600
TOO_LONG = [0] * 3  # actions after the judge's last: a program that ends an episode too late would take them
RULE = {rule.name: rule for rule in RULES}
warnings.simplefilter('ignore')  # gymnasium announces newer versions of ids


class Unmet(Exception):
  """In the package a rule's scenario no longer does what it was written for."""


def is_crafter(case):
  return case.env.startswith('crafter')


class Judge:
  """Returns lines of the judge. With `keep`, a folder, they are stored there and read again."""

  def __init__(self, folder, keep=None):
    self._worlds, self._keep = crafter_judge.Worlds(folder), keep

  def lines(self, case):
    path = self._keep and self._keep / f'{case.group} {case.name}'.replace('/', '-')
    if path and path.exists():
      return pickle.loads(path.read_bytes())
    lines = self._crafter(case) if is_crafter(case) else self._minigrid(case)
    if path:
      path.write_bytes(pickle.dumps(lines))
    return lines

  def _crafter(self, case):
    policy = crafter_policies.Listed(case.policy) if isinstance(case.policy, list) else crafter_policies.POLICIES[case.policy](case.policy_seed)
    lines, env = [], None
    for line, env in crafter_judge.play(case.seed, policy, case.steps, case.episodes, case.scenario, case.length, case.area, case.render,
                                        case.pixels, case.simple, self._worlds):
      lines.append(line)
    if case.rule and not RULE[case.rule].expect(Seen(RULE[case.rule], lines, env)):
      raise Unmet(f'in the package itself "{RULE[case.rule].about}" did not come to pass')
    return lines

  def _minigrid(self, case):
    policy = minigrid_policies.Listed(case.policy) if isinstance(case.policy, list) else minigrid_policies.POLICIES[case.policy](case.policy_seed)
    return [line for line, _ in minigrid_judge.play(case.env, case.seed, policy, case.steps, case.episodes)]


class Refused(Exception):
  """The program ended with an error."""


def command(binary, case, files, env=None):
  """Returns the program's command line for a case; `files` is the folder of its list of actions and its scenario."""
  words = [str(binary), 'trace', '--quiet', '--backend', case.backend, env or case.env, f'--seed={case.seed}', '--steps', str(case.steps), '--episodes', str(case.episodes)]
  if case.policy == 'random':
    words += ['--policy', 'random', '--policy-seed', str(case.policy_seed)]
  else:
    words += ['--actions', str(files / 'actions.txt')]
  if not is_crafter(case):
    return words
  if case.scenario is not None:
    words += ['--scenario', str(files / 'scenario.json')]
  if case.length != 10000:
    words += ['--length', str(case.length)]
  if tuple(case.area) != (64, 64):
    words += ['--area', *(str(side) for side in case.area)]
  if case.render or case.pixels:
    words += ['--picture-noise']
  if case.pixels:
    words += ['--pixels', '--textures', str(TEXTURES)]
  return words


def write_files(case, lines, files):
  actions = case.policy if isinstance(case.policy, list) else [line['action'] for line in lines if line['action'] is not None] + TOO_LONG
  (files / 'actions.txt').write_text(''.join(f'{action}\n' for action in actions))
  if case.scenario is not None:
    (files / 'scenario.json').write_text(json.dumps(case.scenario))


def our_lines(binary, case, judged, env=None):
  """Returns what the program prints for the actions in the judge's lines."""
  with tempfile.TemporaryDirectory(prefix='parity-') as name:
    files = pathlib.Path(name)
    write_files(case, judged, files)
    done = subprocess.run(command(binary, case, files, env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE_S,
                          env={**os.environ, 'RUST_BACKTRACE': '1'})
  text, said = done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace').strip()
  try:
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
  except ValueError as error:
    raise Refused(f'a line is not JSON ({error}); exit {done.returncode}; {said[-2000:]}') from error
  if done.returncode != 0:
    raise Refused(f'exit {done.returncode} after {len(lines)} lines; {said[-2000:]}')
  return lines
