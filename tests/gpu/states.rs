//! States of Crafter set by hand that apply rules which random actions rarely reach: crowded, armed, at all times of day, at the edges.

use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::sim::Batch;
use serde_json::{Value, json};

const GROUNDS: [&str; 12] =
    ["grass", "sand", "path", "water", "stone", "tree", "lava", "coal", "iron", "diamond", "table", "furnace"];
const ITEMS: [&str; 16] = [
    "health",
    "food",
    "drink",
    "energy",
    "sapling",
    "wood",
    "stone",
    "coal",
    "iron",
    "diamond",
    "wood_pickaxe",
    "stone_pickaxe",
    "iron_pickaxe",
    "wood_sword",
    "stone_sword",
    "iron_sword",
];
const FACINGS: [[i32; 2]; 4] = [[-1, 0], [1, 0], [0, -1], [0, 1]];

/// Sets every instance to a state of its own. An instance whose state does not fit keeps its world.
pub fn set_all(batch: &mut Batch) {
    let (width, height) = batch.world().spec().size;
    let mut set = 0;
    for i in 0..batch.len() {
        let mut dice = Keyed::new([i as u32, 77], 0, 0, 0);
        set += usize::from(batch.set_scenario(i, &state(&mut dice, width, height)).is_ok());
    }
    assert!(set * 10 > batch.len() * 9, "only {set} states fit");
}

fn one_of<'a>(dice: &mut Keyed, list: &[&'a str]) -> &'a str {
    list[dice.randint(list.len() as u32) as usize]
}

fn state(dice: &mut Keyed, width: u32, height: u32) -> Value {
    let on_edge = |dice: &mut Keyed, side: u32| match dice.randint(5) {
        0 => 0,
        1 => side - 1,
        _ => dice.randint(side),
    };
    let (x, y) = (on_edge(dice, width), on_edge(dice, height));
    let ground = one_of(dice, &GROUNDS[..4]);
    let patch: Vec<(u32, u32)> = (x.saturating_sub(4)..(x + 5).min(width))
        .flat_map(|x| (y.saturating_sub(4)..(y + 5).min(height)).map(move |y| (x, y)))
        .collect();
    let density = 1 + dice.randint(6);
    let mut terrain: Vec<Value> = patch
        .iter()
        .map(|(x, y)| json!([x, y, if dice.randint(12) < density { one_of(dice, &GROUNDS) } else { ground }]))
        .collect();
    terrain.push(json!([x, y, one_of(dice, &["grass", "sand", "path"])]));
    let mut cells: Vec<(u32, u32)> = patch.into_iter().filter(|cell| *cell != (x, y)).collect();
    let crowd = [0, 3, 8, 30][dice.randint(4) as usize].min(cells.len());
    let mut remove = vec![json!([x, y])];
    let facing = FACINGS[dice.randint(4) as usize];
    let mut add = Vec::new();
    let ahead = (x.wrapping_add_signed(facing[0]), y.wrapping_add_signed(facing[1]));
    if let (0, Some(at)) = (dice.randint(4), cells.iter().position(|cell| *cell == ahead)) {
        // A plant to eat.
        let (x, y) = cells.swap_remove(at);
        remove.push(json!([x, y]));
        add.push(json!(["Plant", x, y, { "grown": 299 + dice.randint(4) }]));
    }
    let crowd = crowd.min(cells.len());
    let strewn: Vec<Value> = (0..crowd)
        .map(|_| {
            let (x, y) = cells.swap_remove(dice.randint(cells.len() as u32) as usize);
            remove.push(json!([x, y]));
            creature(dice, x, y)
        })
        .collect();
    add.extend(strewn);
    json!({ "remove": remove, "terrain": terrain, "player": player(dice, (x, y), facing), "step": hour(dice), "add": add })
}

/// Returns a step at any time of day; often just before a balance, sometimes near the end of the episode.
fn hour(dice: &mut Keyed) -> u32 {
    match dice.randint(4) {
        0 => dice.randint(300),
        1 => 10 * dice.randint(40) + 8,
        2 => 9_960 + dice.randint(39),
        _ => dice.randint(9_900),
    }
}

fn creature(dice: &mut Keyed, x: u32, y: u32) -> Value {
    let facing = FACINGS[dice.randint(4) as usize];
    match dice.randint(5) {
        0 => json!(["Cow", x, y, { "health": dice.randint(4) }]),
        1 => json!(["Zombie", x, y, { "health": dice.randint(6), "cooldown": dice.randint(6) }]),
        2 => json!(["Skeleton", x, y, { "health": dice.randint(4), "reload": dice.randint(5) }]),
        3 => json!(["Arrow", x, y, { "facing": facing }]),
        _ => json!(["Plant", x, y, { "health": dice.randint(3), "grown": 280 + dice.randint(30) }]),
    }
}

fn player(dice: &mut Keyed, pos: (u32, u32), facing: [i32; 2]) -> Value {
    let most = 1 + dice.randint(9);
    let sleeping = dice.randint(3) == 0;
    let mut inventory: serde_json::Map<String, Value> =
        ITEMS.iter().map(|item| ((*item).to_string(), json!(dice.randint(most + 1).max(u32::from(*item == "health"))))).collect();
    if sleeping && dice.randint(2) == 0 {
        // The player wakes and acts in the same step.
        inventory.insert("energy".into(), json!(9));
    }
    let half = |dice: &mut Keyed, n: u32| f64::from(dice.randint(2 * n)) / 2.0;
    json!({
        "pos": pos,
        "facing": facing,
        "sleeping": sleeping,
        "inventory": inventory,
        "hunger": half(dice, 27),
        "thirst": half(dice, 22),
        "fatigue": half(dice, 40) - 10.0,
        "recover": half(dice, 40) - 14.0,
    })
}
