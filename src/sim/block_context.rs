//! What a thread uses to step a block: the block's buffers, the batch's other buffers for its instances, and the results.

use super::reset::Resetter;
use super::stats::Stats;
use crate::envs::{Block, Core, Pose, World};
use crate::shaders::core::begin::begin_episode;
use crate::shaders::core::begin_tally::begin_tally;
use crate::shaders::core::checksum::checksum;
use crate::shaders::core::statistics::{keep_last, statistics};
use crate::shaders::core::tally;
use crate::shaders::shared::hash::hash_words;

/// Rows contain a checksum of the state once in this many steps.
pub const CHECKSUM_EVERY: u32 = 64;

/// How to reach a restored state again, to which no step of the instance led: the actions from the reset of the first episode of the
/// batch's instance `world`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Index in the batch of the instance whose first reset the history begins with.
    pub world: u32,
    /// The actions since that reset, one byte each.
    pub history: Vec<u8>,
}

impl Origin {
    /// The checksum of the row of a restored state. It covers the state and the history, so that a changed byte of the history is noticed
    /// even if the changed actions lead to the same state.
    pub fn checksum(&self, state: u64) -> u64 {
        let words: Vec<u32> = std::iter::once(self.world).chain(self.history.iter().map(|action| u32::from(*action))).collect();
        state.wrapping_add(hash_words(ORIGIN_SEED, &words))
    }
}

/// Distinguishes hashes of histories from those of states.
const ORIGIN_SEED: u32 = 0x6f72_6967;

/// One step of a recorded instance. `action` is None in the row of a reset.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Steps that the batch had taken.
    pub batch_step: u64,
    /// Index of the instance in the batch.
    pub instance: u32,
    /// Number of the episode, from 1.
    pub episode: u32,
    /// Steps taken in the episode, the one of this row included; 0 in the row of a reset.
    pub step: u32,
    /// The action of the step; None in the row of a reset or of a restored state.
    pub action: Option<u32>,
    /// The reward as the reference's float64.
    pub reward: f64,
    /// Whether the rules ended the episode in this step.
    pub terminated: bool,
    /// Whether the episode was cut off in this step by its maximal length.
    pub truncated: bool,
    /// Position and facing after the step.
    pub pose: Pose,
    /// Values of the family's columns.
    pub columns: Vec<u32>,
    /// Values of the plugin (see [`super::StepPlugin::recorded`]), none in the row of a reset.
    pub plugin_values: Vec<i32>,
    /// Checksum of the state, every `CHECKSUM_EVERY` steps and where a state was restored.
    pub checksum: Option<u64>,
    /// How to reach the restored state ([`super::Batch::restore_states`]).
    pub origin: Option<Origin>,
}

/// A block with everything that passes need to step it.
pub struct BlockContext<'a> {
    /// The world of the instances.
    pub world: &'a dyn World,
    /// Begins episodes with a fresh world or with a level of the pool.
    pub resetter: &'a Resetter,
    /// The words of the instances: core, state, observation, pixels.
    pub block: Block<'a>,
    /// `[n, obs_words]`: the last observation of an episode that ended in this step.
    pub final_obs: &'a mut [u32],
    /// `[n, tally::WORDS]`: sums over the open episode ([`crate::shaders::core::tally`]).
    pub tally: &'a mut [u32],
    /// `[n, cells / 32 rounded up]`: bits of the cells visited in the open episode.
    pub visited: &'a mut [u32],
    /// `[n, last_words]`: core and the shown state buffer at the end of the last episode (see [`super::Buffer::Last`]).
    pub last: &'a mut [u32],
    /// Indices of the plugin's buffers whose words are part of rows ([`super::StepPlugin::recorded`]).
    pub plugin_columns: &'a [usize],
    /// `[n, words]` of each buffer of the plugin, in the order of [`super::StepPlugin::plugin_buffers`].
    pub plugin_buffers: Vec<&'a mut [u32]>,
    /// `[n]`: 1 if an episode has begun and the plugin has not yet processed its first state. Empty without a plugin.
    pub fresh: &'a mut [u32],
    /// Instances of the block whose next episode begins.
    pub reset_list: Vec<usize>,
    /// For each instance of the block, whether its steps are recorded.
    pub recorded: &'a [bool],
    /// Steps of the batch, this one included.
    pub batch_step: u64,
    /// Sums over the episodes that ended in this block since this context was made; the batch adds them to its own.
    pub stats: Stats,
    /// Rows of the block's recorded instances that the batch has not taken over yet, in the order of recording.
    pub rows: Vec<Row>,
    /// Achievement counts of one instance. The allocation is reused.
    pub counts: Vec<u32>,
}

impl BlockContext<'_> {
    /// Puts instance `i` on the reset list and increments its episode.
    pub fn list_reset(&mut self, i: usize) {
        begin_episode(self.block.core_mut(i));
        self.reset_list.push(i);
    }

    /// Calls `job` for each instance on the reset list.
    pub fn for_reset_list(&mut self, job: impl Fn(&mut Self, usize)) {
        let list = std::mem::take(&mut self.reset_list);
        list.iter().for_each(|i| job(self, *i));
        self.reset_list = list;
    }

    /// Marks the state of instance `i` as a first state: no step led to it.
    pub fn set_fresh(&mut self, i: usize) {
        if let Some(fresh) = self.fresh.get_mut(i) {
            *fresh = 1;
        }
    }

    /// Whether the plugin has yet to process the state of instance `i` as a first state. False without a plugin.
    pub fn is_fresh(&self, i: usize) -> bool {
        self.fresh.get(i).is_some_and(|fresh| *fresh == 1)
    }

    /// Resets the sums of instance `i`: no reward, and only its current cell is visited.
    pub fn begin_tally(&mut self, i: usize) {
        let (cell, unlocked) = (self.cell(i), self.world.unlocked(i, &self.block));
        let words = self.visited.len() / self.block.n;
        let visited = &mut self.visited[i * words..(i + 1) * words];
        begin_tally(&mut self.tally[i * tally::WORDS..(i + 1) * tally::WORDS], visited, cell, unlocked);
    }

    /// Adds a step to the sums of the open episode of instance `i`, and the achievements unlocked by it to the statistics.
    pub fn add_step(&mut self, i: usize) {
        let (cell, unlocked) = (self.cell(i), self.world.unlocked(i, &self.block));
        let words = self.visited.len() / self.block.n;
        let visited = &mut self.visited[i * words..(i + 1) * words];
        let tally = &mut self.tally[i * tally::WORDS..(i + 1) * tally::WORDS];
        let gained = statistics(self.block.core_of(i), (cell, unlocked), tally, visited);
        if gained != 0 {
            let (n, step) = (self.world.spec().achievements.len(), self.block.core_of(i)[Core::STEP]);
            (0..n).filter(|a| gained >> a & 1 == 1).for_each(|a| self.stats.unlock(a, n, step, self.batch_step));
        }
    }

    /// The cell of the map on which instance `i` stands.
    fn cell(&self, i: usize) -> usize {
        let pose = self.world.pose(i, &self.block);
        (pose.y * self.world.spec().size.0 + pose.x) as usize
    }

    /// Stores the last state of instance `i`, whose episode has ended.
    pub fn keep_last(&mut self, i: usize) {
        let each = self.last.len() / self.block.n;
        if each > 0 {
            let shown = self.block.row(self.world.spec().shown, i);
            keep_last(self.block.core_of(i), shown, &mut self.last[i * each..(i + 1) * each]);
        }
    }

    /// Sum of raw rewards of instance `i`'s episode so far.
    pub fn total(&self, i: usize) -> i64 {
        tally::total(&self.tally[i * tally::WORDS..])
    }

    /// Counts the episode of instance `i` in the statistics, finished or open.
    pub fn count_episode(&mut self, i: usize) {
        self.counts.resize(self.world.spec().achievements.len(), 0);
        self.world.achievements(i, &self.block, &mut self.counts);
        let length = self.block.core_of(i)[Core::STEP];
        self.stats.count(length, &self.tally[i * tally::WORDS..(i + 1) * tally::WORDS], &self.counts);
    }

    /// Adds a row of the current state of instance `i` of the block. `action` is None after a reset; the row then has no values of the
    /// plugin.
    pub fn record(&mut self, i: usize, action: Option<u32>) {
        let mut row = row(self.world, &self.block, i, self.batch_step, action);
        for buffer in self.plugin_columns.iter().filter(|_| action.is_some()) {
            let words = &self.plugin_buffers[*buffer];
            let each = words.len() / self.block.n;
            row.plugin_values.extend(words[i * each..(i + 1) * each].iter().map(|value| *value as i32));
        }
        self.rows.push(row);
    }
}

/// Returns the row of the current state of instance `i`; `action` is None after a reset.
pub fn row(world: &dyn World, block: &Block, i: usize, batch_step: u64, action: Option<u32>) -> Row {
    let core = block.core_of(i);
    let (step, reset) = (core[Core::STEP], action.is_none());
    let flags = if reset { 0 } else { core[Core::FLAGS] };
    let reward = if reset { 0.0 } else { world.reward(core[Core::REWARD] as i32) };
    let mut columns = Vec::with_capacity(world.spec().columns.len());
    world.columns(i, block, &mut columns);
    Row {
        batch_step,
        instance: (block.first + i) as u32,
        episode: core[Core::EPISODE],
        step,
        action,
        reward,
        terminated: flags & Core::TERMINATED != 0,
        truncated: flags & Core::TRUNCATED != 0,
        pose: world.pose(i, block),
        columns,
        plugin_values: Vec::new(),
        checksum: step.is_multiple_of(CHECKSUM_EVERY).then(|| state_hash(world, block, i)),
        origin: None,
    }
}

/// The hash of an instance's family state alone, which is the same in a replay with any agent or reset mode.
pub fn state_hash(world: &dyn World, block: &Block, i: usize) -> u64 {
    checksum(0, &[], (world.spec(), block.state.iter().map(|words| &words[..])), i, block.n)
}
