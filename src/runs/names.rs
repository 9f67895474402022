//! Names of files and folders in the folder of a run or a sweep.

/// What is to take the place of the older run, still being begun.
pub const NEXT: &str = ".next";
/// The same, begun: the older run goes.
pub const SWAP: &str = ".swap";
/// The same, when the older run is gone: it moves up.
pub const MOVE: &str = ".move";
/// The file that makes a folder a sweep.
pub const SWEEP: &str = "sweep.toml";
