// Positions and achievements of instances, for statistics.

#import envs/crafter/rules.wgsl

/// Returns the index of the cell, row by row, on which instance `i` stands.
fn pose_cell(i: u32) -> u32 {
    return shown[i * rules.body_words + BODY_Y] * rules.width + shown[i * rules.body_words + BODY_X];
}

/// Returns bits; bit a is set if achievement a was done in the current episode.
fn pose_unlocked(i: u32) -> u32 {
    return shown[i * rules.body_words + BODY_UNLOCKED];
}

/// Returns how often achievement `a` was done in the current episode.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return shown[i * rules.body_words + rules.achievements + a];
}
