//! Implements [`Describe`] for Crafter: the specification of a world, and its state as names and numbers.

use super::instance::FAULT_OBJECTS;
use super::judge_record;
use super::layout::body;
use super::rules::daylight;
use super::world::Crafter;
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::spec::WorldSpec;
use crate::envs::shared::world::{Describe, Pose};

impl Describe for Crafter {
    fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    fn pose(&self, i: usize, block: &Block) -> Pose {
        let b = self.body(i, block);
        Pose { x: b[body::X], y: b[body::Y], facing: b[body::FACING] }
    }

    fn unlocked(&self, i: usize, block: &Block) -> u32 {
        self.body(i, block)[body::UNLOCKED]
    }

    fn achievements(&self, i: usize, block: &Block, out: &mut [u32]) {
        let at = &self.rules.at;
        out.copy_from_slice(&self.body(i, block)[at.achievements..at.achievements + at.n_achievements]);
    }

    fn columns(&self, i: usize, block: &Block, out: &mut Vec<u32>) {
        let b = self.body(i, block);
        out.extend_from_slice(&b[body::ITEMS..]);
        let light = daylight(&self.rules.set, block.core_of(i)[Core::STEP]);
        out.extend([(light as f32).to_bits(), b[body::SLEEPING]]);
    }

    fn reward(&self, raw: i32) -> f64 {
        judge_record::reward(raw)
    }

    fn fault(&self, code: u32) -> String {
        match code {
            FAULT_OBJECTS => "an object entered its world that no room was made for; please report this".to_string(),
            other => format!("unknown fault {other}"),
        }
    }
}
