// Computes keys from parts of the state; key_full.wgsl computes those that contain the full state. The twin is keys.rs.
// Twin: envs/crafter/keys.rs

#import envs/shared/key_frame.wgsl
#import envs/shared/key_bytes.wgsl
#import envs/crafter/rules.wgsl

@group(0) @binding(4) var<storage, read> body: array<u32>;
@group(0) @binding(5) var<storage, read> obs: array<u32>;
@group(0) @binding(6) var<storage, read_write> keys: array<vec2<u32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let at = i * rules.body_words;
    key_begin();
    if key_has(PART_POSITION) {
        key_word(body[at + BODY_X]);
        key_word(body[at + BODY_Y]);
    }
    if key_has(PART_FACING) {
        key_word(body[at + BODY_FACING]);
    }
    if key_has(PART_VIEW) {
        key_bytes(i * rules.head.obs_words, rules.view_width * rules.view_height);
    }
    if key_has(PART_INVENTORY) {
        for (var k = 0u; k < rules.n_items; k++) {
            if !is_vital(k) {
                key_word(body[at + BODY_ITEMS + k]);
            }
        }
    }
    if key_has(PART_ACHIEVEMENTS) {
        key_word(body[at + BODY_UNLOCKED]);
    }
    if key_has(PART_FACED) {
        key_word(faced(i));
    }
    if key_has(PART_VITALS) {
        key_word(body[at + BODY_ITEMS + rules.health]);
        key_word(body[at + BODY_ITEMS + rules.food]);
        key_word(body[at + BODY_ITEMS + rules.drink]);
        key_word(body[at + BODY_ITEMS + rules.energy]);
    }
    key_close(i);
}

fn is_vital(item: u32) -> bool {
    return item == rules.health || item == rules.food || item == rules.drink || item == rules.energy;
}

/// Returns the semantic id that the view shows in the cell that the player faces, or 0 if that cell lies outside the view.
fn faced(i: u32) -> u32 {
    var column = rules.view_width / 2u;
    var row = rules.view_height / 2u;
    switch body[i * rules.body_words + BODY_FACING] & 3u {
        case 0u: { column -= 1u; }
        case 1u: { column += 1u; }
        case 2u: { row -= 1u; }
        default: { row += 1u; }
    }
    if column >= rules.view_width || row >= rules.view_height {
        return 0u;
    }
    return obs_byte(i * rules.head.obs_words, row * rules.view_width + column);
}
