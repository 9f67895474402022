// The turns of cows, zombies, skeletons, arrows and plants. The twin is creatures.rs.
//
// A creature with health 0 leaves the world at the start of its turn and then finishes the turn: it draws its random numbers and may hit
// or shoot. Its walk tests the target cell but moves nothing.

#import envs/crafter/instance.wgsl
#import envs/crafter/player.wgsl

/// The state of the current creature's turn.
var<private> turn_slot: u32;
var<private> turn_place: vec2<i32>;
var<private> turn_gone: bool;

/// Draws a random number and returns whether it is below the threshold with this index.
fn happens(odds: u32) -> bool {
    let at = rules.odds + 2u * odds;
    return less_64(chance_uniform53(), vec2<u32>(table(at), table(at + 1u)));
}

fn turn_begin(slot: u32, mob: Mob) {
    turn_slot = slot;
    turn_place = vec2<i32>(i32(mob.x), i32(mob.y));
    turn_gone = mob.health == 0u;
    if turn_gone {
        remove_mob(slot);
    }
}

/// Moves the creature if the target cell is free. Returns whether the cell is free.
fn turn_walk(by: vec2<i32>) -> bool {
    let to = turn_place + by;
    let free = is_free(to, rules.walkable);
    if free && !turn_gone {
        turn_place = to;
        relocate(turn_slot, to);
    }
    return free;
}

fn turn_wander() {
    turn_walk(direction(chance_randint(4u)));
}

fn turn_set_extra(value: u32) {
    if !turn_gone {
        set_extra(turn_slot, value);
    }
}

fn creature_update(slot: u32, mob: Mob) {
    switch mob.kind {
        case COW: { cow(slot, mob); }
        case ZOMBIE: { zombie(slot, mob); }
        case SKELETON: { skeleton(slot, mob); }
        case ARROW: { arrow(slot, mob); }
        default: { plant(slot, mob); }
    }
}

fn cow(slot: u32, mob: Mob) {
    turn_begin(slot, mob);
    if happens(ODDS_COW_WALK) {
        turn_wander();
    }
}

fn zombie(slot: u32, mob: Mob) {
    let cooldown = extra(slot);
    turn_begin(slot, mob);
    var chases = distance_of(turn_place) <= rules.zombie_near;
    if chases {
        chases = happens(ODDS_ZOMBIE_CHASE);
    }
    if chases {
        let long_axis = happens(ODDS_ZOMBIE_LONG);
        turn_walk(toward(turn_place, long_axis));
    } else {
        turn_wander();
    }
    if distance_of(turn_place) > rules.zombie_reach {
        return;
    }
    if cooldown > 0u {
        turn_set_extra(cooldown - 1u);
    } else {
        hurt(select(rules.zombie_damage, rules.zombie_damage_asleep, body_word(BODY_SLEEPING) == 1u));
        turn_set_extra(rules.zombie_cooldown);
    }
}

fn skeleton(slot: u32, mob: Mob) {
    let reload = max(extra(slot), 1u) - 1u;
    turn_begin(slot, mob);
    turn_set_extra(reload);
    let far = distance_of(turn_place);
    if far <= rules.retreat_within {
        let long_axis = happens(ODDS_RETREAT_LONG);
        if turn_walk(-toward(turn_place, long_axis)) {
            return;
        }
    }
    if far <= rules.shoot_within {
        if happens(ODDS_SHOOT) {
            shoot(reload);
            return;
        }
    }
    if far <= rules.approach_within {
        if happens(ODDS_APPROACH) {
            let long_axis = happens(ODDS_APPROACH_LONG);
            turn_walk(toward(turn_place, long_axis));
            return;
        }
    }
    if happens(ODDS_SKELETON_WALK) {
        turn_wander();
    }
}

fn shoot(reload: u32) {
    let by = toward(turn_place, true);
    if reload > 0u || (by.x == 0 && by.y == 0) {
        return;
    }
    let to = turn_place + by;
    if is_free(to, rules.walkable_arrow) {
        var facing = select(0u, 1u, by.x > 0);
        if by.x == 0 {
            facing = select(2u, 3u, by.y > 0);
        }
        add_mob(Mob(u32(to.x), u32(to.y), ARROW, facing, 0u));
        turn_set_extra(rules.reload);
    }
}

fn arrow(slot: u32, mob: Mob) {
    let to = vec2<i32>(i32(mob.x), i32(mob.y)) + direction(mob.facing);
    let cell = cell_of(to);
    if cell == NO_CELL {
        remove_mob(slot);
        return;
    }
    let who = occupant(cell);
    if who == THE_PLAYER {
        hurt(rules.arrow_damage);
        remove_mob(slot);
    } else if who != NOBODY_THERE {
        var hit = mob_at(who);
        hit.health = max(hit.health, rules.arrow_damage) - rules.arrow_damage;
        set_mob(who, hit);
        remove_mob(slot);
    } else {
        let there = material(cell);
        if (rules.walkable_arrow >> there & 1u) == 1u {
            relocate(slot, to);
            return;
        }
        remove_mob(slot);
        if (rules.breaks >> there & 1u) == 1u {
            set_material(cell, rules.arrow_leaves);
        }
    }
}

fn plant(slot: u32, mob: Mob) {
    let grown = extra(slot);
    set_extra(slot, select(grown + 1u, grown, grown == 0xffffffffu));
    var trampled = false;
    for (var d = 0u; d < 4u && !trampled; d++) {
        let cell = cell_of(vec2<i32>(i32(mob.x), i32(mob.y)) + direction(d));
        if cell != NO_CELL {
            let who = occupant(cell);
            if who != NOBODY_THERE && who != THE_PLAYER {
                let kind = mob_at(who).kind;
                trampled = kind == COW || kind == ZOMBIE || kind == SKELETON;
            }
        }
    }
    var left = mob;
    left.health = max(mob.health, 1u) - select(0u, 1u, trampled || mob.health == 0u);
    set_mob(slot, left);
    if left.health == 0u {
        remove_mob(slot);
    }
}
