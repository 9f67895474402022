//! Every `balance.every` steps each chunk that ever held an object may gain or lose one creature of each kind.

use super::instance::{Instance, Mob};
use super::rules::{BalanceRule, Rules, kind};
use crate::shaders::shared::chance::Chance;
use crate::shaders::shared::keyed::entity;

pub fn update(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, day_ix: usize) {
    let at = &rules.at;
    for k in 0..instance.world[at.chunk_order] as usize {
        let chunk = instance.world[at.chunk_order + 1 + k] as usize;
        chance.turn(entity::CHUNK + chunk as u32);
        for rule in &rules.balance {
            let n = instance.creatures(at, chunk, rule.kind);
            let space = instance.world[at.chunk_space + chunk]
                >> if rule.material == super::rules::material::GRASS { 0 } else { 16 }
                & 0xffff;
            let least = if space < rule.min_space { 0 } else { rule.min[day_ix] };
            if n < least && chance.uniform53() < rule.spawn {
                spawn(instance, rules, rule, chance, chunk, space);
            } else if n > rule.max[day_ix] && chance.uniform53() < rule.despawn {
                despawn(instance, rules, rule, chance, chunk, n);
            }
        }
    }
    instance.compact();
}

/// Returns (first column, column end, first row, row end) of a chunk; ends are exclusive.
fn bounds(rules: &Rules, chunk: usize) -> (u32, u32, u32, u32) {
    let [w, h] = rules.set.chunk;
    let (cx, cy) = (chunk as u32 % rules.at.chunks_x, chunk as u32 / rules.at.chunks_x);
    (cx * w, ((cx + 1) * w).min(rules.at.width), cy * h, ((cy + 1) * h).min(rules.at.height))
}

/// Draws one of the chunk's cells of the rule's material, counted column by column. Spawns nothing if the cell is occupied or nearer to
/// the player than the rule's `spawn_distance`.
fn spawn(instance: &mut Instance, rules: &Rules, rule: &BalanceRule, chance: &mut impl Chance, chunk: usize, space: u32) {
    let nth = chance.randint(space);
    let Some((x, y)) = nth_cell(instance, rules, chunk, rule.material, nth) else { return };
    let cell = (y * rules.at.width + x) as usize;
    if !instance.is_occupied(&rules.at, cell) && instance.distance(x, y) >= rule.spawn_distance {
        instance.add(&rules.at, Mob { x, y, kind: rule.kind, facing: 0, health: birth_health(rules, rule.kind) }, 0);
    }
}

/// Returns the `nth` cell of `material` in a chunk, counted from 0 down the columns. A cell is one nibble (4 bits). If two words hold a
/// row's cells, they are compared at once. A sum over the rows counts the hits of each column in one nibble.
fn nth_cell(instance: &Instance, rules: &Rules, chunk: usize, material: u32, nth: u32) -> Option<(u32, u32)> {
    const ROWS: usize = 15;
    let (x0, x1, y0, y1) = bounds(rules, chunk);
    if !rules.at.width.is_multiple_of(8) || x0 % 8 + (x1 - x0) > 16 || (y1 - y0) as usize > ROWS {
        return nth_cell_slowly(instance, rules, (x0, x1, y0, y1), material, nth);
    }
    let mut hits = [0u64; ROWS];
    let mut sum = 0;
    for (hits, y) in hits.iter_mut().zip(y0..y1) {
        let word = ((y * rules.at.width + x0) / 8) as usize;
        // `word + 1` is in bounds: the words of occupancy follow the cells.
        let cells = (u64::from(instance.world[word]) | u64::from(instance.world[word + 1]) << 32) >> (x0 % 8 * 4);
        *hits = nibbles_equal(cells, material);
        sum += *hits;
    }
    let mut left = nth;
    for x in x0..x1 {
        let shift = (x - x0) * 4;
        let n = (sum >> shift & 15) as u32;
        if left < n {
            let rows = hits.iter().zip(y0..y1).filter(|(hits, _)| *hits >> shift & 1 == 1);
            return rows.map(|(_, y)| (x, y)).nth(left as usize);
        }
        left -= n;
    }
    None
}

fn nth_cell_slowly(
    instance: &Instance,
    rules: &Rules,
    (x0, x1, y0, y1): (u32, u32, u32, u32),
    material: u32,
    nth: u32,
) -> Option<(u32, u32)> {
    let cells = (x0..x1).flat_map(|x| (y0..y1).map(move |y| (x, y)));
    cells.filter(|(x, y)| instance.material((y * rules.at.width + x) as usize) == material).nth(nth as usize)
}

/// Returns 1 in every nibble of `cells` that equals `value`, and 0 in the others.
#[inline]
fn nibbles_equal(cells: u64, value: u32) -> u64 {
    const ONES: u64 = 0x1111_1111_1111_1111;
    let differs = cells ^ (u64::from(value) * ONES);
    !(differs | differs >> 1 | differs >> 2 | differs >> 3) & ONES
}

/// Draws one of the chunk's creatures of the rule's kind, counted in the order in which they entered the world. The creature stays if it
/// is nearer to the player than the rule's `despawn_distance`.
fn despawn(instance: &mut Instance, rules: &Rules, rule: &BalanceRule, chance: &mut impl Chance, chunk: usize, n: u32) {
    let mut left = chance.randint(n);
    for slot in 0..instance.n_mobs() {
        let mob = instance.mob(slot);
        if mob.kind != rule.kind || super::instance::chunk_of(&rules.at, mob.x, mob.y) != chunk {
            continue;
        }
        if left == 0 {
            if instance.distance(mob.x, mob.y) >= rule.despawn_distance {
                instance.remove(&rules.at, slot);
            }
            return;
        }
        left -= 1;
    }
}

pub fn birth_health(rules: &Rules, kind: u32) -> u32 {
    match kind {
        kind::COW => rules.set.cow.health,
        kind::ZOMBIE => rules.set.zombie.health,
        kind::SKELETON => rules.set.skeleton.health,
        kind::PLANT => rules.set.plant.health,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::ruleset::Ruleset;
    use super::*;
    use crate::envs::shared::core::Core;
    use crate::shaders::shared::keyed::Keyed;

    /// Rules of a map of this size.
    fn rules(size: u32) -> Rules {
        let mut set: Ruleset = toml::from_str(include_str!("crafter.toml")).expect("a ruleset");
        set.area = [size; 2];
        Rules::compile(&set, false, false).expect("rules")
    }

    #[test]
    fn cells_are_counted_down_the_columns() {
        let mut chance = Keyed::new([21, 22], 0, 0, 0);
        for (size, ways) in [(64, true), (61, false)] {
            let rules = rules(size);
            assert_eq!(rules.at.width.is_multiple_of(8), ways, "both ways are tried");
            let (mut core, mut body) = (vec![0; Core::WORDS], vec![0; rules.at.body_words]);
            let (mut world, mut mobs) = (vec![0; rules.at.world_words], vec![0; rules.at.mobs_words]);
            chance.fill(&mut world);
            let instance = Instance { core: &mut core, world: &mut world, mobs: &mut mobs, body: &mut body, holes: false };
            let chunks = rules.at.chunks_x * size.div_ceil(rules.set.chunk[1]);
            for (chunk, material) in (0..chunks as usize).flat_map(|chunk| (0..16).map(move |material| (chunk, material))) {
                let span = bounds(&rules, chunk);
                for nth in 0..30 {
                    let expected = nth_cell_slowly(&instance, &rules, span, material, nth);
                    assert_eq!(nth_cell(&instance, &rules, chunk, material, nth), expected, "{size} {chunk} {material} {nth}");
                }
            }
        }
    }
}
