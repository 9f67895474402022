// Capacity of channels by Blahut and Arimoto, a group a channel. All channels have params[1] inputs by params[2] outcomes; out has four
// words a channel: lower and upper bound and mutual information in bits as f32, and the iterations. 0xffffffff iterations: an input
// that was never tried.
// Class: Tolerance, 1e-4 bits, as logarithms and powers are the device's.

@group(0) @binding(0) var<storage, read> params: array<u32>;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

// Words of params: channels, inputs, outcomes, gap in bits as f32, most iterations.
const N_CHANNELS: u32 = 0u;
const N_INPUTS: u32 = 1u;
const N_OUTCOMES: u32 = 2u;
const GAP: u32 = 3u;
const MOST: u32 = 4u;

const MAX_INPUTS: u32 = 896u;
const MAX_OUTCOMES: u32 = 1024u;
const GROUP: u32 = 64u;
const LN_2: f32 = 0.69314718;
const UNTRIED: u32 = 0xffffffffu;

var<workgroup> inputs: array<f32, MAX_INPUTS>;
var<workgroup> divergences: array<f32, MAX_INPUTS>;
// One over the sum of a row's counts.
var<workgroup> scale: array<f32, MAX_INPUTS>;
var<workgroup> outcomes: array<f32, MAX_OUTCOMES>;
var<workgroup> parts: array<vec3<f32>, GROUP>;
var<workgroup> met: u32;

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
    let n = params[N_INPUTS];
    let from = channel * n * params[N_OUTCOMES];
    for (var x = lane; x < n; x += GROUP) {
        inputs[x] = 1.0 / f32(n);
        scale[x] = 1.0 / row_sum(from, x);
    }
    for (var iteration = 0u; iteration <= params[MOST]; iteration++) {
        workgroupBarrier();
        add_outcomes(from, lane);
        workgroupBarrier();
        let part = diverge(from, lane);
        let whole = combine(part, lane);
        if lane == 0u {
            let bits = log(whole.y) / LN_2;
            let upper = whole.z / LN_2;
            met = select(0u, 1u, upper - bits < bitcast<f32>(params[GAP]) || iteration == params[MOST]);
            out[channel * 4u] = bitcast<u32>(bits);
            out[channel * 4u + 1u] = bitcast<u32>(upper);
            out[channel * 4u + 2u] = bitcast<u32>(whole.x / LN_2);
            out[channel * 4u + 3u] = iteration;
        }
        if workgroupUniformLoad(&met) == 1u {
            break;
        }
        for (var x = lane; x < n; x += GROUP) {
            inputs[x] *= exp(divergences[x]) / whole.y;
        }
    }
    if lane == 0u {
        for (var x = 0u; x < n; x++) {
            if row_sum(from, x) == 0.0 {
                out[channel * 4u + 3u] = UNTRIED;
            }
        }
    }
}

fn row_sum(from: u32, x: u32) -> f32 {
    let m = params[N_OUTCOMES];
    var sum = 0.0;
    for (var y = 0u; y < m; y++) {
        sum += f32(counts[from + x * m + y]);
    }
    return sum;
}

/// Probability of each outcome.
fn add_outcomes(from: u32, lane: u32) {
    let m = params[N_OUTCOMES];
    for (var y = lane; y < m; y += GROUP) {
        var sum = 0.0;
        for (var x = 0u; x < params[N_INPUTS]; x++) {
            sum += inputs[x] * (f32(counts[from + x * m + y]) * scale[x]);
        }
        outcomes[y] = sum;
    }
}

/// Divergence of each row from the outcomes; gives this lane's part of (sum of p D, sum of p exp D, largest D).
fn diverge(from: u32, lane: u32) -> vec3<f32> {
    let m = params[N_OUTCOMES];
    var part = vec3<f32>(0.0, 0.0, -1e30);
    for (var x = lane; x < params[N_INPUTS]; x += GROUP) {
        var sum = 0.0;
        for (var y = 0u; y < m; y++) {
            let count = counts[from + x * m + y];
            if count != 0u {
                let probability = f32(count) * scale[x];
                sum += probability * log(probability / outcomes[y]);
            }
        }
        divergences[x] = sum;
        part += vec3<f32>(inputs[x] * sum, inputs[x] * exp(sum), 0.0);
        part.z = max(part.z, sum);
    }
    return part;
}

/// The parts of all lanes, added in their order: the same in each run.
fn combine(part: vec3<f32>, lane: u32) -> vec3<f32> {
    parts[lane] = part;
    workgroupBarrier();
    var whole = parts[0];
    for (var k = 1u; k < GROUP; k++) {
        whole = vec3<f32>(whole.xy + parts[k].xy, max(whole.z, parts[k].z));
    }
    return whole;
}
