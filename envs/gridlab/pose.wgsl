// Where instances stand, for statistics.

#import envs/gridlab/rules.wgsl

/// The cell on which instance `i` stands, row by row.
fn pose_cell(i: u32) -> u32 {
    return shown[i * rules.words + WORD_Y] * rules.width + shown[i * rules.words + WORD_X];
}

/// Grid-worlds have no achievements.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return 0u;
}

fn pose_unlocked(i: u32) -> u32 {
    return 0u;
}
