//! Forks and the agents that use them: what forks depend on, and that runs with them can be verified and resumed.

use std::sync::Arc;

use explorarium::envs::{Core, Options, World, load};
use explorarium::shaders::core::fork::noise_seed;
use explorarium::sim::keyed_model::KeyedModel;
use explorarium::sim::{Batch, Config, Worlds};

use super::files::{Folder, outcome};

fn crafter(keyed: bool) -> Arc<dyn World> {
    load("crafter", &Options { keyed, ..Options::default() }).expect("crafter")
}

/// Returns the state of instance 0 of a batch that was stepped a while, after 40 forked steps with noise index `number`.
fn forked(world: &Arc<dyn World>, number: u32) -> Vec<u32> {
    let config = Config { num_envs: 2, seed: 4, worlds: Worlds::Pool(2), ..Config::default() };
    let mut batch = Batch::new(world.clone(), config).expect("a batch");
    for t in 0..60u32 {
        batch.step(&[t % 5, (t + 2) % 5]).expect("steps");
    }
    let model = KeyedModel::of(&**world).expect("a model");
    let mut forks = model.forks(1);
    batch.with_block(|_, block| model.fork(block, 0, &mut forks, 0, number)).expect("a block");
    for t in 0..40 {
        forks.act(0, t % 5);
        model.step(&mut forks, 1);
    }
    forks.block(1).state.iter().flat_map(|words| words.to_vec()).collect::<Vec<u32>>()
}

/// Forks draw neither from numpy's stream nor from the keyed stream of the world, so they do not depend on which of them it has.
#[test]
fn forks_do_not_know_the_future() {
    let (numpy, keyed) = (crafter(false), crafter(true));
    // Both worlds are in the same state only until steps draw random numbers, so this forks at the reset.
    let at_reset = |world: &Arc<dyn World>, number: u32| {
        let mut batch = Batch::new(world.clone(), Config { num_envs: 1, seed: 9, ..Config::default() }).expect("a batch");
        let model = KeyedModel::of(&**world).expect("a model");
        let mut forks = model.forks(1);
        batch.with_block(|_, block| model.fork(block, 0, &mut forks, 0, number)).expect("a block");
        for t in 0..50 {
            forks.act(0, t % 5);
            model.step(&mut forks, 1);
        }
        forks.block(1).state.iter().flat_map(|words| words.to_vec()).collect::<Vec<u32>>()
    };
    assert_eq!(at_reset(&numpy, 0), at_reset(&keyed, 0));
    assert_ne!(at_reset(&numpy, 0), at_reset(&numpy, 1), "forks differ by their noise index");
    assert_eq!(forked(&numpy, 3), forked(&numpy, 3), "and by nothing else");
    // The key of a fork is never that of the world itself: the real keyed future is not among the first thousand noise indices.
    let core = [0, 0, 0, 1, 17, 9, 0, 0];
    assert!((0..1000).all(|number| noise_seed(&core, number) != [core[Core::SEED_LO], core[Core::SEED_HI]]));
}

/// A fork does not change its instance.
#[test]
fn an_instance_is_not_changed_by_being_forked() {
    let world = crafter(false);
    let mut batch = Batch::new(world.clone(), Config { num_envs: 3, seed: 4, ..Config::default() }).expect("a batch");
    let before = batch.checksum().expect("sum");
    let model = KeyedModel::of(&*world).expect("a model");
    let mut forks = model.forks(5);
    for k in 0..5 {
        batch.with_block(|_, block| model.fork(block, 1, &mut forks, k, k as u32)).expect("a block");
    }
    model.step(&mut forks, 5);
    assert_eq!(batch.checksum().expect("sum"), before);
}

fn summary(folder: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(std::path::Path::new(folder).join("summary.json")).expect("a summary");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_run_says_what_was_paid_and_can_be_verified() {
    let folder = Folder::new("paid");
    let run = folder.join("run");
    let args = ["run", "crafter", "--backend", "cpu", "--agent", "lookahead", "--bonus", "count,entropy,empowerment,reward"];
    let more = ["--num-envs", "4", "--steps", "400", "--set", "agent.rollouts=1", "--set", "agent.depth=3", "-o", &run, "-q"];
    let (code, shown, errors) = outcome(&[&args[..], &more].concat());
    assert_eq!(code, 0, "{errors}");
    assert!(shown.contains("Bonuses, mean value of a transition") && shown.contains(" visits, entropy "), "{shown}");
    let said = summary(&run);
    assert!(said["forked_steps_per_s"].as_f64() > said["steps_per_s"].as_f64(), "an action, a fork");
    let bonus = &said["bonus"];
    assert_eq!(bonus["config"]["list"][2]["horizon"], 1, "{bonus}");
    assert_eq!((&bonus["exact"], &bonus["shared"]), (&true.into(), &true.into()));
    assert!(bonus["means"]["empowerment"].as_f64().expect("a mean") > 1.0, "{bonus}");
    assert_eq!(bonus["counted"][0]["visits"].as_u64().expect("visits"), 400 + said["with_open"]["episodes"].as_u64().expect("n"));
    let (code, out, errors) = outcome(&["verify", &run]);
    assert_eq!(code, 0, "{out}{errors}");
    let part = explorarium::traces::read(std::path::Path::new(&run).join("traces/part-00000.parquet").as_path()).expect("a part");
    let schema = part.rows.schema();
    for name in ["bonus_count", "bonus_entropy", "bonus_empowerment", "bonus_reward"] {
        assert!(schema.field_with_name(name).is_ok(), "{name}");
    }
}

#[test]
fn a_stopped_run_with_bonuses_goes_on() {
    let folder = Folder::new("stopped");
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    let args = |steps: &str, out: &str| {
        let all = format!(
            "run MiniGrid-DoorKey-6x6-v0 --agent novelty --bonus count,bebold,information-gain --num-envs 8 --steps {steps} --checkpoint 0 -q --backend cpu -o {out}"
        );
        all.split(' ').map(str::to_string).collect::<Vec<_>>()
    };
    let go = |args: Vec<String>| {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, _, errors) = outcome(&args);
        assert_eq!(code, 0, "{errors}");
    };
    go(args("4000", &whole));
    go(args("1600", &cut));
    go(["run", "--resume", &cut, "--steps", "4000", "-q", "--backend", "cpu"].map(str::to_string).to_vec());
    let (a, b) = (summary(&whole), summary(&cut));
    for field in ["checksum", "bonus", "episodes", "mean_return"] {
        assert_eq!(a[field], b[field], "{field}");
    }
}

#[test]
fn what_cannot_be_planned_is_explained() {
    let folder = Folder::new("mistakes");
    let out = folder.join("run");
    for (args, part) in [
        ("--agent lookahead --bonus none", "goes by bonuses"),
        ("--agent lookahead --set agent.dept=3", "did you mean 'depth'"),
        ("--agent lookahead --set agent.depth=900", "it can be 1 to 128"),
        ("--agent lookahead --bonus curiosity", "unknown bonus 'curiosity'"),
        ("--bonus count --set bonus.entropy.form=level", "which is not used"),
        ("--bonus count --set bonus.count.form=cube", "form 'cube'; there are sqrt, inverse, first-visit, product"),
        ("--bonus count:achievements+full --set bonus.count.scope=everyone", "scope 'everyone'"),
        ("--bonus count --set bonus.fusion=mean", "fusion 'mean'; there are sum, product"),
        ("--agent empowerment --set agent.horizon=0", "a horizon has at least 1 action"),
        ("--bonus empowerment --set bonus.empowerment.mode=guessed", "there are exact, frozen, sampled"),
        ("--bonus empowerment --set bonus.empowerment.rollouts=4", "rollouts means nothing for mode exact"),
        (
            "--bonus empowerment --set bonus.empowerment.mode=sampled --set bonus.empowerment.noise_samples=4",
            "noise_samples means nothing for mode sampled",
        ),
        ("--agent empowerment --set agent.mode=exact", "there are frozen, sampled"),
        ("--agent empowerment --set agent.mode=sampled --set agent.rollouts=0", "at least 1 sequence and 1 rollout"),
    ] {
        let all = format!("run crafter --steps 100 --num-envs 2 --backend cpu -o {out} {args}");
        let (code, _, errors) = outcome(&all.split(' ').collect::<Vec<_>>());
        assert!(code == 2 && errors.contains(part), "{args}: {code}, {errors}");
        assert!(!std::path::Path::new(&out).exists(), "{args}: nothing is written");
    }
}
