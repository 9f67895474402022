// Paints the view as a picture: a tile of 8 x 8 pixels per cell, six words per row of a tile.
// Twin: envs/minigrid/picture.rs

#import shaders/core/active.wgsl
#import envs/minigrid/view.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> grid: array<u32>;
@group(0) @binding(4) var<storage, read_write> agent: array<u32>;
@group(0) @binding(7) var<storage, read_write> pixels: array<u32>;

const TILE_ROWS: u32 = 8u;
const ROW_WORDS: u32 = 6u;
const TILE_WORDS: u32 = 48u;
// Tiles by code, then the mask of the agent over its cell, then its colour.
const MASK: u32 = 256u;
const COLOUR: u32 = 257u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    grid_base = i * rules.grid_words;
    viewer = body_of(agent[i * AGENT_WORDS + AGENT_BODY]);
    look();
    let line = rules.view * ROW_WORDS;
    let base = i * line * rules.view * TILE_ROWS;
    for (var y = 0u; y < rules.view; y++) {
        for (var x = 0u; x < rules.view; x++) {
            let own = x == rules.view / 2u && y == rules.view - 1u;
            let tile = rules.tiles + shown_code(x, y) * TILE_WORDS;
            for (var k = 0u; k < TILE_WORDS; k++) {
                var word = rules.tables[tile + k];
                if own {
                    let mask = rules.tables[rules.tiles + MASK * TILE_WORDS + k];
                    word = (word & ~mask) | (rules.tables[rules.tiles + COLOUR * TILE_WORDS + k] & mask);
                }
                pixels[base + (y * TILE_ROWS + k / ROW_WORDS) * line + x * ROW_WORDS + k % ROW_WORDS] = word;
            }
        }
    }
}
