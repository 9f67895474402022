// Marks the roots of forks whose next step is stochastic.

#import shaders/core/active.wgsl
#import shaders/core/forks.wgsl
#import envs/gridlab/rules.wgsl
#import envs/gridlab/moves.wgsl

// The buffers `rules`, `core`, `pace` and `grid` are those of the forks.
@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
// [0]: 1 if colours of TVs are part of an outcome, else 0.
@group(0) @binding(3) var<storage, read> params: array<u32>;
@group(0) @binding(4) var<storage, read> grid: array<u32>;
// By root: 1 if the next step of one of its forks is stochastic.
@group(0) @binding(5) var<storage, read_write> marks: array<atomic<u32>>;

/// Index of this fork's first word in `grid`.
var<private> base: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let f = active_instance(id, groups);
    if f == NOBODY || (core[f * CORE_WORDS + CORE_FLAGS] & FLAG_DONE) != 0u {
        return;
    }
    base = f * rules.words;
    let action = core[f * CORE_WORDS + CORE_ACTION];
    if (params[0] == 1u && switches(action)) || is_astray(action) {
        atomicStore(&marks[forked_from(f)], 1u);
    }
}

/// Whether a TV may show another colour after the step.
fn switches(action: u32) -> bool {
    for (var k = 0u; k < rules.n_tvs; k++) {
        let on = tv(k, TV_ON);
        let never = (tv(k, TV_BELOW_LO) | tv(k, TV_BELOW_HI)) == 0u;
        if !(on == ON_ACTION && action != tv(k, TV_ACTION)) && !(on == ON_CHANCE && never) {
            return true;
        }
    }
    return false;
}

/// Whether the step may end on more than one cell.
fn is_astray(action: u32) -> bool {
    if action >= rules.n_actions {
        return false;
    }
    let deed = rules.tables[rules.actions + action];
    let kind = deed & 255u;
    var way = deed >> ACT_WAY_SHIFT & 3u;
    if kind == ACT_FORWARD {
        way = grid[base + WORD_FACING] & 3u;
    } else if kind != ACT_MOVE && kind != ACT_DIVE {
        return false;
    }
    var start = here();
    if kind == ACT_DIVE {
        start = go(start, SOUTH);
    } else if cell_kind(rules.tables[rules.cells + start]) == KIND_ICE {
        return differ(start, 15u, NOWHERE);
    }
    return differ(start, ways(way), way);
}

/// Returns the directions that a move in direction `way` can take after slip or a current, as bits. The bit NOWHERE means that the player
/// stays.
fn ways(way: u32) -> u32 {
    if (rules.slip_lo | rules.slip_hi) != 0u {
        let others = rules.ways & ~(1u << way);
        // The probability of a slip is 1 (2^53 of 2^53): no move goes in the chosen direction.
        return select(others | 1u << way, others, rules.slip_hi >= 0x200000u);
    }
    let at = rules.currents + way * 4u;
    let stay = vec2<u32>(rules.tables[at], rules.tables[at + 1u]);
    let back = vec2<u32>(rules.tables[at + 2u], rules.tables[at + 3u]);
    if rules.has_currents == 0u || (back.x | back.y) == 0u {
        return 1u << way;
    }
    var made = select(1u << way, 0u, back.y >= 0x200000u);
    made |= select(0u, 1u << NOWHERE, (stay.x | stay.y) != 0u);
    return made | select(0u, 1u << (way ^ 1u), any(stay != back));
}

/// Whether moves from `start` in the directions `made` end on different cells. On ice (`way` is NOWHERE), moves that end on `start` do
/// not count.
fn differ(start: u32, made: u32, way: u32) -> bool {
    var first = 0xffffffffu;
    for (var d = 0u; d <= NOWHERE; d++) {
        if (made >> d & 1u) == 0u {
            continue;
        }
        var to = start;
        if d < NOWHERE {
            to = go(start, d);
        }
        if way == NOWHERE && to == start {
            continue;
        }
        if first != 0xffffffffu && to != first {
            return true;
        }
        first = to;
    }
    return false;
}
