//! A compute pipeline and what it binds.

use super::source::Binding;

/// Invocations of a workgroup, in one row. Kernels say `@workgroup_size(64)`.
pub const GROUP: u32 = 64;

/// A compiled kernel. Its bindings are those that its text declares.
#[derive(Debug)]
pub struct Kernel {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) layout: wgpu::BindGroupLayout,
    pub(super) bindings: Vec<Binding>,
    pub(super) label: String,
}
