// Uniformly random actions: randint(0, num_actions) on the agent's own keyed stream, by episode and step.

#import shaders/core/active.wgsl
#import shaders/shared/keyed.wgsl
#import shaders/shared/chance.wgsl

@group(0) @binding(0) var<storage, read> rules: Heading;
@group(0) @binding(1) var<storage, read_write> core: array<u32>;
@group(0) @binding(2) var<storage, read> pace: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let i = active_instance(id, groups);
    if i == NOBODY {
        return;
    }
    let at = i * CORE_WORDS;
    let seed = vec2<u32>(core[at + CORE_SEED_LO], core[at + CORE_SEED_HI]);
    // Makes the agent's key differ from the world's, which is the bare seed.
    let key = seed ^ vec2<u32>(0x6578706cu, 0x6f726572u) ^ vec2<u32>(rules.head.agent_lo, rules.head.agent_hi);
    keyed_begin(key, core[at + CORE_EPISODE], core[at + CORE_STEP], ENTITY_AGENT);
    core[at + CORE_ACTION] = chance_randint(rules.head.num_actions);
}
