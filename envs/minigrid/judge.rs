//! Implements [`Judge`] for MiniGrid: records of states as the reference's judge writes them.

use super::judge_record::{self, Shown};
use super::layout::{buffer, word};
use super::world::MiniGrid;
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Judge};
use crate::shaders::shared::pcg64;

impl MiniGrid {
    fn shown<'a>(&self, i: usize, block: &'a Block) -> Shown<'a> {
        let agent = self.agent(i, block);
        Shown {
            core: block.core_of(i),
            grid: self.grid(i, block),
            agent,
            stream: &block.state[buffer::STREAM][i * pcg64::WORDS..(i + 1) * pcg64::WORDS],
            mission: self.mission(agent[word::MISSION]),
            reward: self.reward(block.core_of(i)[Core::REWARD] as i32),
        }
    }
}

impl Judge for MiniGrid {
    fn judge_record(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> serde_json::Value {
        let mut line = judge_record::record(&self.rules, &self.shown(i, block), action);
        if picture && self.painter.is_some() {
            let n = self.spec.pixel_words();
            let (height, width) = self.spec.picture;
            let bytes: &[u8] = bytemuck::cast_slice(&block.pixels[i * n..(i + 1) * n]);
            line["pixels"] = judge_record::digest(&bytes[..(height * width * 3) as usize]).into();
        }
        line
    }
}
