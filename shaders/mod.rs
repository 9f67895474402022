//! Kernels shared by all worlds, as WGSL and as their Rust twins.

pub mod agent;
pub mod bonus;
pub mod shared;

/// The WGSL files of this folder: path from the root of the project, text.
pub const WGSL: &[(&str, &str)] = &[
    ("shaders/agent/given.wgsl", include_str!("agent/given.wgsl")),
    ("shaders/agent/random.wgsl", include_str!("agent/random.wgsl")),
    ("shaders/core/all.wgsl", include_str!("core/all.wgsl")),
    ("shaders/core/begin.wgsl", include_str!("core/begin.wgsl")),
    ("shaders/core/begun.wgsl", include_str!("core/begun.wgsl")),
    ("shaders/core/checksum.wgsl", include_str!("core/checksum.wgsl")),
    ("shaders/core/close.wgsl", include_str!("core/close.wgsl")),
    ("shaders/core/copy.wgsl", include_str!("core/copy.wgsl")),
    ("shaders/core/head.wgsl", include_str!("core/head.wgsl")),
    ("shaders/core/listed.wgsl", include_str!("core/listed.wgsl")),
    ("shaders/core/moment_reset.wgsl", include_str!("core/moment_reset.wgsl")),
    ("shaders/core/moment_step.wgsl", include_str!("core/moment_step.wgsl")),
    ("shaders/core/pace.wgsl", include_str!("core/pace.wgsl")),
    ("shaders/core/prepare.wgsl", include_str!("core/prepare.wgsl")),
    ("shaders/core/record.wgsl", include_str!("core/record.wgsl")),
    ("shaders/core/reset_after.wgsl", include_str!("core/reset_after.wgsl")),
    ("shaders/core/reset_before.wgsl", include_str!("core/reset_before.wgsl")),
    ("shaders/core/seen.wgsl", include_str!("core/seen.wgsl")),
    ("shaders/core/statistics.wgsl", include_str!("core/statistics.wgsl")),
    ("shaders/core/sums.wgsl", include_str!("core/sums.wgsl")),
    ("shaders/core/tally.wgsl", include_str!("core/tally.wgsl")),
    ("shaders/shared/bytes.wgsl", include_str!("shared/bytes.wgsl")),
    ("shaders/shared/chance.wgsl", include_str!("shared/chance.wgsl")),
    ("shaders/shared/grid.wgsl", include_str!("shared/grid.wgsl")),
    ("shaders/shared/hash.wgsl", include_str!("shared/hash.wgsl")),
    ("shaders/shared/keyed.wgsl", include_str!("shared/keyed.wgsl")),
    ("shaders/shared/mt19937.wgsl", include_str!("shared/mt19937.wgsl")),
    ("shaders/shared/pcg64.wgsl", include_str!("shared/pcg64.wgsl")),
    ("shaders/shared/philox.wgsl", include_str!("shared/philox.wgsl")),
    ("shaders/shared/pyhash.wgsl", include_str!("shared/pyhash.wgsl")),
    ("shaders/shared/simhash.wgsl", include_str!("shared/simhash.wgsl")),
    ("shaders/shared/stream_keyed.wgsl", include_str!("shared/stream_keyed.wgsl")),
    ("shaders/shared/stream_mt19937.wgsl", include_str!("shared/stream_mt19937.wgsl")),
    ("shaders/shared/stream_pcg64.wgsl", include_str!("shared/stream_pcg64.wgsl")),
    ("shaders/shared/wide.wgsl", include_str!("shared/wide.wgsl")),
];
