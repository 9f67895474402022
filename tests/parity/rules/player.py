"""Rules of the player's own actions: walking, collecting, placing, making, hitting."""
from .stage import rule

BOX = '###\n#@#\n###'

# Walking.
rule('walk', 'each move_* looks that way and goes there', actions='l l u r d d', expect=lambda s: s.moved() == [-1, 1])
for way, letter, at in (('left', 'l', (0, 12)), ('right', 'r', (24, 12)), ('up', 'u', (12, 0)), ('down', 'd', (12, 24))):
  rule(f'walk_off_{way}', f'the {way} edge of the map stops a walk; doing or placing there is void', at=at,
       actions=f'{letter} {letter} do stone table furnace plant n', stone=9, wood=9, sapling=3,
       expect=lambda s: s.moved() == [0, 0] and s.has('stone') == 9)
rule('walk_blocked', 'a blocked move only turns', BOX, 'u l d r n', lambda s: s.moved() == [0, 0])
for mark, name in (('~', 'water'), ('t', 'tree'), ('T', 'table'), ('F', 'furnace'), ('c', 'coal'), ('i', 'iron'), ('d', 'diamond')):
  rule(f'walk_into_{name}', f'{name} is no floor', f'@{mark}', 'r', lambda s: s.moved() == [0, 0])
for mark in ',:.':
  rule(f'walk_over_{"path" if mark == "," else "sand" if mark == ":" else "grass"}', 'floor can be walked on', f'@{mark}{mark}',
       'r r', lambda s: s.moved() == [2, 0])
rule('walk_into_creature', 'a creature is in the way', '##\n@~', 'r r', lambda s: s.moved() == [0, 0], add=[('Zombie', 1, 0, {'cooldown': 5})])

# Lava.
rule('lava_walk', 'walking onto lava kills', '@L', 'r', lambda s: s.lines[-1]['terminated'] and s.moved() == [1, 0])
rule('lava_blocked_move', 'a blocked move while standing on lava kills', '@#', 'n do r', under='lava',
     expect=lambda s: len(s.lines) == 4 and s.lines[-1]['terminated'])
rule('lava_rest', 'who stands on lava without moving lives', '@#', 'n*5 do sleep stone', under='lava', expect=lambda s: s.has('health') == 9)
rule('lava_recover', 'recovery that falls due in the step into lava leaves one health', '@LL', 'r n r', recover=25,
     expect=lambda s: not s.lines[2]['terminated'] and s.has('health', 2) == 1 and s.lines[3]['terminated'])
rule('lava_starve', 'the step into lava while hunger bites as well', '@L', 'r', food=0, recover=-15, expect=lambda s: s.lines[-1]['terminated'])
rule('lava_asleep', 'a sleeper on lava is not moved and lives', '@L', 'r*4', under='lava', sleeping=True, energy=3,
     expect=lambda s: s.lines[-1]['sleeping'] and s.has('health') == 9)

# Collecting.
for mark, item, tool in (('t', 'wood', None), ('#', 'stone', 'wood_pickaxe'), ('c', 'coal', 'wood_pickaxe'),
                         ('i', 'iron', 'stone_pickaxe'), ('d', 'diamond', 'iron_pickaxe')):
  tools = {tool: 1} if tool else {}
  left = 'grass' if item == 'wood' else 'path'
  rule(f'collect_{item}', f'{item} is taken and leaves {left}', f'@{mark}', 'do n', **tools,
       expect=lambda s, i=item, l=left: s.has(i) == 1 and s.ground(1, 0) == l and s.done(f'collect_{i}') == 1)
  rule(f'collect_{item}_at_nine', f'a tenth {item} is lost, but its cell goes and it counts', f'@{mark}', 'do n', **{**tools, item: 9},
       expect=lambda s, i=item, l=left: s.has(i) == 9 and s.ground(1, 0) == l and s.done(f'collect_{i}') == 1)
  if tool:
    less = {'wood_pickaxe': {'stone_pickaxe': 1}, 'stone_pickaxe': {'wood_pickaxe': 1}, 'iron_pickaxe': {'stone_pickaxe': 1, 'wood_pickaxe': 1}}[tool]
    rule(f'collect_{item}_without', f'{item} needs the {tool}, no other will do', f'@{mark}', 'do do', **less,
         expect=lambda s, i=item: s.has(i) == 0 and s.ground(1, 0) == i)
rule('collect_drink', 'water gives drink and stays', '@~', 'do do n', drink=3, expect=lambda s: s.has('drink') == 5 and s.ground(1, 0) == 'water')
rule('collect_drink_full', 'drinking resets thirst even when full', '@~', 'do n*10', thirst=20,
     expect=lambda s: s.has('drink') == 9 and s.player._thirst == 11)
rule('collect_sapling', 'grass gives a sapling one time in ten and stays', '@.', 'do*60 n',
     expect=lambda s: 0 < s.has('sapling') < 20 and s.ground(1, 0) == 'grass')
rule('collect_nothing', 'sand, path, table, furnace and lava give nothing', ':::\nT@,\nFL:', 'r do u do l do d do u do', stone_pickaxe=1,
     expect=lambda s: sum(s.lines[-1]['inventory'][4:]) == 1)

# Placing.
for mark, ground in (('.', 'grass'), (':', 'sand'), (',', 'path'), ('~', 'water'), ('L', 'lava'), ('t', 'tree'), ('#', 'stone'),
                     ('T', 'table'), ('F', 'furnace'), ('c', 'coal'), ('i', 'iron'), ('d', 'diamond')):
  for thing, kit in (('stone', {'stone': 1}), ('table', {'wood': 2}), ('furnace', {'stone': 4}), ('plant', {'sapling': 1})):
    fits = {'stone': 'grass sand path water lava', 'table': 'grass sand path', 'furnace': 'grass sand path', 'plant': 'grass'}[thing]
    rule(f'place_{thing}_on_{ground}', f'{thing} {"stands" if ground in fits.split() else "does not stand"} on {ground}', f'@{mark}',
         f'{thing} n', **kit,
         expect=lambda s, t=thing, ok=ground in fits.split(), k=next(iter(kit)): bool(s.done(f'place_{t}')) == ok and (s.has(k) == 0) == ok)
for thing, kit in (('table', {'wood': 1}), ('furnace', {'stone': 3}), ('stone', {}), ('plant', {})):
  rule(f'place_{thing}_too_poor', f'{thing} costs more than that', '@.', f'{thing} n', **kit, expect=lambda s, t=thing: s.done(f'place_{t}') == 0)
rule('place_costs', 'a table takes 2 wood, a furnace 4 stone, and needs no table beside it', ':::\n:@:\n:::', 'furnace u table n',
     wood=5, stone=9, expect=lambda s: s.has('wood') == 3 and s.has('stone') == 5)
for thing, ground in (('stone', 'path'), ('table', 'path'), ('furnace', 'path'), ('plant', 'grass')):
  rule(f'place_{thing}_on_creature', 'nothing is placed where somebody stands', f'##\n@{"." if ground == "grass" else ","}#\n##', f'{thing} n',
       stone=9, wood=9, sapling=9, add=[('Plant' if thing == 'stone' else 'Zombie', 1, 0)], expect=lambda s, t=thing: s.done(f'place_{t}') == 0)
rule('place_bridge', 'stone on water, dug away, is path', '@~~', 'stone do r do stone', stone=1, wood_pickaxe=1,
     expect=lambda s: s.ground(1, 0) == 'path' and s.moved() == [1, 0])

# Making.
KITS = {'wood_pickaxe': ('wp', {'wood': 1}), 'stone_pickaxe': ('sp', {'wood': 1, 'stone': 1}), 'iron_pickaxe': ('ip', {'wood': 1, 'coal': 1, 'iron': 1}),
        'wood_sword': ('ws', {'wood': 1}), 'stone_sword': ('ss', {'wood': 1, 'stone': 1}), 'iron_sword': ('is', {'wood': 1, 'coal': 1, 'iron': 1})}
for tool, (word, kit) in KITS.items():
  iron = tool.startswith('iron')
  bench = 'T::\n:@:\n::F' if iron else ':::\n:@:\n::T'
  rule(f'make_{tool}', f'{tool} from {kit}', bench, f'{word} n', **kit, expect=lambda s, t=tool: s.has(t) == 1 and s.has('wood') == 0)
  rule(f'make_{tool}_at_nine', 'a tenth is lost, but paid for and counted', bench, f'{word} n', **kit, **{tool: 9},
       expect=lambda s, t=tool: s.has(t) == 9 and s.has('wood') == 0 and s.done(f'make_{t}') == 1)
  rule(f'make_{tool}_afar', 'two cells are too far', 'T:::F\n:::::\n::@::' if iron else ':::T\n:@::', f'{word} n', **kit,
       expect=lambda s, t=tool: s.has(t) == 0)
  for item in kit:
    rule(f'make_{tool}_without_{item}', f'{item} is missing', bench, f'{word} n', **{**kit, item: 0}, expect=lambda s, t=tool: s.has(t) == 0)
  if iron:
    for mark, name in (('T', 'furnace'), ('F', 'table')):
      rule(f'make_{tool}_without_{name}', f'needs the {name} too', f'{mark}@{mark}', f'{word} n', **kit, expect=lambda s, t=tool: s.has(t) == 0)
rule('make_at_left_edge', 'nothing is near for one who stands at x = 0', 'T:\n@T\nT:', 'wp ws n', at=(0, 12), wood=9, expect=lambda s: s.has('wood') == 9)
rule('make_at_top_edge', 'nothing is near for one who stands at y = 0', 'T@T\nTTT', 'wp ws n', at=(12, 0), wood=9, expect=lambda s: s.has('wood') == 9)
rule('make_at_corner', 'nothing is near in the corner of the origin', '@T\nTT', 'wp n', at=(0, 0), wood=9, expect=lambda s: s.has('wood') == 9)
rule('make_at_far_edges', 'the far edges are no hindrance', 'T:\n:@', 'wp n', at=(24, 24), wood=9, expect=lambda s: s.has('wood_pickaxe') == 1)
rule('make_at_one', 'one cell from the near edges all is near', 'T::\n:@:', 'wp n', at=(1, 1), wood=9, expect=lambda s: s.has('wood_pickaxe') == 1)

# Hitting.
for blows, swords in ((5, {}), (3, {'wood_sword': 1}), (2, {'stone_sword': 1}), (1, {'iron_sword': 1}), (1, {'wood_sword': 9, 'stone_sword': 1, 'iron_sword': 2})):
  kind = '_'.join(swords) or 'bare_hands'
  rule(f'hit_zombie_{kind}', f'a zombie takes {blows} blows', '##\n@,#\n##', 'do*5 n', **swords, add=[('Zombie', 1, 0, {'cooldown': 5})],
       expect=lambda s, b=blows: s.done('defeat_zombie', b) == 1 and s.done('defeat_zombie', b - 1) == 0)
for blows, swords in ((3, {}), (2, {'wood_sword': 1}), (1, {'stone_sword': 1}), (1, {'iron_sword': 1})):
  kind = '_'.join(swords) or 'bare_hands'
  rule(f'hit_skeleton_{kind}', f'a skeleton takes {blows} blows', '##\n@,#\n##', 'do*5 n', **swords, add=[('Skeleton', 1, 0, {'reload': 4})],
       expect=lambda s, b=blows: s.done('defeat_skeleton', b) == 1 and s.done('defeat_skeleton', b - 1) == 0)
  rule(f'hit_cow_{kind}', f'a cow takes {blows} blows', '##\n@,#\n##', 'do*5 n', **swords, add=[('Cow', 1, 0)], food=1,
       expect=lambda s, b=blows: s.done('eat_cow', b) == 1 and s.done('eat_cow', b - 1) == 0 and s.has('food') == 7)
rule('eat_cow_resets_hunger', 'eating a cow resets hunger, and food stops at nine', '##\n@,#\n##', 'do n', hunger=25, food=8, add=[('Cow', 1, 0, {'health': 1})],
     expect=lambda s: s.has('food') == 9 and s.player._hunger == 2)
for kind in ('Zombie', 'Skeleton', 'Cow'):
  name = {'Zombie': 'defeat_zombie', 'Skeleton': 'defeat_skeleton', 'Cow': 'eat_cow'}[kind]
  rule(f'hit_dead_{kind.lower()}', 'a blow at one who is dead but still stands counts', '##\n@,#\n##', 'do do', add=[(kind, 1, 0, {'health': 0})],
       expect=lambda s, n=name: s.done(n) == 1 and s.at(1, 0) is None)
rule('hit_arrow', 'hitting an arrow does nothing', '@:::', 'do do do', add=[('Arrow', 1, 0, {'facing': [1, 0]})], expect=lambda s: s.at(1, 0) is None)
rule('hit_young_plant', 'hitting a young plant does nothing', '@.', 'do*4', add=[('Plant', 1, 0, {'grown': 10})],
     expect=lambda s: s.at(1, 0) == 'Plant' and s.done('eat_plant') == 0)
rule('eat_ripe_plant', 'a ripe plant gives 4 food, grows anew, and does not reset hunger', '@.', 'do n do', food=2, hunger=7, add=[('Plant', 1, 0, {'grown': 301})],
     expect=lambda s: s.has('food') == 6 and s.done('eat_plant') == 1 and s.who(1, 0).grown == 3 and s.player._hunger == 10)
rule('eat_at_300', 'a plant that grew 300 turns is not ripe, one turn later it is', '@.', 'do do', food=2, add=[('Plant', 1, 0, {'grown': 300})],
     expect=lambda s: s.has('food', 1) == 2 and s.has('food', 2) == 6)
rule('plant_placed_grows', 'a placed plant grows from its next turn on', '@.', 'plant n*5', sapling=1, expect=lambda s: s.who(1, 0).grown == 5)

# Rewards.
rule('reward_once', 'an achievement pays once an episode', '@t', 'do n l r table do wp wp', wood=9, expect=lambda s: sum(l['reward'] for l in s.lines) == 3.0)
rule('reward_two_at_once', 'two first achievements in one step pay one', '@T', 'wp', sleeping=True, wood=3,
     expect=lambda s: s.lines[1]['reward'] == 1.0 and s.done('wake_up') == 1 and s.done('make_wood_pickaxe') == 1)
