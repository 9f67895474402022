//! What can go wrong, for callers who want to tell the cases apart.

use std::path::PathBuf;

use crate::envs::LoadError;
use crate::gpu::GpuError;

/// The library's `Result`, with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Every error of the library. `exit_code` says how the program ends with it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A world could not be loaded: unknown id, malformed or impossible ruleset.
    #[error(transparent)]
    World(#[from] LoadError),

    /// An instance met a limit: of its ruleset, of a bonus, of an agent. Nothing later than `step` was computed.
    #[error("instance {instance} stopped at episode {episode}, step {step}: {what}")]
    Fault {
        /// Index of the instance in the batch.
        instance: usize,
        /// Number of its episode, from 1.
        episode: u32,
        /// Steps taken in the episode.
        step: u32,
        /// What `core[FAULT]` held.
        code: u32,
        /// The limit, in words.
        what: String,
    },

    /// A limit that was met: a table that cannot grow.
    #[error("{0}")]
    Limit(String),

    /// An argument that cannot be meant.
    #[error("{0}")]
    Usage(String),

    /// Another process works where this one was to.
    #[error("{0}")]
    Busy(String),

    /// A recorded file is not what it should be, or a replay differs from it.
    #[error("{0}")]
    Data(String),

    /// The GPU: none there, too small, lost.
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
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// An [`Error::Io`] that names `path`.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Error::Io { path: path.into(), source }
    }

    /// 1 failed, 2 usage, 3 data invalid or mismatch, 4 no usable adapter, 130 interrupted.
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
