// Where instances stand and what they achieved, for statistics.

#import envs/crafter/rules.wgsl

/// The cell on which instance `i` stands, row by row.
fn pose_cell(i: u32) -> u32 {
    return shown[i * rules.body_words + BODY_Y] * rules.width + shown[i * rules.body_words + BODY_X];
}

/// Bit a: achievement a was done in the open episode.
fn pose_unlocked(i: u32) -> u32 {
    return shown[i * rules.body_words + BODY_UNLOCKED];
}

/// Times that achievement `a` was done in the open episode.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return shown[i * rules.body_words + rules.achievements + a];
}
