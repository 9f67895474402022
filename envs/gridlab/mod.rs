//! Tabular grid-worlds for theory: ASCII maps with thin walls, slip, currents, ice, keys and noisy TVs. They always use the `keyed`
//! stream.

mod compile;
mod describe;
mod draw;
mod is_stochastic;
mod judge;
mod judge_record;
mod keys;
pub mod map;
pub mod observe;
mod picture;
mod reach;
pub mod rules;
pub mod ruleset;
pub mod step;
pub mod template;
#[cfg(test)]
mod tests;
mod trace_keys;

use std::sync::Arc;

pub use trace_keys::TRACE_KEYS;

use super::shared::block::Block;
use super::shared::core::Core;
use super::shared::key::Key;
use super::shared::packing::{Kernels, KeyKernel, LevelSource};
use super::shared::source::{LoadError, Options, Source};
use super::shared::spec::{BufferSpec, Column, ColumnKind, Family, WorldSpec};
use super::shared::world::{Dynamics, Stochasticity, World};
use picture::{Painter, TILE};
use rules::Rules;
use ruleset::Ruleset;
use step::word;

/// (id, ruleset text) of the built-in worlds of this family. `deep-sea-N` and `chain-N` exist for any N; the list holds a few examples.
pub const BUILTIN: &[(&str, &str)] = &[
    ("gridlab/klyubin-maze", include_str!("worlds/klyubin-maze.toml")),
    ("gridlab/door-world", include_str!("worlds/door-world.toml")),
    ("gridlab/tunnel-world", include_str!("worlds/tunnel-world.toml")),
    ("gridlab/step-world", include_str!("worlds/step-world.toml")),
    ("gridlab/doorways", include_str!("worlds/doorways.toml")),
    ("gridlab/four-rooms", include_str!("worlds/four-rooms.toml")),
    ("gridlab/mixed-env", include_str!("worlds/mixed-env.toml")),
    ("gridlab/keys", include_str!("worlds/keys.toml")),
    ("gridlab/noisy-tv", include_str!("worlds/noisy-tv.toml")),
    ("gridlab/noisy-tv-action", include_str!("worlds/noisy-tv-action.toml")),
    ("gridlab/noisy-tv-chance", include_str!("worlds/noisy-tv-chance.toml")),
    ("gridlab/deep-sea-10", "family = \"gridlab\"\ntemplate = \"deep-sea\"\nn = 10\n"),
    ("gridlab/deep-sea-20", "family = \"gridlab\"\ntemplate = \"deep-sea\"\nn = 20\n"),
    ("gridlab/deep-sea-50", "family = \"gridlab\"\ntemplate = \"deep-sea\"\nn = 50\n"),
    ("gridlab/chain-10", "family = \"gridlab\"\ntemplate = \"chain\"\nn = 10\n"),
    ("gridlab/chain-50", "family = \"gridlab\"\ntemplate = \"chain\"\nn = 50\n"),
];

/// A loaded grid-world.
#[derive(Debug)]
pub struct GridLab {
    spec: WorldSpec,
    ruleset: Ruleset,
    map: map::Map,
    rules: Rules,
    painter: Option<Painter>,
    words: usize,
    /// Whether the end of a move can be random.
    has_slip: bool,
}

/// # Errors
/// See [`LoadError`].
pub fn load(source: &Source, options: &Options) -> Result<Arc<dyn World>, LoadError> {
    Ok(Arc::new(GridLab::new(source, options)?))
}

impl GridLab {
    /// # Errors
    /// See [`LoadError`].
    pub fn new(source: &Source, options: &Options) -> Result<Self, LoadError> {
        let ruleset = Ruleset::read(source, &template::expand(source)?, options)?;
        let map = map::parse(ruleset.layout, &ruleset.map).map_err(|why| source.impossible(why))?;
        let rules = Rules::new(&ruleset, &map).map_err(|why| source.impossible(why))?;
        let painter = options.pixels.then(|| Painter::new(&rules, &map)).transpose().map_err(|why| source.impossible(why))?;
        let toml = toml::to_string_pretty(&ruleset).map_err(|e| source.malformed(e))?;
        let words = step::words(rules.tvs.len());
        let picture = if options.pixels { (rules.height * TILE as u32, rules.width * TILE as u32) } else { (0, 0) };
        let spec = WorldSpec {
            id: source.id.clone(),
            family: Family::GridLab,
            toml,
            action_names: ruleset.actions.names().iter().map(ToString::to_string).collect(),
            size: (rules.width, rules.height),
            buffers: vec![BufferSpec { name: "grid", words, grows: None, about: GRID.into() }],
            shown: 0,
            obs_bytes: observe::bytes(&rules),
            obs_parts: observe::parts(&rules),
            picture,
            reward_denominator: ruleset.reward_denominator,
            achievements: Vec::new(),
            columns: columns(&rules),
        };
        let has_slip = is_stochastic::has_slip(&rules);
        Ok(GridLab { spec, ruleset, map, rules, painter, words, has_slip })
    }

    fn grid<'a>(&self, i: usize, block: &'a Block) -> &'a [u32] {
        &block.state[0][i * self.words..(i + 1) * self.words]
    }
}

const GRID: &str = "x, y, facing (0 west, 1 east, 2 north, 3 south), letters of the keys had (bits), keys taken (bits), \
                    doors opened by a spent key (bits), then TV colours, 4 bits each, 8 a word";

fn columns(rules: &Rules) -> Vec<Column> {
    let column = |name: &str, kind| Column { name: name.into(), kind };
    let mut columns = Vec::new();
    if rules.n_keys > 0 {
        columns.extend([column("keys", ColumnKind::U8), column("taken", ColumnKind::U32)]);
    }
    if rules.spend_keys && rules.n_doors > 0 {
        columns.push(column("opened", ColumnKind::U32));
    }
    columns.extend((0..rules.tvs.len()).map(|ix| column(&format!("tv_{ix}"), ColumnKind::U8)));
    columns
}

impl Dynamics for GridLab {
    /// Does nothing: a word of the keyed stream is a function of seed, episode and step.
    fn begin_stream(&self, _i: usize, _block: &mut Block) {}

    fn generate(&self, i: usize, block: &mut Block) {
        let core = &block.core[i * Core::WORDS..(i + 1) * Core::WORDS];
        step::begin(&self.rules, core, &mut block.state[0][i * self.words..(i + 1) * self.words]);
    }

    fn stream_buffers(&self) -> &[usize] {
        &[]
    }

    fn step_one(&self, i: usize, block: &mut Block) {
        let core = &mut block.core[i * Core::WORDS..(i + 1) * Core::WORDS];
        step::step(&self.rules, core, &mut block.state[0][i * self.words..(i + 1) * self.words]);
    }

    fn observe_one(&self, i: usize, block: &mut Block) {
        let grid = &block.state[0][i * self.words..(i + 1) * self.words];
        let n = self.spec.obs_words();
        observe::observe(&self.rules, grid, &mut block.obs[i * n..(i + 1) * n]);
        if let Some(painter) = &self.painter {
            let n = self.spec.pixel_words();
            painter.paint(&self.rules, grid, &mut block.pixels[i * n..(i + 1) * n]);
        }
    }

    fn kernels(&self) -> Kernels {
        let keys = KeyKernel { name: "envs/gridlab/key.wgsl" };
        Kernels {
            step: "envs/gridlab/step.wgsl",
            observe: "envs/gridlab/observe.wgsl",
            pixels: None,
            pose: "envs/gridlab/pose.wgsl",
            grows: None,
            begin_stream: None,
            instead: Vec::new(),
            keys: keys.clone(),
            keys_full: keys,
            rules: self.rules.packed(self.words, observe::taken_bytes(&self.rules), observe::opened_bytes(&self.rules)),
            absent: None,
            follows: LevelSource::Seed,
        }
    }

    fn stochasticity(&self, key: Option<Key>) -> Stochasticity {
        is_stochastic::stochasticity(&self.rules, self.has_slip, key)
    }

    fn is_stochastic(&self, key: Option<Key>, i: usize, block: &Block) -> bool {
        let (sees, action) = (is_stochastic::sees_tvs(&self.rules, key), block.core_of(i)[Core::ACTION]);
        is_stochastic::is_stochastic(&self.rules, sees, action, self.grid(i, block))
    }

    /// Doors count as open.
    fn within_reach(&self, i: usize, block: &Block) -> Vec<bool> {
        reach::within_reach(&self.rules, step::here(&self.rules, self.grid(i, block)))
    }

    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool {
        let rules = &self.rules;
        if x >= rules.width || y >= rules.height {
            return false;
        }
        let there = rules.cells[(y * rules.width + x) as usize];
        let shut = rules::cell::kind(there) == rules::kind::DOOR && !step::passable(rules, there, self.grid(i, block));
        if rules::solid(there) || shut || there & rules::cell::TERMINAL != 0 {
            return false;
        }
        let grid = &mut block.state[0][i * self.words..(i + 1) * self.words];
        (grid[word::X], grid[word::Y]) = (x, y);
        true
    }
}
