//! Empowerment on every cell of a map.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::ValueEnum;

use super::global::Global;
use super::map_args::{Args, ModeName, NoiseName};
use super::mapped::Mapped;
use super::output;
use super::progress::short;
use super::trace::read_scenario;
use super::watch::Watch;
use crate::bonus::empowerment::{
    self, CellOptions, Detail, Empowerment, Measured, Mode, NOISE_SAMPLES, Noise, ROLLOUTS, ReachSearch, Rollouts,
};
use crate::envs::catalog::Options;
use crate::envs::{Block, load};
use crate::error::{Error, Result};
use crate::sim::keyed_model::KeyedModel;
use crate::sim::{Batch, Config};

/// Actions of a sequence if nothing else is said.
const HORIZON: u32 = 3;
/// A measurement that takes longer says how long it takes.
const SHORT_SECONDS: f64 = 0.1;

/// # Errors
/// [`Error::Usage`] on arguments that make no sense in this world, or beyond what may be forked.
pub fn measured(args: &Args, global: &Global, stop: &Arc<AtomicBool>) -> Result<Mapped> {
    let world = load(args.env.as_deref().unwrap_or("crafter"), &Options::default())?;
    let mode = match args.mode.unwrap_or(ModeName::Exact) {
        ModeName::Exact => Mode::Exact,
        ModeName::Frozen => Mode::Frozen { noise_samples: args.noise_samples.unwrap_or(NOISE_SAMPLES) },
        ModeName::Sampled => Mode::Sampled(Rollouts { each: args.rollouts.unwrap_or(ROLLOUTS), sequences: args.sequences }),
    };
    let key = args.key.unwrap_or_else(|| world.default_keys().ends);
    let measure = Empowerment::new(&*world, args.horizon.unwrap_or(HORIZON), mode, key)?;
    let model = KeyedModel::of(&*world)?;
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: global.seed, ..Config::default() })?;
    if let Some(path) = &args.scenario {
        let scenario = read_scenario(path).map_err(|e| e.downcast::<Error>().unwrap_or_else(|e| Error::Usage(e.to_string())))?;
        batch.set_scenario(0, &scenario)?;
    }
    let noise = if args.noise == Some(NoiseName::Shared) { Noise::Shared } else { Noise::PerCell };
    let options = CellOptions { noise, stop: Some(stop) };
    let begun = Instant::now();
    let found = batch.with_block(|world, block| {
        let free = empowerment::on_cells(world, &model, (block, 0), options, |_, _| Ok(()))?;
        let cells = free.iter().flatten().count() as u64;
        let watch = Watch::new(global, stop, cells, "cells");
        tell_work(&watch, (&measure, world.spec().num_actions(), cells), probe(&measure, &model, block, stop)?);
        let found = empowerment::on_cells(world, &model, (block, 0), options, |search, block| {
            let measured = measure.measure(search, block, 0);
            watch.done(1);
            measured
        });
        watch.finish();
        found
    })??;
    let random: Vec<bool> = found.iter().map(|cell| cell.as_ref().is_some_and(|measured| !measured.certain)).collect();
    let n_random = random.iter().filter(|random| **random).count();
    if mode == Mode::Exact && n_random > 0 && global.quiet == 0 {
        let text = "chance has a say within the horizon on so many cells, and `exact` shows one noise index of it; --mode frozen or sampled";
        output::note(&format!("warning: {n_random}: {text}"));
    }
    let mut mapped =
        Mapped::new(&*world, "empowerment", global.seed, found.iter().map(|c| c.as_ref().map(Measured::bits)).collect());
    (mapped.unit, mapped.digits) = (" bits", 2);
    mapped.say("horizon", measure.horizon);
    mapped.say("key", key.to_string());
    mapped.say(
        "mode",
        args.mode.unwrap_or(ModeName::Exact).to_possible_value().map_or(String::new(), |v| v.get_name().to_string()),
    );
    tell_mode(&mut mapped, mode, n_random, &found);
    mapped.say("noise", if noise == Noise::PerCell { "own" } else { "shared" });
    if mode == Mode::Exact {
        mapped.flag(random);
    }
    mapped.took(found.iter().flatten().map(|m| m.forked_steps).sum(), begun.elapsed().as_secs_f64());
    Ok(mapped)
}

/// Forked steps of the player's own cell for one noise index and the seconds that they took; of a short sequence in the mode `sampled`, whose cost is
/// known.
fn probe(measure: &Empowerment, model: &KeyedModel, block: &Block, stop: &AtomicBool) -> Result<(u64, f64)> {
    let horizon = if matches!(measure.mode, Mode::Sampled(_)) { 1 } else { measure.horizon };
    let one = Empowerment { mode: Mode::Exact, horizon, ..*measure };
    let mut search = ReachSearch::new(model).stopped_by(Some(stop));
    let (mut steps, mut seconds) = (0, f64::MAX);
    // Of short ones the fastest of three: the first waits for memory.
    for _ in 0..3 {
        let begun = Instant::now();
        steps = one.measure(&mut search, block, 0)?.forked_steps;
        seconds = seconds.min(begun.elapsed().as_secs_f64().max(1e-6));
        if seconds > SHORT_SECONDS {
            break;
        }
    }
    Ok((steps, seconds))
}

/// Says how much there is to do if that may take long: as much on each cell as on the player's own, on all threads.
fn tell_work(watch: &Watch, (measure, actions, cells): (&Empowerment, u32, u64), (steps, seconds): (u64, f64)) {
    let each = match measure.mode {
        Mode::Exact => steps as f64,
        Mode::Frozen { noise_samples } => steps as f64 * f64::from(noise_samples),
        Mode::Sampled(_) => measure.max_steps(actions) as f64,
    };
    let all = each * cells as f64;
    let left = all * seconds / steps.max(1) as f64 / rayon::current_num_threads() as f64;
    watch.announce(&format!("{} forked steps on {cells} cells", short(all)), left);
}

/// What the figures of a mode have to be read with.
fn tell_mode(mapped: &mut Mapped, mode: Mode, random: usize, found: &[Option<Measured>]) {
    match mode {
        Mode::Exact => mapped.say("random_cells", random),
        Mode::Frozen { noise_samples } => {
            mapped.say("noise_samples", noise_samples);
            mapped.say("random_cells", random);
        }
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
            mapped.figure("error", channels.iter().map(|c| c.as_ref().and_then(|s| s.error)));
        }
    }
}
