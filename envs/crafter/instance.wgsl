// Access to one instance's buffers: cells, objects, chunks, the player. No rule of the game is here. The twin is instance.rs.

#import envs/crafter/rules.wgsl

/// Index of this instance's first word in each buffer.
var<private> core_base: u32;
var<private> world_base: u32;
var<private> mobs_base: u32;
var<private> body_base: u32;
/// True after an object was removed, until `compact` closes the holes of the list.
var<private> holes: bool;

/// An object's word, unpacked.
struct Mob {
    x: u32,
    y: u32,
    kind: u32,
    facing: u32,
    health: u32,
}

// Bit of a chunk's word of creatures: the chunk has held an object.
const CHUNK_EXISTS: u32 = 0x80000000u;
const NO_CELL: u32 = 0xffffffffu;
// The occupant of a cell is one of these or the slot of an object.
const NOBODY_THERE: u32 = 0xffffffffu;
const THE_PLAYER: u32 = 0xfffffffeu;

fn instance_begin(i: u32) {
    core_base = i * CORE_WORDS;
    world_base = i * rules.world_words;
    mobs_base = i * rules.mobs_words;
    body_base = i * rules.body_words;
    holes = false;
}

fn mob_of(word: u32) -> Mob {
    return Mob(word & 255u, word >> 8u & 255u, word >> 16u & 15u, word >> 20u & 15u, word >> 24u);
}

fn mob_word(mob: Mob) -> u32 {
    return mob.x | mob.y << 8u | mob.kind << 16u | mob.facing << 20u | mob.health << 24u;
}

/// left, right, up, down.
fn direction(d: u32) -> vec2<i32> {
    switch d {
        case 0u: { return vec2<i32>(-1, 0); }
        case 1u: { return vec2<i32>(1, 0); }
        case 2u: { return vec2<i32>(0, -1); }
        default: { return vec2<i32>(0, 1); }
    }
}

/// Index of the cell at a place; NO_CELL outside the map.
fn cell_of(place: vec2<i32>) -> u32 {
    let x = u32(place.x);
    let y = u32(place.y);
    return select(NO_CELL, y * rules.width + x, x < rules.width && y < rules.height);
}

fn material(cell: u32) -> u32 {
    return world[world_base + cell / 8u] >> (cell % 8u * 4u) & 15u;
}

/// Returns what a cell of this material adds to its chunk's word of space.
fn space_unit(of_material: u32) -> u32 {
    return select(0u, 1u, of_material == GRASS) | select(0u, 0x10000u, of_material == PATH);
}

/// Returns what an object of this kind adds to its chunk's word of creatures.
fn mob_unit(kind: u32) -> u32 {
    return select(0u, 1u, kind == COW) | select(0u, 0x100u, kind == ZOMBIE) | select(0u, 0x10000u, kind == SKELETON);
}

fn chunk_of(x: u32, y: u32) -> u32 {
    return x / rules.chunk_width + y / rules.chunk_height * rules.chunks_x;
}

/// Changes a cell and the count of grass and path of its chunk.
fn set_material(cell: u32, to: u32) {
    let before = material(cell);
    let at = world_base + cell / 8u;
    let shift = cell % 8u * 4u;
    world[at] = (world[at] & ~(15u << shift)) | to << shift;
    let space = world_base + rules.chunk_space + chunk_of(cell % rules.width, cell / rules.width);
    world[space] = world[space] - space_unit(before) + space_unit(to);
}

fn is_occupied(cell: u32) -> bool {
    return (world[world_base + rules.occupied + cell / 32u] >> (cell % 32u) & 1u) == 1u;
}

fn flip_occupied(cell: u32) {
    world[world_base + rules.occupied + cell / 32u] ^= 1u << (cell % 32u);
}

fn n_mobs() -> u32 {
    return mobs[mobs_base];
}

fn mob_at(slot: u32) -> Mob {
    return mob_of(mobs[mobs_base + 1u + slot]);
}

fn set_mob(slot: u32, mob: Mob) {
    mobs[mobs_base + 1u + slot] = mob_word(mob);
}

/// Returns the object's cooldown (zombie), reload counter (skeleton) or age (plant).
fn extra(slot: u32) -> u32 {
    return mobs[mobs_base + 1u + rules.capacity + slot];
}

fn set_extra(slot: u32, value: u32) {
    mobs[mobs_base + 1u + rules.capacity + slot] = value;
}

fn body_word(field: u32) -> u32 {
    return body[body_base + field];
}

fn set_body(field: u32, value: u32) {
    body[body_base + field] = value;
}

/// Returns the occupant of `cell`.
fn occupant(cell: u32) -> u32 {
    if !is_occupied(cell) {
        return NOBODY_THERE;
    }
    let place = (cell % rules.width) | (cell / rules.width) << 8u;
    if place == (body_word(BODY_X) | body_word(BODY_Y) << 8u) {
        return THE_PLAYER;
    }
    let n = n_mobs();
    for (var slot = 0u; slot < n; slot++) {
        let word = mobs[mobs_base + 1u + slot];
        if (word & 0xffffu) == place && (word >> 16u & 15u) != 0u {
            return slot;
        }
    }
    return NOBODY_THERE;
}

/// Whether the place lies on the map, is unoccupied, and is of a material in the bit set `walkable`.
fn is_free(place: vec2<i32>, walkable: u32) -> bool {
    let cell = cell_of(place);
    if cell == NO_CELL {
        return false;
    }
    return (walkable >> material(cell) & 1u) == 1u && !is_occupied(cell);
}

/// Adds a new object at the end of the list; sets the fault if there is no room.
fn add_mob(mob: Mob) {
    let slot = n_mobs();
    if slot >= rules.capacity {
        core[core_base + CORE_FAULT] = FAULT_OBJECTS;
        return;
    }
    set_mob(slot, mob);
    set_extra(slot, 0u);
    mobs[mobs_base] = slot + 1u;
    flip_occupied(mob.y * rules.width + mob.x);
    enter_chunk(chunk_of(mob.x, mob.y), mob.kind);
}

/// Removes the object of `slot` from the world; the slot is a hole until `compact`.
fn remove_mob(slot: u32) {
    let mob = mob_at(slot);
    flip_occupied(mob.y * rules.width + mob.x);
    leave_chunk(chunk_of(mob.x, mob.y), mob.kind);
    mobs[mobs_base + 1u + slot] = 0u;
    holes = true;
}

/// Moves the object of `slot` to a free cell.
fn relocate(slot: u32, place: vec2<i32>) {
    var mob = mob_at(slot);
    let x = u32(place.x);
    let y = u32(place.y);
    flip_occupied(mob.y * rules.width + mob.x);
    flip_occupied(y * rules.width + x);
    let before = chunk_of(mob.x, mob.y);
    let after = chunk_of(x, y);
    if before != after {
        leave_chunk(before, mob.kind);
        enter_chunk(after, mob.kind);
    }
    mob.x = x;
    mob.y = y;
    set_mob(slot, mob);
}

/// Moves the player to a free cell.
fn relocate_player(place: vec2<i32>) {
    let x = u32(place.x);
    let y = u32(place.y);
    flip_occupied(body_word(BODY_Y) * rules.width + body_word(BODY_X));
    set_body(BODY_X, x);
    set_body(BODY_Y, y);
    flip_occupied(y * rules.width + x);
    enter_chunk(chunk_of(x, y), 0u);
}

/// Counts an object that enters a chunk. If it is the chunk's first object, appends the chunk to the list of chunks.
fn enter_chunk(chunk: u32, kind: u32) {
    let at = world_base + rules.chunk_mobs + chunk;
    var word = world[at];
    if (word & CHUNK_EXISTS) == 0u {
        word |= CHUNK_EXISTS;
        let n = world[world_base + rules.chunk_order];
        world[world_base + rules.chunk_order + 1u + n] = chunk;
        world[world_base + rules.chunk_order] = n + 1u;
    }
    world[at] = ((word & ~CHUNK_EXISTS) + mob_unit(kind)) | CHUNK_EXISTS;
}

fn leave_chunk(chunk: u32, kind: u32) {
    let at = world_base + rules.chunk_mobs + chunk;
    world[at] = ((world[at] & ~CHUNK_EXISTS) - mob_unit(kind)) | CHUNK_EXISTS;
}

/// Returns the number of creatures of a kind in a chunk. In small chunks a byte of the chunk's word holds the number;
/// in others the creatures are counted.
fn creatures_in(chunk: u32, kind: u32) -> u32 {
    if rules.chunk_width * rules.chunk_height <= 255u {
        return world[world_base + rules.chunk_mobs + chunk] >> (8u * (kind - COW)) & 255u;
    }
    var found = 0u;
    let n = n_mobs();
    for (var slot = 0u; slot < n; slot++) {
        let mob = mob_at(slot);
        if mob.kind == kind && chunk_of(mob.x, mob.y) == chunk {
            found += 1u;
        }
    }
    return found;
}

/// Closes the holes of the object list. The order is kept and the tail is zeroed.
fn compact() {
    if !holes {
        return;
    }
    holes = false;
    let n = n_mobs();
    var kept = 0u;
    for (var slot = 0u; slot < n; slot++) {
        let word = mobs[mobs_base + 1u + slot];
        if word != 0u {
            let value = extra(slot);
            mobs[mobs_base + 1u + kept] = word;
            set_extra(kept, value);
            kept += 1u;
        }
    }
    for (var slot = kept; slot < n; slot++) {
        mobs[mobs_base + 1u + slot] = 0u;
        set_extra(slot, 0u);
    }
    mobs[mobs_base] = kept;
}

fn item(k: u32) -> i32 {
    return bitcast<i32>(body_word(BODY_ITEMS + k));
}

fn set_item(k: u32, n: i32) {
    set_body(BODY_ITEMS + k, bitcast<u32>(n));
}

fn achieve(achievement: u32) {
    if achievement != NONE {
        let at = rules.achievements + achievement;
        set_body(at, body_word(at) + 1u);
        set_body(BODY_UNLOCKED, body_word(BODY_UNLOCKED) | 1u << achievement);
    }
}

/// Returns the vector from a place to the player.
fn to_player(place: vec2<i32>) -> vec2<i32> {
    return vec2<i32>(i32(body_word(BODY_X)), i32(body_word(BODY_Y))) - place;
}

/// L1 distance from a place to the player.
fn distance_of(place: vec2<i32>) -> u32 {
    let apart = abs(to_player(place));
    return u32(apart.x + apart.y);
}

/// The step from a place towards the player along the longer or the shorter axis; may be (0, 0).
fn toward(place: vec2<i32>, long_axis: bool) -> vec2<i32> {
    let d = to_player(place);
    let along_x = select(abs(d.x) <= abs(d.y), abs(d.x) > abs(d.y), long_axis);
    return select(vec2<i32>(0, sign(d.y)), vec2<i32>(sign(d.x), 0), along_x);
}

/// The cell that the player faces, perhaps outside the map.
fn faced() -> vec2<i32> {
    return vec2<i32>(i32(body_word(BODY_X)), i32(body_word(BODY_Y))) + direction(body_word(BODY_FACING));
}
