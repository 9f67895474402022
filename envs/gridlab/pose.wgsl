// Positions of instances, for statistics.

#import envs/gridlab/rules.wgsl

/// Returns the cell on which instance `i` stands, row-major.
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
