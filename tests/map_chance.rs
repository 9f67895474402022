//! `map`: how it reports stochastic cells, noise and reachable cells, and that it stops on request.

use serde_json::{Value, json};

use super::files::{Folder, outcome};
use super::map::{map, map_json};

/// In a corridor whose moves slip half of the time the capacity is 0 bits. The map reports in every output format
/// that its value is not the capacity.
#[test]
fn cells_in_which_chance_has_a_say_are_flagged() {
    let folder = Folder::new("map-chance");
    let toml = folder.join("corridor.toml");
    let text =
        "family = \"gridlab\"\nactions = \"WE\"\nmax_steps = 50\nslip = 0.5\nlayout = \"cells\"\nmap = \"\"\"\n.S.#.\n\"\"\"\n";
    std::fs::write(&toml, text).expect("written");
    let (code, out, err) = outcome(&["map", &toml, "--horizon", "1", "--json"]);
    assert_eq!(code, 0);
    assert!(err.contains("warning: 3"), "{err}");
    let found: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        (&found["random_cells"], found["cells"].as_array().map(Vec::len)),
        (&json!(3), Some(3)),
        "nobody comes behind the wall"
    );
    assert!(found["cells"].as_array().expect("cells").iter().all(|cell| cell["certain"] == false), "{found}");
    let sampled = map_json(&[&toml, "--horizon", "1", "--mode", "sampled", "--rollouts", "256"]);
    assert!(sampled["cells"][1]["corrected"].as_f64() < Some(0.05), "{sampled}");
    let (csv, svg) = (folder.join("map.csv"), folder.join("map.svg"));
    for path in [&csv, &svg] {
        assert_eq!(outcome(&["map", &toml, "--horizon", "1", "-q", "-o", path]).0, 0);
    }
    assert!(std::fs::read_to_string(&csv).expect("written").starts_with("y,x,value,certain\n0,0,1,false\n"));
    let drawn = std::fs::read_to_string(&svg).expect("written");
    for words in ["chance has a say", "not free, or out of reach", "bits", "key position", "mode exact", "noise own", "seed 0"] {
        assert!(drawn.contains(words), "{words}: {drawn}");
    }
    let (_, text, _) = outcome(&["map", &toml, "--horizon", "1", "-q"]);
    assert!(text.contains("1.00? 1.00? 1.00?     #     #") && text.contains("? is where chance has a say"), "{text}");
    // The world of keys slips in nearly every cell; the maze does not.
    let keys = map_json(&["gridlab/keys", "--horizon", "2"]);
    assert!(keys["random_cells"].as_u64() > Some(40), "{}", keys["random_cells"]);
    // With independent noise the mean is that of the channels. The value of mode `exact`, which is flagged, is far above it.
    let channels = map_json(&["gridlab/keys", "--horizon", "2", "--mode", "sampled", "--rollouts", "400"]);
    let (mean, bits) = (channels["mean"].as_f64().expect("bits"), keys["mean"].as_f64().expect("bits"));
    assert!((mean - 2.19).abs() < 0.02 && bits > mean + 0.3, "{mean} of {bits}");
    let maze = map_json(&["gridlab/klyubin-maze", "--horizon", "3"]);
    assert_eq!(
        (&maze["random_cells"], &maze["cells"][0]["certain"]),
        (&json!(0), &Value::Null),
        "said of all if it is not true of all"
    );
    let frozen = drawn_by(&folder, &["gridlab/chain-10", "--mode", "frozen", "--noise-samples", "3", "--seed", "7"]);
    for words in ["key position", "mode frozen", "noise samples 3", "seed 7"] {
        assert!(frozen.contains(words), "{words}");
    }
}

fn drawn_by(folder: &Folder, args: &[&str]) -> String {
    let path = folder.join("drawn.svg");
    map(&[args, &["-q", "--force", "-o", &path]].concat());
    std::fs::read_to_string(&path).expect("written")
}

/// A map has the cells of rooms, not the empty cells around them.
#[test]
fn nobody_stands_where_nobody_can_come() {
    let cells = |id: &str| map_json(&[id, "--horizon", "1", "--seed", "7"])["cells"].as_array().expect("cells").len();
    assert_eq!(cells("MiniGrid-MultiRoom-N4-S5-v0"), 39, "of 555 that are empty");
    assert_eq!(cells("MiniGrid-Empty-5x5-v0"), 8, "all but the goal");
    assert_eq!(cells("gridlab/keys"), 45);
    let visits = map_json(&["MiniGrid-MultiRoom-N2-S4-v0", "--measure", "visits", "--steps", "2000", "--num-envs", "4"]);
    assert!(visits["cells"].as_array().map(Vec::len) < Some(20), "{visits}");
}

/// Equal cells have equal errors only with shared noise, and the output says that the noise is shared.
#[test]
fn cells_have_noise_of_their_own() {
    let folder = Folder::new("map-noise");
    let toml = folder.join("field.toml");
    let text = "family = \"gridlab\"\nactions = \"NSEW\"\nmax_steps = 50\nslip = 0.2\nstart = \"anywhere\"\nlayout = \"cells\"\nmap = \"\"\"\n......\n......\n......\n......\n......\n......\n\"\"\"\n";
    std::fs::write(&toml, text).expect("written");
    let interior = |noise: &[&str], said: &str| {
        let found = map_json(&[&[&toml[..], "--mode", "sampled", "--horizon", "1"], noise].concat());
        assert_eq!(found["noise"], said);
        let cells = found["cells"].as_array().expect("cells").clone();
        let inner = cells
            .into_iter()
            .filter(|cell| [2, 3].map(Some).contains(&cell["x"].as_u64()) && [2, 3].map(Some).contains(&cell["y"].as_u64()));
        inner.map(|cell| cell["even"].as_f64().expect("bits")).collect::<Vec<f64>>()
    };
    let (own, shared) = (interior(&[], "own"), interior(&["--noise", "shared"], "shared"));
    assert!(shared.iter().all(|value| *value == shared[0]), "{shared:?}");
    assert!(own.iter().any(|value| *value != own[0]), "{own:?}");
}

/// A map that would take hours prints an estimate, and stops on request.
#[test]
#[cfg(unix)]
fn a_long_map_is_announced_and_stops_on_request() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    for (args, said) in [
        ("map gridlab/four-rooms --mode frozen --noise-samples 4096 --horizon 40", "forked steps on"),
        ("map gridlab/four-rooms --mode sampled --sequences 4096 --rollouts 64 --horizon 8", "forked steps on"),
        ("map gridlab/four-rooms --measure visits --steps 1000000000000", "1000.00G steps"),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_explorarium"))
            .args(args.split(' '))
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        errors.read_line(&mut line).expect("reads");
        assert!(line.starts_with("about ") && line.contains(said), "{args}: {line}");
        let told = Instant::now();
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let code = child.wait().expect("ends").code();
        let mut rest = String::new();
        errors.read_to_string(&mut rest).expect("reads");
        assert_eq!(code, Some(130), "{args}: {rest}");
        assert!(told.elapsed() < Duration::from_secs(10), "{args}: {:?}", told.elapsed());
        assert!(rest.contains("stopped"), "{args}: {rest}");
    }
}
