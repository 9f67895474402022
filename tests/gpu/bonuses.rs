//! Bonuses and their tables on the card: integer maths, insertion, settling, and every bonus over several steps, against the twins.

use std::collections::BTreeMap;

use explorarium::bonus::tables::{contents, empty, fill, rebuild};
use explorarium::envs::Core;
use explorarium::gpu::{Access, Gpu, Kernel, Pass, Source, Words};
use explorarium::shaders::bonus::bebold::{BeBold, Novelty};
use explorarium::shaders::bonus::count::{Count, Form};
use explorarium::shaders::bonus::entropy::{Entropy, Mode, Over};
use explorarium::shaders::bonus::information_gain::{Gain, InformationGain};
use explorarium::shaders::bonus::params::Place;
use explorarium::shaders::bonus::table::{self, Table, keys_of, what};
use explorarium::shaders::bonus::{Bonus, FAULT_TABLE, Inserts, Order, Scope, Seen, fixed, own, params};
use explorarium::shaders::shared::hash::hash_words;

use super::texts::{constant, floats};
use super::{SIZES, files, gpu, in_full, noise, own as own_kernel, run};

const STEPS: usize = 6;
const FORKS: usize = 3;
const ROW: u32 = 3;
const UNTIL: u32 = 9;
const SLOTS: u32 = 1 << 12;

/// Every variant of every bonus; in some of them the instances' tables are too small.
fn bonuses() -> Vec<Box<dyn Bonus>> {
    let mut all: Vec<Box<dyn Bonus>> = Vec::new();
    for scope in [Scope::Shared, Scope::Instance, Scope::Episode] {
        for form in [Form::Sqrt, Form::Inverse, Form::First, Form::Product] {
            if let Ok(bonus) = Count::new(form, scope, if form == Form::Sqrt { 8 } else { 16 }, 16) {
                all.push(Box::new(bonus));
            }
        }
        for gain in [Gain::Belief, Gain::PosteriorPrior, Gain::PriorPosterior] {
            if let Ok(bonus) = InformationGain::new(gain, scope, 5, 16) {
                all.push(Box::new(bonus));
            }
        }
    }
    all.extend([Novelty::Inverse, Novelty::Sqrt].map(|n| Box::new(BeBold::new(n, 8).expect("a bonus")) as Box<dyn Bonus>));
    for mode in [Mode::Level, Mode::Delta, Mode::Surprisal] {
        for over in [Over::Shared, Over::Instance { slots: 8 }, Over::Episode { slots: 16 }, Over::Window { keys: 4 }] {
            all.push(Box::new(Entropy::new(mode, over).expect("a bonus")));
        }
    }
    all
}

/// What happens in a step: cores, keys `[n, 2, 2]` of which the second are looked at, and who begins an episode after it.
struct Step {
    core: Vec<u32>,
    keys: Vec<u32>,
    begun: Vec<usize>,
    begun_keys: Vec<u32>,
}

/// Keys of a few states, so that many instances are in one at a time.
fn keys(seed: u32, n: usize) -> Vec<u32> {
    let states = [0, u64::MAX, 1, 1 << 31, 1 << 32, 1 << 62, 3 << 62, 0x7fff_ffff, 12_345, 54_321, 1 << 63, 77];
    let word = |k: usize| noise(seed, 4 * n)[k];
    let _ = word;
    noise(seed, 4 * n)
        .iter()
        .flat_map(|word| {
            let key = states[(word % 97 % 13) as usize % states.len()];
            [key as u32, (key >> 32) as u32]
        })
        .take(8 * n)
        .collect()
}
