// Where instances stand, for statistics.

#import envs/minigrid/rules.wgsl

/// The cell on which instance `i` stands, row by row.
fn pose_cell(i: u32) -> u32 {
    let body = body_of(shown[i * AGENT_WORDS + AGENT_BODY]);
    return body.y * rules.width + body.x;
}

/// MiniGrid has no achievements.
fn pose_achievement(i: u32, a: u32) -> u32 {
    return 0u;
}

fn pose_unlocked(i: u32) -> u32 {
    return 0u;
}
