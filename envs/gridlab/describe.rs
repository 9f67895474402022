//! The description of a GridLab world: its spec, pose, recorded columns, rewards and faults.

use super::GridLab;
use super::step::{self, word};
use crate::envs::shared::block::Block;
use crate::envs::shared::spec::WorldSpec;
use crate::envs::shared::world::{Describe, Pose};

impl Describe for GridLab {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn pose(&self, i: usize, block: &Block) -> Pose {
        let grid = self.grid(i, block);
        Pose { x: grid[word::X], y: grid[word::Y], facing: grid[word::FACING] }
    }

    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>) {
        let grid = self.grid(i, block);
        if self.rules.n_keys > 0 {
            out.extend([grid[word::CARRIED], grid[word::TAKEN]]);
        }
        if self.rules.spend_keys && self.rules.n_doors > 0 {
            out.push(grid[word::OPENED]);
        }
        out.extend((0..self.rules.tvs.len()).map(|ix| step::tv_colour(grid, ix)));
    }

    fn reward(&self, raw: i32) -> f64 {
        f64::from(raw) / f64::from(self.spec.reward_denominator)
    }

    fn fault(&self, code: u32) -> String {
        format!("fault {code}, which gridlab never reports: its worlds have no limit that play can reach")
    }
}
