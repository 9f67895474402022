//! A loaded MiniGrid world: calls the twins through the interface that all worlds share.

use super::cells::{self, UNSEEN, class};
use super::layout::{Body, buffer, buffers, cell_word, grid_words, word};
use super::levels::{self, Builder};
use super::map::{self, FixedLevel};
use super::picture::{Painter, TILE};
use super::rules::{Rules, Task};
use super::ruleset::{Level, Ruleset};
use super::step::{self, Instance, REWARD_WHOLE, act};
use super::window::{Group, SIMD_WIDTH};
use super::{mission, npy, observe};
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::flood::flood;
use crate::envs::shared::key::Key;
use crate::envs::shared::packing::{Kernels, KeyKernel, LevelSource, PixelKernel};
use crate::envs::shared::source::{LoadError, Options, Source};
use crate::envs::shared::spec::{Column, ColumnKind, Family, WorldSpec};
use crate::envs::shared::text;
use crate::envs::shared::world::{Dynamics, Stochasticity};
use crate::shaders::shared::keyed::{Keyed, entity};
use crate::shaders::shared::pcg64::{self, Pcg64};

// Words are read as bytes: cell 0 is the low byte of word 0.
const _: () = assert!(cfg!(target_endian = "little"), "grids are words seen as little-endian bytes");

/// A ruleset and what is computed from it once.
#[derive(Debug)]
pub struct MiniGrid {
    pub(super) spec: WorldSpec,
    pub(super) rules: Rules,
    pub(super) ruleset: Ruleset,
    fixed: Option<FixedLevel>,
    /// The cells that every level starts with.
    template: Vec<u8>,
    keyed: bool,
    pub(super) painter: Option<Painter>,
    pub(super) balls: usize,
    pub(super) notes: Vec<String>,
}

impl MiniGrid {
    /// # Errors
    /// See [`LoadError`].
    pub fn new(source: &Source, options: &Options) -> Result<Self, LoadError> {
        let mut ruleset = Ruleset::read(source, options)?;
        let fixed = read_map(source, &ruleset)?;
        let mut notes = Vec::new();
        if let (Level::Map(level), Some(fixed)) = (&mut ruleset.level, &fixed)
            && level.npy.is_some()
        {
            notes.extend(map::taken_for_granted(fixed, ruleset.size[0], level));
            *level = map::to_drawing(fixed, ruleset.size[0], level);
        }
        let fills = levels::fills(&ruleset.level);
        mission::check(&ruleset.mission, &ruleset.phrases, fills).map_err(|why| source.impossible(why))?;
        let [width, height] = ruleset.size;
        let rules = Rules {
            width,
            height,
            max_steps: ruleset.max_steps,
            view: ruleset.view,
            see_through_walls: ruleset.see_through_walls,
            task: ruleset.task,
        };
        let balls = fixed.as_ref().map_or(ruleset.balls(), |fixed| fixed.balls.len() as u32);
        Ok(MiniGrid {
            spec: spec(source, options, &ruleset, balls)?,
            template: levels::template(&ruleset.level, width, height, fixed.as_ref()),
            keyed: options.keyed,
            painter: options.pixels.then(Painter::new),
            balls: balls as usize,
            notes,
            rules,
            ruleset,
            fixed,
        })
    }

    /// Returns the codes of an instance's cells.
    pub(super) fn grid<'a>(&self, i: usize, block: &'a Block) -> &'a [u8] {
        &self.grid_words(i, &block.state[buffer::GRID])[..self.template.len()]
    }

    /// All bytes of instance `i`'s words in the buffer `grid`.
    #[inline]
    fn grid_words<'a>(&self, i: usize, grids: &'a [u32]) -> &'a [u8] {
        let words = grid_words(self.rules.width, self.rules.height);
        bytemuck::cast_slice(&grids[i * words..(i + 1) * words])
    }

    pub(super) fn agent<'a>(&self, i: usize, block: &'a Block) -> &'a [u32] {
        &block.state[buffer::AGENT][i * word::COUNT..(i + 1) * word::COUNT]
    }

    pub(super) fn body(&self, i: usize, block: &Block) -> Body {
        Body::unpack(self.agent(i, block)[word::BODY])
    }

    pub(super) fn mission(&self, arguments: u32) -> String {
        mission::text(&self.ruleset.mission, &self.ruleset.phrases, arguments)
    }
}

/// The words of one instance of a block.
struct Parts<'a> {
    it: Instance<'a>,
    grid_tail: &'a mut [u8],
    stream: &'a mut [u32],
}

impl MiniGrid {
    #[inline]
    fn parts<'a>(&self, i: usize, block: &'a mut Block) -> Parts<'a> {
        let words = grid_words(self.rules.width, self.rules.height);
        let mut buffers = block.state.iter_mut();
        let mut next = |words: usize| buffers.next().map_or(&mut [][..], |buffer| &mut buffer[i * words..(i + 1) * words]);
        let grid: &mut [u8] = bytemuck::cast_slice_mut(next(words));
        let (grid, grid_tail) = grid.split_at_mut(self.template.len());
        let (agent, stream, balls) = (next(word::COUNT), next(pcg64::WORDS), next(self.balls));
        let core = &mut block.core[i * Core::WORDS..(i + 1) * Core::WORDS];
        Parts { it: Instance { core, grid, agent, balls }, grid_tail, stream }
    }
}

impl MiniGrid {
    /// Runs [`Dynamics::observe_one`] for groups of instances, and one by one for instances that fill no group.
    fn observe_groups<const SIDE: usize>(&self, block: &mut Block) {
        let n = self.spec.obs_words();
        let grouped = block.n - block.n % SIMD_WIDTH;
        for first in (0..grouped).step_by(SIMD_WIDTH) {
            let grids: [_; SIMD_WIDTH] = std::array::from_fn(|l| self.grid_words(first + l, &block.state[buffer::GRID]));
            let bodies: [_; SIMD_WIDTH] = std::array::from_fn(|l| self.body(first + l, block));
            let group = Group::look::<SIDE>(&self.rules, grids, bodies);
            for (l, i) in (first..first + SIMD_WIDTH).enumerate() {
                if block.flags(i) & Core::SKIP == 0 {
                    group.pack::<SIDE>(l, bytemuck::cast_slice_mut(&mut block.obs[i * n..(i + 1) * n]));
                    self.paint(i, block);
                }
            }
        }
        self.observe_each(grouped, block);
    }

    /// Runs [`Dynamics::observe_one`] for the instances from `first` on.
    fn observe_each(&self, first: usize, block: &mut Block) {
        for i in first..block.n {
            if block.flags(i) & Core::SKIP == 0 {
                self.observe_one(i, block);
            }
        }
    }

    /// Draws the picture if there is a painter.
    fn paint(&self, i: usize, block: &mut Block) {
        if let Some(painter) = &self.painter {
            let (n, body) = (self.spec.pixel_words(), self.body(i, block));
            let grid = self.grid_words(i, &block.state[buffer::GRID]);
            painter.paint(&self.rules, grid, body, bytemuck::cast_slice_mut(&mut block.pixels[i * n..(i + 1) * n]));
        }
    }
}

/// Reads the fixed level of a ruleset that has one.
fn read_map(source: &Source, ruleset: &Ruleset) -> Result<Option<FixedLevel>, LoadError> {
    let Level::Map(level) = &ruleset.level else { return Ok(None) };
    let file = match &level.npy {
        None => None,
        Some(name) => {
            let path = source.folder.clone().unwrap_or_default().join(name);
            let unreadable = |why| LoadError::Unreadable { path: path.display().to_string(), why };
            Some((path.display().to_string(), text::read_bytes(&path, npy::MAX_FILE).map_err(unreadable)?))
        }
    };
    let file = file.as_ref().map(|(name, bytes)| (name.as_str(), &bytes[..]));
    map::read(ruleset, level, file).map(Some).map_err(|why| source.impossible(why))
}

fn spec(source: &Source, options: &Options, ruleset: &Ruleset, balls: u32) -> Result<WorldSpec, LoadError> {
    let [width, height] = ruleset.size;
    let side = ruleset.view as usize;
    let actions = if ruleset.task == Task::Avoid { &act::NAMES[..=act::FORWARD as usize] } else { &act::NAMES[..] };
    let picture = ruleset.view * TILE as u32;
    let column = |name: &str, kind| Column { name: name.into(), kind };
    Ok(WorldSpec {
        id: source.id.clone(),
        family: Family::MiniGrid,
        toml: toml::to_string_pretty(ruleset).map_err(|e| source.malformed(e))?,
        action_names: actions.iter().map(ToString::to_string).collect(),
        size: (width, height),
        buffers: buffers(width, height, balls),
        shown: buffer::AGENT,
        obs_bytes: observe::obs_bytes(ruleset.view),
        obs_parts: vec![
            ("image".into(), vec![side, side, 3], "partial view [x][y]: object, colour, state".into()),
            ("direction".into(), vec![1], "0 east, 1 south, 2 west, 3 north".into()),
        ],
        picture: if options.pixels { (picture, picture) } else { (0, 0) },
        reward_denominator: REWARD_WHOLE * ruleset.max_steps,
        achievements: Vec::new(),
        columns: vec![column("carrying", ColumnKind::U8), column("mission", ColumnKind::Text)],
    })
}

impl Dynamics for MiniGrid {
    /// Seeds the stream before the first episode, as `reset(seed=..)` does; later episodes continue it, as `reset()` does. The reference
    /// package refuses negative seeds; here -n means 2^64 - n.
    fn begin_stream(&self, i: usize, block: &mut Block) {
        if block.core_of(i)[Core::EPISODE] == 1 {
            let seed = block.seed(i) as u64;
            Pcg64::from_seed(seed).store(&mut block.state[buffer::STREAM][i * pcg64::WORDS..(i + 1) * pcg64::WORDS]);
        }
    }

    fn generate(&self, i: usize, block: &mut Block) {
        let parts = self.parts(i, block);
        parts.grid_tail.fill(UNSEEN);
        let size = (self.rules.width, self.rules.height);
        let mut level = Builder::new(parts.it.grid, parts.it.balls, &self.template, size, Pcg64::load(parts.stream));
        let made = levels::generate(&self.ruleset.level, self.fixed.as_ref(), &mut level);
        level.rng.store(parts.stream);
        let (x, y) = level.start();
        parts.it.agent[word::BODY] = Body { x, y, dir: level.dir, carrying: UNSEEN }.pack();
        parts.it.agent[word::MISSION] = level.mission;
        parts.it.agent[word::TARGET] = level.target;
        parts.it.agent[word::OTHER] = level.other;
        if let Err(fault) = made {
            parts.it.core[Core::FAULT] = fault as u32;
        }
    }

    fn stream_buffers(&self) -> &[usize] {
        &[buffer::STREAM]
    }

    #[inline]
    fn step_one(&self, i: usize, block: &mut Block) {
        let mut parts = self.parts(i, block);
        let core = &parts.it.core;
        let mut keyed = Keyed::new(
            [core[Core::SEED_LO], core[Core::SEED_HI]],
            core[Core::EPISODE],
            core[Core::STEP].wrapping_add(1),
            entity::PLAYER,
        );
        if self.keyed || self.balls == 0 {
            step::step(&self.rules, &mut parts.it, &mut keyed);
        } else {
            let mut rng = Pcg64::load(parts.stream);
            step::step(&self.rules, &mut parts.it, &mut rng);
            rng.store(parts.stream);
        }
    }

    #[inline]
    fn observe_one(&self, i: usize, block: &mut Block) {
        let body = self.body(i, block);
        let n = self.spec.obs_words();
        let grid = self.grid_words(i, &block.state[buffer::GRID]);
        observe::observe(&self.rules, grid, body, &mut block.obs[i * n..(i + 1) * n]);
        self.paint(i, block);
    }

    fn observe(&self, block: &mut Block) {
        match self.rules.view {
            7 => self.observe_groups::<7>(block),
            5 => self.observe_groups::<5>(block),
            3 => self.observe_groups::<3>(block),
            _ => self.observe_each(0, block),
        }
    }

    fn kernels(&self) -> Kernels {
        // Steps of worlds without moving balls draw no random numbers, whichever stream they have.
        let draws = !self.keyed && self.balls > 0;
        let stream = ("shaders/shared/stream_keyed.wgsl", "shaders/shared/stream_pcg64.wgsl");
        let tiles = self.painter.as_ref().map_or(Vec::new(), Painter::words);
        Kernels {
            step: "envs/minigrid/step.wgsl",
            observe: "envs/minigrid/observe.wgsl",
            pixels: Some(PixelKernel { name: "envs/minigrid/paint.wgsl", group_each: false }),
            pose: "envs/minigrid/pose.wgsl",
            grows: None,
            // Later episodes continue the stream.
            begin_stream: None,
            instead: if draws { vec![stream] } else { Vec::new() },
            keys: KeyKernel { name: "envs/minigrid/key.wgsl" },
            keys_full: KeyKernel { name: "envs/minigrid/key_full.wgsl" },
            rules: self.rules.packed(self.balls, grid_words(self.rules.width, self.rules.height), &tiles),
            absent: (self.balls == 0).then_some("balls"),
            follows: if draws { LevelSource::Play } else { LevelSource::Worlds },
        }
    }

    /// Only moving balls draw random numbers.
    fn stochasticity(&self, _key: Option<Key>) -> Stochasticity {
        if self.balls == 0 { Stochasticity::Never } else { Stochasticity::Always }
    }

    /// Only walls block for good, because doors can be opened and objects moved. Goals and lava end the
    /// episode, so no path leads on from them.
    fn within_reach(&self, i: usize, block: &Block) -> Vec<bool> {
        let (width, height) = (self.rules.width, self.rules.height);
        let class = |cell: usize| cells::class_of(self.grid(i, block)[cell]);
        let body = self.body(i, block);
        let first = (body.y * width + body.x) as usize;
        let next = |cell: usize, found: &mut Vec<usize>| {
            if cell != first && matches!(class(cell), class::GOAL | class::LAVA) {
                return;
            }
            let (x, y) = (cell as u32 % width, cell as u32 / width);
            let beside = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
            let inside = beside.into_iter().filter(|(x, y)| *x < width && *y < height).map(|(x, y)| (y * width + x) as usize);
            found.extend(inside.filter(|cell| class(*cell) != class::WALL));
        };
        flood((width * height) as usize, &[first], next)
    }

    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool {
        let (rules, it) = (&self.rules, self.parts(i, block).it);
        if x >= rules.width || y >= rules.height {
            return false;
        }
        let there = it.grid[(y * rules.width + x) as usize];
        let ends = matches!(cells::class_of(there), class::GOAL | class::LAVA)
            || rules.task == Task::Match && [word::TARGET, word::OTHER].iter().any(|at| it.agent[*at] == cell_word(x, y));
        if ends || !cells::can_be_entered(there) {
            return false;
        }
        let body = Body::unpack(it.agent[word::BODY]);
        it.agent[word::BODY] = Body { x, y, ..body }.pack();
        true
    }
}
