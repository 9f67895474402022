//! What all families share: the interface of a world for the batch, and how worlds are found and loaded.

pub mod block;
pub mod bounded;
pub mod catalog;
pub mod core;
pub mod flood;
pub mod key;
mod key_text;
pub mod key_words;
pub mod layers;
pub mod lists;
pub mod packing;
pub mod picture;
pub mod source;
pub mod spec;
pub mod spelling;
pub mod stamp;
pub mod stored;
pub mod text;
pub mod tile_map;
pub mod trace_key;
pub mod world;
