//! AIRS on the GPU: the kernel uses the arm that the host selects between rounds.

use explorarium::sim::ResetMode;

use super::gpu;
use crate::airs::{Play, chosen};

#[test]
fn what_is_chosen_and_paid_is_the_same_on_both() {
    let Some(gpu) = gpu() else { return };
    for (agent, id, names, reset) in [
        ("random", "gridlab/chain-5", "count,knn,reward", ResetMode::SameStep),
        ("random", "crafter", "count,entropy:view", ResetMode::NextStep),
        ("novelty", "gridlab/chain-5", "count,bebold", ResetMode::Off),
    ] {
        let mut backend = Play::new(id, agent, names, reset, Some(gpu.clone()));
        let mut cpu = Play::new(id, agent, names, reset, None);
        for steps in [10, 40, 125] {
            backend.advance(steps);
            cpu.advance(steps);
            assert_eq!(chosen(&backend.batch), chosen(&cpu.batch), "{id}");
            assert!(backend.all() == cpu.all(), "{agent}, {id}, {reset}");
        }
    }
}
