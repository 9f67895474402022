//! The project's own tiles, drawn for it (assets/LICENSES.md).

/// (name, PNG file).
pub const TILES: &[(&str, &[u8])] = &[];
