#!/usr/bin/env python3
"""The judge of "is this MiniGrid?": plays the package minigrid 3.2.0 and says, one JSON line a step, what is so.

    minigrid_judge.py --env MiniGrid-DoorKey-8x8-v0 --seed 7 --steps 300 --policy random --policy-seed 1
    minigrid_judge.py --env ID --seed 7 --actions FILE    one action id a line
    minigrid_judge.py --list                              the ids that count: all but the WFC ones, whose levels need a solver

`explorarium trace ID` with the same options must print the same lines. A further episode begins with a reset without a
seed, as in a training loop, so its level depends on the stream that the one before it left.

What a line holds (step 0 is the state after the reset):
  step, action, reward (6 decimals), terminated, truncated
  pos, direction     of the agent
  carrying           null or [object id, colour id]
  mission
  image              sha256 of the partial view, 7 x 7 x 3 u8
  grid               sha256 of the whole grid as Grid.encode() gives it, W x H x 3 u8, x-major, without the agent
  boxes              [x, y, object id, colour id] of what lies in each box, x-major; a carried box is at [-1, -1]
  rng                sha256 of PCG64's 128-bit state and increment, then has_uint32 and uinteger as u32, little-endian
  max_steps          at step 0 only
"""
import argparse
import hashlib
import json
import sys

import gymnasium
import minigrid  # noqa: F401  registers the ids
import numpy as np
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX

from minigrid_policies import POLICIES, Listed

NOTHING = bytes((OBJECT_TO_IDX['empty'], 0, 0))


def ids():
  return sorted(name for name in gymnasium.registry if name.startswith('MiniGrid-') and 'WFC' not in name)


def _sha(data):
  return hashlib.sha256(data).hexdigest()


def _columns(grid):
  """Yields every cell as ((x, y), thing), x outermost."""
  for x in range(grid.width):
    for y, thing in enumerate(grid.grid[x::grid.width]):
      yield (x, y), thing


def _code(thing):
  return [OBJECT_TO_IDX[thing.type], COLOR_TO_IDX[thing.color]]


def _stream(world):
  state = world.np_random.bit_generator.state
  assert state['bit_generator'] == 'PCG64', state
  wide = [state['state'][part].to_bytes(16, 'little') for part in ('state', 'inc')]
  narrow = [int(state[part]).to_bytes(4, 'little') for part in ('has_uint32', 'uinteger')]
  return _sha(b''.join(wide + narrow))


def describe(env, obs, step=0, action=None, reward=0.0, terminated=False, truncated=False):
  """Returns the line for the current state."""
  world, encoded, boxes = env.unwrapped, [], []
  for (x, y), thing in _columns(world.grid):
    encoded.append(NOTHING if thing is None else bytes(thing.encode()))
    if thing is not None and thing.type == 'box' and thing.contains:
      boxes.append([x, y, *_code(thing.contains)])
  held = world.carrying
  if held and held.type == 'box' and held.contains:
    boxes.append([-1, -1, *_code(held.contains)])
  line = {
      'step': step,
      'action': action,
      'reward': round(float(reward), 6),
      'terminated': bool(terminated),
      'truncated': bool(truncated),
      'pos': [int(v) for v in world.agent_pos],
      'direction': int(obs['direction']),
      'carrying': _code(held) if held else None,
      'mission': obs['mission'],
      'image': _sha(np.asarray(obs['image'], np.uint8).tobytes('C')),
      'grid': _sha(b''.join(encoded)),
      'boxes': boxes,
      'rng': _stream(world),
  }
  if step == 0:
    line['max_steps'] = int(world.max_steps)
  return line


def play(env_id, seed, policy, steps=500, episodes=1):
  """Yields (line, env) for every step. `policy` is called with the environment and returns an action id, or None to stop."""
  env = gymnasium.make(env_id, disable_env_checker=True)
  for episode in range(episodes):
    obs, _ = env.reset(**({'seed': seed} if episode == 0 else {}))
    yield describe(env, obs), env
    for step in range(1, steps + 1):
      action = policy(env)
      if action is None:
        return
      obs, *outcome = env.step(action)
      yield describe(env, obs, step, action, *outcome[:3]), env
      if outcome[1] or outcome[2]:
        break


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--env', default='MiniGrid-DoorKey-8x8-v0')
  parser.add_argument('--seed', type=int, default=0)
  parser.add_argument('--episodes', type=int, default=1)
  parser.add_argument('--steps', type=int, default=500, help='at most, an episode')
  parser.add_argument('--policy', choices=sorted(POLICIES), default='random')
  parser.add_argument('--policy-seed', type=int, default=0)
  parser.add_argument('--actions', help='file of action ids, one a line; takes the place of --policy')
  parser.add_argument('--list', action='store_true')
  args = parser.parse_args()
  if args.list:
    print('\n'.join(ids()))
    return
  policy = Listed.from_file(args.actions) if args.actions else POLICIES[args.policy](args.policy_seed)
  for line, _ in play(args.env, args.seed, policy, args.steps, args.episodes):
    print(json.dumps(line))


if __name__ == '__main__':
  sys.exit(main())
