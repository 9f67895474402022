#!/usr/bin/env python3
"""Random play in the large: does a million steps of `explorarium run crafter` look like the published million?

    play_statistics.py --binary target/release/explorarium [--steps 1000000]

The package's author published what a uniformly random policy unlocks (Hafner 2021, the runs shipped in
github.com/danijar/crafter): 5 seeds of a million steps, about 5957 episodes each. Every episode is an independent draw, so for
each achievement the published and our own numbers of episodes that unlocked it are two binomial samples. If the rates are
equal, ours is, given the sum of both, hypergeometric (Fisher's exact test); a figure
fails when that makes it less likely than ALARM. Mean length and mean number of achievements of an episode have deviations
of 45.6 and 1.23 (measured over 6000 episodes of the package's rules) and may be off by SPREAD standard errors of the
difference, which is as unlikely. With 24 figures a false alarm comes about once in 4000 seeds; the seed is fixed. The runs
are long against an episode (62 500 steps in each of 16 instances), so counting only finished episodes shifts the mean length
by less than 0.1.
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
ALARM = 1e-5
SPREAD = 4.42  # two-sided probability 1e-5


def _tails(count, ours, theirs, total):
  """Returns P(X <= count) and P(X >= count), if `total` of all episodes unlock it and X of ours are among them."""
  def log_ways(n, k):
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
  def probability(k):
    return math.exp(log_ways(ours, k) + log_ways(theirs, total - k) - log_ways(ours + theirs, total))
  least, most = max(0, total - theirs), min(ours, total)
  return math.fsum(probability(k) for k in range(least, count + 1)), math.fsum(probability(k) for k in range(count, most + 1))


def judge_percent(percent, published, episodes):
  """Returns (whether it is as likely as ALARM asks, what was published and how likely ours is) for the share of episodes with an unlock."""
  seen, count = round(published / 100 * PUBLISHED_EPISODES), round(percent / 100 * episodes)
  likely = min(1.0, 2 * min(_tails(count, episodes, PUBLISHED_EPISODES, seen + count)))
  return likely >= ALARM, f'published {published:7.3f}, probability {likely:.3g}'


def judge_mean(mean, published, deviation, episodes):
  slack = SPREAD * deviation * math.sqrt(1 / episodes + 1 / PUBLISHED_EPISODES)
  return abs(mean - published) <= slack, f'published {published:7.3f}, may be off by {slack:.3f}'


def judge(summary):
  """Returns rows (name, value, what it is compared with, good) for a run's summary."""
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
  """Returns the summaries that pass although one figure was moved out of its spread; there must be none."""
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
    print(f'{"ok  " if good else "FAIL"} {name:20} {value:9.3f}   {allowed}')
  unnoticed = control(summary)
  print(f'controls: {5 - len(unnoticed)} passed, {len(unnoticed)} failed')
  failed = sum(not row[3] for row in rows) + len(unnoticed)
  print(f'statistics: {len(rows) + 5 - failed} passed, {failed} failed')
  return 1 if failed else 0


if __name__ == '__main__':
  sys.exit(main())
