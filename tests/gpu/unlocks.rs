//! Unlocks counted on the GPU agree with the rows, however many steps a submission has and however instances wait for worlds.

use explorarium::agents::Random;
use explorarium::envs::{Options, load};
use explorarium::sim::{Batch, Config, ResetMode, Stats, Worlds};

use super::gpu;
use crate::unlocks::{change_by_hand, config, from_rows};

fn of(stats: &Stats) -> (&[u64], &[u64], &[u64]) {
    (&stats.unlocks, &stats.unlock_steps, &stats.first)
}

#[test]
fn unlocks_are_those_of_the_cpu_and_of_the_rows() {
    let Some(gpu) = gpu() else { return };
    let world = load("crafter", &Options::default()).expect("crafter");
    for (reset, worlds) in
        [(ResetMode::SameStep, Worlds::Pool(3)), (ResetMode::NextStep, Worlds::Fresh), (ResetMode::Off, Worlds::Fresh)]
    {
        let config = Config { worlds, ..config(reset, 70) };
        let mut cpu = Batch::new(world.clone(), config.clone()).expect("a batch");
        let mut backend = Batch::new(world.clone(), Config { gpu: Some(gpu.clone()), ..config }).expect("a batch");
        for steps in [1, 150, 60] {
            cpu.advance(steps, &Random { seed: 2 }).expect("steps");
            backend.advance(steps, &Random { seed: 2 }).expect("steps");
            assert_eq!(backend.stats(), cpu.stats(), "{reset}");
            change_by_hand(&mut cpu);
            change_by_hand(&mut backend);
        }
        let shown = from_rows(&mut backend, 70);
        assert_eq!(of(backend.stats()), of(&shown), "{reset}");
        assert!(shown.first.iter().filter(|step| **step > 0).count() >= 3, "{:?}", shown.first);
        assert!(backend.dump().expect("reads") == cpu.dump().expect("reads"), "{reset}: buffers differ");
    }
}
