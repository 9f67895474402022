#!/usr/bin/env python3
"""Random states of Crafter set by hand: crowded, armed, at every hour, at the map's edges, with every attribute a creature has.

    scenarios.py SEED          prints one

The same seed gives the same scenario. A `Case` says how it is played; its actions are those of a policy of the judge.
"""
import dataclasses
import json
import sys

import numpy as np

MATERIALS = ('grass', 'sand', 'path', 'water', 'stone', 'tree', 'lava', 'coal', 'iron', 'diamond', 'table', 'furnace')
ITEMS = ('sapling', 'wood', 'stone', 'coal', 'iron', 'diamond', 'wood_pickaxe', 'stone_pickaxe', 'iron_pickaxe', 'wood_sword',
         'stone_sword', 'iron_sword')
FACINGS = ((-1, 0), (1, 0), (0, -1), (0, 1))
AREAS = ((64, 64), (64, 64), (64, 64), (24, 24), (9, 9), (13, 40), (36, 12), (64, 25))
# Maximum number of objects added to a world. With the world's own objects this stays below 128, the default capacity.
MOST_ADDED = 36


@dataclasses.dataclass
class Case:
  seed: int
  scenario: dict
  area: tuple
  world_seed: int
  policy: str
  steps: int
  length: int
  render: bool
  simple: bool


class Dice:
  """The random draws of the generator."""

  def __init__(self, seed):
    self._numbers = np.random.RandomState(seed)

  def below(self, n):
    return int(self._numbers.randint(0, n))

  def between(self, low, high):
    return low + self.below(high - low + 1)

  def one_of(self, things):
    return things[self.below(len(things))]

  def chance(self, p):
    return bool(self._numbers.uniform() < p)


def random_case(seed, worlds=6):
  """Returns the case of that seed. Its world is one of `worlds`, so that few worlds have to be made."""
  dice = Dice(seed)
  area = dice.one_of(AREAS)
  center = _center(dice, area)
  patch = _patch(dice, area, center)
  taken = {center, (area[0] // 2, area[1] // 2)}
  added = [_creature(dice, kind, cell) for kind, cell in _cast(dice, patch, taken)]
  scenario = {
      'remove': [list(center)] + [list(entry[1:3]) for entry in added],
      'terrain': _terrain(dice, patch, center),
      'player': _player(dice, center),
      'add': added,
  }
  if dice.chance(0.8):
    scenario['step'] = dice.one_of((dice.below(300), 10 * dice.below(30) + 9, dice.below(9990)))
  length = scenario.get('step', 0) + dice.between(5, 60) if dice.chance(0.15) else 10000
  return Case(seed, scenario, area, 1 + dice.below(worlds), dice.one_of(('random', 'brawler', 'brawler')), dice.between(20, 90), length,
              render=dice.chance(0.3), simple=dice.chance(0.15))


def _center(dice, area):
  """Returns the player's cell. A third of the players stand on an edge or in a corner."""
  x, y = dice.below(area[0]), dice.below(area[1])
  if dice.chance(0.2):
    x = dice.one_of((0, area[0] - 1))
  if dice.chance(0.2):
    y = dice.one_of((0, area[1] - 1))
  return x, y


def _patch(dice, area, center):
  reach = dice.between(1, 7)
  return [(x, y) for x in range(center[0] - reach, center[0] + reach + 1) for y in range(center[1] - reach, center[1] + reach + 1)
          if 0 <= x < area[0] and 0 <= y < area[1]]


def _terrain(dice, patch, center):
  """Returns cells of a ground with other materials mixed in; sometimes none, so that the world's own stay."""
  if dice.chance(0.15):
    return []
  ground, other = dice.one_of(MATERIALS[:4]), [dice.one_of(MATERIALS) for _ in range(dice.between(1, 6))]
  density = dice.one_of((0.05, 0.2, 0.5))
  cells = [[x, y, dice.one_of(other) if dice.chance(density) else ground] for x, y in patch]
  if dice.chance(0.8):
    cells.append([*center, dice.one_of(MATERIALS[:3])])
  return cells


def _cast(dice, patch, taken):
  """Yields kinds of creatures and their cells: many of one kind, or all kinds mixed."""
  kinds = ('Cow', 'Zombie', 'Skeleton', 'Plant', 'Arrow')
  crowd = dice.one_of(kinds) if dice.chance(0.3) else None
  for _ in range(dice.one_of((0, 3, 10, MOST_ADDED))):
    cell = dice.one_of(patch)
    if cell not in taken:
      taken.add(cell)
      yield crowd or dice.one_of(kinds), cell


def _creature(dice, kind, cell):
  attributes = {}
  if kind == 'Arrow':
    attributes['facing'] = list(dice.one_of(FACINGS))
  elif dice.chance(0.5):
    attributes['health'] = dice.between(0, {'Zombie': 5, 'Plant': 2}.get(kind, 3))
  if kind == 'Zombie' and dice.chance(0.6):
    attributes['cooldown'] = dice.between(0, 5)
  if kind == 'Skeleton' and dice.chance(0.6):
    attributes['reload'] = dice.between(0, 4)
  if kind == 'Plant' and dice.chance(0.8):
    attributes['grown'] = dice.one_of((0, 290, 299, 300, 301, dice.below(400)))
  return [kind, *cell, attributes] if attributes else [kind, *cell]


def _player(dice, center):
  player = {'pos': list(center), 'facing': list(dice.one_of(FACINGS))}
  inventory = {item: dice.one_of((0, 1, 9, dice.between(0, 9))) for item in ITEMS if dice.chance(0.6)}
  for vital in ('food', 'drink', 'energy'):
    if dice.chance(0.5):
      inventory[vital] = dice.one_of((0, 1, 8, dice.between(0, 9)))
  if dice.chance(0.5):
    inventory['health'] = dice.between(1, 9)
  player['inventory'] = inventory
  if dice.chance(0.2):
    player['sleeping'] = True
  if dice.chance(0.5):
    player['hunger'] = dice.between(0, 51) / 2
    player['thirst'] = dice.between(0, 41) / 2
    player['fatigue'] = dice.between(-10, 30)
    player['recover'] = dice.between(-30, 51) / 2
  if dice.chance(0.7):
    player['last_health'] = inventory.get('health', 9)
  return player


if __name__ == '__main__':
  case = random_case(int(sys.argv[1]))
  print(json.dumps(dataclasses.asdict(case)))
