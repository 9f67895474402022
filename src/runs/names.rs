//! Names of files and folders in the folder of a run or a sweep.

/// A new run that will replace the older one and has not begun yet.
pub const NEXT: &str = ".next";
/// The same run after it has begun, while the older run is removed.
pub const SWAP: &str = ".swap";
/// The same run after the older run is removed, while its files are moved up.
pub const MOVE: &str = ".move";
/// The file that marks a folder as that of a sweep.
pub const SWEEP: &str = "sweep.toml";
