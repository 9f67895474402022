// The symbolic observation: the view as semantic ids, inventory, facing, sleeping, daylight, as bytes. The twin is observe.rs. With the
// reference package's picture noise, this kernel also draws the random numbers that a dark picture takes, and discards them.

#import shaders/core/active.wgsl
#import shaders/shared/bytes.wgsl
#import envs/crafter/instance.wgsl
#import envs/crafter/observe_draws_nothing.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> world: array<u32>;
@group(0) @binding(4) var<storage, read_write> mobs: array<u32>;
@group(0) @binding(5) var<storage, read_write> body: array<u32>;
@group(0) @binding(6) var<storage, read_write> stream: array<u32>;
@group(0) @binding(7) var<storage, read_write> obs: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    instance_begin(i);
    let corner = vec2<i32>(i32(body_word(BODY_X)), i32(body_word(BODY_Y)))
        - vec2<i32>(i32(rules.view_width / 2u), i32(rules.view_height / 2u));
    bytes_begin(i * rules.head.obs_words);
    for (var row = 0u; row < rules.view_height; row++) {
        for (var column = 0u; column < rules.view_width; column++) {
            let cell = cell_of(corner + vec2<i32>(i32(column), i32(row)));
            put_byte(select(material(min(cell, rules.width * rules.height - 1u)), 0u, cell == NO_CELL));
        }
    }
    for (var k = 0u; k < rules.n_items; k++) {
        put_byte(body_word(BODY_ITEMS + k) & 255u);
    }
    put_byte(body_word(BODY_FACING) & 255u);
    put_byte(body_word(BODY_SLEEPING) & 255u);
    let light = table(rules.daylight + core[core_base + CORE_STEP] % rules.day_length);
    put_byte(light & 255u);
    bytes_end();
    let n = n_mobs();
    for (var slot = 0u; slot < n; slot++) {
        let mob = mob_at(slot);
        let place = vec2<i32>(i32(mob.x), i32(mob.y)) - corner;
        if u32(place.x) < rules.view_width && u32(place.y) < rules.view_height {
            show(i, u32(place.y) * rules.view_width + u32(place.x), PLAYER_ID + mob.kind);
        }
    }
    show(i, rules.view_height / 2u * rules.view_width + rules.view_width / 2u, PLAYER_ID);
    if (light & DARK) != 0u {
        skip_noise(i, 2u * rules.noise_pixels);
    }
}

/// Writes an id over the material of a view cell.
fn show(i: u32, cell: u32, semantic: u32) {
    let at = i * rules.head.obs_words + cell / 4u;
    let shift = cell % 4u * 8u;
    obs[at] = (obs[at] & ~(255u << shift)) | semantic << shift;
}
