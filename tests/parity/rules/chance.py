"""Rules of spawning and despawning in chunks, of daylight, and of the noise of night pictures."""
from .stage import rule

# Chunks are balanced every tenth step; the stage's chunks end at 12 and 24.
HOURS = range(0, 300, 30)
HERD = [('Cow', dx, dy) for dx in (-9, -5, 6, 10) for dy in (-9, -7, 7, 9)]
HORDE = [('Zombie', dx, dy, {'cooldown': 5}) for dx in (-11, -8, 8, 11) for dy in (-11, -9, 9, 11)]
BONES = [('Skeleton', dx, dy, {'reload': 4}) for dx in (-11, -8, 8, 11) for dy in (-11, -9, 9, 11)]

for hour in HOURS:
  rule(f'balance_grass_at_{hour}', 'zombies and cows come to grass by the light of the hour', ground='grass', step=hour, actions='n*31',
       expect=lambda s: s.lines[-1]['step'] > 5)
  rule(f'balance_crowd_at_{hour}', 'too many of a kind are thinned out by the light of the hour', ground='grass', step=hour, actions='n*31',
       add=HERD + HORDE[::2], health=9, expect=lambda s: s.lines[-1]['step'] > 5)
for seed in (1, 2, 3, 5, 6, 7):
  rule(f'spawn_skeleton_{seed}', 'skeletons come to path, in the light too', ground='path', seed=seed, actions='n*80', health=9,
       expect=lambda s: s.lines[-1]['step'] > 5)
  rule(f'despawn_skeleton_{seed}', 'more than two skeletons of a chunk become fewer', ground='sand', seed=seed, actions='n*60',
       add=BONES, expect=lambda s: len(s.all('Skeleton')) < len(BONES))
rule('spawn_zombie_night', 'at night zombies come to grass', ground='grass', step=280, actions='n*30', expect=lambda s: s.all('Zombie'))
rule('despawn_zombie_noon', 'by day they go, however near', ground='grass', step=99, actions='n*40', add=[('Zombie', dx, dy, {'cooldown': 5}) for dx in (-3, 3, 5) for dy in (-3, 3, 5)],
     expect=lambda s: len(s.all('Zombie')) < 9)
rule('despawn_cow', 'more cows than 1.5 + light go, but not the near ones', ground='sand', step=0, actions='n*120', add=HERD, expect=lambda s: len(s.all('Cow')) < len(HERD))
rule('despawn_near_is_dropped', 'a despawn that picks a near one takes its draws and spares it', '#' * 9 + '\n' + '#,,@,,###\n' + '#' * 9, 'n*120',
     add=[('Cow', -1, 0), ('Cow', -2, 0), ('Cow', 1, 0), ('Cow', 2, 0)], expect=lambda s: len(s.all('Cow')) == 4)
rule('despawn_only_one', 'the pick among one creature takes no draw', ground='sand', step=30, actions='n*80', add=[('Zombie', 9, 9, {'cooldown': 5})],
     expect=lambda s: not s.all('Zombie'))
rule('spawn_cow', 'a chunk without cows may get one', '###\n#@#\n###', ground='grass', step=60, actions='n*300', seed=3, expect=lambda s: s.all('Cow'))
# A patch just large enough, and one just too small: space counts cells of the material in the chunk.
for count in (49, 50):
  patch = '\n'.join(['.' * 10] * (count // 10) + ['.' * (count % 10)] * bool(count % 10))
  rows = ['@' + ':' * 10] + [':' + row for row in patch.splitlines()]
  rule(f'spawn_zombie_on_{count}', f'{count} cells of grass are {"enough" if count == 50 else "too few"} for zombies', '\n'.join(rows), 'n*50', at=(0, 0), step=250,
       expect=lambda s, c=count: bool(s.all('Zombie')) == (c == 50))
for count in (5, 6):
  rule(f'spawn_skeleton_on_{count}', f'{count} cells of path are {"enough" if count == 6 else "too few"} for skeletons',
       '@' + ':' * 9 + '\n' + '\n'.join([':' * 9 + ','] * count), 'n*290', at=(0, 0), seed=2, step=0, food=9,
       expect=lambda s, c=count: bool(s.all('Skeleton')) == (c == 6))
for count in (29, 30):
  rows = ['@' + ':' * 10] + [':' * 5 + '.' * 6] * 4 + [':' * 5 + '.' * (count - 24)]
  rule(f'spawn_cow_on_{count}', f'{count} cells of grass are {"enough" if count == 30 else "too few"} for cows', '\n'.join(rows), 'n*700', at=(0, 0), step=0, seed=4,
       expect=lambda s, c=count: c == 30 or not s.all('Cow'))
rule('spawn_on_somebody', 'a spawn on a taken cell takes its draws and is dropped', '@' + ':' * 8 + ',' + '\n' + '\n'.join([':' * 9 + ','] * 5), 'n*60', at=(0, 0),
     add=[('Plant', 9, y) for y in range(6)], expect=lambda s: not s.all('Skeleton'))
rule('spawn_too_near', 'a spawn beside the player takes its draws and is dropped', ',,,\n,@,\n,,,', 'n*90', expect=lambda s: not s.all('Skeleton'))
rule('chunk_order', 'creatures that cross chunks keep the order in which they entered the world', ground='path', actions='n*50 r*4 n*30', at=(11, 11),
     add=[('Cow', dx, dy) for dx in (-2, -1, 1, 2) for dy in (-2, -1, 1, 2)], expect=lambda s: len(s.lines) > 20)
rule('chunk_new', 'a chunk that never held anybody comes to be when one walks in', '@' + ':' * 24, 'r*24', at=(0, 24), keep=False, expect=lambda s: s.moved() == [24, 0])
rule('night_picture', 'a picture drawn at night takes its noise from the stream of the world', ground='grass', step=270, actions='n*40', pictures=True, expect=lambda s: len(s.lines) > 2)
rule('night_asleep_picture', 'also while asleep', ground='sand', step=255, actions='sleep*20', energy=2, pictures=True, expect=lambda s: s.lines[-1]['sleeping'])
rule('long_night', 'a night in the open', ground='grass', step=180, actions='n*20 l*3 do*9 r*3 sleep*30 do*40', energy=4, expect=lambda s: len(s.lines) > 5)

# Pictures: everything that can be drawn, by day, at dusk and at night.
SHOW = 'tTFcid\n.,:~#L\n..@...\n......\n......'
CAST = [('Cow', -2, 0), ('Zombie', 1, 0, {'cooldown': 5}), ('Skeleton', 2, 0, {'reload': 4}), ('Plant', -1, 1), ('Plant', 0, 2, {'grown': 301}),
        ('Arrow', 1, 1, {'facing': [1, 0]}), ('Arrow', -1, 2, {'facing': [-1, 0]}), ('Arrow', 2, 2, {'facing': [0, -1]}), ('Arrow', 3, 1, {'facing': [0, 1]})]
KEEP = {'sapling': 1, 'wood': 2, 'stone': 3, 'coal': 4, 'iron': 5, 'diamond': 6, 'wood_pickaxe': 7, 'stone_pickaxe': 8, 'iron_pickaxe': 9,
        'wood_sword': 1, 'stone_sword': 2, 'iron_sword': 3}
for hour in (0, 150, 190, 260):
  for facing in ('left', 'right', 'up', 'down'):
    rule(f'picture_{facing}_at_{hour}', 'all that can be seen', SHOW, 'n n', step=hour, facing=facing, add=CAST, pictures=True, **KEEP, expect=lambda s: len(s.lines) == 3)
  rule(f'picture_asleep_at_{hour}', 'all that a sleeper sees', SHOW, 'n n', step=hour, sleeping=True, energy=2, add=CAST, pictures=True, expect=lambda s: len(s.lines) == 3)
for corner, at in (('origin', (0, 0)), ('far', (24, 24))):
  rule(f'picture_at_{corner}', 'beyond the map the picture is grey', at=at, actions='n r d l u', step=240, pictures=True, expect=lambda s: len(s.lines) == 6)
