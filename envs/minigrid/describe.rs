//! Implements [`Describe`] for MiniGrid: the specification of a world, and its state as names and numbers.

use super::cells;
use super::layout::{Body, word};
use super::levels::Fault;
use super::step::{REWARD_LOSS, REWARD_WHOLE};
use super::world::MiniGrid;
use crate::envs::shared::block::Block;
use crate::envs::shared::spec::WorldSpec;
use crate::envs::shared::world::{Describe, Pose};

impl Describe for MiniGrid {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn pose(&self, i: usize, block: &Block) -> Pose {
        let body = self.body(i, block);
        Pose { x: body.x, y: body.y, facing: body.dir }
    }

    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>) {
        let agent = self.agent(i, block);
        out.extend([Body::unpack(agent[word::BODY]).carrying.into(), agent[word::MISSION]]);
    }

    /// Column 1 is the mission; column 0 the code of what is carried.
    fn text(&self, column: usize, code: u32) -> String {
        match column {
            1 => self.mission(code),
            _ => cells::words(code as u8),
        }
    }

    fn reward(&self, raw: i32) -> f64 {
        let whole = i64::from(REWARD_WHOLE) * i64::from(self.rules.max_steps);
        match i64::from(raw) {
            0 => 0.0,
            raw if raw == -whole => -1.0,
            raw => {
                let step = (whole - raw) as f64 / f64::from(REWARD_LOSS);
                1.0 - 0.9 * (step / f64::from(self.rules.max_steps))
            }
        }
    }

    fn fault(&self, code: u32) -> String {
        Fault::text(code)
    }
}
