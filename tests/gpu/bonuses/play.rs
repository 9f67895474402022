//! Runs a bonus over some steps of a synthetic batch: on the GPU, and with its twin.

use std::sync::Arc;

use explorarium::bonus::tables::{contents, empty};
use explorarium::envs::Core;
use explorarium::gpu::{Gpu, Kernel, Pass, Source, Words};
use explorarium::shaders::bonus::params::Place;
use explorarium::shaders::bonus::table::{DROPPED, HEAD, MASK, SUM, TOTAL, Table, USED, keys_of, what};
use explorarium::shaders::bonus::{Bonus, Inserts, Order, Transition, instance_table};

use crate::gpu::{bind, files, noise};

pub const KERNELS: [&str; 3] = ["shaders/bonus/visit.wgsl", "shaders/bonus/begin.wgsl", "shaders/bonus/peek.wgsl"];

const STEPS: usize = 14;
const FORKS: usize = 3;
const UNTIL: u32 = 9;
/// Number of columns of the values, and the column of the bonus.
const COLUMNS: usize = 3;
const COLUMN: usize = 1;
/// Number of keys of an instance, and the index of the key that the bonus uses.
const KEYS: usize = 2;
const KEY: usize = 1;
/// Initial value of words, which shows where nothing was written.
const POISON: u32 = 0xdead_beef;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// Values of all steps, in order.
    pub values: Vec<u32>,
    /// These words are those after all steps.
    pub cores: Vec<u32>,
    pub memory: Vec<u32>,
    pub scores: Vec<u32>,
    pub head: Vec<u32>,
    pub contents: Vec<(u64, u32)>,
}

/// Number of slots of the shared table. There are few, so that searches are long.
fn slots(bonus: &dyn Bonus) -> u32 {
    if bonus.inserts() == Inserts::Transition { 512 } else { 16 }
}

/// Returns the memory of instances before the first episode. The epoch of instance tables is so large that it wraps around during the run.
fn memory_words(bonus: &dyn Bonus, n: usize) -> Vec<u32> {
    let each = bonus.memory_words();
    let mut memory = vec![0; (each * n).max(1)];
    if each >= instance_table::words_of(instance_table::MIN_SLOTS) {
        memory.chunks_exact_mut(each).for_each(|memory| memory[instance_table::EPOCH] = u32::MAX - 2);
    }
    memory
}

impl Played {
    pub fn faults(&self) -> usize {
        self.cores.chunks_exact(Core::WORDS).filter(|core| core[Core::FAULT] != 0).count()
    }

    pub fn paid(&self) -> usize {
        self.values.iter().filter(|value| **value != POISON && **value != 0).count()
    }
}

/// Input of a step of instances or forks.
struct Acts {
    core: Vec<u32>,
    keys: Vec<u32>,
    pace: Vec<u32>,
    begun: Vec<usize>,
}

/// Returns a step of `n` instances. Many are in the same state; some are left out, stopped, skipped, or begin an episode.
fn acts(seed: u32, n: usize) -> Acts {
    let states = [0, u64::MAX, 1, 1 << 31, 1 << 32, 1 << 62, 3 << 62, 0x7fff_ffff, 0xffff_ffff, 12_345, 54_321, 1 << 63, 77];
    let mut words = noise(seed, n * (2 * KEYS + 3)).into_iter();
    let mut draw = |most: u32| words.next().map_or(0, |word| word % most);
    let (mut core, mut keys) = (vec![0; n * Core::WORDS], Vec::new());
    let (mut pace, mut begun) = (vec![0; 2 + 6 * n], Vec::new());
    for i in 0..n {
        for _ in 0..2 * KEYS {
            let key = states[draw(states.len() as u32) as usize];
            keys.extend([key as u32, (key >> 32) as u32]);
        }
        core[i * Core::WORDS + Core::ACTION] = draw(2);
        let (left_out, begins) = (draw(8), draw(4) == 0);
        core[i * Core::WORDS + Core::FLAGS] = if left_out == 0 { Core::SKIP } else { 0 };
        pace[2 + 2 * n + 4 * i] = if left_out == 1 { UNTIL } else { 1 };
        pace[2 + 2 * n + 4 * i + 1] = if left_out == 2 { 2 } else { 0 };
        if begins {
            pace[2 + 2 * begun.len() + 1] = i as u32;
            begun.push(i);
        }
    }
    pace[0] = begun.len() as u32;
    Acts { core, keys, pace, begun }
}

impl Acts {
    fn serves(&self, i: usize) -> bool {
        let at = 2 + 2 * (self.core.len() / Core::WORDS) + 4 * i;
        self.pace[at] != UNTIL && self.pace[at + 1] == 0 && self.core[i * Core::WORDS + Core::FLAGS] & Core::SKIP == 0
    }

    fn transition(&self, i: usize) -> Transition<'_> {
        let words = &self.keys[(i * KEYS + KEY) * 4..][..4];
        let key = |k: usize| u64::from(words[k]) | u64::from(words[k + 1]) << 32;
        Transition { key: key(0), before: key(2), action: self.core[i * Core::WORDS + Core::ACTION], obs: &[] }
    }
}

/// Returns the steps. In step 0 all instances only begin their first episode.
fn steps(n: usize) -> Vec<Acts> {
    let mut steps: Vec<Acts> = (0..=STEPS as u32).map(|t| acts(n as u32 * 100 + t, n)).collect();
    steps[0].begun = (0..n).collect();
    steps[0].pace[0] = n as u32;
    for i in 0..n {
        steps[0].pace[2 + 2 * i + 1] = i as u32;
        steps[0].core[i * Core::WORDS + Core::FLAGS] = Core::SKIP;
    }
    steps
}

pub fn twins(bonus: &dyn Bonus, n: usize) -> Played {
    let table = Table::new(slots(bonus));
    let each = bonus.memory_words();
    let (mut memory, mut values) = (memory_words(bonus, n), vec![POISON; n * COLUMNS]);
    let (mut all, mut cores) = (Vec::new(), Vec::new());
    let (inserted, at_begin) = what(bonus.inserts());
    let insert = |acts: &Acts, who: &[usize], bits: u32| {
        let keys = || who.iter().flat_map(|i| keys_of(bits, &acts.transition(*i)));
        table.insert(keys());
        if bonus.sums() {
            keys().for_each(|key| table.update_sum(key));
        }
    };
    for acts in steps(n) {
        let served: Vec<usize> = (0..n).filter(|i| acts.serves(*i)).collect();
        let mut core = acts.core.clone();
        let mut visit = |memory: &mut [u32]| {
            for i in &served {
                let value = bonus.visit(&acts.transition(*i), &table, &mut memory[each * i..each * (i + 1)]);
                core[i * Core::WORDS + Core::FAULT] = value.err().unwrap_or(0);
                values[i * COLUMNS + COLUMN] = value.unwrap_or(0) as u32;
            }
        };
        if bonus.order() == Order::ReadBefore {
            visit(&mut memory);
        }
        insert(&acts, &served, inserted);
        if bonus.order() == Order::ReadAfter {
            visit(&mut memory);
        }
        for i in &acts.begun {
            let transition = acts.transition(*i);
            bonus.begin(&Transition { before: transition.key, ..transition }, &mut memory[each * i..each * (i + 1)]);
        }
        insert(&acts, &acts.begun, at_begin);
        all.extend_from_slice(&values);
        cores.extend(core);
    }
    let mut scores = vec![POISON; n * FORKS * COLUMNS];
    let forks = acts(7, n * FORKS);
    for f in (0..n * FORKS).filter(|f| forks.serves(*f)) {
        let memory = &memory[each * (f / FORKS)..each * (f / FORKS + 1)];
        scores[f * COLUMNS + COLUMN] = bonus.peek(&forks.transition(f), &table, memory) as u32;
    }
    finish(all, cores, memory, scores, &table.words())
}

fn finish(values: Vec<u32>, cores: Vec<u32>, memory: Vec<u32>, scores: Vec<u32>, table: &[u32]) -> Played {
    let head = [MASK, USED, TOTAL, TOTAL + 1, SUM, SUM + 1, DROPPED, HEAD - 1].map(|k| table[k]).to_vec();
    Played { values, cores, memory, scores, head, contents: contents(table) }
}

const LISTED: (&str, &str) = ("shaders/core/active.wgsl", "shaders/core/reset_list.wgsl");

/// Makes kernels and buffers on a GPU for a bonus.
struct GpuBackend<'a> {
    gpu: &'a Gpu,
    wgsl: &'static str,
    change: Option<(&'a str, &'a str)>,
    /// Whether any of the texts contained the text to change.
    changed: bool,
}

impl GpuBackend<'_> {
    fn kernel(&mut self, name: &str, listed: bool) -> Arc<Kernel> {
        let mut instead = vec![("shaders/bonus/bonus.wgsl", self.wgsl)];
        if listed {
            instead.push(LISTED);
        }
        let mut source = Source::resolve(name, &files(), &instead).expect(name);
        if let Some((old, new)) = self.change {
            self.changed |= source.text.contains(old);
            source.text = source.text.replace(old, new);
        }
        Kernel::of(self.gpu, &source).unwrap_or_else(|e| panic!("{name}, {}: {e}", self.wgsl))
    }

    fn words(&self, words: &[u32]) -> Words {
        Words::of(self.gpu, "words", words).expect("fits")
    }

    fn read(&self, words: &Words) -> Vec<u32> {
        let mut out = vec![0; words.len()];
        words.read(self.gpu, 0, &mut out).expect("reads");
        out
    }
}

/// `change` is a piece of the texts and its replacement.
pub fn on_the_card(gpu: &Gpu, bonus: &dyn Bonus, n: usize, change: Option<(&str, &str)>) -> Played {
    let mut backend = GpuBackend { gpu, wgsl: bonus.wgsl(), change, changed: false };
    let visit = backend.kernel(KERNELS[0], false);
    let begin = backend.kernel(KERNELS[1], true);
    let peek = backend.kernel(KERNELS[2], false);
    let [insert, insert_begun] = [false, true].map(|l| backend.kernel("shaders/bonus/insert.wgsl", l));
    let [update_sum, update_sum_begun] = [false, true].map(|l| backend.kernel("shaders/bonus/update_sum.wgsl", l));
    assert!(change.is_none() || backend.changed, "{change:?} is in no text");

    let place = Place { input: KEY as u32, keys: KEYS as u32, column: COLUMN as u32, columns: COLUMNS as u32 };
    let (inserted, at_begin) = what(bonus.inserts());
    let params = backend.words(&place.of_bonus(bonus));
    let (of_table, of_begun) = (backend.words(&place.of_table(inserted)), backend.words(&place.of_table(at_begin)));
    let table = backend.words(&empty(slots(bonus)));
    let memory = backend.words(&memory_words(bonus, n));
    let values = backend.words(&vec![POISON; n * COLUMNS]);
    let rules = backend.words(&rules_of(n));
    let (mut all, mut cores) = (Vec::new(), Vec::new());
    for acts in steps(n) {
        let [core, pace, keys] = [&acts.core, &acts.pace, &acts.keys].map(|words| backend.words(words));
        let mut pass = Pass::new(gpu, "a step");
        let mut run = |kernel: &Kernel, buffers: &[&Words]| pass.dispatch(kernel, &bind(gpu, kernel, buffers), n);
        let visited = [&rules, &core, &pace, &params, &keys, &table, &memory, &values];
        if bonus.order() == Order::ReadBefore {
            run(&visit, &visited);
        }
        run(&insert, &[&rules, &core, &pace, &of_table, &keys, &table]);
        if bonus.sums() {
            run(&update_sum, &[&rules, &core, &pace, &of_table, &keys, &table]);
        }
        if bonus.order() == Order::ReadAfter {
            run(&visit, &visited);
        }
        run(&begin, &visited[..7]);
        run(&insert_begun, &[&rules, &core, &pace, &of_begun, &keys, &table]);
        if bonus.sums() {
            run(&update_sum_begun, &[&rules, &core, &pace, &of_begun, &keys, &table]);
        }
        pass.submit().expect("runs");
        all.extend(backend.read(&values));
        cores.extend(backend.read(&core));
    }
    let scores = backend.words(&vec![POISON; n * FORKS * COLUMNS]);
    let forks = acts(7, n * FORKS);
    let [core, pace, keys] = [&forks.core, &forks.pace, &forks.keys].map(|words| backend.words(words));
    let of_forks = backend.words(&rules_of_forks(n));
    let mut pass = Pass::new(gpu, "peeks");
    let bound = bind(gpu, &peek, &[&of_forks, &core, &pace, &params, &keys, &table, &memory, &scores]);
    pass.dispatch(&peek, &bound, n * FORKS);
    pass.submit().expect("runs");
    let [memory, scores, table] = [&memory, &scores, &table].map(|words| backend.read(words));
    finish(all, cores, memory, scores, &table)
}

fn rules_of_forks(n: usize) -> Vec<u32> {
    let mut rules = rules_of(n * FORKS);
    rules[13] = FORKS as u32;
    rules
}

fn rules_of(n: usize) -> Vec<u32> {
    let mut rules = vec![0; 16];
    (rules[0], rules[2]) = (n as u32, UNTIL);
    rules
}
