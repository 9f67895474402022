// Copies rows of words by a list of pairs (row to read, row to write): worlds into instances, instances into others.

struct Params {
    // Words of a row.
    words: u32,
}

const PAIRS: u32 = 2u;
// A pair with this row to write is skipped.
const NOWHERE: u32 = 0xffffffffu;

@group(0) @binding(0) var<storage, read> params: Params;
@group(0) @binding(1) var<storage, read> list: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<u32>;
@group(0) @binding(3) var<storage, read_write> copied: array<u32>;

/// A workgroup copies one row, all its invocations in parallel, and continues with the row that is as many rows later as there are
/// workgroups.
@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    for (var k = group.x; k < list[0]; k += groups.x) {
        let read = list[PAIRS + 2u * k];
        let written = list[PAIRS + 2u * k + 1u];
        if written == NOWHERE {
            continue;
        }
        for (var word = local.x; word < params.words; word += 64u) {
            copied[written * params.words + word] = source[read * params.words + word];
        }
    }
}
