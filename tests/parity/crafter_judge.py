#!/usr/bin/env python3
"""The judge of "is this Crafter?": plays the package crafter 1.8.3 and says, one JSON line a step, what is so.

    crafter_judge.py --seed 7 --steps 500 --policy random --policy-seed 1
    crafter_judge.py --seed 7 --actions FILE              one action id a line
    crafter_judge.py --seed 7 --scenario FILE             a state set by hand after the first reset

`explorarium trace crafter` with the same options must print the same lines. The package plays as it is, but for two habits
that no program could repeat. A chunk holds its creatures in a set of objects, so which one is despawned depends on
memory addresses: here a chunk names its creatures in the order in which they entered the world. And numpy's exp rounds
otherwise on a processor with AVX-512 than on one without, which decides the start area of about one world in 200 000 (a
cell at distance 4 where the noise is 8e-17; seed 20042 has one): here the terrain takes exp from the C library.

Two streams of chance are legal. With --render a picture is drawn in every step, as the package does; in the dark it takes
one double for each of its 63 x 49 pixels from the world's stream, which changes everything after. Without it, no
picture is drawn. --pixels adds a digest of the picture and implies --render. --simple is the ruleset of the
humans-in-Crafter study: no night, and 13 actions.

What a line holds (step 0 is the state after the reset and the scenario):
  step, action, reward (6 decimals), terminated, truncated
  pos, facing               [x, y] of the player; the direction he looks in
  sleeping, inventory (16), achievements (22), daylight (float64; cos differs in its last bit between machines)
  semantic                  sha256 of the map of materials and objects, u8, x-major
  objects                   number of living objects
  rng                       sha256 of the 624 words of MT19937 and its position, little-endian u32
  hidden                    sha256 over little-endian i32: doubled hunger, thirst, fatigue, recover; last health; for
                            every object in order of entering: kind (13 player, cow, zombie, skeleton, arrow, plant), x, y,
                            health, its counter (cooldown, reload or grown; else 0), an arrow's direction (else 0, 0);
                            then the corner of every chunk in order of coming to be
  pixels                    sha256 of the picture, 64 x 64 x 3 u8

A scenario is a JSON object; all parts are optional and are applied in this order:
  remove   [[x, y], ..]                  whoever stands there leaves
  terrain  [[x, y, material], ..]
  player   {pos, facing, inventory {item: count}, sleeping, hunger, thirst, fatigue, recover, last_health}
  step     the step counter, and so the time of day
  add      [[kind, x, y], [kind, x, y, {health, cooldown, reload, grown, facing}], ..]
"""
import argparse
import collections
import hashlib
import json
import math
import pickle
import struct
import sys
import types

import crafter
import numpy as np
from crafter import constants, engine, objects, worldgen

from crafter_policies import POLICIES, Listed

ALL_ACTIONS = tuple(constants.actions)
STUDY_DROPS = {'place_stone', 'make_stone_sword', 'make_iron_sword', 'make_iron_pickaxe'}
STUDY_ACTIONS = tuple(name for name in ALL_ACTIONS if name not in STUDY_DROPS)
KINDS = (objects.Player, objects.Cow, objects.Zombie, objects.Skeleton, objects.Arrow, objects.Plant)
COUNTER = {objects.Zombie: 'cooldown', objects.Skeleton: 'reload', objects.Plant: 'grown'}


class RollCall:
  """The creatures of a chunk in the order in which they entered the world."""

  def __init__(self):
    self._by_number = {}

  def add(self, obj):
    self._by_number[obj.number] = obj

  def remove(self, obj):
    del self._by_number[obj.number]

  def __iter__(self):
    return iter([self._by_number[number] for number in sorted(self._by_number)])


class PinnedWorld(engine.World):
  """The package's world with chunks that have an order."""

  def reset(self, seed=None):
    super().reset(seed)
    self._chunks = collections.defaultdict(RollCall)
    self._entered = 0

  def add(self, obj):
    self._entered += 1
    obj.number = self._entered
    super().add(obj)


engine.World = PinnedWorld
worldgen.np = types.SimpleNamespace(zeros=np.zeros, sqrt=np.sqrt, exp=lambda x: np.float64(math.exp(x)))


class JudgedEnv(crafter.Env):
  """The package's environment. A picture is drawn only on request, and the ruleset `crafter-simple` can be chosen."""

  def __init__(self, seed, area=(64, 64), length=10000):
    super().__init__(area=tuple(area), length=length, seed=seed)
    self.configure()

  def configure(self, length=10000, pictures=False, simple=False):
    self._length, self.pictures, self.simple = length, pictures, simple
    constants.actions[:] = STUDY_ACTIONS if simple else ALL_ACTIONS
    return self

  def _obs(self):
    return self.render() if self.pictures else None

  def _update_time(self):
    super()._update_time()
    if getattr(self, 'simple', False):
      turn = (self._step / 300) % 1 + 0.3
      self._world.daylight = 1 - np.abs(np.cos(np.pi * turn / 2)) ** 12


class Worlds:
  """Worlds after a reset. The package takes over a second to make one, so each is stored, pickled, in a folder."""

  def __init__(self, folder=None):
    self._folder, self._kept = folder, {}

  def after_reset(self, seed, episode=1, area=(64, 64)):
    """Returns an environment of that seed that has just begun the given episode; earlier actions make no difference."""
    key = f'{seed}-{episode}-{area[0]}x{area[1]}'
    if key not in self._kept:
      self._kept[key] = self._read(key) or self._make(key, seed, episode, area)
    return pickle.loads(self._kept[key])

  def _make(self, key, seed, episode, area):
    env = JudgedEnv(seed, area)
    env._episode = episode - 1
    env.reset()
    data = pickle.dumps(env)
    if self._folder:
      part = self._folder / f'{key}.{id(self)}.part'
      part.write_bytes(data)
      part.rename(self._folder / key)
    return data

  def _read(self, key):
    path = self._folder and self._folder / key
    return path.read_bytes() if path and path.exists() else None


def set_scenario(env, scenario):
  world, player, person = env._world, env._player, dict(scenario.get('player', {}))
  for cell in scenario.get('remove', []):
    obj = world[tuple(cell)][1]
    if obj is not None and obj is not player:
      world.remove(obj)
  for x, y, material in scenario.get('terrain', []):
    if material not in constants.materials:
      raise ValueError(f'no such material: {material}')
    world[x, y] = material
  _set_player(env, person)
  if 'step' in scenario:
    env._step = scenario['step']
    env._update_time()
  for kind, x, y, *rest in scenario.get('add', []):
    _add(world, player, kind, (x, y), dict(rest[0]) if rest else {})


def _set_player(env, person):
  player = env._player
  if 'pos' in person and tuple(person['pos']) != tuple(player.pos):
    env._world.move(player, person['pos'])
  player.facing = tuple(person.get('facing', player.facing))
  player.inventory.update(person.get('inventory', {}))
  player.sleeping = bool(person.get('sleeping', player.sleeping))
  env._last_health = player.health
  for name in ('hunger', 'thirst', 'fatigue', 'recover', 'last_health'):
    if name in person:
      setattr(player, f'_{name}', person[name])
  unknown = set(person) - {'pos', 'facing', 'inventory', 'sleeping', 'hunger', 'thirst', 'fatigue', 'recover', 'last_health'}
  if unknown:
    raise ValueError(f'the player has no {sorted(unknown)}')


def _add(world, player, kind, pos, attributes):
  cls = getattr(objects, kind)
  if cls is objects.Arrow:
    obj = cls(world, pos, tuple(attributes.pop('facing', (0, 1))))
  else:
    obj = cls(world, pos, player) if cls in (objects.Zombie, objects.Skeleton) else cls(world, pos)
  world.add(obj)
  for name, value in attributes.items():
    if name not in ('health', COUNTER.get(cls)):
      raise ValueError(f'a {kind} has no {name}')
    setattr(obj, name, value)


def _sha(*parts):
  digest = hashlib.sha256()
  for part in parts:
    digest.update(part)
  return digest.hexdigest()


def _hidden(env):
  player, world = env._player, env._world
  words = [int(2 * counter) for counter in (player._hunger, player._thirst, player._fatigue, player._recover)]
  words.append(int(player._last_health))
  for obj in world.objects:
    counter = getattr(obj, COUNTER[type(obj)]) if type(obj) in COUNTER else 0
    way = obj.facing if isinstance(obj, objects.Arrow) else (0, 0)
    words.extend(int(v) for v in (13 + KINDS.index(type(obj)), *obj.pos, obj.health, counter, *way))
  for left, _, top, _ in world._chunks:
    words += [int(left), int(top)]
  return _sha(struct.pack(f'<{len(words)}i', *words))


def describe(env, action=None, reward=0.0, picture=None):
  """Returns the line for the current state."""
  world, player = env._world, env._player
  stream = world.random.get_state(legacy=False)['state']
  line = {
      'step': int(env._step),
      'action': action,
      'reward': round(float(reward), 6),
      'terminated': bool(player.health <= 0),
      'truncated': bool(env._length) and int(env._step) >= env._length,
      'pos': [int(v) for v in player.pos],
      'facing': [int(v) for v in player.facing],
      'sleeping': bool(player.sleeping),
      'inventory': [int(player.inventory[item]) for item in constants.items],
      'achievements': [int(player.achievements[name]) for name in constants.achievements],
      'daylight': float(world.daylight),
      'semantic': _sha(np.asarray(env._sem_view(), np.uint8).tobytes('C')),
      'objects': len(world.objects),
      'rng': _sha(stream['key'].astype('<u4').tobytes(), struct.pack('<I', stream['pos'])),
      'hidden': _hidden(env),
  }
  if picture is not None:
    line['pixels'] = _sha(np.asarray(picture, np.uint8).tobytes('C'))
  return line


def play(seed, policy, steps=500, episodes=1, scenario=None, length=10000, area=(64, 64), pictures=False, pixels=False,
         simple=False, worlds=None):
  """Yields (line, env) for every step. `policy` is called with the environment and returns an action id, or None to stop."""
  worlds = worlds or Worlds()
  for episode in range(1, episodes + 1):
    env = worlds.after_reset(seed, episode, area).configure(length, pictures or pixels, simple)
    env._update_time()
    by_hand = scenario is not None and episode == 1
    picture = env._obs() if not (by_hand and env.pictures) else None
    if by_hand:
      env._obs()  # the picture of the reset itself
      set_scenario(env, scenario)
      picture = env.render() if pixels else None
    yield describe(env, picture=picture if pixels else None), env
    for _ in range(steps):
      action = policy(env)
      if action is None:
        break
      picture, reward, done, _ = env.step(action)
      yield describe(env, action, reward, picture if pixels else None), env
      if done:
        break


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--seed', type=int, default=0)
  parser.add_argument('--episodes', type=int, default=1)
  parser.add_argument('--steps', type=int, default=500, help='at most, an episode')
  parser.add_argument('--policy', choices=sorted(POLICIES), default='random')
  parser.add_argument('--policy-seed', type=int, default=0)
  parser.add_argument('--actions', help='file of action ids, one a line; takes the place of --policy')
  parser.add_argument('--scenario', help='JSON file')
  parser.add_argument('--length', type=int, default=10000)
  parser.add_argument('--area', type=int, nargs=2, default=(64, 64))
  for flag in ('--render', '--pixels', '--simple'):
    parser.add_argument(flag, action='store_true')
  args = parser.parse_args()
  policy = Listed.from_file(args.actions) if args.actions else POLICIES[args.policy](args.policy_seed)
  scenario = None
  if args.scenario:
    with open(args.scenario) as file:
      scenario = json.load(file)
  for line, _ in play(args.seed, policy, args.steps, args.episodes, scenario, args.length, args.area, args.render,
                      args.pixels, args.simple):
    print(json.dumps(line))


if __name__ == '__main__':
  sys.exit(main())
