//! Trace lines of a GridLab world in the format of the judge.

use super::{GridLab, judge_record};
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::world::{Describe, Judge};

impl Judge for GridLab {
    fn judge_record(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> serde_json::Value {
        let core = block.core_of(i);
        let reward = self.reward(core[Core::REWARD] as i32);
        let mut line = judge_record::record(&self.rules, core, self.grid(i, block), action, reward);
        if picture && self.painter.is_some() {
            let n = self.spec.pixel_words();
            let bytes: Vec<u8> = block.pixels[i * n..(i + 1) * n].iter().flat_map(|word| word.to_le_bytes()).collect();
            let (height, width) = self.spec.picture;
            line["pixels"] = judge_record::digest(&bytes[..(height * width * 3) as usize]).into();
        }
        line
    }
}
