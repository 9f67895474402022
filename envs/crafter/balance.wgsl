// Every `balance.every` steps each chunk that ever held an object may gain or lose one creature of each kind. The twin is balance.rs.

#import envs/crafter/instance.wgsl

fn balance_update(day: u32) {
    // This function adds no chunk to the list: it spawns only in chunks that the list already holds.
    let n_chunks = world[world_base + rules.chunk_order];
    for (var k = 0u; k < n_chunks; k++) {
        let chunk = world[world_base + rules.chunk_order + 1u + k];
        chance_turn(ENTITY_CHUNK + chunk);
        for (var r = 0u; r < rules.n_balance; r++) {
            balance_kind(rules.balance + r * BALANCE_WORDS, chunk, day);
        }
    }
    compact();
}

fn balance_kind(rule: u32, chunk: u32, day: u32) {
    let kind = table(rule + BALANCE_KIND);
    let on = table(rule + BALANCE_MATERIAL);
    let n = creatures_in(chunk, kind);
    let space = world[world_base + rules.chunk_space + chunk] >> select(16u, 0u, on == GRASS) & 0xffffu;
    let least = select(table(table(rule + BALANCE_MIN) + day), 0u, space < table(rule + BALANCE_MIN_SPACE));
    if n < least {
        if less_64(chance_uniform53(), vec2<u32>(table(rule + BALANCE_SPAWN), table(rule + BALANCE_SPAWN + 1u))) {
            spawn(rule, chunk, space);
            return;
        }
    }
    if n > table(table(rule + BALANCE_MAX) + day) {
        if less_64(chance_uniform53(), vec2<u32>(table(rule + BALANCE_DESPAWN), table(rule + BALANCE_DESPAWN + 1u))) {
            despawn(rule, chunk, n);
        }
    }
}

fn birth_health(kind: u32) -> u32 {
    switch kind {
        case COW: { return rules.cow_health; }
        case ZOMBIE: { return rules.zombie_health; }
        case SKELETON: { return rules.skeleton_health; }
        case PLANT: { return rules.plant_health; }
        default: { return 0u; }
    }
}

/// Draws one of the chunk's cells of the rule's material, counted column by column. Spawns nothing if the cell is occupied or nearer to
/// the player than the rule's spawn distance.
fn spawn(rule: u32, chunk: u32, space: u32) {
    var left = chance_randint(space);
    let on = table(rule + BALANCE_MATERIAL);
    let x0 = chunk % rules.chunks_x * rules.chunk_width;
    let y0 = chunk / rules.chunks_x * rules.chunk_height;
    let x1 = min(x0 + rules.chunk_width, rules.width);
    let y1 = min(y0 + rules.chunk_height, rules.height);
    for (var x = x0; x < x1; x++) {
        for (var y = y0; y < y1; y++) {
            let cell = y * rules.width + x;
            if material(cell) != on {
                continue;
            }
            if left > 0u {
                left -= 1u;
                continue;
            }
            if !is_occupied(cell) && distance_of(vec2<i32>(i32(x), i32(y))) >= table(rule + BALANCE_SPAWN_DISTANCE) {
                let kind = table(rule + BALANCE_KIND);
                add_mob(Mob(x, y, kind, 0u, birth_health(kind)));
            }
            return;
        }
    }
}

/// Draws one of the chunk's creatures of the rule's kind, counted in the order in which they entered the world. The creature stays if it
/// is nearer to the player than the rule's despawn distance.
fn despawn(rule: u32, chunk: u32, n: u32) {
    var left = chance_randint(n);
    let count = n_mobs();
    for (var slot = 0u; slot < count; slot++) {
        let mob = mob_at(slot);
        if mob.kind != table(rule + BALANCE_KIND) || chunk_of(mob.x, mob.y) != chunk {
            continue;
        }
        if left == 0u {
            if distance_of(vec2<i32>(i32(mob.x), i32(mob.y))) >= table(rule + BALANCE_DESPAWN_DISTANCE) {
                remove_mob(slot);
            }
            return;
        }
        left -= 1u;
    }
}
