"""The cases of each group, in a quick and in a full size."""
import dataclasses
import typing

import minigrid_judge
from rules import RULES
from rules.stage import SIZE as STAGE
from scenarios import random_case

GROUPS = ('crafter', 'scenarios', 'pixels', 'minigrid', 'gpu')


@dataclasses.dataclass
class Case:
  """One call of the judge and of the program. `env` is the program's id (or a path to a ruleset)."""
  group: str
  name: str
  env: str
  seed: int
  policy: typing.Any = 'random'  # a policy's name or a list of actions
  policy_seed: int = 0
  steps: int = 500
  episodes: int = 1
  scenario: dict = None
  length: int = 10000
  area: tuple = (64, 64)
  render: bool = False
  pixels: bool = False
  rule: str = None
  backend: str = 'cpu'

  @property
  def simple(self):
    return self.env == 'crafter-simple'


def crafter(full):
  """Whole episodes in a row, random and along the technology tree, also short ones; then the beginnings of many worlds."""
  seeds = [0, 1, 2, 7, 123, 2**31 - 1, 2**40 + 3, -5]
  seeds += list(range(1000, 1050)) if full else []
  for index, seed in enumerate(seeds):
    for policy in ('random', 'tech-tree'):
      render = (index + (policy == 'random')) % 2 == 0
      yield _crafter(seed, policy, index, steps=10000 if full else 1500, episodes=4 if full else 2, render=render)
    if index % 3 == 0:
      yield _crafter(seed, 'random', index, env='crafter-simple', steps=1000, episodes=2, render=index % 2 == 1)
      yield _crafter(seed, 'tech-tree', index, env='crafter-simple', steps=1000, episodes=2, render=index % 2 == 0)
    if index % 3 == 1:
      yield _crafter(seed, 'random', index, steps=1000, episodes=2, length=40 + index)
      yield _crafter(seed, 'tech-tree', index, steps=60 + index, episodes=2)
  for seed in [20042, *range(30000, 30200 if full else 30040)]:
    yield _crafter(seed, 'random', seed, steps=12)
  yield Case('crafter', 'a list of actions that ends early', 'crafter', 3, [1, 5, 5, 3, 5] * 8, steps=30, episodes=3)
  areas = [(9, 9), (24, 24), (13, 40), (40, 13), (64, 25), (96, 96)] + ([(7, 7), (200, 30), (40, 160), (128, 128), (256, 256)] if full else [])
  for index, area in enumerate(areas):
    yield _crafter(index, 'random', index, steps=400, episodes=2, area=area, render=index % 2 == 0)
    yield _crafter(index, 'tech-tree', index, steps=400, episodes=1, area=area)


def _crafter(seed, policy, policy_seed, env='crafter', **options):
  told = ' '.join(f'{key}={value}' for key, value in options.items())
  return Case('crafter', f'{env} seed={seed} {policy} {told}', env, seed, policy, policy_seed, **options)


def crowd(first, kinds):
  """A scenario with more objects than most worlds ever hold: rows of them on the upper third of the map, in place of what was there."""
  cells = [(x, y) for y in range(first, 22) for x in range(64)]
  ground = {'Skeleton': 'path', 'Arrow': 'path'}
  return {
    'remove': [list(cell) for cell in cells],
    'terrain': [[*cell, ground.get(kinds[k % len(kinds)], 'grass')] for k, cell in enumerate(cells)],
    'player': {'pos': [32, 22], 'inventory': {'sapling': 9, 'health': 9}},
    'add': [[kinds[k % len(kinds)], *cell] for k, cell in enumerate(cells) if k % 3],
  }


def crowds(full):
  """Lists of hundreds of objects that shrink, grow and shoot; their room grows during the run."""
  listed = [(18, ('Plant', 'Plant', 'Cow')), (16, ('Zombie', 'Cow', 'Plant', 'Zombie')), (12, ('Skeleton', 'Arrow', 'Plant', 'Skeleton', 'Cow'))]
  for index, (first, kinds) in enumerate(listed * (3 if full else 1)):
    for policy in ('random', 'brawler'):
      yield Case('scenarios', f'crowd {index} {policy}', 'crafter', 60 + index, policy, index, 400 if full else 120, 2, crowd(first, kinds), length=200)


def scenarios(full):
  for rule in RULES:
    yield Case('scenarios', f'rule {rule.name}', 'crafter', rule.seed, rule.actions, steps=len(rule.actions), scenario=rule.scenario,
               length=rule.length, area=STAGE, render=rule.pictures, rule=rule.name)
  kit = {'player': {'inventory': {'wood': 9, 'stone': 9, 'coal': 9, 'iron': 9, 'sapling': 9}}}
  for index, area in enumerate([(1, 1), (1, 5), (2, 2), (2, 9), (3, 3), (5, 4), (12, 12), (13, 13), (3, 256)]):
    yield Case('scenarios', f'armed on a map of {area[0]} x {area[1]}', 'crafter', index, 'brawler', index, 150, 2, kit, area=area, render=index % 2 == 1)
  yield from crowds(full)
  for seed in range(4000 if full else 260):
    yield _scenario('scenarios', seed)


def _scenario(group, seed, **options):
  made = random_case(seed)
  return Case(group, f'scenario {seed}', 'crafter-simple' if made.simple else 'crafter', made.world_seed, made.policy, seed, made.steps,
              scenario=made.scenario, length=made.length, area=made.area, render=made.render, **options)


def pixels(full):
  """Pictures drawn with the package's own textures, by day and night, awake and asleep."""
  for rule in RULES:
    if rule.pictures:
      yield Case('pixels', f'pictures of rule {rule.name}', 'crafter', rule.seed, rule.actions, steps=len(rule.actions), scenario=rule.scenario,
                 length=rule.length, area=STAGE, pixels=True, rule=rule.name)
  for seed in range(5000, 5300 if full else 5030):
    yield _scenario('pixels', seed, pixels=True)
  for seed in range(16 if full else 3):
    for env in ('crafter', 'crafter-simple')[:1 + (seed % 3 == 0)]:
      case = _crafter(seed, 'random' if seed % 2 else 'tech-tree', seed, env=env, steps=2000 if full else 300, episodes=2 if full else 1, pixels=True)
      yield dataclasses.replace(case, group='pixels')


def minigrid(full):
  for index, name in enumerate(minigrid_judge.ids()):
    for seed in range(16 if full else 5):
      for policy in ('random', 'busy'):
        world = 1000 * seed + index
        yield Case('minigrid', f'{name} seed={world} {policy}', name, world, policy, seed + 100 * index, steps=2000 if full else 400,
                   episodes=5 if full else 3)


  yield Case('minigrid', 'a list of actions that ends early', 'MiniGrid-Empty-8x8-v0', 3, [2, 1, 2, 2, 0, 5] * 8, steps=30, episodes=3)


def gpu(full):
  """Compares the kernels directly with the packages."""
  for seed in range(6 if full else 3):
    for policy in ('random', 'tech-tree'):
      yield _on_gpu(_crafter(seed, policy, seed, steps=1000 if full else 200, render=seed % 2 == 0))
    yield _on_gpu(_crafter(seed, 'tech-tree', seed, env='crafter-simple', steps=500 if full else 100))
  for seed in range(260, 460 if full else 272):
    yield _on_gpu(_scenario('scenarios', seed))
  for case in list(crowds(full))[:2]:
    yield _on_gpu(case)
  for index, name in enumerate(minigrid_judge.ids()):
    for seed in range(4 if full else 1):
      world = 77 + 1000 * seed + index
      policy = 'busy' if (index + seed) % 2 else 'random'
      yield _on_gpu(Case('minigrid', f'{name} seed={world} {policy}', name, world, policy, index, steps=500 if full else 60, episodes=2))


def _on_gpu(case):
  return dataclasses.replace(case, group='gpu', backend='gpu')


def all_cases(size, groups=GROUPS):
  made = {'crafter': crafter, 'scenarios': scenarios, 'pixels': pixels, 'minigrid': minigrid, 'gpu': gpu}
  return [case for group in GROUPS if group in groups for case in made[group](size == 'full')]
