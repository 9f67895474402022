// Keys of a state. The twin is keys.rs.
// Twin: envs/gridlab/keys.rs

#import envs/shared/key_frame.wgsl
#import envs/shared/key_bytes.wgsl
#import envs/gridlab/rules.wgsl

@group(0) @binding(4) var<storage, read> grid: array<u32>;
@group(0) @binding(5) var<storage, read> obs: array<u32>;
@group(0) @binding(6) var<storage, read_write> keys: array<vec2<u32>>;

const KIND_WALL: u32 = 1u;
// OBS_CELL: the byte of the observation that shows the kind of the player's cell. OBS_FIXED: the number of bytes before the optional
// parts.
const OBS_CELL: u32 = 5u;
const OBS_FIXED: u32 = 7u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let base = i * rules.words;
    let shown = i * rules.head.obs_words;
    key_begin();
    if key_has(PART_POSITION) {
        key_word(grid[base + WORD_X]);
        key_word(grid[base + WORD_Y]);
    }
    if key_has(PART_FACING) {
        key_word(grid[base + WORD_FACING]);
    }
    if key_has(PART_VIEW) {
        key_word(obs_byte(shown, OBS_CELL));
        for (var k = 0u; k < rules.n_tvs; k++) {
            key_word(obs_byte(shown, OBS_FIXED + rules.taken_bytes + rules.opened_bytes + k));
        }
    }
    if key_has(PART_INVENTORY) {
        key_word(grid[base + WORD_CARRIED]);
    }
    if key_has(PART_FACED) {
        key_word(faced(base));
    }
    if key_has(PART_FULL) {
        for (var k = 0u; k < rules.words; k++) {
            key_word(grid[base + k]);
        }
    }
    key_close(i);
}

/// Returns the cell in front of the player as kind | letter << 4 | taken or passable << 9; a wall if the player's cell has no exit there.
fn faced(base: u32) -> u32 {
    let here = min(grid[base + WORD_Y], rules.height - 1u) * rules.width + min(grid[base + WORD_X], rules.width - 1u);
    let facing = grid[base + WORD_FACING] & 3u;
    if (rules.tables[rules.cells + here] & CELL_EXITS & (1u << facing)) == 0u {
        return KIND_WALL;
    }
    var ahead = here;
    switch facing {
        case WEST: { ahead -= 1u; }
        case EAST: { ahead += 1u; }
        case NORTH: { ahead -= rules.width; }
        default: { ahead += rules.width; }
    }
    let there = rules.tables[rules.cells + ahead];
    let number = cell_number(there) & 31u;
    var done = 0u;
    if cell_kind(there) == KIND_KEY {
        done = (grid[base + WORD_TAKEN] >> number) & 1u;
    } else if cell_kind(there) == KIND_DOOR {
        let opened = select(0u, (grid[base + WORD_OPENED] >> number) & 1u, rules.spend_keys != 0u);
        done = opened | ((grid[base + WORD_CARRIED] >> cell_letter(there)) & 1u);
    }
    return cell_kind(there) | (cell_letter(there) << 4u) | (done << 9u);
}
