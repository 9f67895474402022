// Position and achievements of instances, for worlds of one cell. Each world has a file with the same functions.

#import shaders/core/head.wgsl

struct Rules {
    head: Head,
}

/// Index of the cell on which instance `i` stands, row by row.
fn pose_cell(i: u32) -> u32 {
    return 0u;
}

/// Number of times that achievement `a` was done in the current episode.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return 0u;
}

/// Bit a: achievement a was done in the current episode.
fn pose_unlocked(i: u32) -> u32 {
    return 0u;
}
