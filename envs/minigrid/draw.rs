//! Pictures of a whole MiniGrid world.

use super::judge_record;
use super::world::MiniGrid;
use crate::envs::shared::block::Block;
use crate::envs::shared::world::Draw;

impl Draw for MiniGrid {
    fn ascii(&self, i: usize, block: &Block) -> String {
        judge_record::ascii(&self.rules, self.grid(i, block), self.body(i, block))
    }
}
