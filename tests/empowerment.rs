//! Empowerment as a bonus and as an agent: what the mode `sampled` reports, and the errors where empowerment cannot be measured.

use std::path::Path;
use std::sync::Arc;

use explorarium::bonus::empowerment::{Detail, Empowerment, Mode, ReachSearch, Rollouts};
use explorarium::bonus::{BonusConfig, Bonuses, Entry};
use explorarium::envs::{Options, load};
use explorarium::runs::Plan;
use explorarium::shaders::shared::hash::hash_words;
use explorarium::sim::keyed_model::KeyedModel;
use explorarium::sim::{Batch, Config};

use super::files::{Folder, outcome};

fn summary(folder: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(Path::new(folder).join("summary.json")).expect("a summary");
    serde_json::from_str(&text).expect("JSON")
}

fn run(args: &str) -> (i32, String) {
    let (code, _, errors) = outcome(&args.split(' ').collect::<Vec<_>>());
    (code, errors)
}

/// The bonus of a transition is the capacity of the channel counted from its next state. Its sums are over all states visited.
#[test]
fn a_sampled_bonus_is_what_the_measure_says() {
    let world = load("gridlab/noisy-tv-action", &Options::default()).expect("a world");
    let entry = Entry::parse("empowerment").expect("a bonus").with("horizon", 2).with("mode", "sampled");
    let list = vec![entry.with("rollouts", 8).with("sequences", 6)];
    let bonuses = Arc::new(Bonuses::new(&world, &BonusConfig { list, ..BonusConfig::default() }).expect("a bonus"));
    let config = Config { num_envs: 3, seed: 7, plugin: Some(bonuses.clone()), ..Config::default() };
    let mut batch = Batch::new(world.clone(), config).expect("a batch");
    let key = bonuses.config().list[0].key.expect("the usual key");
    let mode = Mode::Sampled(Rollouts { each: 8, sequences: Some(6) });
    let (measure, model) =
        (Empowerment::new(&*world, 2, mode, key).expect("a measure"), KeyedModel::of(&*world).expect("a model"));
    let (mut all, mut paid, mut upper, mut bias) = (0, 0.0, 0.0, 0.0);
    for t in 0..6 {
        if t > 0 {
            batch.step(&[t % 4, (t + 1) % 4, (t * t) % 4]).expect("a step");
        }
        let look = |_: &dyn explorarium::envs::World, block: &mut explorarium::envs::Block| {
            let of = |i| measure.measure(&mut ReachSearch::new(&model), block, i).expect("it fits");
            (0..3).map(of).collect::<Vec<_>>()
        };
        let found = batch.with_block(look).expect("a block");
        let values = batch.plugin_buffer(1).expect("values").to_vec();
        for (measured, value) in found.iter().zip(values) {
            let Detail::Channel(sampled) = &measured.detail else { panic!("{measured:?}") };
            assert!(t == 0 || measured.q20() == value as i32, "step {t}");
            (all, paid, upper, bias) = (all + 1, paid + sampled.bits, upper + sampled.upper, bias + sampled.bias);
        }
    }
    assert_eq!(batch.stats().episodes, 0, "no first state but the first is met");
    let channels = bonuses.channels(|k| batch.plugin_buffer(k)).expect("memory").expect("sampled");
    assert_eq!((channels.channels, channels.rollouts, channels.sequences), (all, 8, Some(6)));
    let n = all as f64;
    assert!((channels.upper - upper / n).abs() < 1e-5 && (channels.bias - bias / n).abs() < 1e-5, "{channels:?}");
    assert!(paid / n > 0.5 && paid / n <= channels.upper + 1e-5, "{paid} {channels:?}");
    assert!((channels.even - channels.bias - channels.corrected).abs() < 1e-9);
}

#[test]
fn a_run_says_what_the_sampled_channels_came_to_and_goes_on_with_them() {
    let folder = Folder::new("channels");
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    let args = |steps: u32, out: &str| {
        format!(
            "run gridlab/keys --agent novelty --bonus empowerment,count --set bonus.empowerment.mode=sampled --set \
             bonus.empowerment.rollouts=4 --num-envs 4 --steps {steps} --checkpoint 0 -q --backend cpu -o {out}"
        )
    };
    assert_eq!(run(&args(600, &whole)), (0, String::new()));
    assert_eq!(run(&args(240, &cut)), (0, String::new()));
    assert_eq!(run(&format!("run --resume {cut} --steps 600 -q --backend cpu")), (0, String::new()));
    let (a, b) = (summary(&whole), summary(&cut));
    assert_eq!((&a["bonus"], &a["checksum"]), (&b["bonus"], &b["checksum"]));
    let bonus = &a["bonus"];
    let channels = &bonus["channels"];
    assert_eq!(
        (&bonus["exact"], &channels["rollouts"], &channels["sequences"]),
        (&false.into(), &4.into(), &serde_json::Value::Null)
    );
    let episodes = a["with_open"]["episodes"].as_u64().expect("a number");
    assert_eq!(channels["channels"], 600 + episodes, "every arrival and every first state");
    // Few steps are stochastic: with four rollouts the bias is near 0, and not below 0.
    let figure = |name: &str| channels[name].as_f64().expect("a mean");
    assert!(figure("bias") >= 0.0 && figure("bias") < 0.2 && figure("upper") > 0.5, "{channels}");
    assert!(figure("corrected") <= figure("upper"), "{channels}");
    assert_eq!(run(&format!("verify {whole}")).0, 0);
}

/// A value that cannot be computed stops the run. The error names the instance, the state and what would fit.
#[test]
fn an_outcome_that_takes_too_many_forks_stops_the_run() {
    let folder = Folder::new("too-many");
    let too_many = "mode=sampled --set NAME.rollouts=2M --set NAME.horizon=2";
    for (args, name) in [("--agent empowerment", "agent"), ("--bonus empowerment", "bonus.empowerment")] {
        let out = folder.join(name);
        let options = too_many.replace("NAME", name);
        let (code, errors) =
            run(&format!("run gridlab/keys {args} --set {name}.{options} --num-envs 40 --steps 80 --backend cpu -o {out}"));
        assert_eq!(code, 1, "{errors}");
        for part in ["instance 0 stopped at episode 1, step 0", "2000000 rollouts each", "more than 4194304", "rollouts lower"] {
            assert!(errors.contains(part), "{name}: {errors}");
        }
        assert!(errors.contains("agent empowerment: ") == (name == "agent"), "{errors}");
    }
    // The agent can act on such channels if they are small enough.
    let out = folder.join("acts");
    let (code, errors) = run(&format!(
        "run gridlab/noisy-tv --agent empowerment --set agent.mode=sampled --set agent.rollouts=4 --num-envs 2 --steps 40 -q --backend cpu -o {out}"
    ));
    assert_eq!(code, 0, "{errors}");
    let plan = std::fs::read_to_string(Path::new(&out).join("run.toml")).expect("a plan");
    assert!(plan.contains("rollouts = 4") && !plan.contains("noise_samples"), "{plan}");
}

/// `exact` is computed if the user names it, and the summary counts the states in which it was not
/// exact. A resumed run continues the count.
#[test]
fn a_run_says_in_how_many_states_chance_had_a_say() {
    let folder = Folder::new("certainty");
    let args = |env: &str, mode: &str, steps: u32, out: &str| {
        format!(
            "run {env} --agent empowerment --set agent.horizon=1 --bonus empowerment --set bonus.empowerment.horizon=2{mode} --num-envs 4 \
             --steps {steps} --checkpoint 0 -q --backend cpu -o {out}"
        )
    };
    let exact = " --set bonus.empowerment.mode=exact";
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    assert_eq!(run(&args("gridlab/keys", exact, 600, &whole)), (0, String::new()));
    assert_eq!(run(&args("gridlab/keys", exact, 240, &cut)), (0, String::new()));
    assert_eq!(run(&format!("run --resume {cut} --steps 600 -q --backend cpu")), (0, String::new()));
    let (a, b) = (summary(&whole), summary(&cut));
    assert_eq!((&a["bonus"], &a["agent_report"], &a["checksum"]), (&b["bonus"], &b["agent_report"], &b["checksum"]));
    let (bonus, outcomes) = (&a["bonus"], &a["agent_report"]["outcomes"]);
    let episodes = a["with_open"]["episodes"].as_u64().expect("a number");
    assert_eq!(bonus["exact"], false);
    assert_eq!(bonus["certainty"]["states"], 600 + episodes, "every arrival and every first state");
    assert!(bonus["certainty"]["uncertain"].as_u64() > Some(500), "{bonus}");
    assert_eq!(outcomes["measured"], 600 * 5);
    assert!(outcomes["uncertain"].as_u64() > Some(2000), "{outcomes}");

    // In a world that is never stochastic the summary has no such count. In one that is always stochastic the default is `frozen` with one
    // noise sample, and has the same values as `exact`.
    let quiet = folder.join("quiet");
    assert_eq!(run(&args("gridlab/four-rooms", "", 200, &quiet)), (0, String::new()));
    let quiet = summary(&quiet);
    assert_eq!((&quiet["bonus"]["exact"], &quiet["bonus"]["certainty"]), (&true.into(), &serde_json::Value::Null));
    assert_eq!(quiet["agent_report"]["outcomes"]["uncertain"], 0);
    let env = "MiniGrid-Dynamic-Obstacles-5x5-v0";
    let (named, usual) = (folder.join("named"), folder.join("usual"));
    assert_eq!(run(&args(env, exact, 200, &named)), (0, String::new()));
    assert_eq!(run(&args(env, "", 200, &usual)), (0, String::new()));
    let (named, usual) = (summary(&named), summary(&usual));
    let certainty = |name: &str| named["bonus"]["certainty"][name].as_u64();
    assert_eq!(named["bonus"]["exact"], false);
    assert!(certainty("uncertain") > Some(150) && certainty("uncertain") <= certainty("states"), "{}", named["bonus"]);
    let entry = &usual["bonus"]["config"]["list"][0];
    assert_eq!((&entry["mode"], &entry["noise_samples"]), (&"frozen".into(), &1.into()));
    assert_eq!((&named["bonus"]["means"], &named["checksum"]), (&usual["bonus"]["means"], &usual["checksum"]), "the same values");
}

/// Numbers that are too large to compute with are refused with their bounds.
#[test]
fn horizons_and_noise_samples_have_bounds() {
    let folder = Folder::new("bounds");
    for (options, bound) in [
        ("--bonus empowerment --set bonus.empowerment.horizon=4294967295", "at most 10000"),
        ("--bonus empowerment --set bonus.empowerment.mode=frozen --set bonus.empowerment.noise_samples=4294967295", "1 to 4096"),
        ("--agent empowerment --set agent.horizon=4294967295", "at most 10000"),
        ("--agent empowerment --set agent.noise_samples=4294967295", "1 to 512"),
    ] {
        let (code, errors) =
            run(&format!("run gridlab/keys {options} --num-envs 2 --steps 8 -q --backend cpu -o {}", folder.join("run")));
        assert_eq!(code, 2, "{options}: {errors}");
        assert!(errors.contains(bound), "{options}: {errors}");
    }
}

/// A run whose files have the earlier name `dreams` of `noise_samples` can be resumed, with the same result.
#[test]
fn a_run_with_the_earlier_name_of_noise_samples_goes_on() {
    let folder = Folder::new("earlier-name");
    let args = |option: &str, steps: u32, out: &str| {
        format!(
            "run gridlab/keys --agent empowerment --set agent.{option}=2 --bonus empowerment --set bonus.empowerment.mode=frozen \
             --set bonus.empowerment.{option}=3 --num-envs 2 --steps {steps} --record none --checkpoint 0 -q --backend cpu -o {out}"
        )
    };
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    assert_eq!(run(&args("noise_samples", 80, &whole)), (0, String::new()));
    assert_eq!(run(&args("dreams", 40, &cut)), (0, String::new()));
    let (plan_path, checkpoint) = (Path::new(&cut).join("run.toml"), Path::new(&cut).join("checkpoint.bin"));
    let mut plan = Plan::load(&plan_path).expect("a plan");
    let present = plan.identity().expect("a hash");
    // The plan as the earlier version wrote it.
    let agent = plan.agent_options.remove("noise_samples").expect("an option of the agent");
    plan.agent_options.insert("dreams".to_string(), agent);
    let bonus = plan.bonus.list[0].options.remove("noise_samples").expect("an option of the bonus");
    plan.bonus.list[0].set("dreams", bonus);
    plan.save(&plan_path).expect("written");
    let earlier = plan.identity().expect("a hash");
    assert_ne!(present, earlier);
    let mut bytes = std::fs::read(&checkpoint).expect("a checkpoint");
    let at = bytes.windows(present.len()).position(|window| window == present.as_bytes()).expect("the plan's hash");
    bytes[at..at + earlier.len()].copy_from_slice(earlier.as_bytes());
    let body = bytes.len() - 8;
    let words: Vec<u32> = bytes[..body].chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    bytes[body..].copy_from_slice(&hash_words(0, &words).to_le_bytes());
    std::fs::write(&checkpoint, bytes).expect("written");

    assert_eq!(run(&format!("run --resume {cut} --steps 80 -q --backend cpu")), (0, String::new()));
    let (a, b) = (summary(&whole), summary(&cut));
    assert_eq!((&a["checksum"], &a["bonus"]), (&b["checksum"], &b["bonus"]));
}
