//! The state buffers of an instance and the packing of their words.

use super::cells::UNSEEN;
use crate::envs::shared::spec::BufferSpec;
use crate::shaders::shared::pcg64;

/// Indices of the buffers.
pub mod buffer {
    pub const GRID: usize = 0;
    pub const AGENT: usize = 1;
    pub const STREAM: usize = 2;
    /// Only in worlds whose balls move.
    pub const BALLS: usize = 3;
}

/// Words of the `agent` buffer.
pub mod word {
    /// x | y << 8 | direction << 16 | code of the carried object << 24 (0: nothing).
    pub const BODY: usize = 0;
    /// The values of the mission's placeholders (see mission.rs).
    pub const MISSION: usize = 1;
    /// The target of the task: a cell as x | y << 8, or the code of an object.
    pub const TARGET: usize = 2;
    pub const OTHER: usize = 3;
    pub const COUNT: usize = 4;
}

/// Maximum side of a map: a coordinate is a byte.
pub const MAX_SIDE: u32 = 255;

/// The agent's state, unpacked from its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    pub x: u32,
    pub y: u32,
    /// 0 east, 1 south, 2 west, 3 north.
    pub dir: u32,
    pub carrying: u8,
}

impl Body {
    #[inline]
    pub fn unpack(word: u32) -> Self {
        Body { x: word & 255, y: word >> 8 & 255, dir: word >> 16 & 3, carrying: (word >> 24) as u8 }
    }

    #[inline]
    pub fn pack(self) -> u32 {
        self.x | self.y << 8 | self.dir << 16 | u32::from(self.carrying) << 24
    }

    pub fn carries(self) -> bool {
        self.carrying != UNSEEN
    }
}

/// Returns a cell as a target word.
#[inline]
pub fn cell_word(x: u32, y: u32) -> u32 {
    x | y << 8
}

/// Returns the number of words of the `grid` buffer.
pub fn grid_words(width: u32, height: u32) -> usize {
    (width * height).div_ceil(4) as usize
}

/// Returns the buffers of a world of this size with this number of moving balls.
pub fn buffers(width: u32, height: u32, balls: u32) -> Vec<BufferSpec> {
    let spec = |name, words, about: &str| BufferSpec { name, words, grows: None, about: about.into() };
    let mut buffers = vec![
        spec(
            "grid",
            grid_words(width, height),
            "codes of the cells, one byte each, cell y * width + x, four a word from the low byte up: class * 8 + colour; \
             class 1 floor, 2 key, 3 ball, 4 goal, 5 lava, 6 open door, 7 closed door, 8 locked door, 9 wall, 10 box, 11-16 box \
             hiding a key of colour 0-5, 17-22 box hiding a ball; colour 0 red, 1 green, 2 blue, 3 purple, 4 yellow, 5 grey; \
             1 is an empty cell",
        ),
        spec(
            "agent",
            word::COUNT,
            "x | y << 8 | direction << 16 | code carried << 24; mission arguments; target and second target (cells as x | y << 8, \
             objects as codes)",
        ),
        spec("stream", pcg64::WORDS, "PCG64: state (4 words, low first), increment (4), has_uint32, uinteger"),
    ];
    if balls > 0 {
        buffers.push(spec("balls", balls as usize, "cell x | y << 8 of each moving ball, in the order in which they move"));
    }
    buffers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_survives_its_word() {
        let body = Body { x: 254, y: 3, dir: 2, carrying: 181 };
        assert_eq!(Body::unpack(body.pack()), body);
    }
}
