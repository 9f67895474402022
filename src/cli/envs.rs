//! `envs ls` and `envs show`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Subcommand;

use super::global::Global;
use super::options::WorldArgs;
use super::output::Results;
use crate::envs::shared::key::collision_bound;
use crate::envs::{World, WorldSpec, catalog};
use crate::sim::{Batch, Config};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: EnvsCommand,
}

#[derive(Subcommand)]
enum EnvsCommand {
    /// List all built-in ids
    Ls,
    /// Show the observation, the actions, the stored state and a first map of one environment
    Show {
        #[command(flatten)]
        world: Box<WorldArgs>,
        /// Print the ruleset instead, a TOML file that can be changed and loaded by its path
        #[arg(long)]
        toml: bool,
    },
}

pub fn run(args: Args, global: &Global) -> anyhow::Result<ExitCode> {
    let mut out = Results::open();
    match args.what {
        EnvsCommand::Ls => {
            let ids: Vec<&str> = catalog::builtin().into_iter().map(|(id, _)| id).collect();
            if global.json {
                writeln!(out, "{}", serde_json::to_string(&ids)?)?;
            } else {
                ids.iter().try_for_each(|id| writeln!(out, "{id}"))?;
            }
        }
        EnvsCommand::Show { world, toml: true } => {
            world.load()?;
            write!(out, "{}", catalog::find(&world.env).map_err(crate::Error::from)?.text)?;
        }
        EnvsCommand::Show { world, toml: false } => {
            let world = world.load()?;
            if global.json {
                writeln!(out, "{}", json(&*world))?;
            } else {
                show(&mut out, world.spec())?;
                show_keys(&mut out, &*world)?;
                let mut batch = Batch::new(world, Config { num_envs: 1, seed: global.seed, ..Config::default() })?;
                writeln!(
                    out,
                    "\nFirst map with seed {}:\n\n{}",
                    global.seed,
                    batch.with_block(|world, block| world.ascii(0, block))?
                )?;
            }
        }
    }
    out.finish()?;
    Ok(ExitCode::SUCCESS)
}

fn json(world: &dyn World) -> serde_json::Value {
    let spec = world.spec();
    let part =
        |(name, shape, about): &(String, Vec<usize>, String)| serde_json::json!({ "name": name, "shape": shape, "about": about });
    let buffer = |b: &crate::envs::BufferSpec| serde_json::json!({ "name": b.name, "words": b.words, "about": b.about });
    serde_json::json!({
        "id": spec.id,
        "family": format!("{:?}", spec.family).to_lowercase(),
        "size": [spec.size.0, spec.size.1],
        "actions": spec.action_names,
        "observation": { "bytes": spec.obs_bytes, "parts": spec.obs_parts.iter().map(part).collect::<Vec<_>>() },
        "achievements": spec.achievements,
        "keys": world.key_parts().iter().map(|(part, about)| serde_json::json!({ "part": part.name(), "about": about })).collect::<Vec<_>>(),
        "reward_denominator": spec.reward_denominator,
        "buffers": spec.buffers.iter().map(buffer).collect::<Vec<_>>(),
        "bytes_per_instance": spec.state_words() * 4,
    })
}

fn show(out: &mut impl Write, spec: &WorldSpec) -> io::Result<()> {
    writeln!(out, "{}: {:?}, map of {} x {} cells\n", spec.id, spec.family, spec.size.0, spec.size.1)?;
    writeln!(out, "Actions")?;
    for (id, name) in spec.action_names.iter().enumerate() {
        writeln!(out, "  {id:>3}  {name}")?;
    }
    writeln!(out, "\nObservation, {} bytes in this order", spec.obs_bytes)?;
    for (name, shape, about) in &spec.obs_parts {
        writeln!(out, "  {name} {shape:?}  {about}")?;
    }
    writeln!(out, "\nReward: whole multiples of 1/{}", spec.reward_denominator)?;
    if !spec.achievements.is_empty() {
        writeln!(out, "\nAchievements\n  {}", spec.achievements.join(", "))?;
    }
    writeln!(out, "\nStored state, {} bytes an instance", spec.state_words() * 4)?;
    writeln!(out, "  core, 8 words: action, reward, flags, episode, step, seed (2), fault")?;
    for buffer in &spec.buffers {
        writeln!(out, "  {}, {} words: {}", buffer.name, buffer.words, buffer.about)?;
    }
    Ok(())
}

/// Number of states in the example for [`collision_bound`].
const MANY: f64 = 1e6;

fn show_keys(out: &mut impl Write, world: &dyn World) -> io::Result<()> {
    writeln!(out, "\nKeys: what a bonus takes for the same state; parts joined by '+'")?;
    for (part, about) in world.key_parts() {
        writeln!(out, "  {:<12}  {about}", part.name())?;
    }
    let bytes = world.simhash_bytes();
    writeln!(
        out,
        "  simhash:BITS  in place of parts: signs of BITS (1 to 64) random projections of the first {bytes} bytes observed"
    )?;
    writeln!(
        out,
        "  Keys of parts are 64-bit hashes. Of n distinct states any two share one with a probability below n^2/2^65: {MANY:.0e} states, {:.0e}.",
        collision_bound(MANY)
    )
}
