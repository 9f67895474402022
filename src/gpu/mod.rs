//! The GPU: adapters, kernels from WGSL text, buffers of words. This module uses wgpu and no world.
//!
//! No failure is silent: what the driver or the validation reports becomes a [`GpuError`] of the call that caused it.

mod buffer;
mod device;
mod kernel;
mod pipeline;
mod read;
mod source;

pub use buffer::{Staging, Words};
pub use device::{Adapter, Gpu, adapters, adapters_on};
pub use kernel::{Bound, Pass, Timer};
pub use pipeline::{GROUP, Kernel};
pub use source::{Access, Binding, Source};
/// The graphics library, in the version whose devices [`Gpu::from_device`] takes.
pub use wgpu;

/// The errors of the GPU.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter, or none that fits the name.
    #[error("{0}")]
    NoAdapter(String),

    /// A buffer or a dispatch is larger than the device allows; `most` is the maximum.
    #[error("{what} needs {wanted} bytes, and this device allows {most} ({limit}); take fewer instances")]
    Limit {
        /// What needs the bytes: the label of a buffer, or one instance.
        what: String,
        /// Bytes requested.
        wanted: u64,
        /// Bytes allowed.
        most: u64,
        /// Name of the limit in WebGPU.
        limit: &'static str,
    },

    /// The device's memory is full.
    #[error("out of memory on the GPU while making {0}; take fewer instances")]
    OutOfMemory(String),

    /// WGSL text that does not compile; `place` is "file:line".
    #[error("{place}: {message}")]
    Shader {
        /// "file:line", or the name of the source if the line is unknown.
        place: String,
        /// The error message.
        message: String,
    },

    /// The device was lost: driver reset, unplugged, destroyed.
    #[error("the GPU was lost ({0}); what was recorded until then is complete")]
    Lost(String),

    /// The validation reports an error: this is a bug of the program, not a mistake of the user.
    #[error("{0}")]
    Invalid(String),
}

/// A result whose error is a [`GpuError`].
pub type Result<T> = std::result::Result<T, GpuError>;
