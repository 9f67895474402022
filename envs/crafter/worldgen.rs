//! Generates a world as the reference does: terrain column by column, then objects column by column.

use std::cell::RefCell;

use super::balance::birth_health;
use super::instance::{Instance, Mob, space_unit};
use super::noise::Noise;
use super::player;
use super::rules::{Rules, kind, material};
use super::terrain::{Scratch, Terrain};
use crate::shaders::shared::chance::{Chance, at_most};

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Fills an instance's buffers with the world that `chance` generates, which must just have been seeded.
pub fn generate(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance) {
    let at = &rules.at;
    instance.world.fill(0);
    instance.mobs.fill(0);
    instance.holes = false;
    player::be_born(instance, rules);
    instance.enter_player(at, at.width / 2, at.height / 2);
    let noise = Noise::new(chance.randint((1 << 31) - 1));
    let mut tunnels = vec![false; (at.width * at.height) as usize];
    draw_terrain(instance, rules, chance, &noise, &mut tunnels);
    draw_objects(instance, rules, chance, &tunnels);
}

fn draw_terrain(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, noise: &Noise, tunnels: &mut [bool]) {
    let at = &rules.at;
    SCRATCH.with_borrow_mut(|scratch| {
        let terrain = Terrain::new(rules, noise, scratch);
        for x in 0..at.width {
            for y in 0..at.height {
                let cell = (y * at.width + x) as usize;
                let (material, tunnel) = terrain.material(x, y, chance);
                tunnels[cell] = tunnel;
                instance.world[cell / 8] |= material << (cell % 8 * 4);
                let chunk = (at.chunk_of_x[x as usize] + at.chunk_of_y[y as usize]) as usize;
                instance.world[at.chunk_space + chunk] += space_unit(material);
            }
        }
    });
}

fn draw_objects(instance: &mut Instance, rules: &Rules, chance: &mut impl Chance, tunnels: &[bool]) {
    let (at, terrain) = (&rules.at, &rules.set.terrain);
    let (cow, zombie, skeleton) = (at_most(terrain.cow.draw), at_most(terrain.zombie.draw), at_most(terrain.skeleton.draw));
    let farther = |d2: u32, distance: u32| u64::from(d2) > u64::from(distance).pow(2);
    for x in 0..at.width {
        for y in 0..at.height {
            let cell = (y * at.width + x) as usize;
            let here = instance.material(cell);
            if rules.walkable >> here & 1 == 0 {
                continue;
            }
            let d2 = x.abs_diff(at.width / 2).pow(2) + y.abs_diff(at.height / 2).pow(2);
            let kind = if farther(d2, terrain.cow.distance) && here == material::GRASS && chance.uniform53() > cow {
                kind::COW
            } else if farther(d2, terrain.zombie.distance) && chance.uniform53() > zombie {
                kind::ZOMBIE
            } else if here == material::PATH && tunnels[cell] && chance.uniform53() > skeleton {
                kind::SKELETON
            } else {
                continue;
            };
            if !instance.is_occupied(at, cell) {
                instance.add(at, Mob { x, y, kind, facing: 0, health: birth_health(rules, kind) }, 0);
            }
        }
    }
}
