// Paints the RGB picture: map with objects, light, sleep, inventory. A workgroup paints the picture of one instance. In daylight pixels
// equal those of the twin. In the dark this kernel computes in f32 and the twin in f64, so they may differ by one grey level.
// Twin: envs/crafter/picture.rs

#import shaders/core/active.wgsl
#import shaders/shared/stream_keyed.wgsl
#import envs/crafter/instance.wgsl
#import envs/crafter/picture_noise_keyed.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> world: array<u32>;
@group(0) @binding(4) var<storage, read_write> mobs: array<u32>;
@group(0) @binding(5) var<storage, read_write> body: array<u32>;
@group(0) @binding(6) var<storage, read_write> stream: array<u32>;
@group(0) @binding(7) var<storage, read_write> pixels: array<u32>;

// Words of the table `picture`: sizes, then the offset of each part from the table's start (see picture.rs).
const UNIT_X: u32 = 0u;
const UNIT_Y: u32 = 1u;
const BORDER_X: u32 = 2u;
const BORDER_Y: u32 = 3u;
const PICTURE_WIDTH: u32 = 4u;
const PICTURE_HEIGHT: u32 = 5u;
const N_PALETTE: u32 = 6u;
// Number of steps that have their own entry in LIT_ROWS.
const LIT_STEPS: u32 = 7u;
// Colours of the palette, red in the low byte.
const PALETTE: u32 = 8u;
// Palette indices by tile, row by row of the tile.
const TILES: u32 = 9u;
// Colours by item * 11 + min(count, 10), row by row.
const ITEMS: u32 = 10u;
// Row of lit colours by step * 2 + asleep.
const LIT_ROWS: u32 = 11u;
const LIT: u32 = 12u;
// f32 values: VIGNETTE by pixel, column by column; DAYLIGHT by time of day.
const VIGNETTE: u32 = 13u;
const DAYLIGHT: u32 = 14u;

// Textures of objects on a material: none, cow, zombie, skeleton, 4 arrows, plant, ripe plant, 4 players, sleeping player.
const OBJECTS: u32 = 15u;
const OBJECT_ARROW: u32 = 4u;
const OBJECT_PLANT: u32 = 8u;
const OBJECT_PLAYER: u32 = 10u;
const OBJECT_SLEEPER: u32 = 14u;
const MAX_CELLS: u32 = 961u;
const NOTHING: u32 = 0xffffffffu;

var<workgroup> who: u32;
var<workgroup> tiles: array<u32, MAX_CELLS>;

fn part(k: u32) -> u32 {
    return rules.picture + table(rules.picture + k);
}

fn fact(k: u32) -> u32 {
    return table(rules.picture + k);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    if local == 0u {
        who = stepped_instance(vec3<u32>(group.y * groups.x + group.x, 0u, 0u), groups);
    }
    let i = workgroupUniformLoad(&who);
    if i == NOBODY {
        return;
    }
    instance_begin(i);
    let corner = vec2<i32>(i32(body_word(BODY_X)), i32(body_word(BODY_Y)))
        - vec2<i32>(i32(rules.view_width / 2u), i32(rules.view_height / 2u));
    for (var k = local; k < rules.view_width * rules.view_height; k += 64u) {
        let cell = cell_of(corner + vec2<i32>(i32(k % rules.view_width), i32(k / rules.view_width)));
        tiles[k] = select(material(min(cell, rules.width * rules.height - 1u)), 0u, cell == NO_CELL) * OBJECTS;
    }
    workgroupBarrier();
    for (var slot = local; slot < n_mobs(); slot += 64u) {
        let mob = mob_at(slot);
        put(vec2<i32>(i32(mob.x), i32(mob.y)) - corner, object_of(mob, extra(slot)));
    }
    if local == 0u {
        let player = select(OBJECT_PLAYER + (body_word(BODY_FACING) & 3u), OBJECT_SLEEPER, body_word(BODY_SLEEPING) == 1u);
        put(vec2<i32>(i32(rules.view_width / 2u), i32(rules.view_height / 2u)), player);
    }
    workgroupBarrier();
    let step = core[core_base + CORE_STEP];
    let dark = (table(rules.daylight + step % rules.day_length) & DARK) != 0u;
    let words = (fact(PICTURE_WIDTH) * fact(PICTURE_HEIGHT) * 3u + 3u) / 4u;
    if dark && NOISE_IN_ORDER {
        paint_in_order(i, i * words, words, local);
        return;
    }
    for (var word = local; word < words; word += 64u) {
        var packed = 0u;
        var at = word * 4u;
        var colour = pixel_colour(at / 3u, step, dark);
        for (var byte = 0u; byte < 4u; byte++) {
            if byte > 0u && at % 3u == 0u {
                colour = pixel_colour(at / 3u, step, dark);
            }
            packed |= (colour >> (at % 3u * 8u) & 255u) << (byte * 8u);
            at += 1u;
        }
        pixels[i * words + word] = packed;
    }
}

/// Puts an object on a cell of the view.
fn put(place: vec2<i32>, object: u32) {
    if u32(place.x) < rules.view_width && u32(place.y) < rules.view_height {
        tiles[u32(place.y) * rules.view_width + u32(place.x)] += object;
    }
}

fn object_of(mob: Mob, age: u32) -> u32 {
    switch mob.kind {
        case COW, ZOMBIE, SKELETON: { return mob.kind; }
        case ARROW: { return OBJECT_ARROW + (mob.facing & 3u); }
        default: { return OBJECT_PLANT + select(0u, 1u, age > rules.ripe_above); }
    }
}

/// Returns the position in the map of a pixel of the picture, or NOTHING if the pixel does not show the map.
fn map_place(pixel: u32) -> vec2<u32> {
    let x = pixel % fact(PICTURE_WIDTH) - fact(BORDER_X);
    let y = pixel / fact(PICTURE_WIDTH) - fact(BORDER_Y);
    if x < rules.view_width * fact(UNIT_X) && y < rules.view_height * fact(UNIT_Y) {
        return vec2<u32>(x, y);
    }
    return vec2<u32>(NOTHING);
}

/// Returns the palette index of a pixel of the map.
fn map_colour(place: vec2<u32>) -> u32 {
    let unit = vec2<u32>(fact(UNIT_X), fact(UNIT_Y));
    let cell = place / unit;
    let within = place % unit;
    let tile = tiles[cell.y * rules.view_width + cell.x];
    return table(part(TILES) + tile * unit.x * unit.y + within.y * unit.x + within.x);
}

/// Returns the number of a pixel of the map in the order in which noise is drawn: column by column.
fn grain_of(place: vec2<u32>) -> u32 {
    return place.x * rules.view_height * fact(UNIT_Y) + place.y;
}

fn pixel_colour(pixel: u32, step: u32, dark: bool) -> u32 {
    if pixel >= fact(PICTURE_WIDTH) * fact(PICTURE_HEIGHT) {
        return 0u;
    }
    let place = map_place(pixel);
    if place.x == NOTHING {
        return item_colour(pixel);
    }
    if dark {
        let grain = grain_of(place);
        return night_colour(table(part(PALETTE) + map_colour(place)), grain, noise_at(grain));
    }
    let asleep = body_word(BODY_SLEEPING) & 1u;
    let known = select(step % rules.day_length, step, step < fact(LIT_STEPS));
    let row = table(part(LIT_ROWS) + known * 2u + asleep);
    return table(part(LIT) + row * fact(N_PALETTE) + map_colour(place));
}

/// Returns the colour of a pixel of the inventory under the map; black elsewhere.
fn item_colour(pixel: u32) -> u32 {
    let unit = vec2<u32>(fact(UNIT_X), fact(UNIT_Y));
    let x = pixel % fact(PICTURE_WIDTH) - fact(BORDER_X);
    let y = pixel / fact(PICTURE_WIDTH) - fact(BORDER_Y) - rules.view_height * unit.y;
    let k = y / unit.y * rules.view_width + x / unit.x;
    if x >= rules.view_width * unit.x || y >= fact(PICTURE_HEIGHT) || k >= rules.n_items {
        return 0u;
    }
    let tile = k * 11u + u32(clamp(item(k), 0, 10));
    return table(part(ITEMS) + tile * unit.x * unit.y + y % unit.y * unit.x + x % unit.x);
}

/// Returns a colour darkened with the night's noise, as dark.rs computes it.
fn night_colour(colour: u32, grain: u32, noise: f32) -> u32 {
    let step = core[core_base + CORE_STEP];
    let light = bitcast<f32>(table(part(DAYLIGHT) + step % rules.day_length));
    let share = 2.0 * (0.5 - light) * bitcast<f32>(table(part(VIGNETTE) + grain));
    let plain = vec3<f32>(f32(colour & 255u), f32(colour >> 8u & 255u), f32(colour >> 16u & 255u));
    let dimmed = floor((1.0 - share) * plain + share * (32.0 + 95.0 * noise));
    let grey = luma(dimmed);
    let faded = floor(grey + 0.4 * (dimmed - grey));
    var lit = floor(light * plain + (1.0 - light) * (0.5 * faded + 0.5 * vec3<f32>(0.0, 16.0, 64.0)));
    if body_word(BODY_SLEEPING) == 1u {
        lit = floor(0.5 * luma(lit) + 0.5 * vec3<f32>(0.0, 0.0, 16.0));
    }
    let bytes = vec3<u32>(clamp(lit, vec3<f32>(0.0), vec3<f32>(255.0)));
    return bytes.x | bytes.y << 8u | bytes.z << 16u;
}

fn luma(colour: vec3<f32>) -> f32 {
    let c = vec3<u32>(colour);
    return f32((c.x * 19595u + c.y * 38470u + c.z * 7471u + 0x8000u) >> 16u);
}

/// Paints a dark picture whose noise must be drawn in order. All invocations paint what is not the map; then one paints the map.
fn paint_in_order(i: u32, base: u32, words: u32, local: u32) {
    for (var word = local; word < words; word += 64u) {
        var packed = 0u;
        for (var byte = 0u; byte < 4u; byte++) {
            let at = word * 4u + byte;
            let on_map = map_place(at / 3u).x != NOTHING;
            if !on_map && at / 3u < fact(PICTURE_WIDTH) * fact(PICTURE_HEIGHT) {
                packed |= (item_colour(at / 3u) >> (at % 3u * 8u) & 255u) << (byte * 8u);
            }
        }
        pixels[base + word] = packed;
    }
    storageBarrier();
    if local != 0u {
        return;
    }
    stream_begin(i);
    for (var x = 0u; x < rules.view_width * fact(UNIT_X); x++) {
        for (var y = 0u; y < rules.view_height * fact(UNIT_Y); y++) {
            let place = vec2<u32>(x, y);
            let grain = grain_of(place);
            let colour = night_colour(table(part(PALETTE) + map_colour(place)), grain, noise_at(grain));
            let pixel = (y + fact(BORDER_Y)) * fact(PICTURE_WIDTH) + x + fact(BORDER_X);
            for (var channel = 0u; channel < 3u; channel++) {
                let at = pixel * 3u + channel;
                let shift = at % 4u * 8u;
                pixels[base + at / 4u] |= (colour >> (channel * 8u) & 255u) << shift;
            }
        }
    }
    stream_end(i);
}
