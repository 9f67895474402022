#!/usr/bin/env python3
"""Changes one rule at a time in a copy of the sources; every change must make some comparison with the packages fail.

    mutations.py [--only TEXT] [--jobs 2]

A mutation replaces one text, which must stand exactly once in its file. Rules that are data (TOML) are changed in a copy of the
ruleset that the unchanged program plays; rules that are code are changed in a copy of the sources, which is built anew. The
judges' lines are made once. Exit 1 if a mutation goes unnoticed, no longer fits the sources, or does not build.
"""
import argparse
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / 'tests' / 'parity'))

import cases  # noqa: E402
import run  # noqa: E402

BUILD = ROOT / 'target' / 'mutations'
CRAFTER, MINIGRID = 'envs/crafter', 'envs/minigrid'
Mutation = collections.namedtuple('Mutation', 'name file old new')

CRAFTER_DATA = [Mutation(name, f'{CRAFTER}/crafter.toml', old, new) for name, old, new in (
    ('plant ripe at 200', 'ripe_above = 300', 'ripe_above = 200'),
    ('plant ripe one turn later', 'ripe_above = 300', 'ripe_above = 301'),
    ('arrow spares furnaces', 'breaks = ["table", "furnace"]', 'breaks = ["table"]'),
    ('arrow leaves sand', 'leaves = "path"\n\n[plant]', 'leaves = "sand"\n\n[plant]'),
    ('reload 3', 'reload = 4', 'reload = 3'),
    ('recovery +0.5 asleep', 'asleep = 2.0, starving_awake', 'asleep = 0.5, starving_awake'),
    ('starving asleep costs as much as awake', 'starving_asleep = -0.5', 'starving_asleep = -1.0'),
    ('water does not reset thirst', 'leaves = "water", resets_thirst = true', 'leaves = "water"'),
    ('a table costs 1 wood', 'name = "table", uses = { wood = 2 }', 'name = "table", uses = { wood = 1 }'),
    ('a furnace may stand on water', 'name = "furnace", uses = { stone = 4 }, on = ["grass",', 'name = "furnace", uses = { stone = 4 }, on = ["grass", "water",'),
    ('iron needs no furnace', 'item = "iron_sword", uses = { wood = 1, coal = 1, iron = 1 }, near = ["table", "furnace"]',
     'item = "iron_sword", uses = { wood = 1, coal = 1, iron = 1 }, near = ["table"]'),
    ('stone sword does 2', 'item = "stone_sword", damage = 3', 'item = "stone_sword", damage = 2'),
    ('hunger bites one step later', 'hunger = { limit = 25,', 'hunger = { limit = 26,'),
    ('zombies hunt from 7', 'near = 8 ', 'near = 7 '),
    ('skeletons retreat from 2 only', 'retreat_within = 3', 'retreat_within = 2'),
    ('balance every 9 steps', 'every = 10', 'every = 9'),
    ('cows despawn at any distance', 'spawn_distance = 5, despawn_distance = 5', 'spawn_distance = 5, despawn_distance = 0'),
    ('zombies come to 49 cells of grass', 'min_space = 50', 'min_space = 49'),
    ('days of 299 steps', 'length = 300', 'length = 299'),
    ('cows start nearer', 'cow = { distance = 3,', 'cow = { distance = 2,'),
    ('tunnels a little wider', 'tunnels = 0.4', 'tunnels = 0.399'),
)]

CRAFTER_CODE = [Mutation(name, f'{CRAFTER}/{file}', old, new) for name, file, old, new in (
    ('lava always kills', 'player.rs', '        instance.add_item(roles.health, 1);', '        instance.add_item(roles.health, i32::from(instance.item(roles.health) > 0));'),
    ('lava kills who rests on it', 'player.rs', '        Op::Noop => {}', '        Op::Noop => walk(instance, rules, instance.body[body::FACING]),'),
    ('dead skeleton does not shoot', 'creatures.rs', 'if reload > 0 || (dx, dy) == (0, 0) {', 'if turn.gone || reload > 0 || (dx, dy) == (0, 0) {'),
    ('dead zombie does not hit', 'creatures.rs', 'if turn.distance(instance) > set.reach {', 'if turn.gone || turn.distance(instance) > set.reach {'),
    ('dead cow does not draw', 'creatures.rs', 'if chance.uniform53() < rules.odds.cow_walk {', 'if !turn.gone && chance.uniform53() < rules.odds.cow_walk {'),
    ('zombie cools down afar', 'creatures.rs', 'if turn.distance(instance) > set.reach {\n',
     'if turn.distance(instance) > set.reach {\n        turn.set_extra(instance, cooldown.saturating_sub(1));\n'),
    ('zombies hit harder those awake', 'creatures.rs', 'if asleep { set.damage_asleep } else { set.damage }', 'if asleep { set.damage } else { set.damage_asleep }'),
    ('retreat does not end the turn', 'creatures.rs', 'if turn.walk(instance, rules, (-dx, -dy)) {\n            return;', 'if turn.walk(instance, rules, (-dx, -dy)) {'),
    ('skeletons shoot from 4 only', 'creatures.rs', 'if distance <= set.shoot_within && chance.uniform53() < odds.shoot {',
     'if distance < set.shoot_within && chance.uniform53() < odds.shoot {'),
    ('arrow stays at the edge of the map', 'creatures.rs', 'else { return instance.remove(&rules.at, slot) };', 'else { return };'),
    ('arrow flies through plants', 'creatures.rs', '            hit.health = hit.health.saturating_sub(rules.set.arrow.damage);',
     '            hit.health = hit.health.saturating_sub(if hit.kind == kind::PLANT { 0 } else { rules.set.arrow.damage });'),
    ('plant watches three sides', 'creatures.rs', 'DIRECTIONS.iter().any(', 'DIRECTIONS.iter().skip(1).any('),
    ('arrows trample plants', 'creatures.rs', 'kind::COW | kind::ZOMBIE | kind::SKELETON)', 'kind::COW | kind::ZOMBIE | kind::SKELETON | kind::ARROW)'),
    ('plant does not grow when trampled', 'creatures.rs', 'grown.saturating_add(1)', 'grown.saturating_add(u32::from(mob.health > 1))'),
    ('eating a cow leaves hunger', 'player.rs', '            instance.body[body::HUNGER] = 0;\n        }\n    }\n}', '        }\n    }\n}'),
    ('eating a plant resets hunger', 'player.rs', '                instance.achieve(&rules.at, rules.roles.eat_plant);',
     '                instance.achieve(&rules.at, rules.roles.eat_plant);\n                instance.body[body::HUNGER] = 0;'),
    ('plant can be eaten young', 'player.rs', '> rules.set.plant.ripe_above {', '>= rules.set.plant.ripe_above {'),
    ('waking takes the step', 'player.rs', '            instance.achieve(&rules.at, rules.roles.wake_up);', '            instance.achieve(&rules.at, rules.roles.wake_up);\n            op = Op::Noop;'),
    ('a sure collect takes no draw', 'player.rs', 'if chance.uniform53() <= rule.most {', 'if rule.leaves == material::PATH || chance.uniform53() <= rule.most {'),
    ('crafting works on the near edges', 'player.rs', 'return slice_from_the_end(instance, rules, px, py);', 'return u32::MAX;'),
    ('placing onto somebody', 'player.rs', 'if instance.is_occupied(&rules.at, cell) || rule.on', 'if rule.on'),
    ('fatigue is kept on falling asleep', 'player.rs', '        fatigue = fatigue.min(0);\n', ''),
    ('no energy hurts sleepers', 'player.rs', '(instance.item(roles.energy) > 0 || asleep == 1)', 'instance.item(roles.energy) > 0'),
    ('sleep at full energy', 'player.rs', '            if instance.item(rules.roles.energy) < rules.item_max[rules.roles.energy] {\n                instance.body[body::SLEEPING] = 1;\n            }',
     '            instance.body[body::SLEEPING] = 1;'),
    ('hurt does not wake', 'player.rs', 'if health < instance.body[body::LAST_HEALTH] {', 'if health + 3 < instance.body[body::LAST_HEALTH] {'),
    ('each achievement pays', 'step.rs', 'if instance.body[body::UNLOCKED] & !instance.body[body::PAID] != 0 {\n        reward += REWARD_DENOMINATOR as i32;',
     '{\n        reward += REWARD_DENOMINATOR as i32 * (instance.body[body::UNLOCKED] & !instance.body[body::PAID]).count_ones() as i32;'),
    ('truncated one step late', 'step.rs', 'step >= rules.set.length', 'step > rules.set.length'),
    ('turns up to distance 18', 'step.rs', 'u8::from(distance < reach)', 'u8::from(distance <= reach)'),
    ('a placed plant grows at once', 'step.rs', '    for first in (0..n_mobs).step_by(64) {', '    let n_mobs = instance.n_mobs();\n    for first in (0..n_mobs).step_by(64) {'),
    ('on the diagonal x is the long axis', 'instance.rs', 'if long_axis { dx.abs() > dy.abs() }', 'if long_axis { dx.abs() >= dy.abs() }'),
    ('spawns are counted up the columns', 'balance.rs', 'return rows.map(|(_, y)| (x, y))', 'return rows.rev().map(|(_, y)| (x, y))'),
    ('despawn takes the last', 'balance.rs', 'let mut left = chance.randint(n);', 'let mut left = n - 1 - chance.randint(n);'),
    ('the player opens no chunk', 'instance.rs', '        self.enter_chunk(at, chunk_of(at, x, y), 0);\n', ''),
    ('night tint is darker', 'light.rs', 'const NIGHT: [f64; 3] = [0.0, 16.0, 64.0];', 'const NIGHT: [f64; 3] = [0.0, 16.0, 60.0];'),
    ('sleepers see colours', 'light.rs', '    let luma = grey(lit.map(|v| v as u8));\n    SLEEP', '    let luma = lit[0] as u8;\n    SLEEP'),
    ('rock is made of sand', 'terrain.rs', '            (material::STONE, false)', '            (material::SAND, false)'),
)]

MINIGRID_CODE = [Mutation(name, f'{MINIGRID}/{file}', old, new) for name, file, old, new in (
    ('any key opens any door', 'step.rs', 'class::DOOR_LOCKED if held == code(class::KEY, colour) =>', 'class::DOOR_LOCKED if class_of(held) == class::KEY =>'),
    ('boxes vanish with what is in them', 'step.rs', 'class::BOX.. => cells::content(front),', 'class::BOX.. => EMPTY,'),
    ('lava does not end the episode', 'step.rs', 'outcome.rewarded || class_of(front) == class::LAVA;', 'outcome.rewarded;'),
    ('balls try twice', 'step.rs', 'const BALL_TRIES: u32 = 101;', 'const BALL_TRIES: u32 = 2;'),
    ('balls roll over the agent', 'step.rs', 'it.grid[to] == EMPTY && (to_x, to_y) != (body.x, body.y)', 'it.grid[to] == EMPTY'),
    ('only walls hurt among moving balls', 'step.rs', 'if action == act::FORWARD && before != EMPTY', 'if action == act::FORWARD && class_of(before) == class::WALL && before != EMPTY'),
    ('reward falls slower', 'describe.rs', '1.0 - 0.9 * (step', '1.0 - 0.8 * (step'),
    ('done is no answer', 'step.rs', 'outcome.rewarded |= action == act::DONE && is_beside(body, target);', 'outcome.rewarded |= action == act::TOGGLE && is_beside(body, target);'),
    ('toggling is free in go-to', 'step.rs', 'outcome.terminated |= action == act::DONE || action == act::TOGGLE;', 'outcome.terminated |= action == act::DONE;'),
    ('a drop afar goes on', 'step.rs', '        outcome.rewarded |= !body.carries() && near;\n        outcome.terminated = true;',
     '        outcome.rewarded |= !body.carries() && near;\n        outcome.terminated |= near;'),
    ('the wrong thing may be fetched', 'step.rs', '(outcome.rewarded, outcome.terminated) = (u32::from(body.carrying) == target, true);', '(outcome.rewarded, outcome.terminated) = (true, true);'),
    ('the second door alone is fine', 'step.rs', '(second && doors_before.0, true)', '(second, true)'),
    ('both ends of the memory maze pay', 'step.rs', '(here == target, true)', '(true, true)'),
    ('truncated one step late', 'step.rs', 'if now >= rules.max_steps {', 'if now > rules.max_steps {'),
    ('memory allows picking up', 'step.rs', 'Task::Match if action == act::PICKUP => act::TOGGLE,', 'Task::Match if action == act::DROP => act::TOGGLE,'),
    ('what is carried is not seen', 'observe.rs', 'if body.carries() { body.carrying } else { cells::EMPTY };', 'cells::EMPTY;'),
    ('light does not turn corners', 'observe.rs', 'passed_right | passed_right << 1 | passed_left | passed_left >> 1', 'passed_right | passed_left | passed_left >> 1'),
    ('rivers are not sorted', 'levels/crossing.rs', '        limits.at[..limits.n].sort_unstable();\n', ''),
    ('crossings shuffle once', 'levels/crossing.rs', '    b.rng.shuffle(&mut way[..crossings]);\n', ''),
)]

MUTATIONS = CRAFTER_DATA + CRAFTER_CODE + MINIGRID_CODE


def copy_sources(to):
  """Copies the files that git tracks or would add, in their current state."""
  listed = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT, capture_output=True, check=True).stdout
  for name in filter(None, listed.decode().split('\0')):
    if (ROOT / name).is_file():
      (to / name).parent.mkdir(parents=True, exist_ok=True)
      shutil.copy2(ROOT / name, to / name)


def build(source):
  """Builds the copy. Returns the path of its program, or None, and the compiler's messages."""
  done = subprocess.run(['cargo', 'build', '--locked', '--bin', 'explorarium', '--quiet'], cwd=source, capture_output=True, text=True,
                        env={**os.environ, 'CARGO_TARGET_DIR': str(BUILD), 'CARGO_INCREMENTAL': '1'})
  return (BUILD / 'debug' / 'explorarium', '') if done.returncode == 0 else (None, done.stderr)


def changed(text, mutation):
  if text.count(mutation.old) != 1:
    raise SystemExit(f'mutations.py: "{mutation.name}" stands {text.count(mutation.old)} times in {mutation.file}; its text must be brought up to date')
  return text.replace(mutation.old, mutation.new)


def family_of(mutation):
  return '/'.join(mutation.file.split('/')[:2])


def listed_cases(family):
  """Returns the cases of a family. Cases of rules come first: they are the shortest and notice the most."""
  if family == MINIGRID:
    return [case for case in cases.all_cases('quick', ['minigrid']) if case.seed < 2000]
  scenarios = cases.all_cases('quick', ['scenarios'])
  whole = [case for case in cases.all_cases('quick', ['crafter']) if case.area == (64, 64)][:4]
  pictures = [case for case in cases.all_cases('quick', ['pixels']) if case.rule]
  listed = [case for case in scenarios if case.rule] + pictures + scenarios[-20:] + whole
  return [case for case in listed if not case.simple]  # a changed copy replaces `crafter`


def noticed(binary, family, keep, jobs, env=None):
  """Returns the first case that fails, or None. A program that refuses a case has noticed nothing."""
  for outcome in run.run(listed_cases(family), binary, jobs, keep, env, until_failure=True, folder=keep / 'worlds'):
    if outcome.trouble and 'Refused' in outcome.trouble:
      raise SystemExit(f'mutations.py: {outcome.case.name} is not played at all\n{outcome.trouble}')
    if outcome.trouble:
      return outcome
  return None


def try_one(mutation, source, plain, keep, jobs):
  """Returns (what noticed it or None, what went wrong or '')."""
  path = source / mutation.file
  original = path.read_text()
  text = changed(original, mutation)
  family = family_of(mutation)
  if path.suffix == '.toml':
    ruleset = keep / 'ruleset.toml'
    ruleset.write_text(text)
    return noticed(plain, family, keep, jobs, env=str(ruleset)), ''
  path.write_text(text)
  try:
    binary, said = build(source)
    return (noticed(binary, family, keep, jobs), '') if binary else (None, said)
  finally:
    path.write_text(original)


def prepare(source, keep, families, jobs):
  """Builds the unchanged program, stores the judges' lines, and checks that all cases are equal without a mutation."""
  binary, said = build(source)
  if not binary:
    raise SystemExit(f'mutations.py: the sources do not build\n{said}')
  plain = keep / 'explorarium'
  shutil.copy2(binary, plain)
  for family in families:
    outcome = noticed(plain, family, keep, jobs)
    if outcome:
      raise SystemExit(f'mutations.py: {outcome.case.name} fails without any mutation\n{outcome.trouble}')
  return plain


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument('--only', default='', help='only mutations whose name or file holds this text')
  parser.add_argument('--jobs', type=int, default=os.cpu_count())
  parser.add_argument('--dry-run', action='store_true', help='only see that every text stands exactly once')
  args = parser.parse_args()
  chosen = [mutation for mutation in MUTATIONS if args.only in mutation.name or args.only in mutation.file]
  for mutation in MUTATIONS:
    changed((ROOT / mutation.file).read_text(), mutation)
  if args.dry_run:
    print(f'{len(MUTATIONS)} mutations fit the sources')
    return 0
  missed = 0
  with tempfile.TemporaryDirectory(prefix='mutations-') as name:
    source, keep = pathlib.Path(name) / 'source', pathlib.Path(name) / 'keep'
    (keep / 'worlds').mkdir(parents=True)
    source.mkdir()
    copy_sources(source)
    plain = prepare(source, keep, sorted({family_of(mutation) for mutation in chosen}), args.jobs)
    for mutation in chosen:
      outcome, said = try_one(mutation, source, plain, keep, args.jobs)
      missed += outcome is None
      told = f'noticed by {outcome.case.name}' if outcome else f'NOT NOTICED {said}'
      print(f'{mutation.file.rsplit("/", 1)[1]:14} {mutation.name:44} {told}', flush=True)
  print(f'mutations: {len(chosen) - missed} passed, {missed} failed')
  return 1 if missed else 0


if __name__ == '__main__':
  sys.exit(main())
