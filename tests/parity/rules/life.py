"""Rules of the player's body: sleep, hunger, thirst, fatigue, recovery, waking, and the end of an episode."""
from .stage import rule

# Sleep.
rule('sleep_when_fresh', 'at full energy one does not fall asleep', actions='sleep n', expect=lambda s: not s.lines[1]['sleeping'])
rule('sleep_holds', 'a sleeper does nothing else, whatever is chosen', actions='sleep r do l table n u', energy=5, wood=9,
     expect=lambda s: s.moved() == [0, 0] and s.lines[-1]['sleeping'] and s.has('wood') == 9)
rule('sleep_restores', 'sleep gives energy every eleven steps, even while the count of fatigue is high', actions='sleep*40', energy=5, fatigue=20,
     expect=lambda s: s.has('energy') == 8)
rule('wake_by_energy', 'at full energy the sleeper wakes, and that very step his own action runs', actions='sleep*11 r r r', energy=8,
     expect=lambda s: s.done('wake_up') == 1 and s.has('energy', 11) == 9 and s.lines[11]['sleeping'] and s.lines[12]['pos'] == [13, 12])
rule('wake_then_sleep', 'who chooses sleep on waking stays awake', actions='sleep*14', energy=8, expect=lambda s: s.done('wake_up') == 1 and not s.lines[-1]['sleeping'])
rule('wake_by_zombie', 'a blow wakes: 7 damage to one who sleeps', '##\n@,#\n##', 'n*4', sleeping=True, energy=3, add=[('Zombie', 1, 0)],
     expect=lambda s: s.has('health') == 2 and s.has('health', 1) == 2 and s.lines[1]['sleeping'] and not s.lines[2]['sleeping'])
rule('wake_by_arrow', 'an arrow wakes the sleeper one step later', '@:', 'n*3', sleeping=True, energy=3, add=[('Arrow', 1, 0, {'facing': [-1, 0]})],
     expect=lambda s: s.has('health') == 7 and s.lines[1]['sleeping'] and not s.lines[2]['sleeping'])
rule('wake_by_hunger', 'losing health to hunger wakes', actions='n*3', sleeping=True, energy=3, food=0, recover=-14.5,
     expect=lambda s: not s.lines[2]['sleeping'] and s.has('health') == 8)
rule('wake_by_last_health', 'waking looks at the health last seen', actions='n*2', sleeping=True, energy=3, health=5, last_health=6,
     expect=lambda s: not s.lines[1]['sleeping'])
rule('sleep_in_the_open', 'a sleeper with little energy through the night', '.....\n.....\n..@..\n.....\n.....', 'sleep*60', energy=1, step=220, ground='grass',
     expect=lambda s: len(s.lines) > 10)

# Counters, awake: each acts one step after it reaches its limit.
for counter, limit, item in (('hunger', 25, 'food'), ('thirst', 20, 'drink'), ('fatigue', 30, 'energy')):
  rule(f'{counter}_at_limit', f'{item} falls when {counter} passes {limit}', actions='n n', **{counter: limit - 1},
       expect=lambda s, i=item, c=counter: s.has(i, 1) == 9 and s.has(i, 2) == 8 and getattr(s.player, '_' + c) == 0)
  rule(f'{counter}_at_nothing', f'{item} stays at 0', actions='n n', **{counter: limit, item: 0}, expect=lambda s, i=item: s.has(i) == 0)
for counter, limit, item in (('hunger', 25, 'food'), ('thirst', 20, 'drink')):
  rule(f'{counter}_asleep', f'asleep {counter} counts by halves', actions='n*4', sleeping=True, energy=2, **{counter: limit - 0.5},
       expect=lambda s, i=item: s.has(i, 1) == 9 and s.has(i, 2) == 8)
rule('fatigue_asleep', 'fatigue below -10 gives energy', actions='n*2', sleeping=True, energy=2, fatigue=-9, expect=lambda s: s.has('energy', 1) == 2 and s.has('energy', 2) == 3)
rule('fatigue_falls_at_once', 'falling asleep drops fatigue to 0', actions='sleep', energy=2, fatigue=25, expect=lambda s: s.player._fatigue == 0)

# Recovery and starving.
rule('recover_awake', 'health grows when recovery passes 25', actions='n n', health=3, recover=24, expect=lambda s: s.has('health', 1) == 3 and s.has('health', 2) == 4)
rule('recover_asleep', 'asleep recovery counts double', actions='n n', health=3, sleeping=True, energy=3, recover=22,
     expect=lambda s: s.has('health', 1) == 3 and s.has('health', 2) == 4)
rule('recover_full', 'health stops at nine', actions='n n', recover=25, expect=lambda s: s.has('health') == 9 and s.player._recover == 1)
rule('recover_zero_energy_asleep', 'one who sleeps recovers though his energy is 0', actions='n n', sleeping=True, energy=0, recover=10,
     expect=lambda s: s.player._recover == 14)
for item in ('food', 'drink', 'energy'):
  rule(f'starve_{item}', f'without {item} recovery turns into loss', actions='n*18', **{item: 0}, expect=lambda s: s.has('health', 15) == 9 and s.has('health', 16) == 8)
for item in ('food', 'drink'):
  rule(f'starve_{item}_asleep', f'asleep without {item} the loss counts by halves', actions='n*34', sleeping=True, energy=2, **{item: 0},
       expect=lambda s: s.has('health', 30) == 9 and s.has('health', 31) == 8)
rule('starve_to_death', 'hunger kills', actions='n*3', health=1, food=0, recover=-14, expect=lambda s: s.lines[-1]['terminated'] and len(s.lines) == 3)
rule('starve_all', 'all three at 0 cost no more than one', actions='n*16', food=0, drink=0, energy=0, expect=lambda s: s.has('health') == 8)
rule('last_food_bites_at_once', 'food that falls to 0 in this step already counts as none', actions='n', food=1, hunger=25, recover=5,
     expect=lambda s: s.has('food') == 0 and s.player._recover == 4)
rule('everything_due', 'every counter acts in one step', actions='n n', hunger=25, thirst=20, fatigue=30, recover=25, health=4, food=4, drink=4, energy=4,
     expect=lambda s: [s.has(i) for i in ('health', 'food', 'drink', 'energy')] == [5, 3, 3, 3])
rule('negative_food', 'eating in the step in which food falls', '##\n@,#\n##', 'do', hunger=25, food=0, add=[('Cow', 1, 0, {'health': 1})], expect=lambda s: s.has('food') == 6)

# Ends.
rule('death_by_zombie', 'the last blow ends the episode', '##\n@,#\n##', 'n*3', health=2, add=[('Zombie', 1, 0)], expect=lambda s: s.lines[-1]['terminated'])
rule('death_overkill', 'health stops at 0', '##\n@,#\n##', 'n*3', health=1, sleeping=True, energy=1, add=[('Zombie', 1, 0)],
     expect=lambda s: s.lines[-1]['terminated'] and s.has('health') == 0)
rule('truncated', 'the 10 000th step is the last', actions='n*4', step=9997, expect=lambda s: s.lines[-1]['truncated'] and len(s.lines) == 4)
rule('truncated_early', 'the length of an episode can be set', actions='n*4', length=2, expect=lambda s: s.lines[-1]['truncated'] and len(s.lines) == 3)
rule('dead_and_truncated', 'death in the last step is both', '@L', 'n r', length=2, expect=lambda s: s.lines[-1]['truncated'] and s.lines[-1]['terminated'])
