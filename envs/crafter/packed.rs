//! Packs the rules for the kernels: the structure `Rules` of rules.wgsl after its head.

use super::picture;
use super::rules::{Achievement, CollectRule, MakeRule, Op, PlaceRule, Rules};
use crate::envs::shared::packing::{Packed, halves};

/// Stands for no achievement and no material.
const NONE: u32 = u32::MAX;
/// Bit in the table of daylight: pictures take noise.
const DARK: u32 = 0x100;

impl Rules {
    /// `picture` is the table that the painter draws with; it is empty if there is no painter.
    pub fn packed(&self, picture: &[u32]) -> Packed {
        let mut packed = Packed::default();
        self.pack_sizes(&mut packed);
        self.pack_roles(&mut packed);
        self.pack_vitals(&mut packed);
        self.pack_creatures(&mut packed);
        for (name, value) in [
            ("view_width", self.set.view[0]),
            ("view_height", self.map_rows()),
            ("n_damage", self.damage.len() as u32),
            ("n_balance", self.balance.len() as u32),
            ("noise_pixels", picture::map_pixels(self) as u32),
        ] {
            packed.field(name, value);
        }
        self.pack_tables(&mut packed);
        packed.table("picture", picture.iter().copied());
        packed
    }

    fn pack_sizes(&self, packed: &mut Packed) {
        let (at, set) = (&self.at, &self.set);
        for (name, value) in [
            ("width", at.width),
            ("height", at.height),
            ("chunk_width", set.chunk[0]),
            ("chunk_height", set.chunk[1]),
            ("chunks_x", at.chunks_x),
            ("world_words", at.world_words as u32),
            ("mobs_words", at.mobs_words as u32),
            ("body_words", at.body_words as u32),
            ("occupied", at.occupied as u32),
            ("chunk_space", at.chunk_space as u32),
            ("chunk_mobs", at.chunk_mobs as u32),
            ("chunk_order", at.chunk_order as u32),
            ("capacity", at.mobs.capacity(at.mobs_words) as u32),
            ("room", (at.mobs.capacity(at.mobs_words) - at.mobs.step) as u32),
            ("achievements", at.achievements as u32),
            ("n_items", at.n_items as u32),
            ("n_actions", self.ops.len() as u32),
            ("length", set.length),
            ("day_length", set.day.length),
            ("balance_every", set.balance.every),
            ("reach", self.reach),
            ("walkable", self.walkable),
            ("walkable_player", self.walkable_player),
            ("walkable_arrow", self.walkable_arrow),
            ("breaks", self.breaks),
            ("arrow_leaves", self.arrow_leaves),
        ] {
            packed.field(name, value);
        }
    }

    fn pack_roles(&self, packed: &mut Packed) {
        let roles = &self.roles;
        for (name, item) in [("health", roles.health), ("food", roles.food), ("drink", roles.drink), ("energy", roles.energy)] {
            packed.field(name, item as u32);
        }
        for (name, achievement) in [
            ("wake_up", roles.wake_up),
            ("eat_cow", roles.eat_cow),
            ("eat_plant", roles.eat_plant),
            ("defeat_zombie", roles.defeat_zombie),
            ("defeat_skeleton", roles.defeat_skeleton),
        ] {
            packed.field(name, id(achievement));
        }
    }

    fn pack_vitals(&self, packed: &mut Packed) {
        let v = &self.vitals;
        for (name, count) in [
            ("hunger_limit", v.hunger[0]),
            ("hunger_awake", v.hunger[1]),
            ("hunger_asleep", v.hunger[2]),
            ("thirst_limit", v.thirst[0]),
            ("thirst_awake", v.thirst[1]),
            ("thirst_asleep", v.thirst[2]),
            ("tired_above", v.tired_above),
            ("rested_below", v.rested_below),
            ("fatigue_awake", v.fatigue[0]),
            ("fatigue_asleep", v.fatigue[1]),
            ("heal_above", v.heal_above),
            ("hurt_below", v.hurt_below),
            ("recover_awake", v.recover[0]),
            ("recover_asleep", v.recover[1]),
            ("starve_awake", v.starve[0]),
            ("starve_asleep", v.starve[1]),
        ] {
            packed.field(name, count as u32);
        }
    }

    fn pack_creatures(&self, packed: &mut Packed) {
        let set = &self.set;
        for (name, value) in [
            ("cow_health", set.cow.health),
            ("cow_food", set.cow.food),
            ("zombie_health", set.zombie.health),
            ("zombie_near", set.zombie.near),
            ("zombie_reach", set.zombie.reach),
            ("zombie_damage", set.zombie.damage),
            ("zombie_damage_asleep", set.zombie.damage_asleep),
            ("zombie_cooldown", set.zombie.cooldown),
            ("skeleton_health", set.skeleton.health),
            ("retreat_within", set.skeleton.retreat_within),
            ("shoot_within", set.skeleton.shoot_within),
            ("approach_within", set.skeleton.approach_within),
            ("reload", set.skeleton.reload),
            ("arrow_damage", set.arrow.damage),
            ("plant_health", set.plant.health),
            ("ripe_above", set.plant.ripe_above),
            ("plant_food", set.plant.food),
        ] {
            packed.field(name, value);
        }
    }

    fn pack_tables(&self, packed: &mut Packed) {
        let o = &self.odds;
        let odds =
            [o.cow_walk, o.zombie_chase, o.zombie_long, o.retreat_long, o.shoot, o.approach, o.approach_long, o.skeleton_walk];
        packed.table("odds", odds.into_iter().flat_map(halves));
        packed.table("ops", self.ops.iter().flat_map(|op| op_words(*op)));
        packed.table("item_max", self.item_max.iter().map(|n| *n as u32));
        // Each table of rule offsets is followed by its rules. The odds come before all of these, so no rule begins at offset 0.
        rules_of(packed, "collect", &self.collect.iter().map(|rule| rule.as_ref().map(collect_words)).collect::<Vec<_>>());
        rules_of(packed, "place", &self.place.iter().map(|rule| Some(place_words(rule))).collect::<Vec<_>>());
        rules_of(packed, "make", &self.make.iter().map(|rule| Some(make_words(rule))).collect::<Vec<_>>());
        packed.table("damage", self.damage.iter().flat_map(|(item, damage)| [*item as u32, *damage as u32]));
        self.pack_balance(packed);
        let lights = self.daylight.iter().zip(&self.dark);
        packed.table("daylight", lights.map(|(light, dark)| light | (u32::from(*dark) * DARK)));
    }

    fn pack_balance(&self, packed: &mut Packed) {
        const WORDS: usize = 11;
        let first = packed.tables.len() + WORDS * self.balance.len();
        let day = self.set.day.length as usize;
        let rows = self.balance.iter().enumerate().flat_map(|(k, rule)| {
            let ([spawn_lo, spawn_hi], [despawn_lo, despawn_hi]) = (halves(rule.spawn), halves(rule.despawn));
            let min = (first + 2 * k * day) as u32;
            [
                rule.kind,
                rule.material,
                rule.spawn_distance,
                rule.despawn_distance,
                spawn_lo,
                spawn_hi,
                despawn_lo,
                despawn_hi,
                rule.min_space,
                min,
                min + day as u32,
            ]
        });
        let by_day = self.balance.iter().flat_map(|rule| rule.min.iter().chain(&rule.max).copied());
        packed.table("balance", rows.chain(by_day).collect::<Vec<_>>());
    }
}

fn id(achievement: Achievement) -> u32 {
    achievement.map_or(NONE, |a| a as u32)
}

fn op_words(op: Op) -> [u32; 2] {
    match op {
        Op::Noop => [0, 0],
        Op::Move(direction) => [1, direction],
        Op::Do => [2, 0],
        Op::Sleep => [3, 0],
        Op::Place(ix) => [4, ix as u32],
        Op::Make(ix) => [5, ix as u32],
    }
}

/// Adds a table of the offset of each rule (0 for none), followed by the rules.
fn rules_of(packed: &mut Packed, name: &'static str, rules: &[Option<Vec<u32>>]) {
    let mut at = packed.tables.len() + rules.len();
    let mut words = Vec::new();
    for rule in rules {
        words.push(rule.as_ref().map_or(0, |_| at as u32));
        at += rule.as_ref().map_or(0, Vec::len);
    }
    words.extend(rules.iter().flatten().flatten());
    packed.table(name, words);
}

/// Returns the count, then pairs (item, n).
fn counts(list: &[(usize, i32)]) -> Vec<u32> {
    [list.len() as u32].into_iter().chain(list.iter().flat_map(|(item, n)| [*item as u32, *n as u32])).collect()
}

fn collect_words(rule: &CollectRule) -> Vec<u32> {
    let [most_lo, most_hi] = halves(rule.most);
    let gives = rule.gives.iter().flat_map(|(item, n, achievement)| [*item as u32, *n as u32, id(*achievement)]);
    let head = [rule.leaves, u32::from(rule.resets_thirst), most_lo, most_hi, rule.gives.len() as u32];
    head.into_iter().chain(gives).chain(counts(&rule.requires)).collect()
}

fn place_words(rule: &PlaceRule) -> Vec<u32> {
    let head = [rule.on, rule.material.unwrap_or(NONE), id(rule.achievement)];
    head.into_iter().chain(counts(&rule.uses)).collect()
}

fn make_words(rule: &MakeRule) -> Vec<u32> {
    let head = [rule.near, rule.item as u32, rule.gives as u32, id(rule.achievement)];
    head.into_iter().chain(counts(&rule.uses)).collect()
}
