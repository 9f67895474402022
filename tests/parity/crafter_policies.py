"""Policies of the judge for Crafter: random actions, a listed sequence, one that climbs the technology tree, and a brawler.

Only `random` is part of what is compared (`explorarium trace --policy random` has it too). The others read the package's world; the
actions that they chose are given to the program as a list.
"""
import collections

import numpy as np
from crafter import constants, objects

MOVES = {'move_left': (-1, 0), 'move_right': (1, 0), 'move_up': (0, -1), 'move_down': (0, 1)}
TOOL_FOR = {'stone': 'wood_pickaxe', 'coal': 'wood_pickaxe', 'iron': 'stone_pickaxe', 'diamond': 'iron_pickaxe', 'tree': None}
TOOLS = ('wood_pickaxe', 'wood_sword', 'stone_pickaxe', 'stone_sword', 'iron_pickaxe', 'iron_sword')


class Listed:
  """Returns the actions of a list, then stops."""

  def __init__(self, actions):
    self._left = collections.deque(actions)

  @classmethod
  def from_file(cls, path):
    with open(path) as file:
      return cls([int(word) for word in file.read().split()])

  def __call__(self, env):
    return self._left.popleft() if self._left else None


class Random:

  def __init__(self, seed):
    self._dice = np.random.RandomState(seed)

  def __call__(self, env):
    return int(self._dice.randint(0, len(constants.actions)))


class TechTree:
  """Gathers what the next tool needs, digs its way there, builds, and keeps its vitals up. One action in twelve is random."""

  def __init__(self, seed):
    self._dice = np.random.RandomState(seed)

  def __call__(self, env):
    if self._dice.uniform() < 1 / 12:
      names = [name for name in constants.actions if name != 'sleep']
      name = names[self._dice.randint(0, len(names))]
    else:
      name = self._wish(env._player, env._world)
    if name not in constants.actions:
      name = self._stray()
    return constants.actions.index(name)

  def _stray(self):
    return list(MOVES)[self._dice.randint(0, 4)]

  def _wish(self, player, world):
    have, done = player.inventory, player.achievements
    foe = self._foe_beside(player, world)
    if foe:
      return 'do' if MOVES[foe] == tuple(player.facing) else foe
    if player.sleeping or have['energy'] < 2:
      return 'sleep'
    if have['drink'] < 4:
      return self._seek(player, world, 'water')
    if have['food'] < 4:
      return self._seek(player, world, objects.Cow)
    if have['sapling'] and not done['place_plant']:
      return self._build(player, world, 'place_plant', ('grass',))
    if not done['collect_sapling']:
      return self._seek(player, world, 'grass')
    return self._next_tool(player, world, have)

  def _next_tool(self, player, world, have):
    for tool in TOOLS:
      if have[tool] or f'make_{tool}' not in constants.actions:
        continue
      recipe = constants.make[tool]
      for item, count in recipe['uses'].items():
        if have[item] < count:
          return self._seek(player, world, 'tree' if item == 'wood' else item)
      for bench in recipe['nearby']:
        if not world.count(bench):
          return self._raise_bench(player, world, have, bench)
      near = world.nearby(player.pos, 1)[0]
      away = [bench for bench in recipe['nearby'] if bench not in near]
      return self._seek(player, world, away[0], 'noop') if away else f'make_{tool}'
    facing = world[player.pos + np.array(player.facing)]
    if have['stone'] and facing[0] in ('water', 'lava') and facing[1] is None:
      return 'place_stone'
    return self._seek(player, world, 'diamond')

  def _raise_bench(self, player, world, have, bench):
    for item, count in constants.place[bench]['uses'].items():
      if have[item] < count + (bench == 'table') * 4:
        return self._seek(player, world, 'tree' if item == 'wood' else item)
    if bench == 'furnace' and 'table' not in world.nearby(player.pos, 1)[0]:
      return self._seek(player, world, 'table', 'noop')
    return self._build(player, world, f'place_{bench}', constants.place[bench]['where'])

  def _build(self, player, world, action, ground):
    material, obj = world[player.pos + np.array(player.facing)]
    return action if material in ground and obj is None else self._stray()

  def _foe_beside(self, player, world):
    for name, step in MOVES.items():
      if isinstance(world[player.pos + np.array(step)][1], (objects.Zombie, objects.Skeleton)):
        return name
    return None

  def _seek(self, player, world, wanted, then='do'):
    """Returns the first action of a shortest path to the nearest `wanted`, through rock with a pickaxe; `then` once it is reached."""
    home = tuple(int(v) for v in player.pos)
    first, fringe = {home: None}, collections.deque([home])
    while fringe:
      x, y = fringe.popleft()
      for name, (dx, dy) in MOVES.items():
        cell = (x + dx, y + dy)
        if cell in first:
          continue
        way = first[x, y] or name
        material, obj = world[cell]
        hit = isinstance(obj, wanted) if isinstance(wanted, type) else material == wanted and obj is None
        if hit and (x, y) == home:
          return then if tuple(player.facing) == (dx, dy) else name
        if hit:
          return self._clear(player, world, way)
        dug = material in ('stone', 'coal', 'tree') and (TOOL_FOR[material] is None or player.inventory[TOOL_FOR[material]])
        if obj is None and (material in constants.walkable or dug and material != 'tree'):
          first[cell] = way
          fringe.append(cell)
    return self._stray()

  def _clear(self, player, world, way):
    """Returns the move, or `do` to dig away what blocks it."""
    step = MOVES[way]
    material = world[player.pos + np.array(step)][0]
    return 'do' if material in ('stone', 'coal') and tuple(player.facing) == step else way


class Brawler:
  """Random actions, of which many hit, build and craft: for states set by hand, where much is within reach."""

  LIKES = {'do': 6, 'sleep': 1, 'noop': 1}

  def __init__(self, seed):
    self._dice = np.random.RandomState(seed)

  def __call__(self, env):
    weights = np.array([self.LIKES.get(name, 2) for name in constants.actions], float)
    return int(self._dice.choice(len(weights), p=weights / weights.sum()))


POLICIES = {'random': Random, 'tech-tree': TechTree, 'brawler': Brawler}
