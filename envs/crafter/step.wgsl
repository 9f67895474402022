// One step of Crafter, in the order of the reference: clock, player, objects in order of entering, balance, reward. The twin is step.rs.

#import shaders/core/all.wgsl
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
    let i = whom_to_serve(id, groups);
    if i == NOBODY {
        return;
    }
    lane_begin(i);
    stream_begin(i);
    let step = core[core_base + CORE_STEP] + 1u;
    core[core_base + CORE_STEP] = step;
    // Objects that enter during the step wait for the next one.
    let n = n_mobs();
    chance_turn(ENTITY_PLAYER);
    player_update();
    for (var slot = 0u; slot < n; slot++) {
        let word = mobs[mobs_base + 1u + slot];
        if word == 0u {
            continue;
        }
        let mob = mob_of(word);
        if distance_of(vec2<i32>(i32(mob.x), i32(mob.y))) < rules.reach {
            chance_turn(ENTITY_CELL + mob.y * rules.width + mob.x);
            creature_update(slot, mob);
        }
    }
    compact();
    if step % rules.balance_every == 0u {
        balance_update(step % rules.day_length);
    }
    settle(step);
    stream_end(i);
}

/// Reward and flags.
fn settle(step: u32) {
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
}
