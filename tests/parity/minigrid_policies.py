"""Policies of the judge for MiniGrid: random actions, a listed sequence, and a busy one.

Only `random` is part of what is compared (`explorarium trace --policy random` has it too); the actions that the busy one chose
are given to the program as a list.
"""
import collections

import numpy as np

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)
HEADINGS = ((1, 0), (0, 1), (-1, 0), (0, -1))


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
    return int(self._dice.randint(0, env.action_space.n))


class Busy:
  """Goes to an object and toggles, opens, takes or enters it; objects that the mission names are chosen most often."""

  PATIENCE = 40

  def __init__(self, seed):
    self._dice = np.random.RandomState(seed)
    self._errand, self._left, self._plan = None, 0, []

  def __call__(self, env):
    world, actions = env.unwrapped, env.action_space.n
    if world.step_count == 0:
      self._errand, self._plan = None, []
    if self._dice.uniform() < 0.05:
      return int(self._dice.randint(0, actions))
    if not self._plan and world.carrying and self._dice.uniform() < (0.01 if self._doors_for(world) else 0.06):
      self._plan = [DROP if world.grid.get(*world.front_pos) is None else RIGHT]
    action = self._plan.pop(0) if self._plan else self._pursue(world)
    return action if action is not None and action < actions else int(self._dice.randint(0, 3))

  def _doors_for(self, world):
    """Returns the locked doors that the carried key fits."""
    held = world.carrying
    return [thing for thing in world.grid.grid if held and held.type == 'key' and thing is not None
            and thing.type == 'door' and thing.is_locked and thing.color == held.color]

  def _pursue(self, world):
    self._left -= 1
    if self._errand is None or self._left <= 0 or world.grid.get(*self._errand) is None:
      self._errand, self._left = self._new_errand(world), self.PATIENCE
    if self._errand is None:
      return None
    way = self._way(world, self._errand)
    if way:
      return way[0]
    thing, self._errand = world.grid.get(*self._errand), None
    return None if way is None else self._handle(world, thing)

  def _new_errand(self, world):
    cells, worth = [], []
    openable = self._doors_for(world)
    for index, thing in enumerate(world.grid.grid):
      if thing is None or thing.type in ('wall', 'floor'):
        continue
      cells.append((index % world.grid.width, index // world.grid.width))
      worth.append(self._worth(world, thing, openable))
    total = sum(worth)
    return cells[self._dice.choice(len(cells), p=np.array(worth) / total)] if total else None

  def _worth(self, world, thing, openable):
    if thing.type == 'door' and thing.is_locked:
      return 30 if thing in openable else 0.3
    if self._named(world, thing):
      return 12
    if thing.type == 'door':
      return 1 if thing.is_open else 5
    return {'lava': 0.05, 'goal': 6, 'key': 5, 'box': 3, 'ball': 2}.get(thing.type, 1)

  def _named(self, world, thing):
    return f'{thing.color} {thing.type}' in world.mission

  def _handle(self, world, thing):
    if thing.type in ('goal', 'lava'):
      return FORWARD
    if self._named(world, thing) and world.mission.startswith('go to') and self._dice.uniform() < 0.7:
      return DONE
    if thing.type == 'door':
      return (TOGGLE, TOGGLE, FORWARD if thing.is_open else DONE)[self._dice.randint(0, 3)]
    if world.carrying and not self._doors_for(world) and self._dice.uniform() < 0.6:
      self._plan = [DROP]
      return LEFT
    if thing.type == 'box' and not self._named(world, thing):
      return TOGGLE if self._dice.uniform() < 0.6 else PICKUP
    return (PICKUP, PICKUP, PICKUP, PICKUP, TOGGLE, DONE)[self._dice.randint(0, 6)]

  def _way(self, world, cell):
    """Returns actions after which the agent faces `cell`: empty if it does already, None if no path leads there."""
    start = (*(int(v) for v in world.agent_pos), int(world.agent_dir))
    ways, fringe = {start: ()}, collections.deque([start])
    while fringe:
      x, y, heading = here = fringe.popleft()
      ahead = (x + HEADINGS[heading][0], y + HEADINGS[heading][1])
      if ahead == cell:
        return ways[here]
      steps = [((x, y, (heading + 3) % 4), LEFT), ((x, y, (heading + 1) % 4), RIGHT)]
      if self._passable(world.grid, ahead):
        steps.append(((*ahead, heading), FORWARD))
      for there, action in steps:
        if there not in ways:
          ways[there] = (*ways[here], action)
          fringe.append(there)
    return None

  def _passable(self, grid, cell):
    if not (0 <= cell[0] < grid.width and 0 <= cell[1] < grid.height):
      return False
    thing = grid.get(*cell)
    return thing is None or thing.type != 'lava' and thing.can_overlap()


POLICIES = {'random': Random, 'busy': Busy}
