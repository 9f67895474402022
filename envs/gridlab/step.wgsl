// One step of a grid-world. The twin is step.rs: the same functions in the same order.

#import shaders/core/active.wgsl
#import shaders/shared/keyed.wgsl
#import shaders/shared/chance.wgsl
#import envs/gridlab/rules.wgsl
#import envs/gridlab/moves.wgsl

@group(0) @binding(0) var<storage, read> rules: Rules;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;
@group(0) @binding(3) var<storage, read_write> grid: array<u32>;

/// Index of this instance's first word in `grid`.
var<private> base: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = stepped_instance(id, groups);
    if i == NOBODY {
        return;
    }
    base = i * rules.words;
    step(i * CORE_WORDS);
}

fn step(at: u32) {
    let now = core[at + CORE_STEP] + 1u;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    keyed_begin(seed, core[at + CORE_EPISODE], now, ENTITY_PLAYER);
    let action = core[at + CORE_ACTION];
    var deed = ACT_STAY;
    var reward = 0u;
    if action < rules.n_actions {
        deed = rules.tables[rules.actions + action];
        reward = rules.tables[rules.action_rewards + action];
    }
    let to = moved(deed);
    grid[base + WORD_X] = to % rules.width;
    grid[base + WORD_Y] = to / rules.width;
    reward += arrive(to);
    watch(action);
    var flags = 0u;
    if (rules.tables[rules.cells + to] & CELL_TERMINAL) != 0u {
        flags = FLAG_TERMINATED;
    } else if now >= rules.max_steps {
        flags = FLAG_TRUNCATED;
    }
    core[at + CORE_REWARD] = reward;
    core[at + CORE_FLAGS] = flags;
    core[at + CORE_STEP] = now;
}

/// Returns the cell to which the action moves the player. Turns change the facing.
fn moved(deed: u32) -> u32 {
    let start = here();
    let facing = grid[base + WORD_FACING] & 3u;
    let kind = deed & 255u;
    var way = deed >> ACT_WAY_SHIFT & 3u;
    if kind == ACT_TURN_LEFT {
        // Facing after a left turn, for facing west, east, north, south.
        grid[base + WORD_FACING] = vec4<u32>(SOUTH, NORTH, WEST, EAST)[facing];
        return start;
    } else if kind == ACT_TURN_RIGHT {
        grid[base + WORD_FACING] = vec4<u32>(NORTH, SOUTH, EAST, WEST)[facing];
        return start;
    } else if kind == ACT_FORWARD {
        way = facing;
    } else if kind != ACT_MOVE && kind != ACT_DIVE {
        return start;
    }
    way = disturbed(way);
    if kind == ACT_DIVE {
        return go(go(start, SOUTH), way);
    }
    if cell_kind(rules.tables[rules.cells + start]) == KIND_ICE {
        return slide(start);
    }
    return go(start, way);
}

/// Returns the direction of a move after slip or a current.
fn disturbed(way: u32) -> u32 {
    let slip = vec2<u32>(rules.slip_lo, rules.slip_hi);
    if (slip.x | slip.y) != 0u && less_64(chance_uniform53(), slip) {
        let others = rules.ways & ~(1u << way);
        return nth_bit(others, chance_randint(countOneBits(others)));
    }
    let at = rules.currents + way * 4u;
    let stay = vec2<u32>(rules.tables[at], rules.tables[at + 1u]);
    let back = vec2<u32>(rules.tables[at + 2u], rules.tables[at + 3u]);
    if rules.has_currents != 0u && (back.x | back.y) != 0u {
        let k = chance_uniform53();
        if less_64(k, stay) {
            return NOWHERE;
        }
        if less_64(k, back) {
            return way ^ 1u;
        }
    }
    return way;
}

/// Returns a uniformly random neighbour of an ice cell that the player can enter, or the cell itself if there is none.
fn slide(start: u32) -> u32 {
    var open = 0u;
    for (var way = 0u; way < 4u; way++) {
        open |= select(0u, 1u << way, go(start, way) != start);
    }
    if open == 0u {
        return start;
    }
    return go(start, nth_bit(open, chance_randint(countOneBits(open))));
}

/// Position of the n-th set bit (from 0) of a word of four bits.
fn nth_bit(bits: u32, n: u32) -> u32 {
    var left = n;
    for (var way = 0u; way < 3u; way++) {
        if (bits >> way & 1u) == 1u {
            if left == 0u {
                return way;
            }
            left -= 1u;
        }
    }
    return 3u;
}

/// Takes the key or opens the door of the cell on which the step ends. Returns the reward of the cell.
fn arrive(to: u32) -> u32 {
    let there = rules.tables[rules.cells + to];
    let kind = cell_kind(there);
    let bit = 1u << (cell_number(there) & 31u);
    if kind == KIND_KEY {
        if (grid[base + WORD_TAKEN] & bit) != 0u {
            return 0u;
        }
        grid[base + WORD_TAKEN] |= bit;
        count_keys(cell_letter(there));
    } else if kind == KIND_DOOR && rules.spend_keys != 0u && (grid[base + WORD_OPENED] & bit) == 0u {
        grid[base + WORD_OPENED] |= bit;
        count_keys(cell_letter(there));
    }
    return rules.tables[rules.rewards + to];
}

/// Updates the bit of a letter in CARRIED: the player has a key of the letter if it took more of them than it spent.
fn count_keys(letter: u32) {
    let taken = countOneBits(grid[base + WORD_TAKEN] & rules.tables[rules.keys_of + (letter & 7u)]);
    let spent = countOneBits(grid[base + WORD_OPENED] & rules.tables[rules.doors_of + (letter & 7u)]);
    grid[base + WORD_CARRIED] = (grid[base + WORD_CARRIED] & ~(1u << letter)) | select(0u, 1u << letter, taken > spent);
}

/// Updates the colours of the TVs. Each TV draws from the stream of its own cell, so other draws do not affect it.
fn watch(action: u32) {
    for (var k = 0u; k < rules.n_tvs; k++) {
        if tv(k, TV_ON) == ON_ACTION && action != tv(k, TV_ACTION) {
            continue;
        }
        chance_turn(ENTITY_CELL + tv(k, TV_CELL));
        if tv(k, TV_ON) == ON_CHANCE && !less_64(chance_uniform53(), vec2<u32>(tv(k, TV_BELOW_LO), tv(k, TV_BELOW_HI))) {
            continue;
        }
        let colour = chance_randint(tv(k, TV_COLOURS));
        let at = base + WORD_TVS + k / 8u;
        let shift = k % 8u * 4u;
        grid[at] = (grid[at] & ~(15u << shift)) | colour << shift;
    }
}
