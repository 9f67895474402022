// Where instances stand and what they achieved, for worlds that are one cell: the pattern that each world's own file follows.

#import shaders/core/head.wgsl

struct Rules {
    head: Head,
}

/// The cell on which instance `i` stands, row by row.
fn pose_cell(i: u32) -> u32 {
    return 0u;
}

/// Times that achievement `a` was done in the open episode.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return 0u;
}

/// Bit a: achievement a was done in the open episode.
fn pose_unlocked(i: u32) -> u32 {
    return 0u;
}
