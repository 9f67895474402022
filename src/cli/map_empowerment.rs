//! Maps of empowerment: the arguments, and the description of the values.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use clap::ValueEnum;

use super::global::Global;
use super::map_args::{Args, ModeName, NoiseName};
use super::map_output::Mapped;
use super::output;
use super::trace::read_scenario;
use super::watch::MapWatch;
use crate::bonus::empowerment::{Empowerment, Mode, NOISE_SAMPLES, Noise, ROLLOUTS, Rollouts};
use crate::envs::catalog::Options;
use crate::envs::load;
use crate::error::{Error, Result};
use crate::maps::{self, Estimator};
use crate::sim::{Batch, Config};

/// Default number of actions in a sequence.
const HORIZON: u32 = 3;

/// # Errors
/// [`Error::Usage`] for arguments that are invalid in this world, or for too many forks.
pub fn measured(args: &Args, global: &Global, stop: &AtomicBool) -> Result<Mapped> {
    let world = load(args.env.as_deref().unwrap_or("crafter"), &Options::default())?;
    let mode = match args.mode.unwrap_or(ModeName::Exact) {
        ModeName::Exact => Mode::Exact,
        ModeName::Frozen => Mode::Frozen { noise_samples: args.noise_samples.unwrap_or(NOISE_SAMPLES) },
        ModeName::Sampled => Mode::Sampled(Rollouts { each: args.rollouts.unwrap_or(ROLLOUTS), sequences: args.sequences }),
    };
    let key = args.key.unwrap_or_else(|| world.default_keys().ends);
    let measure = Empowerment::new(&*world, args.horizon.unwrap_or(HORIZON), mode, key)?;
    let mut batch = Batch::new(world, Config { num_envs: 1, seed: global.seed, ..Config::default() })?;
    if let Some(path) = &args.scenario {
        let scenario = read_scenario(path).map_err(|e| e.downcast::<Error>().unwrap_or_else(|e| Error::Usage(e.to_string())))?;
        batch.set_scenario(0, &scenario)?;
    }
    let noise = if args.noise == Some(NoiseName::Shared) { Noise::Shared } else { Noise::PerCell };
    let begun = Instant::now();
    let map = maps::empowerment(&mut batch, 0, &measure, noise, &MapWatch::new(global), stop)?;
    let seconds = begun.elapsed().as_secs_f64();
    let n_random = map.num_left_to_chance();
    if mode == Mode::Exact && n_random > 0 && global.quiet == 0 {
        let text = "chance has a say within the horizon on so many cells, and `exact` shows one noise index of it; --mode frozen or sampled";
        output::note(&format!("warning: {n_random}: {text}"));
    }
    let sequences = match map.estimator {
        Estimator::Forked { sequences, .. } => sequences,
        _ => None,
    };
    let mut mapped = Mapped::new(map, global.seed);
    (mapped.digits, mapped.flags) = (2, mode == Mode::Exact);
    mapped.say("horizon", measure.horizon);
    mapped.say("key", key.to_string());
    mapped.say(
        "mode",
        args.mode.unwrap_or(ModeName::Exact).to_possible_value().map_or(String::new(), |v| v.get_name().to_string()),
    );
    tell_mode(&mut mapped, mode, n_random, sequences);
    mapped.say("noise", if noise == Noise::PerCell { "own" } else { "shared" });
    mapped.took(seconds);
    Ok(mapped)
}

/// Adds the settings that are needed to read the values of a mode.
fn tell_mode(mapped: &mut Mapped, mode: Mode, random: usize, sequences: Option<(u64, bool)>) {
    match mode {
        Mode::Exact => mapped.say("random_cells", random),
        Mode::Frozen { noise_samples } => {
            mapped.say("noise_samples", noise_samples);
            mapped.say("random_cells", random);
        }
        Mode::Sampled(rollouts) => {
            mapped.say("rollouts", rollouts.each);
            if let Some((tried, all)) = sequences {
                mapped.say("sequences", tried);
                mapped.say("all_sequences", all);
            }
        }
    }
}
