//! Prefetch of levels: the host's threads generate the next worlds of each instance, and the GPU uses them when an episode ends.
//!
//! World k of instance i is in row `i * depth + k % depth` of the part's buffers; `ready` holds the last episode that has a world.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::op::{Dispatch, Op};
use super::part::{Part, PartContext};
use crate::envs::shared::packing::LevelSource;
use crate::envs::{Block, Core, Lists, Stored, World};
use crate::gpu::{Gpu, GpuError, Pass, Words};
use crate::shaders::core::pace;
use crate::sim::reset::set_seed;

/// Maximum number of worlds that are copied to the GPU at a time.
const STAGED: usize = 4096;

/// The host's data about a part's instances.
#[derive(Debug, Default)]
struct Known {
    seeds: Vec<i64>,
    /// Episodes at the last look, and at the look before.
    episodes: Vec<u32>,
    before: Vec<u32>,
    /// Last episode for which a world is ready.
    ready: Vec<u32>,
    /// For each stream buffer, the stream after the last world was generated (or after the steps of play, see [`LevelSource`]).
    streams: Vec<Vec<u32>>,
    waiting: Vec<usize>,
    /// Instances whose next world does not fit: episode and fault.
    failed: BTreeMap<usize, (u32, u32)>,
    /// Operations that copy the worlds to their rows.
    ops: Vec<Op>,
}

/// A world, and the row to which it is copied.
#[derive(Debug)]
pub struct GeneratedLevel {
    row: u32,
    state: Vec<Vec<u32>>,
}

/// Generated worlds of one instance, the last episode with a world, the streams after it, and the fault that ended the generation.
struct Generated {
    worlds: Vec<GeneratedLevel>,
    ready: u32,
    streams: Vec<Vec<u32>>,
    fault: Option<(u32, u32)>,
    needs_room: bool,
}

#[derive(Debug)]
pub struct Prefetch {
    follows: LevelSource,
    depth: u32,
    /// Index and words of each stream buffer.
    stream_buffers: Vec<(usize, usize)>,
    /// Number of words of a row of each state buffer; then the state buffers that grow.
    words: Vec<usize>,
    growing: Vec<(usize, Lists)>,
    steps_ahead: usize,
    /// Whether a generated world needs more room than rows have.
    needs_room: bool,
    parts: Vec<Known>,
    steps_behind: u32,
    list: Words,
    staging: Vec<Words>,
}

impl Prefetch {
    /// # Errors
    /// [`GpuError::OutOfMemory`].
    pub fn new(context: &PartContext, world: &dyn World, parts: &[Part]) -> Result<Prefetch, GpuError> {
        let (gpu, state) = (context.gpu, context.layout.state());
        let most = parts.iter().map(|part| part.n * context.depth).max().unwrap_or(1);
        let widest = state.iter().max().copied().unwrap_or(1).max(1);
        let rows = STAGED.min(most).min(gpu.largest() / (4 * widest));
        let list = Words::new(gpu, "list of worlds", pace::LIST_PAIRS + 2 * rows)?;
        let staging = state.iter().map(|each| Words::new(gpu, "staged worlds", rows * each)).collect::<Result<Vec<_>, _>>()?;
        let known = parts.iter().map(|part| {
            let buffers = state.iter().zip(&staging).zip(&part.prepared);
            let ops = buffers.map(|((each, staged), prefetch)| {
                let params = Words::of(gpu, "deliver", &[*each as u32])?;
                let buffers = [("params", &params), ("list", &list), ("source", staged), ("copied", prefetch)];
                Op::new(gpu, "deliver", &context.programs.copy, &buffers, Dispatch::Rows(rows))
            });
            Ok(Known { ops: ops.collect::<Result<_, GpuError>>()?, ..Known::default() })
        });
        let parts = known.collect::<Result<Vec<_>, GpuError>>()?;
        let stream_buffers = world.stream_buffers().iter().map(|b| (*b, state[*b])).collect();
        Ok(Prefetch {
            follows: context.kernels.follows,
            depth: context.depth as u32,
            stream_buffers,
            words: state.clone(),
            growing: context.layout.growing().collect(),
            steps_ahead: context.steps_ahead,
            needs_room: false,
            parts,
            steps_behind: 0,
            list,
            staging,
        })
    }

    /// Indices of the state buffers that hold the stream.
    pub fn streams(&self) -> Vec<usize> {
        self.stream_buffers.iter().map(|(b, _)| *b).collect()
    }

    pub fn depth(&self) -> usize {
        self.depth as usize
    }

    /// Sets the data of instances from `first` of part `p` on from these words; no world is ready for them.
    pub fn set(&mut self, p: usize, first: usize, cores: &[u32], state: &[Vec<u32>]) {
        let (n, part) = (cores.len() / Core::WORDS, &mut self.parts[p]);
        let len = part.seeds.len().max(first + n);
        part.seeds.resize(len, 0);
        for words in [&mut part.episodes, &mut part.before, &mut part.ready] {
            words.resize(len, 0);
        }
        part.streams.resize(self.stream_buffers.len(), Vec::new());
        for (stream, (b, each)) in part.streams.iter_mut().zip(&self.stream_buffers) {
            stream.resize(len * each, 0);
            stream[first * each..(first + n) * each].copy_from_slice(&state[*b]);
        }
        for (i, core) in (first..).zip(cores.chunks_exact(Core::WORDS)) {
            part.seeds[i] = (u64::from(core[Core::SEED_LO]) | u64::from(core[Core::SEED_HI]) << 32) as i64;
            (part.episodes[i], part.before[i], part.ready[i]) = (core[Core::EPISODE], core[Core::EPISODE], core[Core::EPISODE]);
            part.failed.remove(&i);
        }
    }

    /// Records the paces of all instances, part by part; `until` is the number of steps that all must reach.
    pub fn look(&mut self, paces: &[Vec<u32>], until: u32) {
        self.steps_behind = 0;
        for (known, pace) in self.parts.iter_mut().zip(paces) {
            known.waiting.clear();
            for (i, pace) in pace.chunks_exact(pace::WORDS).enumerate() {
                let [steps, held, episode] = [pace[pace::STEPS], pace[pace::STATUS], pace[pace::EPISODE]];
                (known.before[i], known.episodes[i]) = (known.episodes[i], episode);
                if held == pace::STOPPED || held == pace::WAITS && known.failed.contains_key(&i) && known.ready[i] <= episode {
                    continue;
                }
                if held == pace::WAITS {
                    known.waiting.push(i);
                }
                self.steps_behind = self.steps_behind.max(until.wrapping_sub(steps));
            }
        }
    }

    /// Maximum number of steps that an instance still has to take.
    pub fn steps_behind(&self) -> u32 {
        self.steps_behind
    }

    pub fn has_failed(&self) -> bool {
        self.parts.iter().any(|part| !part.failed.is_empty())
    }

    /// Episode and fault of the world of instance `i` of part `p` that does not fit; None if there is none.
    pub fn failure(&self, p: usize, i: usize) -> Option<(u32, u32)> {
        self.parts[p].failed.get(&i).copied()
    }

    /// Whether a generated world needs more room than rows have.
    pub fn needs_room(&self) -> bool {
        self.needs_room
    }

    /// Whether an instance waits for a world that could not be generated before its episode ended.
    pub fn must_wait_for_play(&self) -> bool {
        self.follows == LevelSource::Play && self.parts.iter().any(|part| !part.waiting.is_empty())
    }

    /// Generates worlds for all instances with free rows, as of the last look; none if worlds depend on the steps of play.
    pub fn make_if_predictable(&mut self, world: &dyn World) -> Vec<Vec<GeneratedLevel>> {
        if self.follows == LevelSource::Play {
            return Vec::new();
        }
        (0..self.parts.len()).map(|p| self.make_for(world, p, (0..self.parts[p].seeds.len()).collect())).collect()
    }

    /// Generates worlds for the instances that wait and, where possible, in advance for the others.
    ///
    /// # Errors
    /// See [`Words::read`].
    pub fn make(&mut self, gpu: &Gpu, world: &dyn World, parts: &[Part]) -> Result<Vec<Vec<GeneratedLevel>>, GpuError> {
        if self.follows != LevelSource::Play {
            return Ok(self.make_if_predictable(world));
        }
        for (known, part) in self.parts.iter_mut().zip(parts).filter(|(known, _)| !known.waiting.is_empty()) {
            for (stream, (b, _)) in known.streams.iter_mut().zip(&self.stream_buffers) {
                part.buffers[1 + b].read(gpu, 0, stream)?;
            }
        }
        Ok((0..self.parts.len()).map(|p| self.make_for(world, p, self.parts[p].waiting.clone())).collect())
    }

    /// Generates at most one world more than were used since the last look, so that no instance gets its worlds long before the others.
    fn make_for(&mut self, world: &dyn World, p: usize, whom: Vec<usize>) -> Vec<GeneratedLevel> {
        let (known, depth) = (&self.parts[p], self.depth);
        let jobs: Vec<(usize, u32)> = whom
            .into_iter()
            .filter(|i| !known.failed.contains_key(i))
            .map(|i| {
                let used = known.episodes[i] - known.before[i];
                (i, (known.episodes[i] + depth).min(known.ready[i] + used + 1))
            })
            .filter(|(i, last)| *last > known.ready[*i])
            .collect();
        let made: Vec<(usize, Generated)> = jobs.into_par_iter().map(|(i, last)| (i, self.make_one(world, p, i, last))).collect();
        let known = &mut self.parts[p];
        let mut worlds = Vec::new();
        for (i, one) in made {
            known.ready[i] = one.ready;
            for ((stream, (_, each)), own) in known.streams.iter_mut().zip(&self.stream_buffers).zip(&one.streams) {
                stream[i * each..(i + 1) * each].copy_from_slice(own);
            }
            if let Some(fault) = one.fault {
                known.failed.insert(i, fault);
            }
            self.needs_room |= one.needs_room;
            worlds.extend(one.worlds);
        }
        worlds
    }

    /// Generates the worlds of instance `i` up to episode `last`.
    fn make_one(&self, world: &dyn World, p: usize, i: usize, last: u32) -> Generated {
        let known = &self.parts[p];
        let buffers = &world.spec().buffers;
        let mut one =
            Generated { worlds: Vec::new(), ready: known.ready[i], streams: Vec::new(), fault: None, needs_room: false };
        for (stream, (_, each)) in known.streams.iter().zip(&self.stream_buffers) {
            one.streams.push(stream[i * each..(i + 1) * each].to_vec());
        }
        for episode in known.ready[i] + 1..=last {
            let mut core = [0; Core::WORDS];
            let mut state: Vec<Stored> = buffers.iter().map(|b| Stored::Grown(vec![0; b.words])).collect();
            for ((b, _), own) in self.stream_buffers.iter().zip(&one.streams) {
                state[*b].copy_from_slice(own);
            }
            let mut block = Block { first: 0, n: 1, core: &mut core, state, obs: &mut [], pixels: &mut [] };
            set_seed(&mut block, 0, known.seeds[i]);
            block.core_mut(0)[Core::EPISODE] = episode;
            world.begin_stream(0, &mut block);
            world.generate(0, &mut block);
            let mut state: Vec<Vec<u32>> = block.state.into_iter().map(|words| words.grown().unwrap_or_default()).collect();
            for ((b, _), own) in self.stream_buffers.iter().zip(&mut one.streams) {
                own.copy_from_slice(&state[*b]);
            }
            if core[Core::FAULT] != 0 {
                one.fault = Some((episode, core[Core::FAULT]));
                break;
            }
            for (b, lists) in &self.growing {
                let mut row = vec![0; self.words[*b]];
                one.needs_room |= lists.words_for(state[*b][0] as usize, self.steps_ahead) > row.len();
                lists.lay(&state[*b], &mut row);
                state[*b] = row;
            }
            if one.needs_room {
                break;
            }
            one.ready = episode;
            one.worlds.push(GeneratedLevel { row: i as u32 * self.depth + episode % self.depth, state });
        }
        one
    }

    /// Copies worlds to their rows, and writes to the GPU which worlds are ready.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn deliver(&self, gpu: &Gpu, parts: &[Part], made: Vec<Vec<GeneratedLevel>>) -> Result<(), GpuError> {
        for ((known, part), worlds) in self.parts.iter().zip(parts).zip(made).filter(|(_, worlds)| !worlds.is_empty()) {
            let most = (self.list.len() - pace::LIST_PAIRS) / 2;
            for worlds in worlds.chunks(most) {
                let pairs = worlds.iter().enumerate().flat_map(|(k, made)| [k as u32, made.row]);
                self.list.write(gpu, 0, &[worlds.len() as u32, 0].into_iter().chain(pairs).collect::<Vec<_>>())?;
                for (b, staged) in self.staging.iter().enumerate() {
                    let rows: Vec<u32> = worlds.iter().flat_map(|made| made.state[b].iter().copied()).collect();
                    staged.write(gpu, 0, &rows)?;
                }
                let mut pass = Pass::new(gpu, "deliver");
                known.ops.iter().for_each(|op| op.encode(&mut pass));
                pass.submit()?;
            }
            part.ready.write(gpu, 0, &known.ready)?;
        }
        Ok(())
    }

    /// Writes to the GPU which worlds are ready for the instances of part `p`.
    ///
    /// # Errors
    /// See [`Gpu::check`].
    pub fn publish(&self, gpu: &Gpu, p: usize, part: &Part) -> Result<(), GpuError> {
        part.ready.write(gpu, 0, &self.parts[p].ready)
    }
}
