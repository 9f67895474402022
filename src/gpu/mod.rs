//! The GPU: choosing one, kernels from WGSL text, buffers of words. Knows wgpu and no world.
//!
//! Nothing here fails silently: what the driver or the validation objects to comes back as a [`GpuError`] of the call that caused it.

mod buffer;
mod device;
mod kernel;
mod pipeline;
mod read;
mod source;

pub use buffer::{Staging, Words};
pub use device::{Adapter, Gpu, adapters};
pub use kernel::{Bound, Pass, Timer};
pub use pipeline::{GROUP, Kernel};
pub use source::{Access, Binding, Source};
/// The graphics library, in the version that [`Gpu::from_device`] takes devices of.
pub use wgpu;

/// What can go wrong on the GPU.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter, or none that fits the name.
    #[error("{0}")]
    NoAdapter(String),

    /// A buffer or a dispatch that the device cannot hold; `most` is what it can.
    #[error("{what} needs {wanted} bytes, and this device allows {most} ({limit}); take fewer instances")]
    Limit {
        /// What needs the bytes: the label of a buffer, or one instance.
        what: String,
        /// Bytes asked for.
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
        /// What is wrong there.
        message: String,
    },

    /// The device went away: driver reset, unplugged, destroyed.
    #[error("the GPU was lost ({0}); what was recorded until then is complete")]
    Lost(String),

    /// The validation objects: a mistake of ours, never of the user.
    #[error("{0}")]
    Invalid(String),
}

/// A result whose error is a [`GpuError`].
pub type Result<T> = std::result::Result<T, GpuError>;
