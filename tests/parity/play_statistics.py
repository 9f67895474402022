#!/usr/bin/env python3
"""Random play in the large: does a million steps of `explorarium run crafter` look like the published million?

    play_statistics.py --binary target/release/explorarium [--steps 1000000]

The package's author published what a uniformly random policy unlocks (Hafner 2021, the runs shipped in
github.com/danijar/crafter): 5 seeds of a million steps, about 5957 episodes each. Every episode is an independent draw, so a
share p of N episodes has the standard deviation sqrt(p (1 - p) / N). Published and own figures are both samples, so their
difference has the variance p (1 - p) (1 / N + 1 / (5 * 5957)). A figure may be off by SPREAD such deviations: 20 figures at
4.5 deviations raise a false alarm about once in 7000 runs. Where few episodes are expected the count is compared, with a
bound from the Poisson distribution. Length and number of achievements of an episode have deviations of 45.6 and 1.23
(measured over 6000 episodes of the package's rules). The runs are long against an episode (62 500 steps in each of 16
instances), so counting only finished episodes shifts the mean length by less than 0.1.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

PUBLISHED_EPISODES = 5 * 5957
PUBLISHED_PERCENT = {
    'wake_up': 93.603, 'collect_sapling': 50.185, 'place_plant': 44.615, 'collect_wood': 24.378, 'collect_drink': 9.322,
    'place_table': 4.362, 'eat_cow': 0.376, 'make_wood_pickaxe': 0.322, 'make_wood_sword': 0.319, 'defeat_zombie': 0.138,
    'defeat_skeleton': 0.017, 'collect_stone': 0.013, 'place_stone': 0.010, 'eat_plant': 0.007, 'collect_coal': 0.0,
    'collect_diamond': 0.0, 'collect_iron': 0.0, 'make_iron_pickaxe': 0.0, 'make_iron_sword': 0.0, 'make_stone_pickaxe': 0.0,
    'make_stone_sword': 0.0, 'place_furnace': 0.0,
}
PUBLISHED_MEANS = {'mean_length': (167.9, 45.6), 'mean_achievements': (2.277, 1.23)}
SPREAD = 4.5
FEW = 50  # expected episodes below which the normal approximation is not used


def judge_percent(percent, published, episodes):
  """(within the spread, what is allowed) for the share of episodes that unlocked something."""
  p = published / 100
  if p * episodes >= FEW:
    slack = 100 * SPREAD * math.sqrt(p * (1 - p) * (1 / episodes + 1 / PUBLISHED_EPISODES))
    return abs(percent - published) <= slack, f'{published:.3f} +- {slack:.3f}'
  # The true rate may be as high as what would have shown the published count, and ours scatters about that.
  seen = p * PUBLISHED_EPISODES
  high = (seen + 3 * math.sqrt(seen + 1) + 3) * episodes / PUBLISHED_EPISODES
  low = max(0.0, seen - 3 * math.sqrt(seen + 1) - 3) * episodes / PUBLISHED_EPISODES
  most, least = high + SPREAD * math.sqrt(high + 1), low - SPREAD * math.sqrt(low)
  count = percent * episodes / 100
  return least <= count <= most, f'{max(0, least):.0f} to {most:.0f} episodes'


def judge_mean(mean, published, deviation, episodes):
  slack = SPREAD * deviation * math.sqrt(1 / episodes + 1 / PUBLISHED_EPISODES)
  return abs(mean - published) <= slack, f'{published:.3f} +- {slack:.3f}'


def judge(summary):
  """Rows (name, value, what is allowed, good) for a run's summary."""
  episodes, rates = summary['episodes'], summary['success_rates']
  rows = []
  for name, (published, deviation) in PUBLISHED_MEANS.items():
    good, allowed = judge_mean(summary[name], published, deviation, episodes)
    rows.append((name, summary[name], allowed, good))
  for name, published in PUBLISHED_PERCENT.items():
    good, allowed = judge_percent(rates[name], published, episodes)
    rows.append((name, rates[name], allowed, good))
  for name in sorted(set(rates) - set(PUBLISHED_PERCENT)):
    rows.append((name, rates[name], 'not an achievement', False))
  return rows


def control(summary):
  """A summary with one figure moved out of its spread must not pass."""
  rates = summary['success_rates']
  moved = [{**summary, 'mean_length': summary['mean_length'] + 10}, {**summary, 'mean_achievements': 2.4},
           {**summary, 'success_rates': {**rates, 'collect_wood': rates['collect_wood'] + 5}},
           {**summary, 'success_rates': {**rates, 'eat_plant': 1.0}},
           {**summary, 'success_rates': {**rates, 'eat_cow': 0.0, 'defeat_zombie': 0.0}}]
  return [case for case in moved if all(row[3] for row in judge(case))]


def run(binary, steps, seed):
  with tempfile.TemporaryDirectory(prefix='statistics-') as folder:
    words = [str(binary), 'run', 'crafter', '--agent', 'random', '--num-envs', '16', '--steps', str(steps), '--seed', str(seed), '--json',
             '-o', str(pathlib.Path(folder) / 'run')]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
  return json.loads(done.stdout)


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--binary', default=pathlib.Path(__file__).resolve().parents[2] / 'target' / 'release' / 'explorarium')
  parser.add_argument('--steps', type=int, default=1_000_000)
  parser.add_argument('--seed', type=int, default=1)
  args = parser.parse_args()
  summary = run(args.binary, args.steps, args.seed)
  rows = judge(summary)
  print(f'{summary["steps"]} steps, {summary["episodes"]} episodes, published {PUBLISHED_EPISODES}')
  for name, value, allowed, good in rows:
    print(f'{"ok  " if good else "FAIL"} {name:20} {value:9.3f}   allowed {allowed}')
  unnoticed = control(summary)
  print(f'controls: {5 - len(unnoticed)} passed, {len(unnoticed)} failed')
  failed = sum(not row[3] for row in rows) + len(unnoticed)
  print(f'statistics: {len(rows) + 5 - failed} passed, {failed} failed')
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main())
