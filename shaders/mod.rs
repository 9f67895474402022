//! Kernels shared by all worlds, as WGSL and as their Rust twins.

pub mod agent;
pub mod shared;

/// The WGSL files of this folder: path from the root of the project, text.
pub const WGSL: &[(&str, &str)] = &[
    ("shaders/agent/random.wgsl", include_str!("agent/random.wgsl")),
    ("shaders/shared/chance.wgsl", include_str!("shared/chance.wgsl")),
    ("shaders/shared/grid.wgsl", include_str!("shared/grid.wgsl")),
    ("shaders/shared/keyed.wgsl", include_str!("shared/keyed.wgsl")),
    ("shaders/shared/mt19937.wgsl", include_str!("shared/mt19937.wgsl")),
    ("shaders/shared/pcg64.wgsl", include_str!("shared/pcg64.wgsl")),
    ("shaders/shared/wide.wgsl", include_str!("shared/wide.wgsl")),
];
