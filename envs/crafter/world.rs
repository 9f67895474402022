//! The implementation of a Crafter world: splits a block into instances and passes them to the rules.

use std::sync::Arc;

use super::instance::{FAULT_OBJECTS, Instance};
use super::layout::{BODY, MOBS, RNG, WORLD, body};
use super::picture::{self, Grain, Painter};
use super::rules::{KINDS, MATERIALS, Rules, material};
use super::ruleset::Ruleset;
use super::step::REWARD_DENOMINATOR;
use super::tiles::Sheet;
use super::{observe, step, worldgen};
use crate::envs::shared::block::Block;
use crate::envs::shared::core::Core;
use crate::envs::shared::packing::{Kernels, KeyKernel, LevelSource, PixelKernel, RoomFields};
use crate::envs::shared::source::{LoadError, Options, Source};
use crate::envs::shared::spec::{Column, ColumnKind, Family, WorldSpec};
use crate::envs::shared::world::{Dynamics, World};
use crate::shaders::shared::chance::{Chance, UNIT};
use crate::shaders::shared::keyed::{Keyed, entity};
use crate::shaders::shared::mt19937::{self, Mt19937};
use crate::shaders::shared::pyhash::episode_seed;

/// A loaded Crafter ruleset.
#[derive(Debug)]
pub struct Crafter {
    pub(super) spec: WorldSpec,
    pub(super) rules: Rules,
    /// Present if pictures are drawn.
    pub(super) painter: Option<Painter>,
    pub(super) textures: Sheet,
}

/// # Errors
/// See [`LoadError`].
pub fn load(source: &Source, options: &Options) -> Result<Arc<dyn World>, LoadError> {
    let mut set: Ruleset = toml::from_str(&source.text).map_err(|e| source.malformed(e.to_string().trim_end()))?;
    set.length = options.length.unwrap_or(set.length);
    set.area = options.area.map_or(set.area, |(w, h)| [w, h]);
    let rules = Rules::compile(&set, options.keyed, options.picture_noise).map_err(|why| source.impossible(why))?;
    let toml = toml::to_string(&set).map_err(|e| source.malformed(e))?;
    let mut spec = spec(&source.id, toml, &rules);
    let textures = Sheet::new(options.textures.clone());
    let paint = || textures.get().and_then(|textures| Painter::new(&rules, textures));
    let painter = if options.pixels { Some(paint().map_err(|why| source.impossible(why))?) } else { None };
    if painter.is_some() {
        spec.picture = (set.picture[1], set.picture[0]);
    }
    Ok(Arc::new(Crafter { spec, rules, painter, textures }))
}

/// Picture noise from the world's random stream: two words for each number, like `uniform()`.
struct OwnGrain<'a>(Mt19937<'a>);

impl Grain for OwnGrain<'_> {
    fn fill(&mut self, grains: &mut [f64]) {
        grains.iter_mut().for_each(|grain| *grain = self.0.uniform53() as f64 / UNIT);
    }
}

/// Picture noise that does not use the world's random stream: one word of the `keyed` stream for each number.
struct KeyedGrain(Keyed);

impl Grain for KeyedGrain {
    fn fill(&mut self, grains: &mut [f64]) {
        let mut words = [0; 512];
        for grains in grains.chunks_mut(words.len()) {
            self.0.fill(&mut words[..grains.len()]);
            for (grain, word) in grains.iter_mut().zip(&words) {
                *grain = f64::from(*word) / 4_294_967_296.0;
            }
        }
    }
}

fn spec(id: &str, toml: String, rules: &Rules) -> WorldSpec {
    let (view_w, view_h) = (rules.set.view[0] as usize, rules.map_rows() as usize);
    let part = |name: &str, shape: &[usize], about: String| (name.to_string(), shape.to_vec(), about);
    let ids: Vec<String> = MATERIALS.iter().chain(&KINDS).enumerate().map(|(id, name)| format!("{id} {name}")).collect();
    WorldSpec {
        id: id.to_string(),
        family: Family::Crafter,
        toml,
        action_names: rules.set.actions.clone(),
        size: (rules.at.width, rules.at.height),
        buffers: rules.at.buffers(rules.keyed),
        shown: BODY,
        obs_bytes: observe::obs_bytes(rules),
        obs_parts: vec![
            part("view", &[view_h, view_w], format!("semantic ids around the player, top-left first: {}", ids.join(", "))),
            part(
                "inventory",
                &[rules.at.n_items],
                rules.set.items.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", "),
            ),
            part("facing", &[1], "0 left, 1 right, 2 up, 3 down".into()),
            part("sleeping", &[1], "0 or 1".into()),
            part("daylight", &[1], "in 1/255".into()),
        ],
        picture: (0, 0),
        reward_denominator: REWARD_DENOMINATOR,
        achievements: rules.set.achievements.clone(),
        columns: columns(rules),
    }
}

fn columns(rules: &Rules) -> Vec<Column> {
    let column = |name: String, kind| Column { name, kind };
    let items = rules.set.items.iter().map(|i| column(format!("inventory_{}", i.name), ColumnKind::U8));
    let achievements = rules.set.achievements.iter().map(|a| column(format!("achievement_{a}"), ColumnKind::U16));
    let rest = [column("daylight".into(), ColumnKind::F32), column("sleeping".into(), ColumnKind::Bool)];
    items.chain(achievements).chain(rest).collect()
}

/// Returns instance `i` of the block, and the words of its random stream (empty if keyed).
pub(super) fn instance_of<'b>(rules: &Rules, i: usize, block: &'b mut Block) -> (Instance<'b>, &'b mut [u32]) {
    let cut = |words: &'b mut [u32], n: usize| &mut words[i * n..(i + 1) * n];
    // The block determines the room for objects.
    let mobs_words = block.words_each(MOBS, rules.at.mobs_words);
    let core = cut(block.core, Core::WORDS);
    let mut state = block.state.iter_mut();
    let mut next = |n: usize| cut(state.next().map_or(&mut [], |words| &mut words[..]), n);
    let (world, mobs, body) = (next(rules.at.world_words), next(mobs_words), next(rules.at.body_words));
    let rng = if rules.keyed { Default::default() } else { next(mt19937::WORDS) };
    (Instance { core, world, mobs, body, holes: false }, rng)
}

impl Crafter {
    /// Runs `look` on copies of instance `i`'s words; for descriptions, not for stepping.
    pub(super) fn look<T>(&self, i: usize, block: &Block, look: impl FnOnce(&Instance) -> T) -> T {
        let (mut core, mut world) = (block.core_of(i).to_vec(), block.row(WORLD, i).to_vec());
        let (mut mobs, mut body) = (block.row(MOBS, i).to_vec(), block.row(BODY, i).to_vec());
        look(&Instance { core: &mut core, world: &mut world, mobs: &mut mobs, body: &mut body, holes: false })
    }

    /// Draws the picture if there is a painter. If pictures take their noise from the world's stream, it is drawn in either case.
    fn draw(&self, instance: &Instance, rng: &mut [u32], i: usize, pixels: &mut [u32]) {
        let own = self.rules.picture_noise && !self.rules.keyed;
        let step = instance.core[Core::STEP];
        let Some(painter) = &self.painter else {
            if own && self.rules.dark[self.rules.day_ix(step)] {
                Mt19937::new(rng).skip(2 * picture::map_pixels(&self.rules));
            }
            return;
        };
        let n = self.spec.pixel_words();
        // Padding bytes of the last word are 0.
        pixels[(i + 1) * n - 1] = 0;
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut pixels[i * n..(i + 1) * n]);
        let bytes = &mut bytes[..(self.spec.picture.0 * self.spec.picture.1 * 3) as usize];
        if own {
            painter.paint(instance, &self.rules, &mut OwnGrain(Mt19937::new(rng)), bytes);
        } else {
            let key = [instance.core[Core::SEED_LO], instance.core[Core::SEED_HI]];
            let stream = Keyed::new(key, instance.core[Core::EPISODE], step, entity::PICTURE);
            painter.paint(instance, &self.rules, &mut KeyedGrain(stream), bytes);
        }
    }

    /// Generates the world of the current episode. Returns false if there was no room for all its objects.
    fn draw_world(&self, i: usize, block: &mut Block) -> bool {
        let seed = episode_seed(block.seed(i), block.core_of(i)[Core::EPISODE]);
        let (mut instance, rng) = instance_of(&self.rules, i, block);
        if self.rules.keyed {
            // Worlds are the same with both streams: this MT19937 is discarded after the generation.
            let mut scratch = [0; mt19937::WORDS];
            mt19937::seed(&mut scratch, seed);
            worldgen::generate(&mut instance, &self.rules, &mut Mt19937::new(&mut scratch));
        } else {
            worldgen::generate(&mut instance, &self.rules, &mut Mt19937::new(rng));
        }
        instance.core[Core::FAULT] != FAULT_OBJECTS
    }

    /// Makes sure that instance `i` has room for a step after its world was changed.
    pub(super) fn keep_room(&self, i: usize, block: &mut Block) {
        let lists = self.rules.at.mobs;
        let row = block.row(MOBS, i);
        if !lists.has_room(row, 1) {
            let words = lists.words_for(lists.roomier(row[0] as usize, lists.capacity(row.len()).saturating_sub(lists.step)), 1);
            block.state[MOBS].widen(lists, block.n, words);
        }
    }

    pub(super) fn body<'b>(&self, i: usize, block: &'b Block) -> &'b [u32] {
        let n = self.rules.at.body_words;
        &block.state[BODY][i * n..(i + 1) * n]
    }
}

impl Dynamics for Crafter {
    fn begin_stream(&self, i: usize, block: &mut Block) {
        if !self.rules.keyed {
            let seed = episode_seed(block.seed(i), block.core_of(i)[Core::EPISODE]);
            let (_, rng) = instance_of(&self.rules, i, block);
            mt19937::seed(rng, seed);
        }
    }

    /// Generates the world again with more room until all its objects fit.
    fn generate(&self, i: usize, block: &mut Block) {
        while !self.draw_world(i, block) {
            let lists = self.rules.at.mobs;
            let before = block.state[MOBS].len() / block.n;
            let more = lists.roomier(lists.capacity(before) + 1, lists.capacity(before));
            block.state[MOBS].widen(lists, block.n, lists.words_for(more, 1));
            block.core_mut(i)[Core::FAULT] = 0;
            self.begin_stream(i, block);
        }
        self.keep_room(i, block);
    }

    fn stream_buffers(&self) -> &[usize] {
        if self.rules.keyed { &[] } else { &[RNG] }
    }

    fn step_one(&self, i: usize, block: &mut Block) {
        let (mut instance, rng) = instance_of(&self.rules, i, block);
        if self.rules.keyed {
            let key = [instance.core[Core::SEED_LO], instance.core[Core::SEED_HI]];
            let mut chance = Keyed::new(key, instance.core[Core::EPISODE], instance.core[Core::STEP] + 1, entity::PLAYER);
            step::step(&mut instance, &self.rules, &mut chance);
        } else {
            step::step(&mut instance, &self.rules, &mut Mt19937::new(rng));
        }
    }

    fn observe_one(&self, i: usize, block: &mut Block) {
        let words = self.spec.obs_words();
        let (obs, pixels) = (std::mem::take(&mut block.obs), std::mem::take(&mut block.pixels));
        let (instance, rng) = instance_of(&self.rules, i, block);
        observe::observe(&instance, &self.rules, &mut obs[i * words..(i + 1) * words]);
        self.draw(&instance, rng, i, pixels);
        (block.obs, block.pixels) = (obs, pixels);
    }

    fn kernels(&self) -> Kernels {
        let mut instead = Vec::new();
        if !self.rules.keyed {
            instead.push(("shaders/shared/stream_keyed.wgsl", "shaders/shared/stream_mt19937.wgsl"));
        }
        if self.observing_draws() && self.painter.is_none() {
            instead.push(("envs/crafter/observe_draws_nothing.wgsl", "envs/crafter/observe_draws_noise.wgsl"));
        }
        if self.observing_draws() {
            instead.push(("envs/crafter/picture_noise_keyed.wgsl", "envs/crafter/picture_noise_in_order.wgsl"));
        }
        Kernels {
            step: "envs/crafter/step.wgsl",
            observe: "envs/crafter/observe.wgsl",
            pixels: Some(PixelKernel { name: "envs/crafter/paint.wgsl", group_each: true }),
            pose: "envs/crafter/pose.wgsl",
            grows: Some(RoomFields { words: "mobs_words", capacity: "capacity", room: "room" }),
            begin_stream: (!self.rules.keyed).then_some(("envs/crafter/begin_stream.wgsl", RNG)),
            instead,
            keys: KeyKernel { name: "envs/crafter/key.wgsl" },
            keys_full: KeyKernel { name: "envs/crafter/key_full.wgsl" },
            rules: self.rules.packed(&self.painter.as_ref().map_or(Vec::new(), |painter| painter.words(&self.rules))),
            absent: self.rules.keyed.then_some("stream"),
            follows: LevelSource::Seed,
        }
    }

    fn observing_draws(&self) -> bool {
        self.rules.picture_noise && !self.rules.keyed
    }

    fn place(&self, i: usize, block: &mut Block, x: u32, y: u32) -> bool {
        let (at, (mut instance, _)) = (&self.rules.at, instance_of(&self.rules, i, block));
        if (x, y) == (instance.body[body::X], instance.body[body::Y]) {
            return true;
        }
        // The player may enter lava but dies there, so it is excluded.
        let walkable = self.rules.walkable_player & !(1 << material::LAVA);
        if x >= at.width || y >= at.height || !instance.is_free(at, x as i32, y as i32, walkable) {
            return false;
        }
        instance.relocate_player(at, x, y);
        true
    }
}
