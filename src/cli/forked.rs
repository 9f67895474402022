//! Empowerment on every cell of a map.

use std::time::Instant;

use clap::ValueEnum;
use indicatif::ProgressBar;

use super::map::{Args, ModeName};
use super::mapped::Mapped;
use super::trace::read_scenario;
use super::{Global, output};
use crate::bonus::empowerment::{self, DREAMS, Detail, Empowerment, Measured, Mode, ROLLOUTS, Rollouts};
use crate::envs::catalog::Options;
use crate::envs::load;
use crate::error::{Error, Result};
use crate::sim::dream::Dream;
use crate::sim::{Batch, Config};

/// Actions of a sequence if nothing else is said.
const HORIZON: u32 = 3;

/// # Errors
/// [`Error::Usage`] on arguments that make no sense in this world, or beyond what may be forked.
pub fn measured(args: &Args, global: &Global) -> Result<Mapped> {
    let world = load(args.env.as_deref().unwrap_or("crafter"), &Options::default())?;
    let mode = match args.mode.unwrap_or(ModeName::Exact) {
        ModeName::Exact => Mode::Exact,
        ModeName::Frozen => Mode::Frozen { dreams: args.dreams.unwrap_or(DREAMS) },
        ModeName::Sampled => Mode::Sampled(Rollouts { each: args.rollouts.unwrap_or(ROLLOUTS), sequences: args.sequences }),
    };
    let key = args.key.unwrap_or_else(|| empowerment::default_key(&*world));
    let measure = Empowerment::new(&*world, args.horizon.unwrap_or(HORIZON), mode, key)?;
    let dream = Dream::of(&*world)?;
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: global.seed, ..Config::default() })?;
    if let Some(path) = &args.scenario {
        let scenario = read_scenario(path).map_err(|e| e.downcast::<Error>().unwrap_or_else(|e| Error::Usage(e.to_string())))?;
        batch.set_scenario(0, &scenario)?;
    }
    let (width, height) = world.spec().size;
    // Seen on a terminal only.
    let bar = if global.quiet == 0 { ProgressBar::new(u64::from(width * height)) } else { ProgressBar::hidden() };
    let begun = Instant::now();
    let found = batch.with_block(|world, block| {
        empowerment::on_every_cell(world, &dream, block, 0, |search, block| {
            let measured = match mode {
                Mode::Exact => measure.measure_exactly(search, block, 0),
                _ => measure.measure(search, block, 0).map(|measured| (measured, false)),
            };
            bar.inc(1);
            measured
        })
    });
    bar.finish_and_clear();
    let found = found??;
    let random = found.iter().flatten().filter(|(_, random)| *random).count();
    if random > 0 && global.quiet == 0 {
        let text =
            "chance has a say within the horizon on so many cells, and `exact` shows one dream of it; --mode frozen or sampled";
        output::note(&format!("warning: {random}: {text}"));
    }
    let found: Vec<Option<Measured>> = found.into_iter().map(|cell| cell.map(|(measured, _)| measured)).collect();
    let mut mapped =
        Mapped::new(&*world, "empowerment", global.seed, found.iter().map(|c| c.as_ref().map(Measured::bits)).collect());
    (mapped.unit, mapped.digits) = (" bits", 2);
    mapped.say("horizon", measure.horizon);
    mapped.say("key", key.to_string());
    mapped.say(
        "mode",
        args.mode.unwrap_or(ModeName::Exact).to_possible_value().map_or(String::new(), |v| v.get_name().to_string()),
    );
    tell_mode(&mut mapped, mode, random, &found);
    mapped.took(found.iter().flatten().map(|m| m.forked_steps).sum(), begun.elapsed().as_secs_f64());
    Ok(mapped)
}

/// What the figures of a mode have to be read with.
fn tell_mode(mapped: &mut Mapped, mode: Mode, random: usize, found: &[Option<Measured>]) {
    match mode {
        Mode::Exact => mapped.say("random_cells", random),
        Mode::Frozen { dreams } => mapped.say("dreams", dreams),
        Mode::Sampled(rollouts) => {
            mapped.say("rollouts", rollouts.each);
            let channel = |cell: &Option<Measured>| match cell.as_ref().map(|m| &m.detail) {
                Some(Detail::Channel(sampled)) => Some(sampled.clone()),
                _ => None,
            };
            let channels: Vec<_> = found.iter().map(channel).collect();
            if let Some(first) = channels.iter().flatten().next() {
                mapped.say("sequences", first.inputs);
                mapped.say("all_sequences", first.all);
            }
            mapped.figure("upper", channels.iter().map(|c| c.as_ref().map(|s| s.upper)));
            mapped.figure("even", channels.iter().map(|c| c.as_ref().map(|s| s.even)));
            mapped.figure("corrected", channels.iter().map(|c| c.as_ref().map(|s| s.corrected)));
            mapped.figure("bias", channels.iter().map(|c| c.as_ref().map(|s| s.bias)));
        }
    }
}
