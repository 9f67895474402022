//! AIRS selects bonuses by the return under each. The result does not depend on how a run is cut, and the bandit gets the returns.

use std::path::Path;
use std::sync::Arc;

use explorarium::agents::{Driver, Setup, find, make};
use explorarium::bonus::airs::Airs;
use explorarium::bonus::{BonusConfig, Bonuses, FUSING};
use explorarium::envs::{Core, Options, World, load};
use explorarium::gpu::Gpu;
use explorarium::sim::{Batch, Config, Dump, ResetMode, StepPlugin};

use super::files::{Folder, outcome};

/// Plugin buffers of the values of all bonuses and of their totals.
const VALUES: usize = 1;
const TOTALS: usize = 2;

/// Number of steps of a round.
const ROUND: u64 = 25;

/// A batch whose bonus is selected by AIRS, and the driver that acts in it.
pub struct Play {
    pub batch: Batch,
    pub driver: Box<dyn Driver>,
    bonuses: Arc<Bonuses>,
}

impl Play {
    pub fn new(id: &str, agent: &str, names: &str, reset: ResetMode, gpu: Option<Arc<Gpu>>) -> Play {
        let world: Arc<dyn World> = load(id, &Options::default()).expect(id);
        let mut config = BonusConfig::parse(names).expect("bonuses");
        config
            .set(&format!("fusion = 'airs'\nairs = {{ round = {ROUND}, window = 3 }}").parse().expect("TOML"))
            .expect("options");
        let bonuses = Arc::new(Bonuses::new(&world, &config).expect("bonuses"));
        let options = (find(agent).expect("an agent").resolve)(&toml::Table::new(), &*world).expect("options");
        let setup =
            Setup { world: &world, seed: 3, options: &options, recording: None, person: None, bonuses: Some(bonuses.clone()) };
        let driver = make(find(agent).expect("an agent"), setup).expect("made");
        let plugin = Some(bonuses.clone() as Arc<dyn StepPlugin>);
        let batch = Batch::new(world, Config { num_envs: 6, seed: 4, reset, plugin, gpu, ..Config::default() }).expect("a batch");
        Play { batch, driver, bonuses }
    }

    pub fn advance(&mut self, steps: u64) {
        self.driver.advance(&mut self.batch, steps).expect("steps");
    }

    /// Returns the complete state of the batch and the driver.
    pub fn all(&mut self) -> (Dump, String, String, explorarium::sim::Stats) {
        let report = format!("{:?}", self.driver.report());
        (self.batch.dump().expect("words"), self.driver.save().to_string(), report, self.batch.stats().clone())
    }

    fn said(&self, name: &str) -> serde_json::Value {
        self.driver.report().into_iter().find(|(known, _)| known == name).expect(name).1
    }
}

/// In every round the arm is the one that a second bandit selects, which gets the same returns. Only the bonus of that
/// arm, and the reward, are in the total.
#[test]
fn the_chosen_bonus_is_paid_and_the_bandit_hears_what_was_earned() {
    for (reset, names) in
        [(ResetMode::SameStep, "count,knn"), (ResetMode::NextStep, "reward,count,knn"), (ResetMode::Off, "count,knn")]
    {
        let mut play = Play::new("gridlab/chain-5", "random", names, reset, None);
        let arms = ["count", "knn", "none"];
        let mut bandit = Airs::new(3, 0.1, 3).expect("a bandit");
        let (mut before, mut rounds) = (0, [0u64; 3]);
        for round in 0..30 {
            let arm = bandit.choose();
            assert_eq!(play.said("bonus_chosen"), arms[arm], "{reset}, round {round}");
            play.advance(ROUND - 1);
            let columns = play.bonuses.config().list.len();
            let (values, totals) =
                (play.batch.plugin_buffer(VALUES).expect("values"), play.batch.plugin_buffer(TOTALS).expect("totals"));
            let took_a_step = |i: usize| play.batch.outcome(i).expect("flags").1 & Core::SKIP == 0;
            for (_, (values, total)) in values.chunks_exact(columns).zip(totals).enumerate().filter(|(i, _)| took_a_step(*i)) {
                let own = if arm < 2 { values[arm] as i32 } else { 0 };
                let reward = if columns == 3 { values[2] as i32 } else { 0 };
                assert_eq!(*total as i32, own + reward, "{reset}, round {round}");
            }
            play.advance(1);
            let total = play.batch.total_reward().expect("a sum");
            let units = f64::from(play.batch.world().spec().reward_denominator) * 6.0;
            bandit.add_return(arm, (total - before) as f64 / units).expect("a return");
            (before, rounds[arm]) = (total, rounds[arm] + 1);
        }
        let counted = play.said("rounds_by_bonus");
        assert!(arms.iter().zip(rounds).all(|(arm, n)| counted[arm] == n), "{counted} {rounds:?}");
        assert!(reset == ResetMode::Off || before > 0, "there was a reward");
        let open = play.batch.stats_with_open().expect("statistics");
        assert_eq!(open.reward, before, "{reset}");
    }
}

#[test]
fn a_choice_does_not_depend_on_cuts_threads_or_a_stop() {
    for agent in ["random", "novelty"] {
        let new = || Play::new("gridlab/chain-5", agent, "count,entropy", ResetMode::SameStep, None);
        let mut whole = new();
        whole.advance(260);
        let expected = whole.all();
        let mut pieces = new();
        [1, 23, 1, 1, 100, 134].into_iter().for_each(|steps| pieces.advance(steps));
        assert!(pieces.all() == expected, "{agent}, in pieces");
        for stop in [0, 7, 25, 130] {
            let mut first = new();
            first.advance(stop);
            let (text, words, stats) =
                (first.driver.save().to_string(), first.batch.dump().expect("words"), first.batch.stats().clone());
            let mut second = new();
            second.batch.load(&words, stats).expect("loaded");
            second.bonuses.set_tables(first.bonuses.tables()).expect("tables");
            second.driver.load(&second.batch, &serde_json::from_str(&text).expect("JSON")).expect("loaded");
            second.advance(260 - stop);
            assert!(second.all() == expected, "{agent}, stopped at {stop}");
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
        pool.install(|| {
            let mut threads = new();
            threads.advance(260);
            assert!(threads.all() == expected, "{agent}, on three threads");
        });
        assert!(new().driver.load(&new().batch, &serde_json::json!({ "agent": null })).is_err());
    }
}

#[test]
fn a_run_says_which_bonus_was_followed_how_often() {
    let folder = Folder::new("airs");
    let (whole, cut) = (folder.join("whole"), folder.join("cut"));
    let run = |args: &str| {
        let (code, _, errors) = outcome(&args.split(' ').collect::<Vec<_>>());
        (code, errors)
    };
    let args = |steps: u32, out: &str| {
        format!(
            "run gridlab/deep-sea-8 --agent novelty --bonus count,entropy,reward --set bonus.fusion=airs --set bonus.airs.round=40 --num-envs 4 \
             --steps {steps} --checkpoint 0 -q --backend cpu -o {out}"
        )
    };
    assert_eq!(run(&args(4000, &whole)), (0, String::new()));
    assert_eq!(run(&args(1300, &cut)), (0, String::new()));
    let plan = Path::new(&cut).join("run.toml");
    let text = std::fs::read_to_string(&plan).expect("a plan");
    assert!(text.contains("window = 10") && text.contains("exploration = 0.1"), "{text}");
    assert_eq!(run(&format!("run --resume {cut} --steps 4000 -q --backend cpu")), (0, String::new()));
    let summary = |folder: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(Path::new(folder).join("summary.json")).expect("a summary");
        serde_json::from_str(&text).expect("JSON")
    };
    let (a, b) = (summary(&whole), summary(&cut));
    for field in ["checksum", "bonus", "agent_report"] {
        assert_eq!(a[field], b[field], "{field}");
    }
    let rounds = a["agent_report"]["rounds_by_bonus"].as_object().expect("a table");
    assert_eq!(rounds.keys().collect::<Vec<_>>(), ["count", "entropy", "none"]);
    assert_eq!(rounds.values().map(|n| n.as_u64().expect("n")).sum::<u64>(), 1000 / 40);
    for (args, part) in [
        ("--bonus count --set bonus.fusion=airs --set bonus.airs.none=false", "two bonuses or more"),
        ("--bonus count --set bonus.airs.round=5", "set bonus.fusion=airs"),
        ("--bonus count --set bonus.fusion=airs --set bonus.airs.round=0", "at least 1 step"),
        ("--bonus count --set bonus.fusion=airs --set bonus.airs.window=0", "the window of returns is 0"),
        ("--bonus count --set bonus.fusion=airs --set bonus.airs.rounds=9", "unknown field `rounds`"),
        ("--bonus count --set bonus.fusion=airs --agent go-explore", "return of a round is not defined"),
    ] {
        let (code, errors) = run(&format!("run crafter --backend cpu -o {} {args}", folder.join("no")));
        assert!(code == 2 && errors.contains(part), "{args}: {code} {errors}");
        assert!(!Path::new(&folder.join("no")).exists(), "{args}: nothing is written");
    }
}

/// Returns the plugin buffer that holds the selected bonus.
pub fn chosen(batch: &Batch) -> Vec<u32> {
    batch.plugin_buffer(FUSING).expect("words").to_vec()
}
