"""Negative controls: deliberate errors must be noticed, or the comparison proves nothing."""
import copy
import dataclasses
import pathlib
import re
import subprocess
import tempfile

import cases
import players
from compare import DAYLIGHT_SLACK, first_difference

# Changes of one number of the ruleset, each with the rule whose scenario must notice it: section, key, value, rule.
BROKEN_RULES = (
    ('plant', 'ripe_above', '200', 'eat_at_300'),
    ('skeleton', 'reload', '3', 'skeleton_reloads'),
    ('zombie', 'damage_asleep', '6', 'wake_by_zombie'),
    ('zombie', 'cooldown', '4', 'zombie_hits'),
    ('cow', 'food', '5', 'hit_cow_bare_hands'),
    ('arrow', 'damage', '1', 'arrow_hits_player'),
    ('day', 'length', '301', 'walk'),
    ('plant', 'food', '6', 'eat_ripe_plant'),
    ('zombie', 'health', '6', 'hit_zombie_bare_hands'),
    ('cow', 'move', '0.51', 'cow_wanders'),
)


def check(binary, groups, full):
  """Runs the controls that go with the groups; prints what was not noticed; returns (passed, failed)."""
  with tempfile.TemporaryDirectory(prefix='controls-') as name:
    folder = pathlib.Path(name)
    outcomes = list(_changed_lines(binary, groups, folder))
    if 'scenarios' in groups:
      outcomes += list(_broken_rulesets(binary, folder, full))
  failures = [text for good, text in outcomes if not good]
  for text in failures:
    print(f'FAIL control: {text}')
  print(f'controls: {len(outcomes) - len(failures)} passed, {len(failures)} failed')
  return len(outcomes) - len(failures), len(failures)


def _changed_lines(binary, groups, folder):
  """Alters each field of a line of the program in turn, in a case that is equal without changes."""
  for group in [group for group in ('crafter', 'minigrid', 'pixels') if group in groups]:
    case = dataclasses.replace(next(iter(cases.all_cases('quick', [group]))), episodes=1, steps=20)
    judged = players.Judge(folder).lines(case)
    try:
      ours = players.our_lines(binary, case, judged)
    except players.Refused as error:
      yield False, f'{case.name}: {error}'
      continue
    yield first_difference(judged, ours) is None, f'{case.name}: is not equal to begin with'
    middle = len(ours) // 2
    for field in judged[middle]:
      for changed in _alterations(field, judged[middle][field]):
        lines = copy.deepcopy(ours)
        lines[middle][field] = changed
        yield first_difference(judged, lines) is not None, f'{group}: {field} = {changed!r} was not noticed'
    lines = copy.deepcopy(ours)
    del lines[middle][field]
    yield first_difference(judged, lines) is not None, f'{group}: a missing field was not noticed'
    yield first_difference(judged, [*ours[:middle], {**ours[middle], 'more': 0}, *ours[middle + 1:]]) is not None, f'{group}: a field too many'
    yield first_difference(judged, ours[:-1]) is not None, f'{group}: a missing line was not noticed'
    yield first_difference(judged, [*ours, ours[-1]]) is not None, f'{group}: a line too many was not noticed'


def _alterations(field, value):
  """Returns variants of the value with one thing in it changed."""
  if field == 'daylight':
    return [value + 2 * DAYLIGHT_SLACK, value - 2 * DAYLIGHT_SLACK, str(value)]
  if isinstance(value, bool):
    return [not value, int(value)]
  if isinstance(value, str):
    flipped = chr(ord(value[-1]) ^ 1)
    return [value[:-1] + flipped, flipped + value[1:] if value[0] != flipped else 'x' + value[1:], None]
  if isinstance(value, (int, float)):
    return [value + 1, int(value) ^ 64, None]
  if isinstance(value, list) and value:
    return [value[:place] + [changed] + value[place + 1:] for place in range(len(value)) for changed in _alterations(None, value[place])[:1]] + [value[:-1]]
  return [0, [[0, 0, 0, 0]]]


def with_number(text, section, key, value):
  """Returns a ruleset's text with one number changed."""
  pattern = re.compile(rf'(^\[{section}\]$(?:\n(?!\[).*)*?\n{key} *= *)([-0-9.]+)', re.M)
  changed, times = pattern.subn(rf'\g<1>{value}', text)
  if times != 1:
    raise ValueError(f'the ruleset has {times} numbers [{section}] {key}')
  return changed


def _broken_rulesets(binary, folder, full):
  """Runs rules on a copy of the ruleset in which one number is wrong; on a true copy all is equal."""
  shown = subprocess.run([str(binary), 'envs', 'show', 'crafter', '--toml'], capture_output=True, text=True)
  if shown.returncode != 0:
    yield False, f'envs show crafter --toml: {shown.stderr.strip()}'
    return
  by_rule = {case.rule: case for case in cases.all_cases('quick', ['scenarios']) if case.rule}
  judge = players.Judge(folder)
  true_copy = folder / 'true.toml'
  true_copy.write_text(shown.stdout)
  for index, (section, key, value, rule) in enumerate(BROKEN_RULES):
    case, broken = by_rule[rule], folder / f'broken-{index}.toml'
    try:
      broken.write_text(with_number(shown.stdout, section, key, value))
      judged = judge.lines(case)
      true_difference = first_difference(judged, players.our_lines(binary, case, judged, str(true_copy)))
      yield true_difference is None, f'rule {rule} on a true copy of the ruleset: {true_difference}'
      noticed = first_difference(judged, players.our_lines(binary, case, judged, str(broken)))
      yield noticed is not None, f'[{section}] {key} = {value} was not noticed by rule {rule}'
    except (players.Refused, ValueError) as error:
      yield False, f'[{section}] {key} = {value}: {error}'
