//! Pictures of a whole GridLab world.

use super::{GridLab, judge_record, map};
use crate::envs::shared::block::Block;
use crate::envs::shared::world::Draw;

impl Draw for GridLab {
    fn thin_walls(&self, x: u32, y: u32) -> u32 {
        if self.ruleset.layout == map::Layout::Cells { 0 } else { !self.map.open[(y * self.rules.width + x) as usize] & 0xf }
    }

    fn ascii(&self, i: usize, block: &Block) -> String {
        judge_record::ascii(&self.rules, &self.map, self.ruleset.layout, &self.ruleset.map, self.grid(i, block))
    }
}
