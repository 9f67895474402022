"""Compares a judge's lines with those of the program: as JSON values, daylight to 1e-9."""

DAYLIGHT_SLACK = 1e-9  # numpy's cos is not the same to the last bit on every machine


def same(field, a, b):
  """Equal as JSON values: a number is a number, but true is not 1."""
  if field == 'daylight':
    return _number(a) and _number(b) and abs(a - b) <= DAYLIGHT_SLACK
  if isinstance(a, list) and isinstance(b, list):
    return len(a) == len(b) and all(same(None, x, y) for x, y in zip(a, b))
  if _number(a) and _number(b):
    return a == b
  return type(a) is type(b) and a == b


def _number(value):
  return isinstance(value, (int, float)) and not isinstance(value, bool)


def differing(judge, ours):
  """Returns the names of the fields in which two lines differ, including those that only one of them has."""
  missing = object()
  return [name for name in dict.fromkeys([*judge, *ours])
          if not same(name, judge.get(name, missing), ours.get(name, missing))]


def first_difference(judge, ours):
  """None if the two lists of lines are equal, else a text that shows the first line in which they differ."""
  for index, (a, b) in enumerate(zip(judge, ours)):
    fields = differing(a, b)
    if fields:
      shown = '\n'.join(f'    {name}: judge {a.get(name, "(none)")!r}, ours {b.get(name, "(none)")!r}' for name in fields)
      return f'line {index + 1}, step {a.get("step")}, action {a.get("action")}:\n{shown}'
  if len(judge) != len(ours):
    longer, lines = ('judge', judge) if len(judge) > len(ours) else ('ours', ours)
    extra = lines[min(len(judge), len(ours))]
    return f'{len(judge)} lines of the judge, {len(ours)} of ours; the first that only {longer} has: step {extra.get("step")}'
  return None
