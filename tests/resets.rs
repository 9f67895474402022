//! The three reset modes, flags, and the last observation of an episode.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::bonus::{BonusConfig, Bonuses};
use explorarium::envs::{Core, Options, load};
use explorarium::sim::{Batch, Config, ResetMode, StepPlugin};

/// Returns a batch of a short world: 5 steps per episode.
fn batch(reset: ResetMode) -> Batch {
    let world = load("crafter", &Options { length: Some(5), ..Options::default() }).expect("crafter loads");
    Batch::new(world, Config { num_envs: 2, seed: 3, reset, record: vec![0], ..Config::default() }).expect("a batch")
}

fn core(batch: &Batch, i: usize, field: usize) -> u32 {
    batch.core().expect("on the CPU")[i * Core::WORDS + field]
}

#[test]
fn same_step_gives_the_last_observation_and_the_first_of_the_next_episode() {
    let (mut same, mut off) = (batch(ResetMode::SameStep), batch(ResetMode::Off));
    for _ in 0..5 {
        same.step(&[1, 2]).expect("steps");
        off.step(&[1, 2]).expect("steps");
    }
    assert_eq!(same.outcome(0).expect("on the CPU").1, Core::TRUNCATED);
    assert_eq!(same.final_obs().expect("on the CPU"), off.obs().expect("on the CPU"), "the last observation is delivered");
    assert_ne!(same.obs().expect("on the CPU"), off.obs().expect("on the CPU"));
    assert_eq!((core(&same, 0, Core::EPISODE), core(&same, 0, Core::STEP)), (2, 0));
    assert_eq!(same.stats().episodes, 2);
    same.step(&[0, 0]).expect("steps");
    assert_eq!((same.outcome(0).expect("on the CPU").1, core(&same, 0, Core::STEP)), (0, 1));
}

#[test]
fn next_step_resets_in_a_step_of_its_own() {
    let (mut next, mut same) = (batch(ResetMode::NextStep), batch(ResetMode::SameStep));
    for _ in 0..5 {
        next.step(&[1, 2]).expect("steps");
        same.step(&[1, 2]).expect("steps");
    }
    assert_eq!(next.outcome(0).expect("on the CPU").1, Core::TRUNCATED);
    next.step(&[5, 5]).expect("steps");
    assert_eq!(next.outcome(0).expect("on the CPU").1 & !Core::SKIP, Core::BEGUN);
    assert_eq!(next.outcome(0).expect("on the CPU").0, 0, "no reward for the reset");
    assert_eq!(next.obs().expect("on the CPU"), same.obs().expect("on the CPU"), "the observation is the first of the episode");
    assert_eq!(next.stats().episodes, 2, "the reset is no episode");
    next.step(&[5, 5]).expect("steps");
    assert_eq!((next.outcome(0).expect("on the CPU").1, core(&next, 0, Core::STEP)), (0, 1));
}

#[test]
fn off_freezes_the_finished() {
    let mut off = batch(ResetMode::Off);
    for _ in 0..5 {
        off.step(&[1, 2]).expect("steps");
    }
    let (obs, map) = (off.obs().expect("on the CPU").to_vec(), off.state(0).expect("on the CPU").to_vec());
    for _ in 0..7 {
        off.step(&[5, 6]).expect("steps");
        assert_eq!((off.obs().expect("on the CPU"), off.state(0).expect("on the CPU")), (&obs[..], &map[..]));
        assert_eq!(off.outcome(0).expect("on the CPU"), (0, Core::TRUNCATED | Core::SKIP));
    }
    assert_eq!(off.stats().episodes, 2, "counted once");
}

#[test]
fn rows_tell_every_step_and_every_reset_once() {
    for (mode, resets) in [(ResetMode::SameStep, 4), (ResetMode::NextStep, 3), (ResetMode::Off, 1)] {
        let mut batch = batch(mode);
        batch.advance(17, &Random::default()).expect("runs");
        let rows = batch.take_rows();
        assert_eq!(rows.iter().filter(|r| r.action.is_none()).count(), resets, "{mode:?}");
        assert!(rows.iter().all(|r| r.instance == 0));
        assert!(rows.iter().filter(|r| r.action.is_none()).all(|r| r.step == 0 && r.reward == 0.0 && !r.truncated));
        assert!(rows.windows(2).all(|w| w[1].step == w[0].step + 1 || (w[1].step == 0 && w[0].truncated)), "{mode:?}");
        assert!(batch.take_rows().is_empty());
    }
}

#[test]
fn bad_actions_step_nothing() {
    let mut batch = batch(ResetMode::SameStep);
    let before = batch.checksum().expect("on the CPU");
    assert!(batch.step(&[0]).is_err());
    assert!(batch.step(&[0, 17]).is_err());
    assert_eq!((before, batch.steps()), (batch.checksum().expect("on the CPU"), 0));
}

#[test]
fn a_limit_stops_the_run_at_the_same_place_however_it_is_cut() {
    let mut seen = Vec::new();
    for (block, chunk) in [(1, 400), (3, 7), (8, 1)] {
        let world = load("crafter", &Options::default()).expect("loads");
        let mut bonus = BonusConfig::parse("count:full").expect("a bonus");
        bonus.list[0] = bonus.list[0].clone().with("scope", "episode").with("slots", 64);
        let plugin: Arc<dyn StepPlugin> = Arc::new(Bonuses::new(&world, &bonus).expect("bonuses"));
        let config = Config { num_envs: 8, seed: 40, block, record: (0..8).collect(), plugin: Some(plugin), ..Config::default() };
        let outcome = Batch::new(world, config).and_then(|mut batch| {
            while batch.steps() < 4000 {
                batch.advance(chunk, &Random::default())?;
            }
            Ok(())
        });
        let text = outcome.expect_err("64 slots do not last").to_string();
        assert!(text.contains("slots") && text.contains("instance"), "{text}");
        seen.push(text);
    }
    assert!(seen.iter().all(|text| text == &seen[0]), "{seen:?}");
}

/// The mission, the inventory and the position of the last observation are those of the episode that ended.
#[test]
fn the_last_state_is_that_of_the_episode_that_ended() {
    for id in ["MiniGrid-GoToDoor-5x5-v0", "crafter", "gridlab/keys", "MiniGrid-Fetch-5x5-N2-v0"] {
        for (reset, gpu) in [ResetMode::SameStep, ResetMode::NextStep, ResetMode::Off]
            .map(|reset| (reset, None))
            .into_iter()
            .chain(crate::gpu::gpu().map(|gpu| (ResetMode::SameStep, Some(gpu.clone()))))
        {
            let world = load(id, &Options { length: Some(9), ..Options::default() }).expect("loads");
            let config = Config { num_envs: 4, seed: 3, reset, record: (0..4).collect(), gpu, ..Config::default() };
            let mut batch = Batch::new(world.clone(), config).expect("a batch");
            batch.take_rows();
            let (mut ends, mut news) = (0, 0);
            for _ in 0..40 {
                batch.advance(1, &Random { seed: 8 }).expect("steps");
                let rows = batch.take_rows();
                for i in 0..4 {
                    let ended = rows.iter().find(|row| row.instance == i as u32 && (row.terminated || row.truncated));
                    let (last, is_over) = (batch.last(i).expect("reads"), batch.outcome(i).expect("reads").1 & Core::DONE != 0);
                    assert_eq!(last.is_some(), is_over);
                    let (Some(row), Some(last)) = (ended, last) else { continue };
                    assert_eq!(
                        (row.episode, row.step, row.pose, &row.columns),
                        (last.episode, last.step, last.pose, &last.columns),
                        "{id}"
                    );
                    assert_eq!(last.achievements.len(), world.spec().achievements.len());
                    let now = batch.with_block(|world, block| {
                        let mut columns = Vec::new();
                        world.columns(i, block, &mut columns);
                        columns
                    });
                    (ends, news) = (ends + 1, news + usize::from(now.expect("reads") != last.columns));
                }
            }
            assert!(ends >= 4, "{id}: {ends} episodes ended");
            assert!(reset != ResetMode::SameStep || news > 0 || id == "gridlab/keys", "{id}: the next episode begins otherwise");
        }
    }
}
