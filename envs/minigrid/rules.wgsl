// The rules of a MiniGrid ruleset as the kernels read them. `packed` in rules.rs writes them.

#import envs/shared/world.wgsl
#import shaders/core/head.wgsl

struct Rules {
    head: Head,
    width: u32,
    height: u32,
    max_steps: u32,
    view: u32,
    see_through_walls: u32,
    task: u32,
    n_balls: u32,
    // Words per instance of the buffer `grid`.
    grid_words: u32,
    // Offsets of the tables in `tables`: object | colour << 8 | state << 16 | OPAQUE by code, and tiles by code if pictures are drawn.
    triples: u32,
    tiles: u32,
    tables: array<u32>,
}

const TASK_PICKUP: u32 = 1u;
const TASK_FETCH: u32 = 2u;
const TASK_GO_TO: u32 = 3u;
const TASK_PUT_NEAR: u32 = 4u;
const TASK_OPEN: u32 = 5u;
const TASK_OPEN_IN_ORDER: u32 = 6u;
const TASK_MATCH: u32 = 7u;
const TASK_AVOID: u32 = 8u;

const ACT_LEFT: u32 = 0u;
const ACT_RIGHT: u32 = 1u;
const ACT_FORWARD: u32 = 2u;
const ACT_PICKUP: u32 = 3u;
const ACT_DROP: u32 = 4u;
const ACT_TOGGLE: u32 = 5u;
const ACT_DONE: u32 = 6u;

const AGENT_BODY: u32 = 0u;
const AGENT_TARGET: u32 = 2u;
const AGENT_OTHER: u32 = 3u;
const AGENT_WORDS: u32 = 4u;

const CODE_UNSEEN: u32 = 0u;
const CODE_EMPTY: u32 = 1u;
const CODE_WALL_GREY: u32 = 77u;
const OPAQUE: u32 = 0x1000000u;

const CLASS_NOTHING: u32 = 0u;
const CLASS_FLOOR: u32 = 1u;
const CLASS_KEY: u32 = 2u;
const CLASS_BALL: u32 = 3u;
const CLASS_GOAL: u32 = 4u;
const CLASS_LAVA: u32 = 5u;
const CLASS_DOOR_OPEN: u32 = 6u;
const CLASS_DOOR_CLOSED: u32 = 7u;
const CLASS_DOOR_LOCKED: u32 = 8u;
const CLASS_BOX: u32 = 10u;
const CLASS_BOX_OF_KEY: u32 = 11u;
const CLASS_BOX_OF_BALL: u32 = 17u;
const CLASS_END: u32 = 23u;

/// The agent: x | y << 8 | direction << 16 | code carried << 24.
struct Body {
    x: u32,
    y: u32,
    // 0 east, 1 south, 2 west, 3 north.
    dir: u32,
    carrying: u32,
}

fn body_of(word: u32) -> Body {
    return Body(word & 255u, word >> 8u & 255u, word >> 16u & 3u, word >> 24u);
}

fn body_word(body: Body) -> u32 {
    return body.x | body.y << 8u | body.dir << 16u | body.carrying << 24u;
}

/// Returns the cell ahead of the agent; coordinates wrap around below 0.
fn ahead_of(body: Body) -> vec2<u32> {
    switch body.dir {
        case 0u: { return vec2<u32>(body.x + 1u, body.y); }
        case 1u: { return vec2<u32>(body.x, body.y + 1u); }
        case 2u: { return vec2<u32>(body.x - 1u, body.y); }
        default: { return vec2<u32>(body.x, body.y - 1u); }
    }
}
