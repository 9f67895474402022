//! The readers, and the well-formed texts that are mutated for each. Accepted input is used: a world
//! runs, its resolved text is read again.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::Path;
use std::str::from_utf8;
use std::sync::Arc;

use explorarium::agents::{self, Random};
use explorarium::bonus::Bonuses;
use explorarium::cli::{command_line, config, number};
use explorarium::envs::catalog::{self, Source};
use explorarium::envs::minigrid::ruleset::{Level, Ruleset};
use explorarium::envs::minigrid::{map, npy};
use explorarium::envs::{Options, World};
use explorarium::sim::{Batch, Config};

/// Reads a text, which is also in the file. Returns whether it was accepted.
type Read = Box<dyn Fn(&[u8], &Path) -> bool>;

/// Returns name, corpus and reader of each kind of input.
pub fn all() -> Vec<(&'static str, Vec<Vec<u8>>, Read)> {
    let worlds = |ids: &[&str], own: &[&str]| -> Vec<Vec<u8>> {
        let text = |id: &&str| catalog::find(id).expect("built in").text.into_bytes();
        ids.iter().map(text).chain(own.iter().map(|text| text.as_bytes().to_vec())).collect()
    };
    let play = || Box::new(|text: &[u8], _: &Path| play(text)) as Read;
    let texts = |list: &[&str]| list.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    let mut readers = vec![
        ("crafter", worlds(&["crafter", "crafter-simple"], &[]), play()),
        ("minigrid", worlds(&MINIGRID, &[LEVEL]), play()),
        ("gridlab", worlds(&GRIDLAB, &[THIN]), play()),
        ("scenario", texts(&SCENARIOS), scenarios()),
        ("npy", arrays(), Box::new(|bytes, _| array(bytes))),
        ("config", texts(&CONFIGS), settings(false)),
        ("--set", texts(&SETS), settings(true)),
        (
            "number",
            texts(&["1", "1e6", "1_000_000", "10k", "2.5M", "-3", "18446744073709551615"]),
            Box::new(|text, _| numbers(text)),
        ),
    ];
    #[cfg(feature = "study")]
    readers.push((
        "study plan",
        texts(&[explorarium::study::plan::SIMPLE_CRAFTER, PLAN]),
        Box::new(|text: &[u8], _: &Path| plan(text)) as Read,
    ));
    readers
}

#[cfg(feature = "study")]
const PLAN: &str = "name = \"small\"\ntitle = { en = \"a\", de = \"b\" }\nlanguages = [\"en\", \"de\"]\n[conditions]\nnames = [\"x\", \"y\"]\nblock = 4\n\
    [keys]\nN = [\"KeyI\", \"Numpad8\"]\n[[stages]]\nkind = \"play\"\nenv = \"gridlab/klyubin-maze\"\nseeds = [4, 1]\npace = \"key\"\nheld = true\n\
    time = \"1 h 5 s\"\nepisodes = 3\nfinish_episode = true\nshow = [\"map\", \"timer\"]\nonly = [\"x\"]\n[[stages]]\nkind = \"break\"\n\
    time = \"90 s\"\n[[stages]]\nkind = \"survey\"\nquestions = [{ id = \"q\", kind = \"number\", label = { en = \"a\", de = \"b\" }, min = 1.5 }]\n";

/// Reads a plan; one that is right is played through for a few steps.
#[cfg(feature = "study")]
fn plan(text: &[u8]) -> bool {
    use explorarium::study::plan::{StudyPlan, conditions_of};
    let Ok(text) = from_utf8(text) else { return false };
    let Ok(plan) = StudyPlan::parse(text, None) else { return false };
    if let Some(condition) = conditions_of(&plan).into_iter().next() {
        // A world may fail at a limit of its ruleset.
        let _ = explorarium::study::rehearsal::rehearse(&plan, condition, 2);
    }
    true
}

const MINIGRID: [&str; 9] = [
    "MiniGrid-Empty-5x5-v0",
    "MiniGrid-DoorKey-8x8-v0",
    "MiniGrid-MultiRoom-N4-S5-v0",
    "MiniGrid-ObstructedMaze-2Dlhb-v1",
    "MiniGrid-KeyCorridorS3R3-v0",
    "MiniGrid-Dynamic-Obstacles-6x6-v0",
    "MiniGrid-LavaCrossingS9N2-v0",
    "MiniGrid-PutNear-6x6-N2-v0",
    "MiniGrid-LockedRoom-v0",
];

const LEVEL: &str = "family = \"minigrid\"\nsize = [7, 5]\nmax_steps = 100\nmission = \"get to the goal\"\n[level]\ngenerator = \"map\"\nmap = '''
#######
#>.D..#
#..###~
#k...G#
#######
'''
[level.legend]
D = \"locked yellow door\"
k = \"green box with yellow key\"
";

const GRIDLAB: [&str; 8] = [
    "gridlab/klyubin-maze",
    "gridlab/four-rooms",
    "gridlab/keys",
    "gridlab/mixed-env",
    "gridlab/noisy-tv-action",
    "gridlab/noisy-tv-chance",
    "gridlab/chain-10",
    "gridlab/deep-sea-10",
];

const THIN: &str = "family = \"gridlab\"\nactions = \"NSEW+stay\"\nmax_steps = 20\nslip = 0.1\nlayout = \"thin-walls\"\nmap = '''
+-+-+-+
|S|. .|
+ + +-+
|.>. *|
+-+-+-+
'''
[rewards]
\"*\" = 1.0
";

const SCENARIOS: [&str; 3] = [
    r#"{"remove": [[32, 32], [10, 12]], "terrain": [[31, 32, "table"], [33, 32, "water"]], "step": 290}"#,
    r#"{"remove": [[3, 4]], "player": {"pos": [3, 4], "facing": [0, 1], "sleeping": true, "inventory": {"wood": 5, "health": 3}, "hunger": 12.5,
        "thirst": 3, "fatigue": -4.5, "recover": 0.5, "last_health": 9}}"#,
    r#"{"remove": [[20, 20], [21, 20], [22, 20], [23, 20], [24, 20]], "add": [["Cow", 20, 20], ["Zombie", 21, 20, {"health": 3, "cooldown": 5}],
        ["Skeleton", 22, 20, {"reload": 2}], ["Plant", 23, 20, {"grown": 300}], ["Arrow", 24, 20, {"facing": [-1, 0]}]]}"#,
];

const CONFIGS: [&str; 2] = [
    "[run]\nenv = \"gridlab/keys\"\nsteps = \"100k\"\nnum_envs = 8\nrecord = [0, 3]\nquiet = true\narea = [3, 4]\n\n\
     [agent]\nname = \"go-explore\"\nexplore_steps = 40\nrepeat = 0.3\nmax_cells = 1000\nfrontier = 4\n\n\
     [bonus]\nlist = \"count:view,entropy,knn,e3b,pseudo-count\"\nfusion = \"product\"\nnormalise = \"rms\"\n\n\
     [bonus.count]\nscope = \"episode\"\nslots = 64\nweight = 0.5\ndecay = 0.001\n\n[bonus.entropy]\nwindow = 16\n\n\
     [bonus.knn]\ndims = 8\npoints = 32\nnearest = 3\n\n[bonus.e3b]\nridge = 0.1\ndims = 4\n",
    "[agent]\nname = \"rf-express\"\nhorizon = 20\nscale = 1.0\nstates = 100\ndelta = 0.1\nmax_states = 1000\n\n\
     [bonus]\nlist = \"information-gain,bebold,simhash\"\nfusion = \"airs\"\n\n[bonus.airs]\nround = 100\nexploration = 0.1\nwindow = 5\n\n\
     [bonus.information-gain]\noutcomes = 4\nscope = \"instance\"\nslots = 64\n\n[bonus.simhash]\nkey = \"simhash:16\"\n",
];

const SETS: [&str; 6] = [
    "agent.name=lookahead",
    "agent.repeat=0.25",
    "bonus.list=count:position",
    "bonus.count.slots=1k",
    "bonus.airs.round=10",
    "run.steps=1e6",
];

/// Loads a world and runs some steps in it. Returns whether it was accepted.
fn play(text: &[u8]) -> bool {
    let Ok(text) = from_utf8(text) else { return false };
    let source = |text: &str| Source { id: "fuzz.toml".into(), text: text.into(), folder: None };
    let Ok(world) = catalog::load_source(&source(text), &Options::default()) else { return false };
    let resolved = world.spec().toml.clone();
    let again = catalog::load_source(&source(&resolved), &Options::default()).unwrap_or_else(|e| panic!("{e}\n{resolved}"));
    assert_eq!(again.spec().toml, resolved);
    if let Ok(mut batch) = Batch::new(world, Config { num_envs: 1, ..Config::default() }) {
        // The steps may fail at a limit of the ruleset.
        let _ = batch.advance(25, &Random::default());
    }
    true
}

fn world(id: &str) -> Arc<dyn World> {
    catalog::load(id, &Options::default()).expect("built in")
}

fn scenarios() -> Read {
    let batch = Batch::new(world("crafter"), Config { num_envs: 1, ..Config::default() }).expect("a batch");
    let batch = RefCell::new(batch);
    Box::new(move |text, _| {
        let Ok(scenario) = serde_json::from_slice(text) else { return false };
        let mut batch = batch.borrow_mut();
        batch.begin_episode(0).expect("begins");
        let fits = batch.set_scenario(0, &scenario).is_ok();
        if fits {
            let _ = batch.advance(10, &Random::default());
        }
        fits
    })
}

/// Returns files as `numpy.save` writes them.
fn arrays() -> Vec<Vec<u8>> {
    let file = |descr: &str, fortran: &str, size: usize| {
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': (4, 3, 3), }}").into_bytes();
        header.resize(117, b' ');
        header.push(b'\n');
        let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        file.extend(header);
        let cell = |k: usize| [[2u8, 5, 0], [1, 0, 0], [7, 1, 0], [4, 4, 2]][k % 4];
        let numbers = (0..12).flat_map(cell);
        file.extend(numbers.flat_map(|n| std::iter::once(n).chain(std::iter::repeat_n(0, size - 1))));
        file
    };
    vec![file("|u1", "False", 1), file("<i8", "False", 8), file("<u2", "True", 2)]
}

fn array(bytes: &[u8]) -> bool {
    const TEXT: &str = "family = \"minigrid\"\nsize = [4, 3]\nmax_steps = 9\nmission = \"look\"\n[level]\ngenerator = \"map\"\n\
                        npy = \"level.npy\"\nagent = [1, 0]\n";
    let ruleset: Ruleset = toml::from_str(TEXT).expect("a ruleset");
    let Level::Map(level) = &ruleset.level else { return false };
    let _ = map::read(&ruleset, level, Some(("level.npy", bytes)));
    npy::read(bytes).is_ok()
}

/// Reads settings from a file, or one as typed; then resolves bonuses, the agent and the command line from them.
fn settings(typed: bool) -> Read {
    let (keys, crafter) = (world("gridlab/keys"), world("crafter"));
    Box::new(move |text, file| {
        let Ok(written) = from_utf8(text) else { return false };
        let sections = if typed {
            config::sections(None, &[written.to_string()])
        } else {
            std::fs::write(file, text).expect("written");
            config::sections(Some(file), &[])
        };
        let Ok(sections) = sections else { return false };
        for world in [&keys, &crafter] {
            if let Ok(bonus) = config::bonus(sections.clone(), None, "count") {
                let _ = Bonuses::new(world, &bonus);
            }
            if let Ok((name, options)) = config::agent(sections.clone(), None) {
                let _ = agents::find(&name).and_then(|kind| (kind.resolve)(&options, &**world));
            }
        }
        if let Some(toml::Value::Table(run)) = sections.get("run") {
            let _ = command_line::filled(&["explorarium", "run"].map(OsString::from), run);
        }
        true
    })
}

fn numbers(text: &[u8]) -> bool {
    let Ok(text) = from_utf8(text) else { return false };
    let _ = (number::positive(text), number::small(text), number::stored(text));
    number::signed(text).is_ok() || number::whole(text).is_ok()
}
