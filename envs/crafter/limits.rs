//! Limits on the numbers of a ruleset. Whole numbers become i32, and the sum of two of them must fit in an i32. Real
//! numbers become tables and thresholds.

use super::ruleset::{Counts, Ruleset};

/// Maximum of counts, damages and distances in cells.
pub const MAX: u32 = 1_000_000_000;
/// Maximum absolute value of real numbers.
const FAR: f64 = 1e6;

/// # Errors
/// If a number is too large; the text names the field of the first such number.
pub fn check(set: &Ruleset) -> Result<(), String> {
    if let Some((name, value)) = whole(set).into_iter().find(|(_, value)| *value > MAX) {
        return Err(format!("{name}: {value} is more than {MAX}"));
    }
    if let Some((name, value)) = real(set).into_iter().find(|(_, value)| value.is_nan() || value.abs() > FAR) {
        return Err(format!("{name}: {value} is not a number from -{FAR} to {FAR}"));
    }
    Ok(())
}

fn whole(set: &Ruleset) -> Vec<(String, u32)> {
    let (zombie, skeleton, terrain) = (&set.zombie, &set.skeleton, &set.terrain);
    let named = [
        ("day.power", set.day.power),
        ("cow.food", set.cow.food),
        ("zombie.near", zombie.near),
        ("zombie.reach", zombie.reach),
        ("zombie.damage", zombie.damage),
        ("zombie.damage_asleep", zombie.damage_asleep),
        ("zombie.cooldown", zombie.cooldown),
        ("skeleton.retreat_within", skeleton.retreat_within),
        ("skeleton.shoot_within", skeleton.shoot_within),
        ("skeleton.approach_within", skeleton.approach_within),
        ("skeleton.reload", skeleton.reload),
        ("arrow.damage", set.arrow.damage),
        ("plant.ripe_above", set.plant.ripe_above),
        ("plant.food", set.plant.food),
        ("terrain.cow.distance", terrain.cow.distance),
        ("terrain.zombie.distance", terrain.zombie.distance),
    ];
    let mut all: Vec<(String, u32)> = named.map(|(name, value)| (name.to_string(), value)).to_vec();
    let mut counts = |list: &str, name: &str, counts: &Counts| {
        all.extend(counts.iter().map(|(item, n)| (format!("{list} of {name}, {item}"), *n)));
    };
    for collect in &set.collect {
        counts("collect.requires", &collect.material, &collect.requires);
        counts("collect.gives", &collect.material, &collect.gives);
    }
    set.place.iter().for_each(|place| counts("place.uses", &place.name, &place.uses));
    set.make.iter().for_each(|make| counts("make.uses", &make.item, &make.uses));
    all.extend(set.make.iter().map(|make| (format!("make.gives of {}", make.item), make.gives)));
    all.extend(set.damage.iter().map(|damage| (format!("damage of {}", damage.item), damage.damage)));
    for kind in &set.balance.kinds {
        let distances =
            [("spawn_distance", kind.spawn_distance), ("despawn_distance", kind.despawn_distance), ("min_space", kind.min_space)];
        all.extend(distances.map(|(name, value)| (format!("balance.kinds of {}, {name}", kind.kind), value)));
    }
    all
}

fn real(set: &Ruleset) -> Vec<(String, f64)> {
    let t = &set.terrain;
    let named = [
        ("day.start", set.day.start),
        ("day.angle", set.day.angle),
        ("terrain.mountain", t.mountain),
        ("terrain.caves.noise", t.caves.noise),
        ("terrain.caves.mountain", t.caves.mountain),
        ("terrain.tunnels", t.tunnels),
        ("terrain.coal.noise", t.coal.noise),
        ("terrain.coal.draw", t.coal.draw),
        ("terrain.iron.noise", t.iron.noise),
        ("terrain.iron.draw", t.iron.draw),
        ("terrain.diamond.mountain", t.diamond.mountain),
        ("terrain.diamond.draw", t.diamond.draw),
        ("terrain.lava.noise", t.lava.noise),
        ("terrain.lava.mountain", t.lava.mountain),
        ("terrain.sand.water_above", t.sand.water_above),
        ("terrain.sand.water_to", t.sand.water_to),
        ("terrain.sand.noise", t.sand.noise),
        ("terrain.water", t.water),
        ("terrain.tree.noise", t.tree.noise),
        ("terrain.tree.draw", t.tree.draw),
        ("terrain.cow.draw", t.cow.draw),
        ("terrain.zombie.draw", t.zombie.draw),
        ("terrain.skeleton.draw", t.skeleton.draw),
    ];
    let mut all: Vec<(String, f64)> = named.map(|(name, value)| (name.to_string(), value)).to_vec();
    for kind in &set.balance.kinds {
        let by_light = [
            ("min.base", kind.min.base),
            ("min.light", kind.min.light),
            ("max.base", kind.max.base),
            ("max.light", kind.max.light),
        ];
        all.extend(by_light.map(|(name, value)| (format!("balance.kinds of {}, {name}", kind.kind), value)));
    }
    all
}
