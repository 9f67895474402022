// Positions of instances, for statistics.

#import envs/minigrid/rules.wgsl

/// Returns the index of the cell, row by row, on which instance `i` stands.
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
