// One step of MiniGrid. The twin is step.rs: the same functions in the same order.

#import shaders/core/active.wgsl
#import shaders/shared/stream_keyed.wgsl
#import envs/minigrid/rules.wgsl
#import envs/minigrid/cells.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> grid: array<u32>;
@group(0) @binding(4) var<storage, read_write> agent: array<u32>;
@group(0) @binding(5) var<storage, read_write> stream: array<u32>;
@group(0) @binding(6) var<storage, read_write> balls: array<u32>;

// Number of tries after which a ball stays where it is. The reference package's limit of 100 allows 101 tries.
const BALL_TRIES: u32 = 101u;
// A reward of 1 - 0.9 * t / max_steps is stored as 10 * max_steps - 9 * t.
const REWARD_WHOLE: u32 = 10u;
const REWARD_LOSS: u32 = 9u;

/// The result of a step.
struct Outcome {
    terminated: bool,
    rewarded: bool,
    punished: bool,
}

/// Index of this instance's first word in `agent`, and the instance's number.
var<private> agent_base: u32;
var<private> me: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    me = i;
    grid_base = i * rules.grid_words;
    agent_base = i * AGENT_WORDS;
    stream_begin(i);
    step(i * CORE_WORDS);
    stream_end(i);
}

fn step(core_at: u32) {
    let action = action_of(core[core_at + CORE_ACTION]);
    var body = body_of(agent[agent_base + AGENT_BODY]);
    let next = ahead_of(body);
    let inside = next.x < rules.width && next.y < rules.height;
    let at = select(0u, next.y * rules.width + next.x, inside);
    let before = select(CODE_WALL_GREY, cell_code(at), inside);
    let held = body.carrying;
    var doors_before = vec2<bool>(false);
    if rules.task == TASK_OPEN_IN_ORDER {
        doors_before = doors_open();
    }
    for (var ball = 0u; ball < rules.n_balls; ball++) {
        move_ball(body, me * rules.n_balls + ball);
    }
    let front = select(CODE_WALL_GREY, cell_code(at), inside);
    var outcome = Outcome(false, false, false);
    var after = front;
    if action == ACT_LEFT {
        body.dir = (body.dir + 3u) & 3u;
    } else if action == ACT_RIGHT {
        body.dir = (body.dir + 1u) & 3u;
    } else if action == ACT_FORWARD {
        if can_be_entered(front) {
            body.x = next.x;
            body.y = next.y;
        }
        outcome.rewarded = class_of(front) == CLASS_GOAL;
        outcome.terminated = outcome.rewarded || class_of(front) == CLASS_LAVA;
    } else if action == ACT_PICKUP && held == CODE_UNSEEN && can_be_carried(front) {
        body.carrying = front;
        after = CODE_EMPTY;
    } else if action == ACT_DROP && held != CODE_UNSEEN && front == CODE_EMPTY {
        body.carrying = CODE_UNSEEN;
        after = held;
    } else if action == ACT_TOGGLE {
        after = toggled(front, held);
    }
    if after != front {
        set_cell_code(at, after);
    }
    agent[agent_base + AGENT_BODY] = body_word(body);
    outcome = judge(outcome, action, body, held, before, doors_before);
    finish(core_at, outcome);
}

/// Returns the action that the rules apply. Where only three actions exist, other ids act as the first one; elsewhere unknown ids do
/// nothing. In the memory task `pickup` acts as `toggle`.
fn action_of(action: u32) -> u32 {
    if rules.task == TASK_AVOID && action > ACT_FORWARD {
        return ACT_LEFT;
    }
    if rules.task == TASK_MATCH && action == ACT_PICKUP {
        return ACT_TOGGLE;
    }
    return action;
}

/// Returns what a door or a box becomes when it is toggled; other codes do not change.
fn toggled(front: u32, held: u32) -> u32 {
    let colour = front & 7u;
    let class_here = class_of(front);
    if class_here == CLASS_DOOR_OPEN {
        return code_of(CLASS_DOOR_CLOSED, colour);
    }
    if class_here == CLASS_DOOR_CLOSED || (class_here == CLASS_DOOR_LOCKED && held == code_of(CLASS_KEY, colour)) {
        return code_of(CLASS_DOOR_OPEN, colour);
    }
    if class_here >= CLASS_BOX {
        return content(front);
    }
    return front;
}

/// Moves a ball to a random cell of the 3 x 3 cells around it that is empty and not the agent's. If all tries fail, it stays.
fn move_ball(body: Body, ball: u32) {
    let x = balls[ball] & 255u;
    let y = balls[ball] >> 8u & 255u;
    let left = max(x, 1u) - 1u;
    let top = max(y, 1u) - 1u;
    let right = min(left + 3u, rules.width);
    let bottom = min(top + 3u, rules.height);
    chance_turn(ENTITY_CELL + y * rules.width + x);
    for (var attempt = 0u; attempt < BALL_TRIES; attempt++) {
        let to_x = left + chance_below(right - left);
        let to_y = top + chance_below(bottom - top);
        let to = to_y * rules.width + to_x;
        if cell_code(to) == CODE_EMPTY && (to_x != body.x || to_y != body.y) {
            let start = y * rules.width + x;
            set_cell_code(to, cell_code(start));
            set_cell_code(start, CODE_EMPTY);
            balls[ball] = to_x | to_y << 8u;
            return;
        }
    }
}

fn cell_at(word: u32) -> u32 {
    return (word >> 8u & 255u) * rules.width + (word & 255u);
}

fn is_open(field: u32) -> bool {
    return class_of(cell_code(cell_at(agent[agent_base + field]))) == CLASS_DOOR_OPEN;
}

/// Whether the doors at the two targets are open.
fn doors_open() -> vec2<bool> {
    return vec2<bool>(is_open(AGENT_TARGET), is_open(AGENT_OTHER));
}

fn apart(a: u32, b: u32) -> u32 {
    return max(a, b) - min(a, b);
}

/// Applies the rules of the task. `held` is what was carried before the action, `before` what was ahead before the balls moved.
fn judge(so_far: Outcome, action: u32, body: Body, held: u32, before: u32, doors_before: vec2<bool>) -> Outcome {
    var outcome = so_far;
    let wanted = agent[agent_base + AGENT_TARGET];
    let other = agent[agent_base + AGENT_OTHER];
    let carries = body.carrying != CODE_UNSEEN;
    if rules.task == TASK_PICKUP {
        if action == ACT_PICKUP && body.carrying == wanted {
            outcome.rewarded = true;
            outcome.terminated = true;
        }
    } else if rules.task == TASK_FETCH {
        if carries {
            outcome.rewarded = body.carrying == wanted;
            outcome.terminated = true;
        }
    } else if rules.task == TASK_GO_TO {
        let beside = apart(body.x, wanted & 255u) + apart(body.y, wanted >> 8u & 255u) == 1u;
        outcome.rewarded = outcome.rewarded || (action == ACT_DONE && beside);
        outcome.terminated = outcome.terminated || action == ACT_DONE || action == ACT_TOGGLE;
    } else if rules.task == TASK_PUT_NEAR {
        if action == ACT_PICKUP && carries && body.carrying != wanted {
            outcome.terminated = true;
        }
        if action == ACT_DROP && held != CODE_UNSEEN {
            let next = ahead_of(body);
            let near = apart(next.x, other & 255u) <= 1u && apart(next.y, other >> 8u & 255u) <= 1u;
            outcome.rewarded = outcome.rewarded || (!carries && near);
            outcome.terminated = true;
        }
    } else if rules.task == TASK_OPEN {
        if action == ACT_TOGGLE && is_open(AGENT_TARGET) {
            outcome.rewarded = true;
            outcome.terminated = true;
        }
    } else if rules.task == TASK_OPEN_IN_ORDER {
        let doors = doors_open();
        if doors.y || (doors.x && doors_before.y) {
            outcome.rewarded = doors.y && doors_before.x;
            outcome.terminated = true;
        }
    } else if rules.task == TASK_MATCH {
        let here = body.x | body.y << 8u;
        if here == wanted || here == other {
            outcome.rewarded = here == wanted;
            outcome.terminated = true;
        }
    } else if rules.task == TASK_AVOID {
        if action == ACT_FORWARD && before != CODE_EMPTY && class_of(before) != CLASS_GOAL {
            outcome.punished = true;
            outcome.terminated = true;
        }
    }
    return outcome;
}

/// Counts the step and writes reward and flags.
fn finish(core_at: u32, outcome: Outcome) {
    let now = core[core_at + CORE_STEP] + 1u;
    let whole = REWARD_WHOLE * rules.max_steps;
    var reward = 0u;
    if outcome.punished {
        reward = 0u - whole;
    } else if outcome.rewarded {
        reward = whole - REWARD_LOSS * now;
    }
    core[core_at + CORE_STEP] = now;
    core[core_at + CORE_REWARD] = reward;
    core[core_at + CORE_FLAGS] =
        select(0u, FLAG_TERMINATED, outcome.terminated) | select(0u, FLAG_TRUNCATED, now >= rules.max_steps);
}
