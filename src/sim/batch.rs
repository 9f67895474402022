//! The batch: the type that callers use, for both backends.

use std::sync::{Arc, Mutex, OnceLock};

use super::agent::AGENT_FAULTS;
use super::agent::Agent;
use super::block_context::Row;
use super::buffer::Buffer;
use super::config::Config;
use super::cut::first_fault;
use super::fault::{Fault, explained};
use super::gpu::{AdvanceOutcome, GpuBackend};
use super::layout::Layout;
use super::pass::Pass;
use super::plugin::FAULTS;
use super::reset::{Resetter, Worlds, check_seeds, set_seed};
use super::rollout::ActionSource;
use super::schedule::{self, Plan, Schedule, begin_episodes};
use super::stats::Stats;
use super::step_output::{StepArrays, StepOutput};
use crate::envs::{Core, World};
use crate::error::{Error, Result};
use crate::shaders::agent::host_actions::host_actions;

/// Index of core among the stored buffers.
const CORE: usize = 0;

/// For each of `n` instances, whether it is one of `these`.
fn marked(n: usize, these: &[usize]) -> Vec<bool> {
    let mut marked = vec![false; n];
    these.iter().for_each(|i| marked[*i] = true);
    marked
}

/// Many instances of one world.
#[derive(Debug)]
pub struct Batch {
    pub(super) world: Arc<dyn World>,
    pub(super) config: Config,
    pub(super) resetter: Resetter,
    /// Which buffers are stored, and how many words each has for an instance at the beginning.
    pub(super) layout: Layout,
    /// The passes of a step (see `schedule.rs`).
    pub(super) step: Arc<Vec<Pass<'static>>>,
    /// In the order of a snapshot (see [`Layout::entries`]). With a GPU, these are copies of its buffers. A copy is made when it is
    /// requested, and dropped when the GPU's buffer changes.
    pub(super) buffers: Vec<OnceLock<Vec<u32>>>,
    pub(super) backend: Option<GpuBackend>,
    pub(super) recorded: Vec<bool>,
    pub(super) stats: Stats,
    pub(super) rows: Vec<Row>,
    pub(super) steps: u64,
    /// The arrays of the last step, for [`StepOutput`].
    arrays: StepArrays,
}

impl Batch {
    /// Makes the buffers and begins the first episode of every instance.
    ///
    /// # Errors
    /// [`Error::Usage`] for an empty batch or a recorded instance that is not in it; [`Error::Limit`] if there is not enough memory for
    /// it; [`Error::Fault`] if a first world does not fit; [`Error::Gpu`] if the GPU cannot hold the batch.
    pub fn new(world: Arc<dyn World>, config: Config) -> Result<Batch> {
        let n = config.num_envs;
        if n == 0 || n > u32::MAX as usize {
            return Err(Error::Usage(format!("a batch needs 1 to {} instances, not {n}", u32::MAX)));
        }
        if let Some(i) = config.record.iter().find(|i| **i >= n) {
            return Err(Error::Usage(format!("cannot record instance {i}: the batch has instances 0 to {}", n - 1)));
        }
        if config.worlds == Worlds::Pool(0) {
            return Err(Error::Usage("a pool needs at least one level".to_string()));
        }
        if config.without_observations && world.observing_draws() {
            return Err(Error::Usage("picture noise is drawn while observing: this batch cannot go without".to_string()));
        }
        if config.without_observations && config.plugin.is_some() {
            return Err(Error::Usage("bonuses look at observations: this batch cannot go without".to_string()));
        }
        config.prefixes.check(n, world.spec().num_actions())?;
        super::room::check(&*world, &config, 1)?;
        check_seeds(config.seed, config.worlds, n)?;
        let resetter = Resetter::new(&*world, config.worlds, config.seed)?;
        config.plugin.iter().for_each(|plugin| plugin.forget());
        // Before the worlds are generated, so that a GPU that is too small is reported at once.
        let backend = config.gpu.as_ref().map(|gpu| GpuBackend::new(gpu, &*world, &config, &resetter)).transpose()?;
        let layout = Layout::of(&*world, config.plugin.as_deref());
        let buffers = layout.each().into_iter().map(|words| OnceLock::from(vec![0; n * words])).collect();
        let plan = Plan {
            world: &*world,
            reset: config.reset,
            observes: !config.without_observations,
            plugin: config.plugin.as_ref(),
            gpu: None,
        };
        let step = Arc::new(schedule::step(&plan));
        let mut batch = Batch {
            resetter,
            layout,
            step,
            buffers,
            backend,
            recorded: marked(n, &config.record),
            stats: Stats::default(),
            rows: Vec::new(),
            steps: 0,
            arrays: StepArrays::default(),
            world: world.clone(),
            config,
        };
        batch.begin()?;
        batch.put_on_gpu()?;
        Ok(batch)
    }

    /// Seeds all instances and begins their first episodes.
    fn begin(&mut self) -> Result<()> {
        let (seed, scenario) = (self.config.seed, self.config.scenario.clone());
        let misfit: Mutex<Option<(usize, String)>> = Mutex::new(None);
        self.each_block(|work| {
            let (first, n) = (work.block.first, work.block.n);
            (0..n).for_each(|i| set_seed(&mut work.block, i, seed.wrapping_add((first + i) as i64)));
            begin_episodes(work, 0..n, |work, i| {
                let Some(json) = &scenario else { return };
                if let (Err(why), Ok(mut worst)) = (work.world.set_scenario(i, &mut work.block, json), misfit.lock()) {
                    *worst = worst.take().into_iter().chain([(first + i, why)]).min();
                }
            });
            first_fault(work, 0)
        })?;
        if let Ok(Some((i, why))) = misfit.into_inner() {
            return Err(Error::Usage(format!("scenario, instance {i}: {why}")));
        }
        self.take_prefixes()?;
        self.record_fresh()
    }

    /// Lets the plugin process the first states of all episodes that have begun.
    fn record_fresh(&mut self) -> Result<()> {
        let Some(plugin) = self.config.plugin.clone() else { return Ok(()) };
        plugin.make_room(self.len(), 1)?;
        self.run_passes(&plugin.on_reset())
    }

    /// Steps on the CPU; at a time, as many steps as the tables of the plugin have room for.
    fn step_on_blocks(&mut self, n_steps: u64, agent: Option<&dyn Agent>) -> Result<()> {
        let plugin = self.config.plugin.clone();
        let step = self.step.clone();
        let n_tables = plugin.as_ref().map_or(0, |plugin| plugin.headers().len());
        let choose = agent.map(|agent| schedule::choose(agent, n_tables));
        let schedule = Schedule::of(choose.iter().chain(&*step));
        let deferring = plugin.as_ref().filter(|_| n_steps > 1 && !agent.is_some_and(Agent::reads_plugin));
        let mut deferred = deferring.and_then(|plugin| plugin.deferred(self.len(), self.deferred_block()));
        let mut left = n_steps;
        while left > 0 {
            let n = plugin.as_ref().map_or(Ok(left), |plugin| plugin.make_room(self.len(), left))?;
            match &mut deferred {
                Some(deferred) => self.run_deferred(n, &schedule, &mut **deferred)?,
                None => self.run_on_blocks(n, &schedule)?,
            }
            left -= n;
        }
        Ok(())
    }

    /// Steps on the GPU; at a time, as many steps as the tables of the plugin have room for.
    fn step_on_gpu(&mut self, n_steps: u64, chooser: &ActionSource, outputs: &[usize]) -> Result<()> {
        let plugin = self.config.plugin.clone();
        let prefetch = chooser.steps_ahead();
        if self.backend.as_ref().is_some_and(|backend| backend.steps_ahead() < prefetch && backend.layout().grows()) {
            self.grow(false, prefetch)?;
        }
        let mut left = n_steps;
        while left > 0 {
            let n_envs = self.len();
            let Some(backend) = &mut self.backend else { return Ok(()) };
            let n = if backend.in_lockstep() { 1 } else { left };
            let n = plugin.as_ref().map_or(Ok(n), |plugin| backend.make_room(&**plugin, n_envs, n))?;
            self.advance_gpu(n, (chooser, outputs))?;
            left -= n;
        }
        Ok(())
    }

    /// Makes one call of the GPU. If instances run out of room, they get more room and the call continues.
    fn advance_gpu(&mut self, n_steps: u64, source: (&ActionSource, &[usize])) -> Result<()> {
        let (world, steps) = (self.world.clone(), self.steps);
        let mut goes_on = false;
        while let Some(backend) = &mut self.backend {
            let advanced = backend.advance(&*world, (steps, n_steps), source, goes_on)?;
            if !self.advanced(n_steps, advanced)? {
                break;
            }
            goes_on = true;
        }
        Ok(())
    }

    /// Copies all buffers to the GPU, if there is one, and drops the host's copies.
    pub(super) fn put_on_gpu(&mut self) -> Result<()> {
        self.fit_gpu()?;
        if let Some(backend) = &mut self.backend {
            let buffers: Vec<&[u32]> = self.buffers.iter().map(|words| words.get().map_or(&[][..], |words| words)).collect();
            backend.put_all(&buffers, self.steps)?;
            if let Some(plugin) = &self.config.plugin {
                backend.put_tables(&**plugin)?;
            }
            self.let_go();
        }
        Ok(())
    }

    /// Drops the host's copies, which may differ from the GPU's buffers.
    pub(super) fn let_go(&mut self) {
        self.buffers.iter_mut().for_each(|words| *words = OnceLock::new());
    }

    /// Steps every instance `n_steps` times with an agent's actions.
    ///
    /// # Errors
    /// [`Error::Fault`] if an instance reached a limit: the earliest step, then the lowest instance. [`Error::Gpu`] if the GPU fails.
    pub fn advance(&mut self, n_steps: u64, agent: &dyn Agent) -> Result<()> {
        let done = match (&self.backend, agent.on_gpu()) {
            (None, _) => self.step_on_blocks(n_steps, Some(agent)),
            (Some(_), Some(chooser)) => self.step_on_gpu(n_steps, &chooser, &[]),
            (Some(_), None) => (0..n_steps).try_for_each(|_| {
                if let (Some(backend), Some(plugin)) = (&self.backend, &self.config.plugin) {
                    backend.take_tables(&**plugin)?;
                }
                let actions = self.choose_on_host(agent)?;
                self.step(&actions).map(|_| ())
            }),
        };
        done.map_err(|error| explained(error, agent))
    }

    /// Takes one step with one action for each instance, and returns its output.
    ///
    /// # Errors
    /// [`Error::Usage`] if there are too few actions or one is out of range (nothing is stepped then); otherwise as in `advance`.
    pub fn step(&mut self, actions: &[u32]) -> Result<StepOutput<'_>> {
        self.check_actions(actions)?;
        match &self.backend {
            None => {
                let cores = self.buffers[CORE].get_mut().into_iter().flat_map(|words| words.chunks_exact_mut(Core::WORDS));
                cores.zip(actions).for_each(|(core, action)| host_actions(core, *action));
                self.step_on_blocks(1, None)?;
            }
            Some(backend) => {
                backend.give(actions)?;
                let outputs = [Buffer::Core, Buffer::Obs, Buffer::FinalObs, Buffer::Last].into_iter();
                let outputs = outputs.chain(self.plugin_columns().into_iter().map(Buffer::Plugin));
                let outputs: Vec<usize> = outputs.filter_map(|buffer| self.layout.index(buffer)).collect();
                self.step_on_gpu(1, &ActionSource::Host, &outputs)?;
            }
        }
        self.output()
    }

    /// The output of all instances after a step or a reset.
    pub(super) fn output(&mut self) -> Result<StepOutput<'_>> {
        let mut arrays = std::mem::take(&mut self.arrays);
        let core = self.core()?;
        arrays.read(&*self.world, core, self.config.reset);
        if let Some(plugin) = &self.config.plugin {
            let buffers = plugin.recorded().into_iter().map(|k| self.plugin_buffer(k)).collect::<Result<Vec<_>>>()?;
            arrays.read_values(&**plugin, &buffers, core);
        }
        self.arrays = arrays;
        Ok(StepOutput {
            rewards: &self.arrays.rewards,
            raw_rewards: &self.arrays.raw_rewards,
            terminated: &self.arrays.terminated,
            truncated: &self.arrays.truncated,
            begun: &self.arrays.begun,
            episodes: &self.arrays.episodes,
            steps: &self.arrays.steps,
            observations: self.obs()?,
            final_observations: self.final_obs()?,
            final_mask: &self.arrays.final_mask,
            bonuses: &self.arrays.bonuses,
            core: self.core()?,
            last: self.last_words()?,
            world: &*self.world,
        })
    }

    fn check_actions(&self, actions: &[u32]) -> Result<()> {
        let limit = self.world.spec().num_actions();
        if actions.len() != self.len() {
            return Err(Error::Usage(format!("{} actions for {} instances", actions.len(), self.len())));
        }
        if let Some((i, action)) = actions.iter().enumerate().find(|(_, a)| **a >= limit) {
            let id = &self.world.spec().id;
            let text = format!("action {action} of instance {i} is out of range: {id} has actions 0 to {}", limit - 1);
            return Err(Error::Usage(text));
        }
        Ok(())
    }

    /// Takes over the outcome of a call of the GPU. Returns true if the call must continue, because instances ran out of room and got
    /// more.
    fn advanced(&mut self, n_steps: u64, advanced: AdvanceOutcome) -> Result<bool> {
        self.let_go();
        for (k, words) in advanced.outputs {
            self.buffers[k] = OnceLock::from(words);
        }
        self.stats.add(&advanced.stats);
        self.rows.extend(advanced.rows);
        if advanced.is_short {
            let steps = self.backend.as_ref().map_or(1, GpuBackend::steps_ahead);
            self.grow(true, steps)?;
            return Ok(true);
        }
        if let Some(fault) = advanced.fault {
            self.rows.retain(|row| row.batch_step <= fault.batch_step);
            return Err(self.fault(fault));
        }
        self.steps += n_steps;
        Ok(false)
    }

    /// Returns the seconds that each pass of one more step with random actions takes on the GPU; None without a GPU that has a clock.
    ///
    /// # Errors
    /// As in [`Batch::advance`].
    pub fn profile(&mut self) -> Result<Option<Vec<(&'static str, f64)>>> {
        let (world, steps) = (self.world.clone(), self.steps);
        let n_envs = self.len();
        let Some(backend) = &mut self.backend else { return Ok(None) };
        if let Some(plugin) = &self.config.plugin {
            backend.make_room(&**plugin, n_envs, 1)?;
        }
        let names = backend.passes();
        let Some((seconds, advanced)) = backend.profile(&*world, steps, 0)? else { return Ok(None) };
        if self.advanced(1, advanced)? {
            while let Some(backend) = &mut self.backend {
                let advanced = backend.advance(&*world, (steps, 1), (&ActionSource::Random(0), &[]), true)?;
                if !self.advanced(1, advanced)? {
                    break;
                }
            }
        }
        Ok(Some(names.into_iter().zip(seconds).collect()))
    }

    /// Indices of the plugin's buffers whose words are part of recorded rows.
    pub(super) fn plugin_columns(&self) -> Vec<usize> {
        self.config.plugin.as_ref().map_or(Vec::new(), |plugin| plugin.recorded())
    }

    pub(super) fn fork_on_gpu(&mut self, sources: &[usize], targets: &[usize]) -> Result<()> {
        self.let_go();
        self.backend.as_mut().map_or(Ok(()), |backend| backend.fork(sources, targets, self.steps))
    }

    /// Explains a fault of the plugin or the world, depending on its code. [`Batch::advance`] explains faults of agents.
    fn fault_text(&self, fault: &Fault) -> String {
        let code = fault.code;
        let plugin = self.config.plugin.as_ref().filter(|_| (FAULTS..AGENT_FAULTS).contains(&code));
        plugin.and_then(|plugin| plugin.fault(fault.instance, code)).unwrap_or_else(|| self.world.fault(code))
    }

    pub(super) fn fault(&self, fault: Fault) -> Error {
        let what = self.fault_text(&fault);
        Error::Fault { instance: fault.instance, episode: fault.episode, step: fault.step, code: fault.code, what }
    }
}
