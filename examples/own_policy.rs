//! A policy outside the library: it reads the observation of every instance of a batch and returns an action for each, step by step.
//!
//! ```sh
//! cargo run --release --example own_policy              # on a GPU if there is one
//! cargo run --release --example own_policy -- cpu       # on the CPU
//! ```

use std::sync::Arc;

use explorarium::Result;
use explorarium::envs::{Options, World, load};
use explorarium::gpu::Gpu;
use explorarium::sim::{Batch, Config, Worlds};

const NUM_ENVS: usize = 256;
const STEPS: u64 = 500;
/// Width and height of the view, `view[y][x]`. The player stands in its middle.
const VIEW: (usize, usize) = (9, 7);
/// Ids in the view (see `explorarium envs show crafter`).
const GRASS: u8 = 2;
const TREE: u8 = 6;

fn main() -> Result<()> {
    let gpu = if std::env::args().any(|arg| arg == "cpu") { None } else { Gpu::open(None).ok().map(Arc::new) };
    let world = load("crafter", &Options::default())?;
    let actions = Actions::of(&*world);
    let wood = world.spec().achievements.iter().position(|name| name == "collect_wood");
    println!("on {}", gpu.as_ref().map_or("the CPU", |gpu| gpu.adapter.name.as_str()));
    let config = Config { num_envs: NUM_ENVS, seed: 7, worlds: Worlds::Pool(64), gpu, ..Config::default() };
    let mut batch = Batch::new(world, config)?;
    // The first observations exist before the first step.
    let obs_words = batch.world().spec().obs_words();
    let mut chosen: Vec<u32> = batch.obs()?.chunks_exact(obs_words).enumerate().map(|(i, obs)| actions.choose(obs, i)).collect();
    let (mut rewards, mut ended) = (0.0, 0);
    for step in 1..=STEPS {
        let stepped = batch.step(&chosen)?;
        for (i, action) in chosen.iter_mut().enumerate() {
            rewards += stepped.reward(i);
            // An episode that ends is reset in the same step: `observations` holds the first observation of the next episode, and
            // `final_observations` the last one of the old episode.
            ended += u32::from(stepped.terminated[i] || stepped.truncated[i]);
            *action = actions.choose(&stepped.observations[i * obs_words..(i + 1) * obs_words], i + step as usize);
        }
    }
    let stats = batch.stats_with_open()?;
    let share = wood.map_or(0.0, |a| 100.0 * stats.unlocked.get(a).copied().unwrap_or(0) as f64 / stats.episodes as f64);
    println!(
        "{} steps, {ended} episodes ended, reward a step {:.4}",
        STEPS * NUM_ENVS as u64,
        rewards / (STEPS as f64 * NUM_ENVS as f64)
    );
    println!("wood was collected in {share:.1} % of episodes");
    Ok(())
}

/// The actions that this policy takes, by name.
struct Actions {
    left: u32,
    right: u32,
    up: u32,
    down: u32,
    take: u32,
}

impl Actions {
    fn of(world: &dyn World) -> Actions {
        let names = &world.spec().action_names;
        let action = |name: &str| names.iter().position(|n| n == name).map_or(0, |a| a as u32);
        Actions {
            left: action("move_left"),
            right: action("move_right"),
            up: action("move_up"),
            down: action("move_down"),
            take: action("do"),
        }
    }

    /// Walks to the nearest tree in view and takes wood from it, or wanders if there is no tree. `turn` makes instances and steps differ.
    fn choose(&self, obs: &[u32], turn: usize) -> u32 {
        let view: &[u8] = &bytemuck::cast_slice(obs)[..VIEW.0 * VIEW.1];
        let (x, y) = (VIEW.0 / 2, VIEW.1 / 2);
        let trees = (0..view.len()).filter(|cell| view[*cell] == TREE);
        let nearest = trees.min_by_key(|cell| (cell % VIEW.0).abs_diff(x) + (cell / VIEW.0).abs_diff(y));
        let wander = [self.left, self.up, self.right, self.down][turn / 16 % 4];
        let Some(tree) = nearest else { return wander };
        let (tree_x, tree_y) = (tree % VIEW.0, tree / VIEW.0);
        let (towards, ahead) = match (tree_x.cmp(&x), tree_y.cmp(&y)) {
            (std::cmp::Ordering::Less, _) => (self.left, view[y * VIEW.0 + x - 1]),
            (std::cmp::Ordering::Greater, _) => (self.right, view[y * VIEW.0 + x + 1]),
            (_, std::cmp::Ordering::Less) => (self.up, view[(y - 1) * VIEW.0 + x]),
            _ => (self.down, view[(y + 1) * VIEW.0 + x]),
        };
        match ahead {
            // Alternates between turning to the tree and taking wood.
            TREE if turn.is_multiple_of(2) => self.take,
            TREE | GRASS => towards,
            // Something is in the way.
            _ => wander,
        }
    }
}
