// Index of the instance that an invocation works on.

/// Index of an invocation in a dispatch of rows of groups of 64.
fn invocation(id: vec3<u32>, groups: vec3<u32>) -> u32 {
    return id.y * groups.x * 64u + id.x;
}
