//! Implements [`Judge`] for Crafter: records of states as the reference's judge writes them, and states set from JSON.

use serde_json::Value;

use super::layout::{MOBS, RNG};
use super::world::{Crafter, instance_of};
use super::{judge_record, observe, scenario};
use crate::envs::shared::block::Block;
use crate::envs::shared::world::{Dynamics, Judge};
use crate::shaders::shared::mt19937;

impl Judge for Crafter {
    fn judge_record(&self, i: usize, block: &Block, action: Option<u32>, picture: bool) -> Value {
        let rng = block.state.get(RNG).map(|words| &words[i * mt19937::WORDS..(i + 1) * mt19937::WORDS]);
        let words = self.spec.pixel_words();
        let size = (self.spec.picture.0 * self.spec.picture.1 * 3) as usize;
        let pixels = picture.then(|| &bytemuck::cast_slice::<u32, u8>(&block.pixels[i * words..(i + 1) * words])[..size]);
        self.look(i, block, |instance| judge_record::record(instance, &self.rules, action, rng, pixels))
    }

    fn resets_without_actions(&self) -> bool {
        true
    }

    fn set_scenario(&self, i: usize, block: &mut Block, json: &Value) -> Result<(), String> {
        let words = self.spec.obs_words();
        let (lists, used) = (self.rules.at.mobs, block.row(MOBS, i)[0] as usize);
        let most = lists.words_for(used + scenario::max_added(json, &self.rules), 1);
        if block.row(MOBS, i).len() < most {
            block.state[MOBS].widen(lists, block.n, most);
        }
        let obs = std::mem::take(&mut block.obs);
        let (mut instance, _) = instance_of(&self.rules, i, block);
        let applied = scenario::apply(&mut instance, &self.rules, json);
        // Updates the observation, but does not draw the noise of a picture from the stream: only pictures that are drawn take noise.
        observe::observe(&instance, &self.rules, &mut obs[i * words..(i + 1) * words]);
        block.obs = obs;
        if self.painter.is_some() {
            self.observe_one(i, block);
        }
        applied
    }
}
