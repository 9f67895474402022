"""Scenarios for the rules of Crafter: a small map in ASCII, the objects on it, the actions, and the expected result.

The stage is a world of 25 x 25 cells without creatures, covered with sand, on which nothing spawns. Cells of a map:
  . grass   , path   : sand   ~ water   # stone   t tree   L lava   c coal   i iron   d diamond   T table   F furnace
  @ the player, on the `under` material, at (12, 12) unless `at` says otherwise
Positions in `add` are relative to the player: (1, 0) is right of the player. The expected result is checked in the package itself, so
that a scenario that no longer reaches its rule fails before any comparison.
"""
import dataclasses
import typing

from crafter import constants

SIZE, HOME = (25, 25), (12, 12)
GROUND = {'.': 'grass', ',': 'path', ':': 'sand', '~': 'water', '#': 'stone', 't': 'tree', 'L': 'lava', 'c': 'coal',
          'i': 'iron', 'd': 'diamond', 'T': 'table', 'F': 'furnace'}
SHORT = {'n': 'noop', 'l': 'move_left', 'r': 'move_right', 'u': 'move_up', 'd': 'move_down', 'stone': 'place_stone',
         'table': 'place_table', 'furnace': 'place_furnace', 'plant': 'place_plant', 'wp': 'make_wood_pickaxe',
         'sp': 'make_stone_pickaxe', 'ip': 'make_iron_pickaxe', 'ws': 'make_wood_sword', 'ss': 'make_stone_sword',
         'is': 'make_iron_sword'}
ACTIONS = tuple(constants.actions)
WAYS = {'left': (-1, 0), 'right': (1, 0), 'up': (0, -1), 'down': (0, 1)}


@dataclasses.dataclass
class Rule:
  name: str
  about: str
  scenario: dict
  actions: list
  expect: typing.Callable
  seed: int
  length: int
  pictures: bool  # drawn in every step, and compared
  home: tuple


class Seen:
  """The result of a rule's scenario; positions are relative to the player's start."""

  def __init__(self, rule, lines, env):
    self.rule, self.lines, self.env = rule, lines, env
    self.player, self.world = env._player, env._world

  def has(self, item, step=-1):
    return self.lines[step]['inventory'][list(constants.items).index(item)]

  def done(self, name, step=-1):
    return self.lines[step]['achievements'][list(constants.achievements).index(name)]

  def _cell(self, dx, dy):
    return self.world[self.rule.home[0] + dx, self.rule.home[1] + dy]

  def ground(self, dx, dy):
    return self._cell(dx, dy)[0]

  def at(self, dx, dy):
    obj = self._cell(dx, dy)[1]
    return obj and type(obj).__name__

  def who(self, dx, dy):
    return self._cell(dx, dy)[1]

  def all(self, kind):
    return [obj for obj in self.world.objects if type(obj).__name__ == kind]

  def moved(self):
    return [int(a - b) for a, b in zip(self.player.pos, self.rule.home)]


RULES = []


def actions_of(words):
  played = []
  for word in words.split():
    name, _, times = word.partition('*')
    played += [ACTIONS.index(SHORT.get(name, name))] * int(times or 1)
  return played


def rule(name, about, map='@', actions='n', expect=None, add=(), under='sand', at=HOME, facing='right', step=None, seed=5,
         ground='sand', length=10000, pictures=False, keep=False, **player):
  """Adds a rule. Other keywords set the player: items, or sleeping, hunger, thirst, fatigue, recover, last_health."""
  rows = [row.strip() for row in map.strip().splitlines()]
  (px, py), = [(row.index('@'), y) for y, row in enumerate(rows) if '@' in row]
  drawn = {(at[0] + x - px, at[1] + y - py): under if mark == '@' else GROUND[mark]
           for y, row in enumerate(rows) for x, mark in enumerate(row)}
  cells = [(x, y) for x in range(SIZE[0]) for y in range(SIZE[1])]
  body = {key: player.pop(key) for key in ('sleeping', 'hunger', 'thirst', 'fatigue', 'recover', 'last_health') if key in player}
  if 'health' in player:
    body.setdefault('last_health', player['health'])
  unknown = set(player) - set(constants.items)
  assert not unknown and all(cell in cells for cell in drawn), (name, unknown)
  scenario = {'player': {'pos': list(at), 'facing': list(WAYS[facing]), 'inventory': player, **body}}
  if not keep:
    scenario['remove'] = [list(cell) for cell in cells]
    scenario['terrain'] = [[x, y, drawn.get((x, y), ground)] for x, y in cells]
  if step is not None:
    scenario['step'] = step
  scenario['add'] = [[kind, at[0] + dx, at[1] + dy, *rest] for kind, dx, dy, *rest in add]
  assert expect is not None and all(other.name != name for other in RULES), name
  RULES.append(Rule(name, about, scenario, actions_of(actions), expect, seed, length, pictures, at))
