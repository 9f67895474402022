// Fuses values. A kernel that imports this declares `core`, `params`, `values` and `memory`; the reward is written to its column of
// `values`.
// Class: Exact.

#import envs/shared/world.wgsl
#import shaders/bonus/rms.wgsl

const FUSE_COLUMNS: u32 = 0u;
const FUSE_FUSION: u32 = 1u;
const FUSE_BY_EPISODE: u32 = 2u;
const FUSE_RMS: u32 = 3u;
// The column of the world's reward, and the raw units of a reward of 1.
const FUSE_REWARD: u32 = 4u;
const FUSE_DENOMINATOR: u32 = 5u;
const FUSE_MEMORY_WORDS: u32 = 6u;
// Weight and decay of each column.
const FUSE_WEIGHTS: u32 = 8u;

const FUSION_SUM: u32 = 0u;
const FUSION_PRODUCT: u32 = 1u;
const FUSION_CYCLE: u32 = 2u;
const FUSION_MAXIMUM: u32 = 3u;
const FUSION_CHOSEN: u32 = 4u;

const COLUMN_WORDS: u32 = 8u;
const MEMORY_TURN: u32 = 0u;
const MEMORY_COLUMNS: u32 = 1u;

fn fuse(i: u32) -> i32 {
    let n = params[FUSE_COLUMNS];
    let fusion = params[FUSE_FUSION];
    let mine = i * params[FUSE_MEMORY_WORDS];
    var turn = memory[mine + MEMORY_TURN];
    if params[FUSE_BY_EPISODE] == 1u {
        turn = (core[i * CORE_WORDS + CORE_EPISODE] - 1u) % n;
    }
    let next = memory[mine + MEMORY_TURN] + 1u;
    if fusion != FUSION_CHOSEN {
        memory[mine + MEMORY_TURN] = select(next, 0u, next == n);
    }
    let sums = mine + MEMORY_COLUMNS + COLUMN_WORDS * n;
    var total = 0;
    for (var c = 0u; c < n; c++) {
        var value = bitcast<i32>(values[i * n + c]);
        if c == params[FUSE_REWARD] {
            value = scaled_reward(bitcast<i32>(core[i * CORE_WORDS + CORE_REWARD]), params[FUSE_DENOMINATOR]);
            values[i * n + c] = bitcast<u32>(value);
        }
        add_to_sum(sums + 2u * c, value);
        let at = mine + MEMORY_COLUMNS + COLUMN_WORDS * c;
        let weight = decay(at, params[FUSE_WEIGHTS + 2u * c], params[FUSE_WEIGHTS + 2u * c + 1u]);
        if params[FUSE_RMS] == 1u {
            rms_take(at + 2u, value);
            value = rms_divide(at + 2u, value);
        }
        value = times(value, weight);
        if fusion == FUSION_CHOSEN && c != turn && c != params[FUSE_REWARD] {
            continue;
        }
        if c == 0u {
            total = value;
        } else if fusion == FUSION_SUM || fusion == FUSION_CHOSEN {
            total = saturating_add(total, value);
        } else if fusion == FUSION_PRODUCT {
            total = times(select(total, -total, value < 0), size_of(value));
        } else if fusion == FUSION_CYCLE {
            total = select(total, value, c == turn);
        } else {
            total = max(total, value);
        }
    }
    add_to_sum(sums + 2u * n, total);
    add_to_sum(sums + 2u * n + 2u, 1);
    return total;
}

/// Adds a value to a signed sum of two words.
fn add_to_sum(at: u32, value: i32) {
    let bits = bitcast<u32>(value);
    let low = memory[at] + bits;
    memory[at + 1u] += bitcast<u32>(value >> 31u) + select(0u, 1u, low < bits);
    memory[at] = low;
}

/// The reward in units of 2^-20, from units of 1 / `denominator`, truncated towards 0.
fn scaled_reward(reward: i32, denominator: u32) -> i32 {
    let wide = shift_128(vec4<u32>(size_of(reward), 0u, 0u, 0u), 20);
    let size = i32(divide_128(wide, denominator));
    return select(size, -size, reward < 0);
}

/// Applies one step of decay and returns the weight after it. The two words hold the lost part, so that they can begin as 0.
fn decay(at: u32, weight: u32, keep: u32) -> u32 {
    var left = vec2<u32>(~memory[at], ~memory[at + 1u]);
    if keep != 0u {
        left = mul_128(vec4<u32>(left, 0u, 0u), vec4<u32>(keep, 0u, 0u, 0u)).yz;
    }
    memory[at] = ~left.x;
    memory[at + 1u] = ~left.y;
    let product = mul_wide(weight, left.y);
    return product.y + (product.x >> 31u);
}

/// `value * factor` with a factor in units of 2^-20, rounded to the nearest; saturates at plus and minus i32::MAX.
fn times(value: i32, factor: u32) -> i32 {
    let product = add_128(vec4<u32>(mul_wide(size_of(value), factor), 0u, 0u), vec4<u32>(0x80000u, 0u, 0u, 0u));
    let shifted = shift_128(product, -20);
    let over = shifted.y != 0u || shifted.x > MAX_VALUE;
    let size = i32(select(shifted.x, MAX_VALUE, over));
    return select(size, -size, value < 0);
}

fn saturating_add(a: i32, b: i32) -> i32 {
    if b > 0 && a > 0x7fffffff - b {
        return 0x7fffffff;
    }
    if b < 0 && a < -0x7fffffff - 1 - b {
        return -0x7fffffff - 1;
    }
    return a + b;
}
