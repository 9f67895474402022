//! Pictures of a whole Crafter world.

use super::judge_record;
use super::layout::body;
use super::rules::DIRECTIONS;
use super::world::Crafter;
use crate::envs::shared::block::Block;
use crate::envs::shared::world::Draw;

impl Draw for Crafter {
    fn ascii(&self, i: usize, block: &Block) -> String {
        const SIGNS: &[u8] = b" ~.#_,TLcid+=@CZSaP";
        let (w, h) = (self.rules.at.width as usize, self.rules.at.height as usize);
        let map = self.look(i, block, |instance| judge_record::semantic(instance, &self.rules));
        let facing = self.body(i, block)[body::FACING] as usize;
        let sign = |x: usize, y: usize| match map[x * h + y] {
            13 => ["<", ">", "^", "v"][facing.min(DIRECTIONS.len() - 1)].to_string(),
            id => char::from(SIGNS[id as usize]).to_string(),
        };
        (0..h).map(|y| (0..w).map(|x| sign(x, y)).collect::<String>() + "\n").collect()
    }
}
