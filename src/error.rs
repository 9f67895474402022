//! The errors of the library, for callers that distinguish them.

use std::path::PathBuf;

use crate::envs::LoadError;
use crate::gpu::GpuError;

/// The library's `Result`, with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Every error of the library. `exit_code` is the exit code of the program for it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A world could not be loaded: unknown id, malformed or impossible ruleset.
    #[error(transparent)]
    World(#[from] LoadError),

    /// An instance reached a limit: of its ruleset, of a bonus, or of an agent. Nothing later than `step` was computed.
    #[error("instance {instance} stopped at episode {episode}, step {step}: {what}")]
    Fault {
        /// Index of the instance in the batch.
        instance: usize,
        /// Number of its episode, from 1.
        episode: u32,
        /// Steps taken in the episode.
        step: u32,
        /// The value of `core[FAULT]`.
        code: u32,
        /// The limit, in words.
        what: String,
    },

    /// A limit was reached, such as that of a table that cannot grow.
    #[error("{0}")]
    Limit(String),

    /// An argument that is not valid.
    #[error("{0}")]
    Usage(String),

    /// Another process uses what this one needs.
    #[error("{0}")]
    Busy(String),

    /// A recorded file is not valid, or a replay differs from it.
    #[error("{0}")]
    Data(String),

    /// The GPU failed: there is none, it is too small, or it was lost.
    #[error(transparent)]
    Gpu(#[from] GpuError),

    /// Stopped on request.
    #[error("stopped on request")]
    Interrupted,

    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

impl Error {
    /// An [`Error::Io`] that names `path`.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io { path: path.into(), source }
    }

    /// The exit code: 1 failed, 2 usage, 3 data invalid or mismatch, 4 no usable adapter, 130 interrupted.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::World(_) | Error::Usage(_) => 2,
            Error::Data(_) => 3,
            Error::Gpu(GpuError::NoAdapter(_)) => 4,
            Error::Interrupted => 130,
            Error::Fault { .. } | Error::Limit(_) | Error::Busy(_) | Error::Io { .. } | Error::Gpu(_) => 1,
        }
    }
}
