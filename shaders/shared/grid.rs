//! Index of the instance that an invocation works on.

/// Invocations of a workgroup, equal to the kernels' `@workgroup_size`.
pub const GROUP: u32 = 64;

/// Index of an invocation in a dispatch of rows of groups of [`GROUP`].
pub fn invocation(id: [u32; 3], groups: [u32; 3]) -> u32 {
    id[1] * groups[0] * GROUP + id[0]
}
