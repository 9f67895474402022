//! Which panels are open, and where that is remembered.

use std::path::PathBuf;

use crate::scene::Theme;

/// Which panels are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panels {
    /// At the left.
    pub sources: bool,
    /// At the right.
    pub inspector: bool,
    /// Below.
    pub time: bool,
}

/// A file in which a window remembers its settings, and what it was when it was last written or read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Remembered {
    pub(super) path: PathBuf,
    pub(super) known: (Theme, Panels, u64),
}
