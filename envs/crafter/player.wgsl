// The player's turn, in the reference's order: action, vitals, recovery, clamping of items, waking when hurt. The twin is player.rs.

#import envs/crafter/instance.wgsl

fn player_update() {
    let action = core[core_base + CORE_ACTION];
    var op = table(rules.ops + 2u * action);
    let argument = table(rules.ops + 2u * action + 1u);
    if body_word(BODY_SLEEPING) == 1u {
        if item(rules.energy) < i32(table(rules.item_max + rules.energy)) {
            op = OP_SLEEP;
        } else {
            set_body(BODY_SLEEPING, 0u);
            achieve(rules.wake_up);
        }
    }
    switch op {
        case OP_MOVE: { player_walk(argument); }
        case OP_DO: { player_act(); }
        case OP_SLEEP: {
            if item(rules.energy) < i32(table(rules.item_max + rules.energy)) {
                set_body(BODY_SLEEPING, 1u);
            }
        }
        case OP_PLACE: { player_place(table(rules.place + argument)); }
        case OP_MAKE: { player_make(table(rules.make + argument)); }
        default: {}
    }
    player_live();
    player_recover();
    for (var k = 0u; k < rules.n_items; k++) {
        set_item(k, clamp(item(k), 0, i32(table(rules.item_max + k))));
    }
    // This follows the clamping, because waking depends on the clamped health.
    let health = u32(item(rules.health));
    if health < body_word(BODY_LAST_HEALTH) {
        set_body(BODY_SLEEPING, 0u);
    }
    set_body(BODY_LAST_HEALTH, health);
}

/// Subtracts `damage` from health, which does not go below 0.
fn hurt(damage: u32) {
    set_item(rules.health, max(item(rules.health) - i32(damage), 0));
}

fn player_walk(d: u32) {
    set_body(BODY_FACING, d);
    let to = faced();
    if is_free(to, rules.walkable_player) {
        relocate_player(to);
    }
    if material(body_word(BODY_Y) * rules.width + body_word(BODY_X)) == LAVA {
        set_item(rules.health, 0);
    }
}

fn player_act() {
    let cell = cell_of(faced());
    if cell == NO_CELL {
        return;
    }
    let who = occupant(cell);
    if who == NOBODY_THERE {
        player_collect(cell);
    } else if who != THE_PLAYER {
        player_strike(who);
    }
}

fn player_strike(slot: u32) {
    var best = 1;
    for (var k = 0u; k < rules.n_damage; k++) {
        if item(table(rules.damage + 2u * k)) != 0 {
            best = max(best, i32(table(rules.damage + 2u * k + 1u)));
        }
    }
    var mob = mob_at(slot);
    if mob.kind == PLANT {
        if extra(slot) > rules.ripe_above {
            set_extra(slot, 0u);
            set_item(rules.food, item(rules.food) + i32(rules.plant_food));
            achieve(rules.eat_plant);
        }
        return;
    }
    if mob.kind == ARROW {
        return;
    }
    mob.health = max(mob.health, u32(best)) - u32(best);
    set_mob(slot, mob);
    if mob.health > 0u {
        return;
    }
    if mob.kind == ZOMBIE {
        achieve(rules.defeat_zombie);
    } else if mob.kind == SKELETON {
        achieve(rules.defeat_skeleton);
    } else {
        set_item(rules.food, item(rules.food) + i32(rules.cow_food));
        achieve(rules.eat_cow);
        set_body(BODY_HUNGER, 0u);
    }
}

/// Whether the player has all that a list names: count, then pairs (item, count).
fn has_all(list: u32) -> bool {
    for (var k = 0u; k < table(list); k++) {
        if item(table(list + 1u + 2u * k)) < i32(table(list + 2u + 2u * k)) {
            return false;
        }
    }
    return true;
}

fn use_all(list: u32) {
    for (var k = 0u; k < table(list); k++) {
        let used = table(list + 1u + 2u * k);
        set_item(used, item(used) - i32(table(list + 2u + 2u * k)));
    }
}

/// Words of a rule: material that it leaves, resets thirst, probability (2), what it gives (count, triples item,
/// count, achievement), what it requires.
fn player_collect(cell: u32) {
    let rule = table(rules.collect + material(cell));
    if rule == 0u {
        return;
    }
    if table(rule + 1u) != 0u {
        set_body(BODY_THIRST, 0u);
    }
    let gives = rule + 4u;
    if !has_all(gives + 1u + 3u * table(gives)) {
        return;
    }
    set_material(cell, table(rule));
    if !less_64(vec2<u32>(table(rule + 2u), table(rule + 3u)), chance_uniform53()) {
        for (var k = 0u; k < table(gives); k++) {
            let given = table(gives + 1u + 3u * k);
            set_item(given, item(given) + i32(table(gives + 2u + 3u * k)));
            achieve(table(gives + 3u + 3u * k));
        }
    }
}

/// Words of a rule: materials that it may be placed on, the material or NONE for a plant, achievement, what it uses.
fn player_place(rule: u32) {
    let to = faced();
    let cell = cell_of(to);
    if cell == NO_CELL {
        return;
    }
    if is_occupied(cell) || (table(rule) >> material(cell) & 1u) == 0u || !has_all(rule + 3u) {
        return;
    }
    use_all(rule + 3u);
    if table(rule + 1u) == NONE {
        add_mob(Mob(u32(to.x), u32(to.y), PLANT, 0u, rules.plant_health));
    } else {
        set_material(cell, table(rule + 1u));
    }
    achieve(table(rule + 2u));
}

/// Words of a rule: materials that must be near, item, count, achievement, what it uses.
fn player_make(rule: u32) {
    if (table(rule) & ~nearby()) != 0u || !has_all(rule + 4u) {
        return;
    }
    use_all(rule + 4u);
    let made = table(rule + 1u);
    set_item(made, item(made) + i32(table(rule + 2u)));
    achieve(table(rule + 3u));
}

/// Returns the bits of the materials in the 3 x 3 cells around the player. The reference slices an array: at x = 0 or y = 0 the slice
/// starts at -1. Python counts that from the end, so the slice is empty unless the side is shorter than three cells.
fn nearby() -> u32 {
    let x = near_range(body_word(BODY_X), rules.width);
    let y = near_range(body_word(BODY_Y), rules.height);
    var found = 0u;
    for (var row = y.x; row < y.y; row++) {
        for (var column = x.x; column < x.y; column++) {
            found |= 1u << material(row * rules.width + column);
        }
    }
    return found;
}

fn near_range(p: u32, side: u32) -> vec2<u32> {
    if p == 0u {
        return vec2<u32>(side - 1u, min(2u, side));
    }
    return vec2<u32>(p - 1u, min(p + 2u, side));
}

fn player_live() {
    let asleep = body_word(BODY_SLEEPING) == 1u;
    need(BODY_HUNGER, rules.food, i32(rules.hunger_limit), select(i32(rules.hunger_awake), i32(rules.hunger_asleep), asleep));
    need(BODY_THIRST, rules.drink, i32(rules.thirst_limit), select(i32(rules.thirst_awake), i32(rules.thirst_asleep), asleep));
    var fatigue = bitcast<i32>(body_word(BODY_FATIGUE)) + select(i32(rules.fatigue_awake), i32(rules.fatigue_asleep), asleep);
    if asleep {
        fatigue = min(fatigue, 0);
    }
    if fatigue < i32(rules.rested_below) {
        fatigue = 0;
        set_item(rules.energy, item(rules.energy) + 1);
    }
    if fatigue > i32(rules.tired_above) {
        fatigue = 0;
        set_item(rules.energy, item(rules.energy) - 1);
    }
    set_body(BODY_FATIGUE, bitcast<u32>(fatigue));
}

/// Advances a counter. When it exceeds its limit, it is set to 0 and one of its item is subtracted.
fn need(field: u32, of_item: u32, limit: i32, more: i32) {
    let count = bitcast<i32>(body_word(field)) + more;
    set_body(field, select(bitcast<u32>(count), 0u, count > limit));
    if count > limit {
        set_item(of_item, item(of_item) - 1);
    }
}

fn player_recover() {
    let asleep = body_word(BODY_SLEEPING) == 1u;
    let well = item(rules.food) > 0 && item(rules.drink) > 0 && (item(rules.energy) > 0 || asleep);
    let recovers = select(i32(rules.recover_awake), i32(rules.recover_asleep), asleep);
    let starves = select(i32(rules.starve_awake), i32(rules.starve_asleep), asleep);
    var count = bitcast<i32>(body_word(BODY_RECOVER)) + select(starves, recovers, well);
    if count > i32(rules.heal_above) {
        count = 0;
        set_item(rules.health, item(rules.health) + 1);
    }
    if count < i32(rules.hurt_below) {
        count = 0;
        hurt(1u);
    }
    set_body(BODY_RECOVER, bitcast<u32>(count));
}
