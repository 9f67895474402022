//! Checks a ruleset and compiles it into [`Rules`]. Errors name the field that is wrong.

use super::layout::Layout;
use super::limits;
use super::rules::{
    Achievement, BalanceRule, CollectRule, MATERIALS, MAX_ACHIEVEMENTS, MAX_ITEMS, MAX_OBJECTS, MAX_PICTURE, MAX_SIDE, MAX_VIEW,
    MakeRule, Odds, Op, PlaceRule, Roles, Rules, VitalRules, daylight, kind, material,
};
use super::ruleset::{BalanceKind, Counts, Ruleset};
use crate::shaders::shared::chance::{at_least, at_most};
use crate::shaders::shared::keyed::MAX_CHUNKS;

/// Looks up names in the lists of a ruleset. Errors say where the name occurs.
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
    /// If the ruleset contradicts itself or exceeds a limit; the text names the field.
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
    if u64::from(set.chunk[0]) * u64::from(set.chunk[1]) > 0xffff {
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
    limits::check(set)?;
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

/// Numbers of vitals must be less than this in absolute value.
const VITAL: f64 = 500_000.0;

fn vital_rules(set: &Ruleset) -> Result<VitalRules, String> {
    let twice = |name: &str, value: f64| {
        let doubled = value * 2.0;
        if doubled.is_nan() || doubled.abs() >= 2.0 * VITAL {
            return Err(format!("vitals.{name}: {value} does not lie between -{VITAL} and {VITAL}"));
        }
        if doubled.fract() != 0.0 {
            return Err(format!("vitals.{name}: {value} is not a multiple of 0.5"));
        }
        Ok(doubled as i32)
    };
    let v = &set.vitals;
    // These two counters have no lower bound.
    for (name, need) in [("hunger", &v.hunger), ("thirst", &v.thirst)] {
        let lowest = need.awake.min(need.asleep) * 2.0 * f64::from(set.length);
        if lowest < -f64::from(limits::MAX) {
            return Err(format!("vitals.{name}: it sinks to {} in {} steps, which is too far", lowest / 2.0, set.length));
        }
    }
    Ok(VitalRules {
        hunger: [
            twice("hunger.limit", v.hunger.limit)?,
            twice("hunger.awake", v.hunger.awake)?,
            twice("hunger.asleep", v.hunger.asleep)?,
        ],
        thirst: [
            twice("thirst.limit", v.thirst.limit)?,
            twice("thirst.awake", v.thirst.awake)?,
            twice("thirst.asleep", v.thirst.asleep)?,
        ],
        tired_above: twice("fatigue.tired_above", v.fatigue.tired_above)?,
        rested_below: twice("fatigue.rested_below", v.fatigue.rested_below)?,
        fatigue: [twice("fatigue.awake", v.fatigue.awake)?, twice("fatigue.asleep", v.fatigue.asleep)?],
        heal_above: twice("recover.heal_above", v.recover.heal_above)?,
        hurt_below: twice("recover.hurt_below", v.recover.hurt_below)?,
        recover: [twice("recover.awake", v.recover.awake)?, twice("recover.asleep", v.recover.asleep)?],
        starve: [
            twice("recover.starving_awake", v.recover.starving_awake)?,
            twice("recover.starving_asleep", v.recover.starving_asleep)?,
        ],
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
