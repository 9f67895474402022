// Sums over the current episode, and the cells that it visited. A kernel that imports this file declares `tally` and `visited`.

// Position and achievements come from the world: its own file replaces this import.
#import shaders/core/pose.wgsl

const TALLY_RETURN_LO: u32 = 0u;
const TALLY_RETURN_HI: u32 = 1u;
const TALLY_CELLS: u32 = 2u;
// Bit a: achievement a is unlocked, or was when the episode began.
const TALLY_UNLOCKED: u32 = 3u;
const TALLY_WORDS: u32 = 4u;

/// Marks the cell on which instance `i` stands.
fn visit(i: u32) {
    let cell = pose_cell(i);
    let at = i * rules.head.visited_words + cell / 32u;
    let bit = 1u << (cell % 32u);
    let before = visited[at];
    if (before & bit) == 0u {
        visited[at] = before | bit;
        tally[i * TALLY_WORDS + TALLY_CELLS] += 1u;
    }
}
