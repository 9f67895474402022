"""Rules of cows, zombies, skeletons, arrows and plants."""
from .stage import rule

PIT = '##\n@,#\n##'                       # a pit beside the player that no creature can leave
FIELD = '\n'.join(['.' * 9] * 4 + ['....@....'] + ['.' * 9] * 4)

# Cows.
rule('cow_wanders', 'a cow walks half of its turns, any way', FIELD, 'n*30', add=[('Cow', 2, 0)], expect=lambda s: s.at(2, 0) is None)
rule('cow_dead', 'a dead cow leaves at its turn and still draws', PIT, 'n n', add=[('Cow', 1, 0, {'health': 0}), ('Cow', 3, 2)], expect=lambda s: s.at(1, 0) is None)
rule('cow_penned', 'a cow does not enter what is no floor', PIT, 'n*20', add=[('Cow', 1, 0)], expect=lambda s: s.at(1, 0) == 'Cow')
for corner, at in (('origin', (0, 0)), ('far', (24, 24))):
  side = 1 if corner == 'origin' else -1
  rule(f'cow_in_{corner}_corner', 'the edge of the map holds creatures', actions='n*20', at=at,
       add=[('Cow', 0, 2 * side), ('Cow', 2 * side, 0), ('Zombie', 0, 4 * side), ('Skeleton', 4 * side, 0)], expect=lambda s: len(s.lines) == 21)

# Zombies.
rule('zombie_hunts', 'within 8 a zombie comes, mostly along the longer axis', FIELD, 'n*14', add=[('Zombie', 4, 3)], expect=lambda s: s.has('health') < 9)
rule('zombie_far', 'beyond 8 it strays', ground='sand', actions='n*20', add=[('Zombie', 9, 0), ('Zombie', 0, -9), ('Zombie', -6, 5)], expect=lambda s: len(s.lines) == 21)
rule('zombie_hits', '2 damage, then five turns of rest', PIT, 'n*13', step=201, add=[('Zombie', 1, 0)],
     expect=lambda s: [s.has('health', k) for k in (0, 1, 6, 7, 12, 13)] == [9, 7, 7, 5, 5, 3])
rule('zombie_cools_only_near', 'its rest does not pass while it is away', '::####\n@::,##\n::####', 'n*8', add=[('Zombie', 3, 0, {'cooldown': 3})],
     expect=lambda s: s.all('Zombie')[0].cooldown in (0, 1, 2, 3, 4, 5))
rule('zombie_walled', 'a zombie two cells off neither hits nor cools', ':###\n@#,#\n:###', 'n*8', add=[('Zombie', 2, 0, {'cooldown': 3})],
     expect=lambda s: s.who(2, 0).cooldown == 3 and s.has('health') == 9)
rule('zombie_diagonal', 'a diagonal zombie is two away', ':##\n@#,\n:##', 'n*4', at=(12, 12), add=[('Zombie', 2, 0)], expect=lambda s: s.has('health') == 9)
rule('zombie_dead_hits', 'a dead zombie still hits in its last turn', PIT, 'n n', add=[('Zombie', 1, 0, {'health': 0})],
     expect=lambda s: s.has('health') == 7 and not s.all('Zombie'))
rule('zombie_killed_hits', 'one killed in this step still hits', PIT, 'do n', iron_sword=1, add=[('Zombie', 1, 0)],
     expect=lambda s: s.has('health') == 7 and s.done('defeat_zombie') == 1)
rule('zombie_dead_cools', 'a dead zombie at rest does not hit', PIT, 'n', add=[('Zombie', 1, 0, {'health': 0, 'cooldown': 1})], expect=lambda s: s.has('health') == 9)
rule('zombie_sleeper_resting', 'a resting zombie spares the sleeper until its rest is over', PIT, 'n*5', sleeping=True, energy=1, add=[('Zombie', 1, 0, {'cooldown': 2})],
     expect=lambda s: s.has('health', 2) == 9 and s.has('health', 3) == 2)
rule('zombies_two_on_sleeper', 'two zombies strike a sleeper in one step', '#####\n#,@,#\n#####', 'n n', sleeping=True, energy=1, health=9,
     add=[('Zombie', 1, 0), ('Zombie', -1, 0)], expect=lambda s: s.lines[-1]['terminated'] and s.has('health') == 0)
rule('zombie_on_own_axis', 'a zero step along the short axis goes nowhere', '@::,', 'n*6', add=[('Zombie', 3, 0)], expect=lambda s: len(s.lines) == 7)
rule('zombie_dead_moves_not', 'a dead zombie draws its walk but goes nowhere', FIELD, 'n n', add=[('Zombie', 3, 1, {'health': 0})], expect=lambda s: not s.all('Zombie'))

# Skeletons.
rule('skeleton_retreats', 'within 3 a skeleton steps away', FIELD.replace('.', ','), 'n*6', add=[('Skeleton', 2, 0, {'reload': 4})],
     expect=lambda s: abs(s.all('Skeleton')[0].pos - s.rule.home).sum() > 2)
rule('skeleton_cornered_shoots', 'one that cannot retreat may shoot', '####\n@:,#\n####', 'n*12', add=[('Skeleton', 2, 0)], expect=lambda s: s.has('health') < 9)
rule('skeleton_reloads', 'four turns lie between two shots', '#######\n@:::,##\n#######', 'n*30', add=[('Skeleton', 4, 0)], expect=lambda s: s.has('health') < 9)
rule('skeleton_beside', 'there is no room for an arrow between neighbours', PIT, 'n*12', add=[('Skeleton', 1, 0)],
     expect=lambda s: s.has('health') == 9 and s.who(1, 0).reload == 0)
rule('skeleton_approaches', 'within 8 it comes nearer at times', '#########\n@:::::::,\n#########', 'n*25', add=[('Skeleton', 8, 0)],
     expect=lambda s: s.all('Skeleton')[0].pos[0] < 20)
rule('skeleton_strays', 'beyond 8 it walks a fifth of its turns', FIELD, 'n*30', add=[('Skeleton', 9, 1), ('Skeleton', -10, 0)],
     expect=lambda s: any(tuple(k.pos) not in ((21, 13), (2, 12)) for k in s.all('Skeleton')))
rule('skeleton_on_grass', 'grass and sand carry skeletons too', FIELD, 'n*20', add=[('Skeleton', 4, 2), ('Skeleton', -4, -3)], expect=lambda s: s.all('Skeleton'))
for seed in (1, 2, 3, 4):
  rule(f'skeleton_dead_cornered_{seed}', 'a dead skeleton that cannot retreat may still shoot', '####\n@:,#\n####', 'n*4', seed=seed,
       add=[('Skeleton', 2, 0, {'health': 0}), ('Skeleton', 0, 2, {'health': 0})], expect=lambda s: not s.all('Skeleton'))
  rule(f'skeleton_dead_afar_{seed}', 'a dead skeleton at 4 to 8 shoots, comes or strays', '######\n@:::,#\n######', 'n*4', seed=seed,
       add=[('Skeleton', 4, 0, {'health': 0}), ('Skeleton', 0, 7, {'health': 0}), ('Skeleton', 0, -9, {'health': 0})], expect=lambda s: not s.all('Skeleton'))
rule('skeleton_dead_retreats', 'a dead skeleton whose retreat is free ends its turn there', FIELD, 'n', add=[('Skeleton', 2, 0, {'health': 0})],
     expect=lambda s: not s.all('Arrow') and not s.all('Skeleton'))
rule('skeleton_killed_shoots', 'blows and shots in one step', '####\n@,,#\n####', 'do*8', stone_sword=1, add=[('Skeleton', 1, 0), ('Skeleton', 2, 0)],
     expect=lambda s: s.done('defeat_skeleton') >= 1)
rule('skeleton_reload_runs', 'reload runs down every turn, also far away', FIELD, 'n*3', add=[('Skeleton', 12, 0, {'reload': 4})], expect=lambda s: s.all('Skeleton')[0].reload == 1)
rule('skeleton_no_arrow_into_wall', 'an arrow needs a free cell', '@#,#', 'n*10', add=[('Skeleton', 2, 0)], expect=lambda s: not s.all('Arrow'))
rule('skeleton_shoots_over_water', 'arrows start over water and lava', '#######\n@~LL,##\n#######', 'n*12', add=[('Skeleton', 4, 0)], expect=lambda s: s.has('health') < 9)

# Arrows.
for mark, name in ((',', 'path'), ('.', 'grass'), (':', 'sand'), ('~', 'water'), ('L', 'lava')):
  rule(f'arrow_over_{name}', f'an arrow flies over {name}', f'@:\n::{mark * 5}', 'n*3', add=[('Arrow', 1, 1, {'facing': [1, 0]})],
       expect=lambda s: s.at(4, 1) == 'Arrow')
for mark, name in (('T', 'table'), ('F', 'furnace')):
  rule(f'arrow_breaks_{name}', f'an arrow turns a {name} into path and goes', f'@:\n:::{mark}', 'n*3', add=[('Arrow', 1, 1, {'facing': [1, 0]})],
       expect=lambda s: s.ground(3, 1) == 'path' and not s.all('Arrow'))
for mark, name in (('#', 'stone'), ('t', 'tree'), ('c', 'coal'), ('i', 'iron'), ('d', 'diamond')):
  rule(f'arrow_stopped_by_{name}', f'{name} stops an arrow and stays', f'@:\n:::{mark}', 'n*3', add=[('Arrow', 1, 1, {'facing': [1, 0]})],
       expect=lambda s, n=name: s.ground(3, 1) == n and not s.all('Arrow'))
for way, start, at in (('left', (-2, 0), (3, 12)), ('right', (2, 0), (21, 12)), ('up', (0, -2), (12, 3)), ('down', (0, 2), (12, 21))):
  facing = [(v > 0) - (v < 0) for v in start]
  rule(f'arrow_leaves_{way}', f'an arrow that passes the {way} edge is gone', at=at, actions='n*3', add=[('Arrow', *start, {'facing': facing})], expect=lambda s: not s.all('Arrow'))
  rule(f'arrow_flies_{way}', f'an arrow flies {way}', actions='n*3', add=[('Arrow', *start, {'facing': facing})], expect=lambda s: len(s.all('Arrow')) == 1)
for kind, health, extra in (('Zombie', 5, {}), ('Cow', 3, {}), ('Skeleton', 3, {'reload': 4}), ('Plant', 1, {}), ('Zombie', 2, {}), ('Cow', 1, {})):
  rule(f'arrow_hits_{kind.lower()}_{health}', f'an arrow takes 2 from a {kind.lower()} with {health} and goes', '@::::\n:::###\n:::,##\n::####', 'n*2',
       add=[('Arrow', 2, 2, {'facing': [1, 0]}), (kind, 3, 2, {'health': health, **extra})],
       expect=lambda s, k=kind, h=health: not s.all('Arrow') and (not s.all(k) if h <= 2 else s.all(k)[0].health == h - 2))
rule('arrow_hits_player', 'an arrow takes 2 from the player', actions='n*2', add=[('Arrow', 2, 0, {'facing': [-1, 0]})], expect=lambda s: s.has('health') == 7)
rule('arrow_kills_player', 'an arrow can end the episode', actions='n*2', health=1, add=[('Arrow', 1, 0, {'facing': [-1, 0]})], expect=lambda s: s.lines[-1]['terminated'])
rule('arrows_meet', 'of two arrows that meet, the first hits and goes; the other flies on', '@:::::', 'n*2',
     add=[('Arrow', 2, 1, {'facing': [1, 0]}), ('Arrow', 3, 1, {'facing': [-1, 0]})], expect=lambda s: len(s.all('Arrow')) == 1)
rule('arrow_follows', 'an arrow behind another that has flown on', actions='n*3',
     add=[('Arrow', 3, 1, {'facing': [1, 0]}), ('Arrow', 2, 1, {'facing': [1, 0]})], expect=lambda s: len(s.all('Arrow')) == 2)
rule('arrow_behind', 'an arrow runs into one ahead that has its turn later', actions='n*3',
     add=[('Arrow', 2, 1, {'facing': [1, 0]}), ('Arrow', 3, 1, {'facing': [1, 0]})], expect=lambda s: len(s.all('Arrow')) == 1)
rule('arrow_far_away', 'an arrow 18 cells away stands still', at=(2, 12), actions='n*3', add=[('Arrow', 18, 0, {'facing': [1, 0]}), ('Arrow', 17, 1, {'facing': [0, 1]})],
     expect=lambda s: len(s.all('Arrow')) == 2 and s.at(18, 0) == 'Arrow')
rule('arrow_killed_zombie_acts', 'a zombie killed by an arrow has one more turn', '##\n@,#\n#:#\n#:#', 'n*3',
     add=[('Zombie', 1, 0, {'health': 2}), ('Arrow', 1, 1, {'facing': [0, -1]})], expect=lambda s: not s.all('Zombie') and s.has('health') == 7)

# Plants.
SIDES = {'left': (-1, 0), 'right': (1, 0), 'up': (0, -1), 'down': (0, 1)}
for kind in ('Zombie', 'Skeleton', 'Cow'):
  for side, (dx, dy) in SIDES.items():
    pen = [['#'] * 5 for _ in range(5)]
    pen[2][2], pen[2 + dy][2 + dx] = '.', ','
    rule(f'plant_trampled_by_{kind.lower()}_{side}', f'a {kind.lower()} on its {side} side kills a plant', '\n'.join(map(''.join, pen)) + '\n:::::\n::@::', 'n n',
         add=[('Plant', 0, -4), (kind, dx, dy - 4)], expect=lambda s: not s.all('Plant'))
for kind, attributes in (('Plant', {}), ('Arrow', {'facing': [0, 1]})):
  rule(f'plant_not_hurt_by_{kind.lower()}', f'a {kind.lower()} beside a plant does no harm', '@:.', 'n n', add=[('Plant', 2, 0), (kind, 3, 0, attributes)],
       expect=lambda s: s.at(2, 0) == 'Plant')
rule('plant_not_hurt_by_player', 'neither does the player', '@.', 'n*3', add=[('Plant', 1, 0)], expect=lambda s: s.at(1, 0) == 'Plant')
rule('plant_diagonal_cow', 'nor a cow at a corner', '@:###\n::.##\n:###,', 'n*3', add=[('Plant', 2, 1), ('Cow', 3, 2)], expect=lambda s: s.at(2, 1) == 'Plant')
rule('plant_hardy', 'a plant with more health lasts as many turns', '@:###\n::.,#\n::###', 'n*4', add=[('Plant', 2, 1, {'health': 3}), ('Cow', 3, 1)],
     expect=lambda s: s.lines[2]['objects'] == 3 and not s.all('Plant'))
rule('plant_dead', 'a plant at health 0 goes at its turn', '@.', 'n', add=[('Plant', 1, 0, {'health': 0})], expect=lambda s: not s.all('Plant'))
rule('plant_eaten_when_dead', 'a ripe plant that an arrow killed can still be eaten before its turn', '@.:', 'n do', food=1,
     add=[('Plant', 1, 0, {'grown': 310}), ('Arrow', 2, 0, {'facing': [-1, 0]})], expect=lambda s: s.has('food') == 5 and not s.all('Plant'))
rule('plant_ripens', 'growth counts its own turns', '@.', 'n*4 do', food=3, add=[('Plant', 1, 0, {'grown': 297})], expect=lambda s: s.has('food') == 7)
rule('plant_far_away', 'a plant 18 cells away does not grow', at=(2, 12), actions='n*3', add=[('Plant', 18, 0), ('Plant', 17, 0)],
     expect=lambda s: [p.grown for p in s.all('Plant')] == [0, 3])
for corner, at in (('origin', (0, 0)), ('far', (24, 24))):
  side = 1 if corner == 'origin' else -1
  rule(f'plant_at_{corner}_edge', 'beyond the edge nobody tramples', at=at, actions='n*3', add=[('Plant', 0, side), ('Plant', 2 * side, 0)], expect=lambda s: len(s.all('Plant')) == 2)

# Distance and order.
rule('sleepers_afar', 'who is 18 or more away has no turn', at=(0, 0), actions='n*6',
     add=[('Zombie', 9, 9, {'health': 0}), ('Cow', 9, 8, {'health': 0}), ('Skeleton', 20, 20, {'health': 0})], expect=lambda s: s.lines[1]['objects'] == 3)
rule('distance_at_its_turn', 'the distance that counts is the one at the moment of the turn', at=(3, 12), actions='r l r l',
     add=[('Plant', 18, 0), ('Plant', 17, -1)], expect=lambda s: [p.grown for p in s.all('Plant')] == [2, 2])
rule('order_of_entering', 'turns are taken in the order of entering', '#####\n@:.,,#\n#####', 'n*4', add=[('Cow', 3, 0), ('Zombie', 4, 0), ('Plant', 2, 0)], expect=lambda s: s.lines)
