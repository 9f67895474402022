//! The passes of a step. Both backends run this list.
//!
//! ```text
//! choose action (agent) -> prepare -> step -> observe
//!   -> [keys -> scores that read before | insert | update sum | scores that read after -> fuse]
//!   -> statistics -> record -> reset the finished -> observe them again -> [keys, first states | insert | update sum] -> close
//! ```
//!
//! The passes in brackets belong to the plugin, if there is one (`plugin.rs`). In next-step mode the reset comes before the step, instead
//! of `prepare`. A bar is where a stage may end: all instances finish a stage before any begins the next. Stages follow from the buffers
//! that instances share and how passes use them (`pass.rs`).
//!
//! On the CPU a thread runs the list over a block of instances. If nothing is shared, it takes many steps before it continues with the
//! next block, so that the block's state stays in the core's cache (`blocks.rs`). On a GPU each pass is a kernel over all instances, with
//! many steps in a submission (`gpu/`). Results do not depend on how instances are divided into blocks or parts.

use std::ops::Range;
use std::sync::Arc;

use super::agent::{AGENT_FAULTS, Agent};
use super::block_context::BlockContext;
use super::buffer::Buffer::{
    Actions, Core as CoreWords, FinalObs, Last, Levels, Marks, Obs, Pace, Pixels, Ready, RecordSlots, Recorded, Rows, Rules,
    State, Sums, Table, Tally, Visited,
};
use super::buffer::{Buffer, Named, Use};
use super::layout::Layout;
use super::pass::{Pass, PassScope, Unit, stages, wraps};
use super::plugin::StepPlugin;
use super::reset::ResetMode;
use crate::envs::shared::packing::Kernels;
use crate::envs::{Core, World};
use crate::shaders::core::{prepare, record, reset_after, reset_before};

/// Imports of a kernel that runs over the reset list, which replace those for active instances.
pub const RESET_LIST: [(&str, &str); 2] = [
    ("shaders/core/active.wgsl", "shaders/core/reset_list.wgsl"),
    ("shaders/core/row_of_step.wgsl", "shaders/core/row_of_reset.wgsl"),
];
const POSE: &str = "shaders/core/pose.wgsl";

/// The properties of a batch on which its steps depend.
pub struct Plan<'a> {
    /// The world of the instances.
    pub world: &'a dyn World,
    /// Whether finished episodes are reset, and where in a step.
    pub reset: ResetMode,
    /// Whether steps write observations.
    pub observes: bool,
    /// The plugin whose passes the step contains; None without bonuses.
    pub plugin: Option<&'a Arc<dyn StepPlugin>>,
    /// Data that only a GPU needs.
    pub gpu: Option<GpuPlan<'a>>,
}

/// The kernels, and which of the passes for GPUs alone exist.
pub struct GpuPlan<'a> {
    /// The kernels of the world.
    pub kernels: &'a Kernels,
    /// The stored buffers and their sizes in words.
    pub layout: &'a Layout,
    /// State buffers whose words are part of a level; a kernel sets the others.
    pub levels: Vec<usize>,
    /// Whether levels are prefetched; otherwise they come from a pool.
    pub prefetched: bool,
    /// Whether there are recorded instances, whose rows are copied.
    pub records: bool,
    /// Whether pictures are drawn.
    pub draws: bool,
}

/// The passes of a step, except the choice of actions.
pub fn step(plan: &Plan) -> Vec<Pass<'static>> {
    let mut list = Vec::new();
    if plan.reset == ResetMode::NextStep {
        list.push(reset_before());
        list.extend(new_episode(plan));
    } else {
        list.push(prepare(plan.reset));
    }
    list.push(advance(plan));
    if plan.observes {
        list.extend(observe(plan, PassScope::Active));
    }
    list.extend(plan.plugin.map_or_else(Vec::new, |plugin| plugin.clone().on_transition()));
    list.push(statistics(plan));
    list.extend(record(plan, PassScope::Active));
    if plan.reset == ResetMode::SameStep {
        list.push(reset_after());
        list.extend(new_episode(plan));
    }
    list.extend(plan.plugin.map_or_else(Vec::new, |plugin| plugin.clone().on_reset()));
    if let Some(gpu) = &plan.gpu {
        list.push(close());
        if gpu.layout.grows() && plan.plugin.is_some_and(|plugin| !plugin.headers().is_empty()) {
            list.push(halt());
        }
    }
    list
}

/// The passes that begin an episode for the instances on the reset list: level, stream, observation, sums of the episode, row.
pub fn new_episode(plan: &Plan) -> Vec<Pass<'static>> {
    let mut list = take_level(plan);
    list.extend(observe(plan, PassScope::ResetList));
    list.push(begin_tally(plan));
    list.extend(record(plan, PassScope::ResetList));
    list
}

/// The pass in which an agent chooses actions.
pub fn choose<'a>(agent: &'a dyn Agent, n_tables: usize) -> Pass<'a> {
    let tables = if agent.reads_plugin() { 0..n_tables } else { 0..0 };
    Pass::new("choose", PassScope::Active).writes([CoreWords]).uses(Use::Read, tables.map(Table)).twin(|work| agent.choose(work))
}

/// The passes that choose actions on a GPU: uniformly at random, or as chosen by the host.
pub fn choose_on_gpu() -> [Pass<'static>; 2] {
    let choose = || Pass::new("choose", PassScope::Active).reads([Rules, Pace]).writes([CoreWords]);
    [choose().kernel("shaders/agent/random.wgsl"), choose().reads([Actions]).kernel("shaders/agent/host_actions.wgsl")]
}

/// Clears the flags of the last step; with resets off, excludes finished instances.
fn prepare(mode: ResetMode) -> Pass<'static> {
    let pass =
        Pass::new("prepare", PassScope::Active).reads([Rules]).writes([CoreWords, Pace]).kernel("shaders/core/prepare.wgsl");
    pass.twin(move |work| {
        for core in work.block.core.chunks_exact_mut(Core::WORDS) {
            if can_step(core) {
                prepare::prepare(core, mode == ResetMode::Off);
            }
        }
    })
}

/// Next-step mode: finished instances begin their next episode instead of a step; the flags of the others are cleared.
fn reset_before() -> Pass<'static> {
    let pass = Pass::new("prepare", PassScope::Active).reads([Rules, Ready]).writes([CoreWords, Pace, Sums]);
    pass.kernel("shaders/core/reset_before.wgsl").twin(|work| {
        work.reset_list.clear();
        for i in 0..work.block.n {
            let core = work.block.core_mut(i);
            if can_step(core) && reset_before::reset_before(core) {
                work.reset_list.push(i);
            }
        }
    })
}

/// Returns false if the agent could not choose. The instance then takes no step, and the fault belongs to its current state.
fn can_step(core: &mut [u32]) -> bool {
    let chosen = core[Core::FAULT] < AGENT_FAULTS;
    if !chosen {
        (core[Core::FLAGS], core[Core::REWARD]) = (Core::SKIP, 0);
    }
    chosen
}

/// The pass that takes the step.
pub fn advance(plan: &Plan) -> Pass<'static> {
    let pass = Pass::new("step", PassScope::Active).reads([Rules, Pace]).writes([CoreWords]).uses(Use::Declared, state(plan));
    with_kernel(pass, plan, |kernels| Some((kernels.step, kernels.instead.clone()))).twin(|work| work.world.step(&mut work.block))
}

/// Observations; on a GPU another kernel draws pictures.
pub fn observe(plan: &Plan, over: PassScope) -> Vec<Pass<'static>> {
    let is_new = over == PassScope::ResetList;
    let pass =
        |name| Pass::new(name, over).reads([Rules, Pace]).uses(Use::Declared, [CoreWords]).uses(Use::Declared, state(plan));
    let observe = pass(if is_new { "observe begun" } else { "observe" }).writes([Obs]);
    let observe = with_kernel(observe, plan, |kernels| Some((kernels.observe, kernels.instead.clone())));
    let mut list = vec![observe.twin(move |work| match is_new {
        true => work.for_reset_list(|work, i| work.world.observe_one(i, &mut work.block)),
        false => work.world.observe(&mut work.block),
    })];
    if let Some((gpu, pixels)) = plan.gpu.as_ref().filter(|gpu| gpu.draws).and_then(|gpu| Some((gpu, gpu.kernels.pixels?))) {
        let unit = if pixels.group_each { Unit::Group } else { Unit::Invocation };
        let draw = pass(if is_new { "pixels begun" } else { "pixels" }).writes([Pixels]).by(unit);
        list.push(draw.kernel_with(pixels.name, gpu.kernels.instead.clone()));
    }
    list
}

/// Adds a step to the sums of the open episode, and an episode that ends to the statistics.
fn statistics(plan: &Plan) -> Pass<'static> {
    let shown = State(plan.world.spec().shown).named("shown");
    let pass = Pass::new("statistics", PassScope::Active)
        .reads([Rules, CoreWords, Pace])
        .reads([shown])
        .writes([Tally, Visited, Sums, Last]);
    with_kernel(pass, plan, seen_by("shaders/core/statistics.wgsl")).twin(|work| {
        for i in 0..work.block.n {
            let flags = work.block.flags(i);
            if flags & Core::SKIP != 0 {
                continue;
            }
            work.add_step(i);
            if flags & Core::DONE != 0 {
                work.count_episode(i);
                work.keep_last(i);
            }
        }
    })
}

/// Rows of the recorded instances; on a GPU, one copy for each recorded buffer, by a list.
fn record(plan: &Plan, over: PassScope) -> Vec<Pass<'static>> {
    let is_new = over == PassScope::ResetList;
    let pass = Pass::new("record", PassScope::Recorded).reads([Rules, CoreWords, Pace, Recorded]).writes([RecordSlots, Marks]);
    let instead = if is_new { vec![RESET_LIST[1]] } else { Vec::new() };
    let pass = with_kernel(pass, plan, |_| Some(("shaders/core/record.wgsl", instead)));
    let mut list = vec![pass.twin(move |work| match is_new {
        true => work.for_reset_list(|work, i| {
            if work.recorded[i] && record::record(work.block.core_of(i), true) {
                work.record(i, None);
            }
        }),
        false => {
            for i in 0..work.block.n {
                if work.recorded[i] && record::record(work.block.core_of(i), false) {
                    let action = work.block.core_of(i)[Core::ACTION];
                    work.record(i, Some(action));
                }
            }
        }
    })];
    let Some(gpu) = &plan.gpu else { return list };
    if !gpu.records {
        return Vec::new();
    }
    let sources = recorded_buffers(gpu.layout, plan.plugin.map(|plugin| &**plugin));
    list.extend(sources.into_iter().enumerate().map(|(k, source)| {
        copy(
            "record copy",
            PassScope::Recorded,
            gpu.layout.words(source),
            [RecordSlots.into(), source.named("source"), Rows(k).into()],
        )
    }));
    list
}

/// The buffers whose words are part of rows of recorded instances.
pub fn recorded_buffers(layout: &Layout, plugin: Option<&dyn StepPlugin>) -> Vec<Buffer> {
    let values = plugin.map_or(Vec::new(), StepPlugin::recorded);
    layout.core_and_state().chain(values.into_iter().map(Buffer::Plugin)).collect()
}

/// Same-step mode: stores the last observation of finished instances and begins their next episode.
fn reset_after() -> Pass<'static> {
    let pass = Pass::new("reset", PassScope::Active).reads([Rules, Ready, Obs]).writes([CoreWords, Pace, Sums, FinalObs]);
    pass.kernel("shaders/core/reset_after.wgsl").twin(|work| {
        work.reset_list.clear();
        let words = work.final_obs.len() / work.block.n;
        for i in 0..work.block.n {
            let (core, range) = (i * Core::WORDS..(i + 1) * Core::WORDS, i * words..(i + 1) * words);
            let (obs, final_obs) = (&work.block.obs[range.clone()], &mut work.final_obs[range]);
            if reset_after::reset_after(&mut work.block.core[core], obs, final_obs) {
                work.reset_list.push(i);
            }
        }
    })
}

/// The level with which an episode begins. On the CPU it is generated or taken from the pool here, with its stream. For a GPU the host
/// has generated it, and its buffers are copied.
fn take_level(plan: &Plan) -> Vec<Pass<'static>> {
    let take = Pass::new("level", PassScope::ResetList).writes([CoreWords]).uses(Use::Declared, state(plan));
    let mut list = vec![take.twin(|work| work.for_reset_list(|work, i| work.resetter.begin(work.world, i, &mut work.block)))];
    let Some(gpu) = &plan.gpu else { return list };
    for b in &gpu.levels {
        let each = gpu.layout.words(State(*b));
        list.push(copy(
            "copy world",
            PassScope::ResetList,
            each,
            [Pace.named("list"), Levels(*b).into(), State(*b).named("copied")],
        ));
    }
    if let (Some((path, b)), false) = (gpu.kernels.begin_stream, gpu.prefetched) {
        let pass =
            Pass::new("begin stream", PassScope::ResetList).reads([Rules, CoreWords, Pace]).writes([State(b).named("stream")]);
        list.push(pass.kernel_with(path, gpu.kernels.instead.clone()));
    }
    list
}

/// Resets the sums of an episode: no reward, one visited cell, and the achievements that are unlocked from the start.
fn begin_tally(plan: &Plan) -> Pass<'static> {
    let shown = State(plan.world.spec().shown).named("shown");
    let pass = Pass::new("tally begun", PassScope::ResetList).reads([Rules, Pace]).reads([shown]).writes([Tally, Visited]);
    with_kernel(pass, plan, seen_by("shaders/core/begin_tally.wgsl")).twin(|work| {
        work.for_reset_list(|work, i| {
            work.begin_tally(i);
            work.set_fresh(i);
        });
    })
}

/// The end of a round on a GPU: steps are counted, and instances with a fault or too little room stop. On the CPU the executor does this.
fn close() -> Pass<'static> {
    Pass::new("close", PassScope::Active).reads([Rules]).writes([CoreWords, Pace, Sums]).kernel("shaders/core/end_round.wgsl")
}

/// Makes instances that share a table wait for those that are short of room.
fn halt() -> Pass<'static> {
    Pass::new("halt", PassScope::Once).uses(Use::Idle, [Rules]).reads([Sums]).writes([Pace]).kernel("shaders/core/halt.wgsl")
}

/// Copies rows of `each` words from one buffer to another, by a list.
fn copy(name: &'static str, over: PassScope, each: usize, [list, source, copied]: [Named; 3]) -> Pass<'static> {
    let list = Named { name: "list", ..list };
    let pass = Pass::new(name, over).reads([Named::constants("params", vec![each as u32]), list, source]).writes([copied]);
    pass.by(Unit::Row).kernel("shaders/core/copy.wgsl")
}

/// The state buffers under their names in the family's kernels, and the one that these kernels declare although this world does not have
/// it.
fn state(plan: &Plan) -> Vec<Named> {
    let own = plan.world.spec().buffers.iter().enumerate().map(|(b, buffer)| State(b).named(buffer.name));
    own.chain(plan.gpu.iter().filter_map(|gpu| gpu.kernels.absent).map(Named::absent)).collect()
}

type File = (&'static str, Vec<(&'static str, &'static str)>);

fn with_kernel(pass: Pass<'static>, plan: &Plan, file: impl FnOnce(&Kernels) -> Option<File>) -> Pass<'static> {
    match plan.gpu.as_ref().and_then(|gpu| file(gpu.kernels)) {
        Some((path, instead)) => pass.kernel_with(path, instead),
        None => pass,
    }
}

/// A kernel that reads positions and achievements of instances through the family's file.
fn seen_by(path: &'static str) -> impl FnOnce(&Kernels) -> Option<File> {
    move |kernels| Some((path, [&kernels.instead[..], &[(POSE, kernels.pose)]].concat()))
}

/// A list of passes with its stages.
pub struct Schedule<'p> {
    /// The passes that have a CPU side, in the order in which they run.
    pub passes: Vec<&'p Pass<'p>>,
    /// Ranges of indices of `passes`; all instances finish a stage before any begins the next.
    pub stages: Vec<Range<usize>>,
    /// Whether the last stage of a step may run together with the first of the next.
    pub wraps: bool,
}

impl<'p> Schedule<'p> {
    /// Schedules those passes that have a CPU side; the others are left out.
    pub fn of(passes: impl IntoIterator<Item = &'p Pass<'p>>) -> Schedule<'p> {
        let passes: Vec<&Pass> = passes.into_iter().filter(|pass| pass.has_twin()).collect();
        let stages = stages(&passes);
        let wraps = wraps(&passes, &stages);
        Schedule { passes, stages, wraps }
    }
}

/// Begins the next episode of these instances, outside of a step: level, stream, first observation, first row. `change` may change a
/// level before it is observed.
pub fn begin_episodes(
    work: &mut BlockContext,
    instances: impl IntoIterator<Item = usize>,
    mut change: impl FnMut(&mut BlockContext, usize),
) {
    work.reset_list.clear();
    instances.into_iter().for_each(|i| work.list_reset(i));
    let plan = Plan { world: work.world, reset: ResetMode::Off, observes: true, plugin: None, gpu: None };
    for (k, pass) in new_episode(&plan).iter().enumerate() {
        pass.run(work);
        if k == 0 {
            let list = std::mem::take(&mut work.reset_list);
            list.iter().for_each(|i| change(work, *i));
            work.reset_list = list;
        }
    }
}
