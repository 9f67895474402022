//! A bonus that another crate adds: its kernel as WGSL text, its twin as a Rust type, and an entry of the catalog.
//!
//! ```sh
//! cargo run --release --example own_bonus                                  # shows that it works like a built-in one
//! cargo run --release --example own_bonus -- run gridlab/keys --bonus alternation --record 0
//! ```
//!
//! With arguments it is the whole program with one more bonus. Without them it computes the bonus on both backends and compares every
//! word. It then kills a run, resumes it, and compares it with a run that was not killed. `docs/own-bonus.md` explains the steps.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use explorarium::agents::Random;
use explorarium::bonus::{BonusConfig, Bonuses, Factory, Kind, OptionDefault, OptionKind};
use explorarium::envs::{Options, load};
use explorarium::gpu::Gpu;
use explorarium::shaders::bonus::{Bonus, Counts, Inserts, ONE, Order, Transition};
use explorarium::sim::{Batch, Buffer, Config, StepPlugin};
use explorarium::traces;

/// Its value is `1 / strength` for an action that differs from the one of the step before. Memory: the last action plus 1; 0 when an
/// episode begins.
#[derive(Debug)]
struct Alternation {
    strength: u32,
}

const PATH: &str = "own/alternation.wgsl";
const TEXT: &str = "
// 1 / strength for an action that is not the one of the step before. Numbers: strength.

#import shaders/bonus/transition.wgsl
#import shaders/bonus/scope.wgsl

fn alternation(action: u32, last: u32) -> i32 {
    return select(0, BONUS_ONE / i32(parameter(0u)), last != 0u && last != action + 1u);
}

fn bonus_begin(what: Transition, at: u32) {
    memory[at] = 0u;
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    let value = alternation(what.action, memory[at]);
    memory[at] = what.action + 1u;
    return Outcome(value, 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    return alternation(what.action, memory[at]);
}
";

impl Alternation {
    fn value(&self, action: u32, last: u32) -> i32 {
        if last != 0 && last != action + 1 { ONE / self.strength as i32 } else { 0 }
    }
}

impl Bonus for Alternation {
    fn order(&self) -> Order {
        Order::ReadAfter
    }

    fn inserts(&self) -> Inserts {
        Inserts::Nothing
    }

    fn memory_words(&self) -> usize {
        1
    }

    fn begin(&self, _: &Transition, memory: &mut [u32]) {
        memory[0] = 0;
    }

    fn visit(&self, transition: &Transition, _: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        let value = self.value(transition.action, memory[0]);
        memory[0] = transition.action + 1;
        Ok(value)
    }

    fn peek(&self, transition: &Transition, _: &dyn Counts, memory: &[u32]) -> i32 {
        self.value(transition.action, memory[0])
    }

    fn wgsl(&self) -> &'static str {
        PATH
    }

    fn text(&self) -> Option<&'static str> {
        Some(TEXT)
    }

    fn params(&self) -> Vec<u32> {
        vec![self.strength]
    }
}

const ALTERNATION: Kind = Kind {
    name: "alternation",
    about: "something for every action that is not the last one again",
    formula: "1 / strength if a(t) differs from a(t - 1), else 0",
    key: None,
    options: &[OptionKind { name: "strength", old_name: None, default: OptionDefault::Whole(1), about: "what 1 is divided by" }],
    complete: |_, _| {},
    is_exact: |_| true,
    factory: Factory::Kernel(|entry, _| {
        let strength = entry.whole("strength");
        if (1..=1 << 20).contains(&strength) {
            Ok(Box::new(Alternation { strength }))
        } else {
            Err(explorarium::Error::Usage(format!("bonus alternation: strength is 1 to {}, not {strength}", 1 << 20)))
        }
    }),
};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if let Err(error) = ALTERNATION.add() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    if std::env::args().len() > 1 {
        return explorarium::cli::main();
    }
    let folder = std::env::temp_dir().join(format!("own-bonus-{}", std::process::id()));
    let done = both_backends().and_then(|()| killed(&folder));
    // A folder that cannot be removed does not change the result.
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Takes the same steps on the CPU and on a GPU, with a built-in bonus that has a shared table. Every word that bonuses store must be
/// equal.
fn both_backends() -> Outcome<()> {
    let gpu = match Gpu::open(None) {
        Ok(gpu) => Arc::new(gpu),
        Err(why) => {
            println!("on the CPU alone: {why}");
            return Ok(());
        }
    };
    let world = load("MiniGrid-DoorKey-6x6-v0", &Options::default())?;
    let bonus = BonusConfig::parse("alternation,count")?;
    let (mut sums, mut kept) = (Vec::new(), Vec::new());
    for gpu in [None, Some(gpu.clone())] {
        let bonuses = Arc::new(Bonuses::new(&world, &bonus)?);
        let n_buffers = bonuses.plugin_buffers().len();
        let mut batch =
            Batch::new(world.clone(), Config { num_envs: 100, seed: 1, gpu, plugin: Some(bonuses), ..Config::default() })?;
        batch.advance(500, &Random { seed: 3 })?;
        let words = (0..n_buffers).map(|k| Ok(batch.buffer(Buffer::Plugin(k))?.to_vec())).collect::<Outcome<Vec<_>>>()?;
        sums.push(batch.checksum()?);
        kept.push(words);
    }
    if sums[0] != sums[1] || kept[0] != kept[1] {
        return Err("the backends differ".into());
    }
    let words: usize = kept[0].iter().map(Vec::len).sum();
    println!("equal on the CPU and on {}: {words} words of bonuses after 500 steps of 100 instances", gpu.adapter.name);
    Ok(())
}

/// A run that is killed and resumed must equal one that was not: checksum and bonuses of the summary, and every row of the trace.
fn killed(folder: &Path) -> Outcome<()> {
    let [whole, cut] = ["whole", "cut"].map(|name| folder.join(name));
    let args = ["run", "gridlab/keys", "--num-envs", "8", "--steps", "200k", "--bonus", "alternation,count", "--record", "0,1"];
    let program = |args: &[&str], more: &[&Path]| -> Outcome<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(args).args(more).args(["-q", "--backend", "cpu"]).stdout(Stdio::null());
        Ok(command)
    };
    let run = |folder: &Path| program(&[&args[..], &["--checkpoint", "0", "-o"]].concat(), &[folder]);
    std::fs::create_dir_all(folder)?;
    succeeded(run(&whole)?.status()?)?;
    let mut child = run(&cut)?.spawn()?;
    let begun = Instant::now();
    while !cut.join("checkpoint.bin").exists() && child.try_wait()?.is_none() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill()?;
    let was_killed = !child.wait()?.success();
    if was_killed {
        succeeded(program(&["run", "--resume"], &[&cut])?.status()?)?;
    }
    succeeded(program(&["verify"], &[&cut])?.status()?)?;
    let (rows, others) = (rows(&whole)?, rows(&cut)?);
    if results(&whole)? != results(&cut)? || rows != others {
        return Err("the run that was killed came out otherwise".into());
    }
    let how = if was_killed { "killed, gone on with" } else { "not caught in time" };
    println!("a run that was {how} and verified is equal: {} rows, {}", rows.len(), results(&whole)?.0);
    Ok(())
}

fn succeeded(status: std::process::ExitStatus) -> Outcome<()> {
    if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
}

/// Checksum of the state, and means of the bonuses.
fn results(run: &Path) -> Outcome<(String, String)> {
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(run.join("summary.json"))?)?;
    Ok((summary["checksum"].to_string(), summary["bonus"].to_string()))
}

fn rows(run: &Path) -> Outcome<Vec<String>> {
    let parts: Vec<PathBuf> = traces::list(run)?;
    let mut all = Vec::new();
    for part in parts {
        let rows = traces::read(&part)?.rows;
        all.extend((0..rows.num_rows()).map(|k| format!("{:?}", rows.slice(k, 1))));
    }
    all.sort();
    Ok(all)
}
