// One step of Crafter, in the reference's order: clock, player, objects in the order in which they entered,
// balance, reward. The twin is step.rs.

#import shaders/core/active.wgsl
#import shaders/shared/stream_keyed.wgsl
#import envs/crafter/creatures.wgsl
#import envs/crafter/balance.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> world: array<u32>;
@group(0) @binding(4) var<storage, read_write> mobs: array<u32>;
@group(0) @binding(5) var<storage, read_write> body: array<u32>;
@group(0) @binding(6) var<storage, read_write> stream: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    instance_begin(i);
    stream_begin(i);
    let step = core[core_base + CORE_STEP] + 1u;
    core[core_base + CORE_STEP] = step;
    // Objects that are added during the step get their first turn in the next step.
    let n = n_mobs();
    chance_turn(ENTITY_PLAYER);
    player_update();
    // Each invocation first searches for its next object that has a turn; then neighbouring invocations run these turns together.
    let player = vec2<i32>(i32(body_word(BODY_X)), i32(body_word(BODY_Y)));
    for (var slot = next_near(player, 0u, n); slot < n; slot = next_near(player, slot + 1u, n)) {
        let mob = mob_at(slot);
        chance_turn(ENTITY_CELL + mob.y * rules.width + mob.x);
        creature_update(slot, mob);
    }
    compact();
    if step % rules.balance_every == 0u {
        balance_update(step % rules.day_length);
    }
    reward_and_end(step);
    stream_end(i);
}

/// Returns the first slot from `slot` on whose object is near enough to the player to get a turn, or `n` if there is none. The player has
/// moved already, and an object moves only in its own turn. So its distance does not depend on when it is tested.
fn next_near(player: vec2<i32>, slot: u32, n: u32) -> u32 {
    var k = slot;
    for (; k < n; k++) {
        let word = mobs[mobs_base + 1u + k];
        let apart = abs(vec2<i32>(i32(word & 255u), i32(word >> 8u & 255u)) - player);
        if word != 0u && u32(apart.x + apart.y) < rules.reach {
            break;
        }
    }
    return k;
}

/// Sets reward and flags, and the fault if the next step may lack room.
fn reward_and_end(step: u32) {
    let health = item(rules.health);
    var reward = health - i32(body_word(BODY_PAID_HEALTH));
    set_body(BODY_PAID_HEALTH, u32(health));
    if (body_word(BODY_UNLOCKED) & ~body_word(BODY_PAID)) != 0u {
        reward += i32(REWARD_DENOMINATOR);
    }
    set_body(BODY_PAID, body_word(BODY_UNLOCKED));
    core[core_base + CORE_REWARD] = bitcast<u32>(reward);
    core[core_base + CORE_FLAGS] =
        select(0u, FLAG_TERMINATED, health <= 0) | select(0u, FLAG_TRUNCATED, step >= rules.length);
    if n_mobs() > rules.room {
        core[core_base + CORE_FAULT] = NEEDS_ROOM;
    }
}
