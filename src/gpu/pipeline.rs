//! A compute pipeline and what it binds.

use super::source::Binding;

/// Number of invocations of a workgroup, in one dimension. Kernels declare `@workgroup_size(64)`.
pub const GROUP: u32 = 64;

/// A compiled kernel. Its bindings are those that its text declares.
#[derive(Debug)]
pub struct Kernel {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
    pub(super) bindings: Vec<Binding>,
    pub(super) label: String,
}
