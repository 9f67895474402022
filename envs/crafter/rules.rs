//! The ruleset compiled for the kernels: ids for names, doubled counters, 53-bit thresholds for probabilities, tables by time of day.

use super::layout::Layout;
use super::ruleset::{BalanceKind, Counts, Ruleset};
use crate::shaders::shared::chance::{at_least, at_most};
use crate::shaders::shared::keyed::MAX_CHUNKS;

/// Materials by id; 0 is outside the map.
pub const MATERIALS: [&str; 13] =
    ["outside", "water", "grass", "stone", "path", "sand", "tree", "lava", "coal", "iron", "diamond", "table", "furnace"];
pub mod material {
    pub const WATER: u32 = 1;
    pub const GRASS: u32 = 2;
    pub const STONE: u32 = 3;
    pub const PATH: u32 = 4;
    pub const SAND: u32 = 5;
    pub const TREE: u32 = 6;
    pub const LAVA: u32 = 7;
    pub const COAL: u32 = 8;
    pub const IRON: u32 = 9;
    pub const DIAMOND: u32 = 10;
}

/// Kinds of objects; the semantic id is `PLAYER_ID + kind`.
pub const KINDS: [&str; 6] = ["player", "cow", "zombie", "skeleton", "arrow", "plant"];
pub mod kind {
    pub const COW: u32 = 1;
    pub const ZOMBIE: u32 = 2;
    pub const SKELETON: u32 = 3;
    pub const ARROW: u32 = 4;
    pub const PLANT: u32 = 5;
}
/// The player's id in semantic views, after the materials.
pub const PLAYER_ID: u32 = 13;

/// left, right, up, down.
pub const DIRECTIONS: [(i32, i32); 4] = [(-1, 0), (1, 0), (0, -1), (0, 1)];

/// Most of each that a ruleset may name (room in one instance's `body`, bits in a word).
pub const MAX_ITEMS: usize = 32;
pub const MAX_ACHIEVEMENTS: usize = 32;
/// Widest and highest map: a coordinate is a byte.
pub const MAX_SIDE: u32 = 256;
/// Most creatures of one world, kept in bytes of a chunk's word.
pub const MAX_OBJECTS: u32 = 255;
/// Largest view in cells.
pub const MAX_VIEW: u32 = 31;

/// Longest side of the picture in pixels.
pub const MAX_PICTURE: u32 = 1024;

/// What an action id does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Noop,
    Move(u32),
    Do,
    Sleep,
    Place(usize),
    Make(usize),
}

/// Index of an achievement; None if the ruleset does not list it.
pub type Achievement = Option<usize>;

#[derive(Clone, Debug)]
pub struct CollectRule {
    pub requires: Vec<(usize, i32)>,
    /// (item, count, achievement)
    pub gives: Vec<(usize, i32, Achievement)>,
    pub leaves: u32,
    /// `uniform() <= probability`.
    pub most: u64,
    pub resets_thirst: bool,
}

#[derive(Clone, Debug)]
pub struct PlaceRule {
    pub uses: Vec<(usize, i32)>,
    /// Bit m: may be placed on material m.
    pub on: u32,
    /// The material, or None for a plant.
    pub material: Option<u32>,
    pub achievement: Achievement,
}

#[derive(Clone, Debug)]
pub struct MakeRule {
    pub item: usize,
    pub uses: Vec<(usize, i32)>,
    /// Bit m: material m must be near.
    pub near: u32,
    pub gives: i32,
    pub achievement: Achievement,
}

#[derive(Clone, Debug)]
pub struct BalanceRule {
    pub kind: u32,
    pub material: u32,
    pub spawn_distance: u32,
    pub despawn_distance: u32,
    pub spawn: u64,
    pub despawn: u64,
    pub min_space: u32,
    /// int(min) and int(max) by step modulo the length of the day.
    pub min: Vec<u32>,
    pub max: Vec<u32>,
}

/// Counters of the player, doubled so that halves are whole.
#[derive(Clone, Debug)]
pub struct VitalRules {
    pub hunger: [i32; 3],
    pub thirst: [i32; 3],
    pub tired_above: i32,
    pub rested_below: i32,
    pub fatigue: [i32; 2],
    pub heal_above: i32,
    pub hurt_below: i32,
    pub recover: [i32; 2],
    pub starve: [i32; 2],
}

/// Vital items and achievements that rules name themselves.
#[derive(Clone, Debug)]
pub struct Roles {
    pub health: usize,
    pub food: usize,
    pub drink: usize,
    pub energy: usize,
    pub wake_up: Achievement,
    pub eat_cow: Achievement,
    pub eat_plant: Achievement,
    pub defeat_zombie: Achievement,
    pub defeat_skeleton: Achievement,
}

/// Probabilities of creatures as 53-bit thresholds, in the order of the ruleset's fields.
#[derive(Clone, Debug)]
pub struct Odds {
    pub cow_walk: u64,
    pub zombie_chase: u64,
    pub zombie_long: u64,
    pub retreat_long: u64,
    pub shoot: u64,
    pub approach: u64,
    pub approach_long: u64,
    pub skeleton_walk: u64,
}

/// Everything the kernels read.
#[derive(Clone, Debug)]
pub struct Rules {
    pub set: Ruleset,
    pub at: Layout,
    pub ops: Vec<Op>,
    pub item_max: Vec<i32>,
    pub item_initial: Vec<i32>,
    pub collect: Vec<Option<CollectRule>>,
    pub place: Vec<PlaceRule>,
    pub make: Vec<MakeRule>,
    pub damage: Vec<(usize, i32)>,
    pub walkable: u32,
    pub walkable_player: u32,
    pub walkable_arrow: u32,
    pub breaks: u32,
    pub arrow_leaves: u32,
    pub vitals: VitalRules,
    pub roles: Roles,
    pub odds: Odds,
    pub balance: Vec<BalanceRule>,
    /// Objects farther than this (L1) from the player rest.
    pub reach: u32,
    /// Daylight in 1/255 by step modulo the length of the day.
    pub daylight: Vec<u32>,
    /// Daylight below one half: pictures take noise.
    pub dark: Vec<bool>,
    pub keyed: bool,
    pub picture_noise: bool,
}

/// Names against the lists of a ruleset, with errors that say where.
struct Names<'a>(&'a Ruleset);

impl Names<'_> {
    fn item(&self, name: &str, place: &str) -> Result<usize, String> {
        self.0
            .items
            .iter()
            .position(|i| i.name == name)
            .ok_or_else(|| format!("{place} names the item '{name}', which is not in items"))
    }

    fn material(&self, name: &str, place: &str) -> Result<u32, String> {
        let known = MATERIALS.iter().skip(1).position(|m| *m == name).map(|m| m as u32 + 1);
        known.ok_or_else(|| format!("{place} names the material '{name}'; materials are {}", MATERIALS[1..].join(", ")))
    }

    fn materials(&self, names: &[String], place: &str) -> Result<u32, String> {
        names.iter().try_fold(0, |set, name| Ok(set | 1 << self.material(name, place)?))
    }

    fn counts(&self, counts: &Counts, place: &str) -> Result<Vec<(usize, i32)>, String> {
        counts.iter().map(|(name, n)| Ok((self.item(name, place)?, *n as i32))).collect()
    }

    fn achievement(&self, name: &str) -> Achievement {
        self.0.achievements.iter().position(|a| a == name)
    }
}

impl Rules {
    /// # Errors
    /// If the ruleset contradicts itself or passes a limit; the text says which field.
    pub fn compile(set: &Ruleset, keyed: bool, picture_noise: bool) -> Result<Rules, String> {
        check_limits(set)?;
        let names = Names(set);
        let walkable = names.materials(&set.walkable, "walkable")?;
        let lava = 1 << material::LAVA;
        Ok(Rules {
            at: Layout::new(set),
            ops: set.actions.iter().map(|a| op(set, a)).collect::<Result<_, _>>()?,
            item_max: set.items.iter().map(|i| i.max as i32).collect(),
            item_initial: set.items.iter().map(|i| i.initial as i32).collect(),
            collect: collect_rules(&names)?,
            place: place_rules(&names)?,
            make: make_rules(&names)?,
            damage: set
                .damage
                .iter()
                .map(|d| Ok((names.item(&d.item, "damage")?, d.damage as i32)))
                .collect::<Result<_, String>>()?,
            walkable,
            walkable_player: walkable | lava,
            walkable_arrow: walkable | lava | 1 << material::WATER,
            breaks: names.materials(&set.arrow.breaks, "arrow.breaks")?,
            arrow_leaves: names.material(&set.arrow.leaves, "arrow.leaves")?,
            vitals: vital_rules(set)?,
            roles: roles(&names)?,
            odds: odds(set)?,
            balance: set.balance.kinds.iter().map(|k| balance_rule(&names, k)).collect::<Result<_, _>>()?,
            reach: 2 * set.view[0].max(set.view[1]),
            daylight: (0..set.day.length).map(|t| (daylight(set, t) * 255.0 + 0.5) as u32).collect(),
            dark: (0..set.day.length).map(|t| daylight(set, t) < 0.5).collect(),
            set: set.clone(),
            keyed,
            picture_noise,
        })
    }

    pub fn day_ix(&self, step: u32) -> usize {
        (step % self.set.day.length) as usize
    }

    /// Rows of the view that show the map; the others show the inventory.
    pub fn map_rows(&self) -> u32 {
        self.set.view[1] - (self.set.items.len() as u32).div_ceil(self.set.view[0])
    }
}

/// Daylight at `step` in float64, in the reference's order of operations.
#[expect(clippy::disallowed_methods, reason = "tabulated once on the host; rules stay 0.005 away from every threshold")]
pub fn daylight(set: &Ruleset, step: u32) -> f64 {
    let progress = (f64::from(step) / f64::from(set.day.length)) % 1.0 + set.day.start;
    let cosine = (std::f64::consts::PI * progress * set.day.angle).cos().abs();
    1.0 - cosine.powf(f64::from(set.day.power))
}

fn check_limits(set: &Ruleset) -> Result<(), String> {
    let at_most = |name: &str, value: usize, limit: usize| {
        if value > limit { Err(format!("{name}: {value} is more than {limit}")) } else { Ok(()) }
    };
    let at_least = |name: &str, value: u32, least: u32| {
        if value < least { Err(format!("{name}: {value} is less than {least}")) } else { Ok(()) }
    };
    at_most("items", set.items.len(), MAX_ITEMS)?;
    at_most("achievements", set.achievements.len(), MAX_ACHIEVEMENTS)?;
    at_most("max_objects", set.max_objects as usize, MAX_OBJECTS as usize)?;
    at_least("max_objects", set.max_objects, 1)?;
    at_least("actions", set.actions.len() as u32, 1)?;
    for (axis, side) in set.area.iter().enumerate() {
        at_most(&format!("area[{axis}]"), *side as usize, MAX_SIDE as usize)?;
        at_least(&format!("area[{axis}]"), *side, 1)?;
        at_least(&format!("chunk[{axis}]"), set.chunk[axis], 1)?;
        at_most(&format!("view[{axis}]"), set.view[axis] as usize, MAX_VIEW as usize)?;
        at_least(&format!("view[{axis}]"), set.view[axis], 1)?;
        at_most(&format!("picture[{axis}]"), set.picture[axis] as usize, MAX_PICTURE as usize)?;
        if set.picture[axis] < set.view[axis] {
            return Err(format!("picture[{axis}]: {} pixels cannot show {} cells", set.picture[axis], set.view[axis]));
        }
    }
    if set.chunk[0] * set.chunk[1] > 0xffff {
        return Err("chunk: more than 65535 cells".to_string());
    }
    let chunks = set.area[0].div_ceil(set.chunk[0]) * set.area[1].div_ceil(set.chunk[1]);
    at_most("chunks of the map (area / chunk)", chunks as usize, MAX_CHUNKS)?;
    let item_rows = (set.items.len() as u32).div_ceil(set.view[0]);
    if item_rows >= set.view[1] {
        return Err(format!("view: {} rows leave no room for the map above {item_rows} rows of inventory", set.view[1]));
    }
    at_least("length", set.length, 1)?;
    at_least("day.length", set.day.length, 1)?;
    at_most("day.length", set.day.length as usize, 1_000_000)?;
    at_least("balance.every", set.balance.every, 1)?;
    for item in &set.items {
        at_most(&format!("max of item {}", item.name), item.max as usize, 255)?;
        if item.initial > item.max {
            return Err(format!("item {}: initial {} is more than max {}", item.name, item.initial, item.max));
        }
    }
    for (name, health) in
        [("cow", set.cow.health), ("zombie", set.zombie.health), ("skeleton", set.skeleton.health), ("plant", set.plant.health)]
    {
        at_most(&format!("{name}.health"), health as usize, 255)?;
        at_least(&format!("{name}.health"), health, 1)?;
    }
    distinct("items", set.items.iter().map(|i| i.name.as_str()))?;
    distinct("achievements", set.achievements.iter().map(String::as_str))?;
    distinct("actions", set.actions.iter().map(String::as_str))?;
    distinct("collect", set.collect.iter().map(|c| c.material.as_str()))?;
    distinct("place", set.place.iter().map(|p| p.name.as_str()))?;
    distinct("make", set.make.iter().map(|m| m.item.as_str()))?;
    distinct("balance.kinds", set.balance.kinds.iter().map(|k| k.kind.as_str()))
}

fn distinct<'a>(list: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(format!("{list}: '{name}' is listed twice"));
        }
    }
    Ok(())
}

fn op(set: &Ruleset, action: &str) -> Result<Op, String> {
    let known = match action {
        "noop" => Some(Op::Noop),
        "move_left" => Some(Op::Move(0)),
        "move_right" => Some(Op::Move(1)),
        "move_up" => Some(Op::Move(2)),
        "move_down" => Some(Op::Move(3)),
        "do" => Some(Op::Do),
        "sleep" => Some(Op::Sleep),
        _ => None,
    };
    let place = action.strip_prefix("place_").and_then(|name| set.place.iter().position(|p| p.name == name)).map(Op::Place);
    let make = action.strip_prefix("make_").and_then(|name| set.make.iter().position(|m| m.item == name)).map(Op::Make);
    known.or(place).or(make).ok_or_else(|| format!("actions: nothing says what '{action}' does"))
}

fn collect_rules(names: &Names) -> Result<Vec<Option<CollectRule>>, String> {
    let mut rules = vec![None; MATERIALS.len()];
    for c in &names.0.collect {
        let gives = names.counts(&c.gives, "collect.gives")?;
        let gives =
            gives.into_iter().map(|(item, n)| (item, n, names.achievement(&format!("collect_{}", names.0.items[item].name))));
        rules[names.material(&c.material, "collect")? as usize] = Some(CollectRule {
            requires: names.counts(&c.requires, "collect.requires")?,
            gives: gives.collect(),
            leaves: names.material(&c.leaves, "collect.leaves")?,
            most: at_most(probability("collect.probability", c.probability)?),
            resets_thirst: c.resets_thirst,
        });
    }
    Ok(rules)
}

fn place_rules(names: &Names) -> Result<Vec<PlaceRule>, String> {
    let rule = |p: &super::ruleset::Place| {
        let material = if p.name == "plant" { None } else { Some(names.material(&p.name, "place")?) };
        Ok(PlaceRule {
            uses: names.counts(&p.uses, "place.uses")?,
            on: names.materials(&p.on, "place.on")?,
            material,
            achievement: names.achievement(&format!("place_{}", p.name)),
        })
    };
    names.0.place.iter().map(rule).collect()
}

fn make_rules(names: &Names) -> Result<Vec<MakeRule>, String> {
    let rule = |m: &super::ruleset::Make| {
        Ok(MakeRule {
            item: names.item(&m.item, "make")?,
            uses: names.counts(&m.uses, "make.uses")?,
            near: names.materials(&m.near, "make.near")?,
            gives: m.gives as i32,
            achievement: names.achievement(&format!("make_{}", m.item)),
        })
    };
    names.0.make.iter().map(rule).collect()
}

fn vital_rules(set: &Ruleset) -> Result<VitalRules, String> {
    let twice = |name: &str, value: f64| {
        let doubled = value * 2.0;
        if doubled.fract() == 0.0 && doubled.abs() < 1e6 {
            Ok(doubled as i32)
        } else {
            Err(format!("vitals.{name}: {value} is not a multiple of 0.5"))
        }
    };
    let v = &set.vitals;
    Ok(VitalRules {
        hunger: [twice("hunger", v.hunger.limit)?, twice("hunger", v.hunger.awake)?, twice("hunger", v.hunger.asleep)?],
        thirst: [twice("thirst", v.thirst.limit)?, twice("thirst", v.thirst.awake)?, twice("thirst", v.thirst.asleep)?],
        tired_above: twice("fatigue", v.fatigue.tired_above)?,
        rested_below: twice("fatigue", v.fatigue.rested_below)?,
        fatigue: [twice("fatigue", v.fatigue.awake)?, twice("fatigue", v.fatigue.asleep)?],
        heal_above: twice("recover", v.recover.heal_above)?,
        hurt_below: twice("recover", v.recover.hurt_below)?,
        recover: [twice("recover", v.recover.awake)?, twice("recover", v.recover.asleep)?],
        starve: [twice("recover", v.recover.starving_awake)?, twice("recover", v.recover.starving_asleep)?],
    })
}

fn roles(names: &Names) -> Result<Roles, String> {
    let vital = |name: &str| names.item(name, "the rules of life");
    Ok(Roles {
        health: vital("health")?,
        food: vital("food")?,
        drink: vital("drink")?,
        energy: vital("energy")?,
        wake_up: names.achievement("wake_up"),
        eat_cow: names.achievement("eat_cow"),
        eat_plant: names.achievement("eat_plant"),
        defeat_zombie: names.achievement("defeat_zombie"),
        defeat_skeleton: names.achievement("defeat_skeleton"),
    })
}

fn odds(set: &Ruleset) -> Result<Odds, String> {
    let below = |name: &str, p: f64| probability(name, p).map(at_least);
    Ok(Odds {
        cow_walk: below("cow.move", set.cow.walk)?,
        zombie_chase: below("zombie.chase", set.zombie.chase)?,
        zombie_long: below("zombie.long_axis", set.zombie.long_axis)?,
        retreat_long: below("skeleton.retreat_long_axis", set.skeleton.retreat_long_axis)?,
        shoot: below("skeleton.shoot", set.skeleton.shoot)?,
        approach: below("skeleton.approach", set.skeleton.approach)?,
        approach_long: below("skeleton.approach_long_axis", set.skeleton.approach_long_axis)?,
        skeleton_walk: below("skeleton.move", set.skeleton.walk)?,
    })
}

fn balance_rule(names: &Names, rule: &BalanceKind) -> Result<BalanceRule, String> {
    let kind = match rule.kind.as_str() {
        "zombie" => kind::ZOMBIE,
        "skeleton" => kind::SKELETON,
        "cow" => kind::COW,
        other => return Err(format!("balance.kinds: '{other}' is not zombie, skeleton or cow")),
    };
    let material = names.material(&rule.on, "balance.kinds.on")?;
    if material != material::GRASS && material != material::PATH {
        return Err(format!("balance.kinds.on: creatures spawn on grass or path, not on {}", rule.on));
    }
    if rule.min_space < 1 {
        return Err("balance.kinds.min_space: must be at least 1, the cell to spawn on".to_string());
    }
    let by_day = |by: &super::ruleset::ByLight| {
        (0..names.0.day.length).map(|t| (by.base + by.light * daylight(names.0, t)).max(0.0) as u32).collect()
    };
    Ok(BalanceRule {
        kind,
        material,
        spawn_distance: rule.spawn_distance,
        despawn_distance: rule.despawn_distance,
        spawn: at_least(probability("balance.kinds.spawn", rule.spawn)?),
        despawn: at_least(probability("balance.kinds.despawn", rule.despawn)?),
        min_space: rule.min_space,
        min: by_day(&rule.min),
        max: by_day(&rule.max),
    })
}

fn probability(name: &str, p: f64) -> Result<f64, String> {
    if (0.0..=1.0).contains(&p) { Ok(p) } else { Err(format!("{name}: {p} is not a probability")) }
}
