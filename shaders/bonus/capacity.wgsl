// Capacity of channels by Blahut and Arimoto, one workgroup for each channel. A dispatch continues where the last one ended. All channels
// have params[1] inputs by params[2] outcomes; `inputs` stores their probabilities. `out` has five words a channel: lower and upper bound
// and mutual information in bits as f32, iterations, and GOES_ON, MET or UNTRIED.
// Class: Tolerance, 1e-4 bits, because logarithms and powers depend on the device.

@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> inputs: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;

// Words of params: channels, inputs, outcomes, gap in bits as f32, rounds of this dispatch, 1 if it is the first.
const N_CHANNELS: u32 = 0u;
const N_INPUTS: u32 = 1u;
const N_OUTCOMES: u32 = 2u;
const GAP: u32 = 3u;
const ROUNDS: u32 = 4u;
const FIRST: u32 = 5u;

const OUT_WORDS: u32 = 5u;
const GOES_ON: u32 = 0u;
// The bounds are less than the gap apart.
const MET: u32 = 1u;
// An input has no outcome.
const UNTRIED: u32 = 2u;

const MAX_INPUTS: u32 = 896u;
const MAX_OUTCOMES: u32 = 1024u;
const GROUP: u32 = 64u;
const LN_2: f32 = 0.69314718;

var<workgroup> chances: array<f32, MAX_INPUTS>;
var<workgroup> divergences: array<f32, MAX_INPUTS>;
// 1 / sum of a row's counts.
var<workgroup> scale: array<f32, MAX_INPUTS>;
var<workgroup> outcomes: array<f32, MAX_OUTCOMES>;
var<workgroup> parts: array<vec3<f32>, GROUP>;
var<workgroup> state: u32;
var<workgroup> untried: atomic<u32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let channel = group.y * groups.x + group.x;
    if channel >= params[N_CHANNELS] {
        return;
    }
    let at = channel * OUT_WORDS;
    let done = begin_channel(channel, lane);
    if done != GOES_ON {
        if lane == 0u {
            out[at + 4u] = done;
        }
        return;
    }
    let n = params[N_INPUTS];
    let begin = channel * n * params[N_OUTCOMES];
    let before = select(out[at + 3u] + 1u, 0u, params[FIRST] == 1u);
    for (var round = 0u; round < params[ROUNDS]; round++) {
        workgroupBarrier();
        add_outcomes(begin, lane);
        workgroupBarrier();
        let part = diverge(begin, lane);
        let whole = combine(part, lane);
        if lane == 0u {
            let bits = log(whole.y) / LN_2;
            let upper = whole.z / LN_2;
            state = select(GOES_ON, MET, upper - bits < bitcast<f32>(params[GAP]));
            out[at] = bitcast<u32>(bits);
            out[at + 1u] = bitcast<u32>(upper);
            out[at + 2u] = bitcast<u32>(whole.x / LN_2);
            out[at + 3u] = before + round;
            out[at + 4u] = state;
        }
        if workgroupUniformLoad(&state) == MET {
            break;
        }
        for (var x = lane; x < n; x += GROUP) {
            chances[x] *= exp(divergences[x]) / whole.y;
        }
    }
    for (var x = lane; x < n; x += GROUP) {
        inputs[channel * n + x] = chances[x];
    }
}

/// Computes the probabilities and scales of the channel's rows. Returns GOES_ON if there is something to do.
fn begin_channel(channel: u32, lane: u32) -> u32 {
    let n = params[N_INPUTS];
    if lane == 0u {
        atomicStore(&untried, 0u);
        state = select(out[channel * OUT_WORDS + 4u], GOES_ON, params[FIRST] == 1u);
    }
    let before = workgroupUniformLoad(&state);
    if before != GOES_ON {
        return before;
    }
    for (var x = lane; x < n; x += GROUP) {
        chances[x] = select(inputs[channel * n + x], 1.0 / f32(n), params[FIRST] == 1u);
        let sum = row_sum(channel * n * params[N_OUTCOMES], x);
        scale[x] = 1.0 / sum;
        if sum == 0.0 {
            atomicStore(&untried, 1u);
        }
    }
    workgroupBarrier();
    if lane == 0u {
        state = select(GOES_ON, UNTRIED, atomicLoad(&untried) == 1u);
    }
    return workgroupUniformLoad(&state);
}

fn row_sum(begin: u32, x: u32) -> f32 {
    let m = params[N_OUTCOMES];
    var sum = 0.0;
    for (var y = 0u; y < m; y++) {
        sum += f32(counts[begin + x * m + y]);
    }
    return sum;
}

/// Computes the probability of each outcome.
fn add_outcomes(begin: u32, lane: u32) {
    let m = params[N_OUTCOMES];
    for (var y = lane; y < m; y += GROUP) {
        var sum = 0.0;
        for (var x = 0u; x < params[N_INPUTS]; x++) {
            sum += chances[x] * (f32(counts[begin + x * m + y]) * scale[x]);
        }
        outcomes[y] = sum;
    }
}

/// Computes the divergence of each row from the outcomes. Returns this invocation's part of (sum of p D, sum of p exp D, largest D).
fn diverge(begin: u32, lane: u32) -> vec3<f32> {
    let m = params[N_OUTCOMES];
    var part = vec3<f32>(0.0, 0.0, -1e30);
    for (var x = lane; x < params[N_INPUTS]; x += GROUP) {
        var sum = 0.0;
        for (var y = 0u; y < m; y++) {
            let count = counts[begin + x * m + y];
            if count != 0u {
                let probability = f32(count) * scale[x];
                sum += probability * log(probability / outcomes[y]);
            }
        }
        divergences[x] = sum;
        part += vec3<f32>(chances[x] * sum, chances[x] * exp(sum), 0.0);
        part.z = max(part.z, sum);
    }
    return part;
}

/// Combines the parts of all invocations, always in the same order, so that the result is the same in each run.
fn combine(part: vec3<f32>, lane: u32) -> vec3<f32> {
    parts[lane] = part;
    workgroupBarrier();
    var whole = parts[0];
    for (var k = 1u; k < GROUP; k++) {
        whole = vec3<f32>(whole.xy + parts[k].xy, max(whole.z, parts[k].z));
    }
    return whole;
}
