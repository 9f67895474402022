//! Benchmarks of the code of a world: steps with observations, for one block of instances on one thread.

use divan::Bencher;
use divan::counter::ItemsCount;
use explorarium::agents::Random;
use explorarium::envs::{Options, load};
use explorarium::sim::{Batch, Config, Worlds};

const INSTANCES: usize = 64;
const STEPS: u64 = 200;

fn main() {
    divan::main();
}

fn advance(bencher: Bencher, id: &str, worlds: Worlds, options: &Options) {
    let world = load(id, options).expect("a built-in world");
    let mut batch =
        Batch::new(world, Config { num_envs: INSTANCES, worlds, block: INSTANCES, ..Config::default() }).expect("a batch");
    bencher.counter(ItemsCount::new(INSTANCES as u64 * STEPS)).bench_local(|| batch.advance(STEPS, &Random::default()));
}

#[divan::bench(args = ["crafter", "crafter-simple", "MiniGrid-Empty-8x8-v0", "MiniGrid-DoorKey-8x8-v0", "MiniGrid-FourRooms-v0", "gridlab/four-rooms"])]
fn fresh(bencher: Bencher, id: &str) {
    advance(bencher, id, Worlds::Fresh, &Options::default());
}

#[divan::bench(args = ["crafter"])]
fn pool(bencher: Bencher, id: &str) {
    advance(bencher, id, Worlds::Pool(256), &Options::default());
}

#[divan::bench(args = ["crafter"])]
fn keyed_pool(bencher: Bencher, id: &str) {
    advance(bencher, id, Worlds::Pool(256), &Options { keyed: true, ..Options::default() });
}

#[divan::bench(args = ["crafter"])]
fn pixels(bencher: Bencher, id: &str) {
    advance(bencher, id, Worlds::Pool(256), &Options { pixels: true, ..Options::default() });
}
