//! MiniGrid's view, custom levels and refusals. The parity tests check equality with the reference package.

use std::sync::Arc;

use explorarium::agents::Random;
use explorarium::envs::catalog::{Options, Source, builtin, load_source};
use explorarium::envs::minigrid::cells::{TRIPLES, triple};
use explorarium::envs::minigrid::map;
use explorarium::envs::{Core, World, load};
use explorarium::shaders::shared::chance::Chance;
use explorarium::shaders::shared::keyed::Keyed;
use explorarium::sim::{Batch, Config};

fn one(world: Arc<dyn World>) -> Batch {
    Batch::new(world, Config { num_envs: 1, seed: 7, ..Config::default() }).expect("a batch")
}

fn from_text(text: String, folder: Option<std::path::PathBuf>) -> Result<Arc<dyn World>, String> {
    load_source(&Source { id: "level.toml".into(), text, folder }, &Options::default()).map_err(|e| e.to_string())
}

const SIDE: usize = 11;

/// Returns a random level of walls, closed and open doors, lava and floor, with the agent on some cell.
fn drawing(chance: &mut Keyed) -> (Vec<Vec<char>>, (usize, usize), usize) {
    let signs = ['#', '.', '.', '.', 'D', 'O', 'f', '~', 'k'];
    let mut rows: Vec<Vec<char>> = (0..SIDE).map(|_| (0..SIDE).map(|_| signs[chance.randint(9) as usize]).collect()).collect();
    let (x, y, direction) =
        (chance.randint(SIDE as u32) as usize, chance.randint(SIDE as u32) as usize, chance.randint(4) as usize);
    rows[y][x] = map::AGENTS[direction];
    (rows, (x, y), direction)
}

fn toml(rows: &[Vec<char>]) -> String {
    let map: Vec<String> = rows.iter().map(|row| row.iter().collect()).collect();
    let legend = "D = \"closed red door\"\nO = \"open blue door\"\nf = \"green floor\"\nk = \"yellow key\"";
    format!(
        "family = \"minigrid\"\nsize = [{SIDE}, {SIDE}]\nmax_steps = 50\nmission = \"look\"\n[level]\ngenerator = \"map\"\nmap = '''\n{}\n'''\n[level.legend]\n{legend}\n",
        map.join("\n")
    )
}

/// Computes the view cell by cell: a square ahead of the agent, from which visibility spreads row by row.
fn slow_view(rows: &[Vec<char>], (ax, ay): (usize, usize), direction: usize) -> Vec<[u8; 3]> {
    let codes = |c: char| match c {
        '#' => [2, 5, 0],
        'D' => [4, 0, 1],
        'O' => [4, 2, 0],
        'f' => [3, 1, 0],
        '~' => [9, 0, 0],
        'k' => [5, 4, 0],
        _ => [1, 0, 0],
    };
    let (forward, right) = [((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)), ((0, -1), (1, 0))][direction];
    let cell = |i: i32, j: i32| {
        let (ahead, aside) = (6 - j, i - 3);
        let (x, y) = (ax as i32 + ahead * forward.0 + aside * right.0, ay as i32 + ahead * forward.1 + aside * right.1);
        let inside = (0..SIDE as i32).contains(&x) && (0..SIDE as i32).contains(&y);
        if inside { codes(rows[y as usize][x as usize]) } else { codes('#') }
    };
    let clear = |i: i32, j: i32| !matches!(cell(i, j), [2, ..] | [4, _, 1]);
    let mut seen = [[false; 7]; 7];
    seen[3][6] = true;
    let spread = |i: i32, j: i32, to: i32, seen: &mut [[bool; 7]; 7]| {
        if seen[i as usize][j as usize] && clear(i, j) {
            seen[to as usize][j as usize] = true;
            if j > 0 {
                seen[to as usize][j as usize - 1] = true;
                seen[i as usize][j as usize - 1] = true;
            }
        }
    };
    for j in (0..7).rev() {
        (0..6).for_each(|i| spread(i, j, i + 1, &mut seen));
        (1..7).rev().for_each(|i| spread(i, j, i - 1, &mut seen));
    }
    (0..7)
        .flat_map(|i| (0..7).map(move |j| (i, j)))
        .map(|(i, j)| match (seen[i as usize][j as usize], (i, j)) {
            (_, (3, 6)) => [1, 0, 0],
            (true, _) => cell(i, j),
            (false, _) => [0, 0, 0],
        })
        .collect()
}

#[test]
fn the_view_is_that_of_the_plain_way_on_random_levels() {
    let mut chance = Keyed::new([3, 4], 0, 0, 0);
    let mut hidden = 0;
    for round in 0..400 {
        let (rows, agent, direction) = drawing(&mut chance);
        let batch = one(from_text(toml(&rows), None).expect("a level"));
        let bytes: &[u8] = bytemuck::cast_slice(batch.obs().expect("on the CPU"));
        let expected: Vec<u8> = slow_view(&rows, agent, direction).concat();
        assert_eq!(&bytes[..147], &expected[..], "round {round}, agent {agent:?} {direction}\n{}", toml(&rows));
        assert_eq!(bytes[147] as usize, direction);
        hidden += expected.chunks(3).filter(|cell| cell[0] == 0).count();
    }
    assert!(hidden > 1000, "walls hide something");
}

#[test]
fn a_level_from_the_packages_array_is_the_drawn_one() {
    let mut chance = Keyed::new([5, 6], 0, 0, 0);
    let (rows, (x, y), direction) = drawing(&mut chance);
    let drawn = from_text(toml(&rows), None).expect("drawn");
    let folder = std::env::temp_dir().join(format!("explorarium-npy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let plain: Vec<Vec<char>> =
        rows.iter().map(|row| row.iter().map(|c| if map::AGENTS.contains(c) { '.' } else { *c }).collect()).collect();
    let code = |c: char| match c {
        '#' => [2u8, 5, 0],
        'D' => [4, 0, 1],
        'O' => [4, 2, 0],
        'f' => [3, 1, 0],
        '~' => [9, 0, 0],
        'k' => [5, 4, 0],
        _ => [1, 0, 0],
    };
    // grid.encode(): [x][y][channel], version 1.0 of the format, header padded to 64 bytes.
    let mut header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({SIDE}, {SIDE}, 3), }}").into_bytes();
    header.resize(128 - 10 - 1, b' ');
    header.push(b'\n');
    let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    file.extend(header);
    file.extend((0..SIDE).flat_map(|x| plain.iter().flat_map(move |row| code(row[x]))));
    std::fs::write(folder.join("level.npy"), file).expect("written");
    let text = format!(
        "family = \"minigrid\"\nsize = [{SIDE}, {SIDE}]\nmax_steps = 50\nmission = \"look\"\n[level]\ngenerator = \"map\"\nnpy = \"level.npy\"\nagent = [{x}, {y}]\ndirection = {direction}\n"
    );
    let loaded = from_text(text, Some(folder.clone()));
    std::fs::remove_dir_all(&folder).expect("cleaned");
    let play = |world: Arc<dyn World>| {
        let mut batch = one(world);
        batch.advance(40, &Random::default()).expect("runs");
        (batch.checksum().expect("on the CPU"), batch.obs().expect("on the CPU").to_vec())
    };
    assert_eq!(play(drawn), play(loaded.expect("loads")));
}

/// Returns a .npy file of shape (4, 3, 3): walls, except for `cells` at (x, y).
fn array(cells: &[(usize, usize, [u8; 3])]) -> Vec<u8> {
    let mut header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3, 3), }".to_vec();
    header.resize(128 - 10 - 1, b' ');
    header.push(b'\n');
    let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    file.extend(header);
    for (x, y) in (0..4).flat_map(|x| (0..3).map(move |y| (x, y))) {
        let there = cells.iter().find(|cell| (cell.0, cell.1) == (x, y)).map(|cell| cell.2);
        file.extend(there.unwrap_or([2, 5, 0]));
    }
    file
}

#[test]
fn arrays_do_not_lose_in_silence_what_they_do_not_say() {
    let folder = std::env::temp_dir().join(format!("explorarium-arrays-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let load = |cells: &[(usize, usize, [u8; 3])], level: &str| {
        std::fs::write(folder.join("level.npy"), array(cells)).expect("written");
        let text = format!(
            "family = \"minigrid\"\nsize = [4, 3]\nmax_steps = 9\nmission = \"look\"\n[level]\ngenerator = \"map\"\nnpy = \"level.npy\"\n{level}\n"
        );
        from_text(text, Some(folder.clone()))
    };
    let (free, chest, agent) = ((1, 1, [1, 0, 0]), (2, 1, [7, 1, 0]), (1, 1, [10, 0, 2]));
    // The ruleset gives the content of a box, or it is taken to be empty and a note says so.
    let empty = load(&[free, chest], "agent = [1, 1]").expect("loads");
    assert!(
        empty.notes()[0].contains("level.npy: the array does not say what boxes hide; 1 of them ([2, 1])"),
        "{:?}",
        empty.notes()
    );
    assert!(empty.spec().toml.contains("\"green box\"") && !empty.spec().toml.contains("boxes"));
    for (said, holds) in
        [("red key", "green box with red key"), ("blue ball", "green box with blue ball"), ("empty", "green box")]
    {
        let level = format!("agent = [1, 1]\nboxes = [{{ at = [2, 1], holds = \"{said}\" }}]");
        let world = load(&[free, chest], &level).expect("loads");
        assert!(world.notes().is_empty() && world.spec().toml.contains(&format!("\"{holds}\"")), "{said}");
    }
    // The array or the ruleset gives the agent's position; if both do, they must agree.
    for level in ["", "agent = [1, 1]", "agent = [1, 1]\ndirection = 2", "direction = 2"] {
        let world = load(&[agent], level).expect("loads");
        assert!(world.spec().toml.contains("direction = 2"), "{level}");
    }
    for (cells, level, why) in [
        (
            vec![agent],
            "agent = [2, 1]",
            "the array shows the agent at [1, 1] with direction 2, and agent or direction say otherwise",
        ),
        (vec![agent], "agent = [1, 1]\ndirection = 0", "say otherwise"),
        (vec![agent, (2, 1, [10, 0, 0])], "", "level.npy: the agent stands on [1, 1] and on [2, 1]"),
        (vec![(1, 1, [10, 0, 7])], "", "level.npy: cell [1, 1]: the agent has direction 7"),
        (
            vec![free],
            "agent = [1, 1]\nboxes = [{ at = [2, 1], holds = \"red key\" }]",
            "level.npy: boxes: there is no box at [2, 1]",
        ),
        (vec![free, chest], "agent = [1, 1]\nboxes = [{ at = [2, 1], holds = \"lava\" }]", "holds 'lava'"),
        (vec![free, (2, 1, [77, 0, 0])], "agent = [1, 1]", "level.npy: cell [2, 1] holds [77, 0, 0]"),
    ] {
        let error = load(&cells, level).expect_err(why).to_string();
        assert!(error.contains(why), "{level}: {error}");
    }
    for broken in [&b"x"[..], &array(&[])[..130], &array(&[])[..9]] {
        std::fs::write(folder.join("level.npy"), broken).expect("written");
        let text = "family = \"minigrid\"\nsize = [4, 3]\nmax_steps = 9\nmission = \"look\"\n[level]\ngenerator = \"map\"\nnpy = \"level.npy\"\n";
        let error = from_text(text.into(), Some(folder.clone())).expect_err("broken").to_string();
        assert!(error.contains("level.npy: "), "{error}");
    }
    std::fs::remove_dir_all(&folder).expect("cleaned");
}

#[test]
fn every_id_plays_and_its_resolved_text_is_the_same_world() {
    let ids: Vec<&str> = builtin().into_iter().map(|(id, _)| id).filter(|id| id.starts_with("MiniGrid-")).collect();
    assert_eq!(ids.len(), 76);
    for id in ids {
        let world = load(id, &Options::default()).expect(id);
        let again = from_text(world.spec().toml.clone(), None).expect(id);
        let play = |world: Arc<dyn World>| {
            let mut batch = Batch::new(world, Config { num_envs: 3, seed: 1, ..Config::default() }).expect(id);
            batch.advance(60, &Random::default()).expect(id);
            for i in 0..3 {
                let core = &batch.core().expect("on the CPU")[i * Core::WORDS..(i + 1) * Core::WORDS];
                assert_eq!(core[Core::FAULT], 0);
            }
            batch.checksum().expect("on the CPU")
        };
        assert_eq!(play(world), play(again), "{id}");
    }
}

#[test]
fn impossible_levels_say_why() {
    let level = |from: &str, to: &str| from_text(toml(&vec![vec!['.'; SIDE]; SIDE]).replacen(from, to, 1), None);
    for (from, to, names) in [
        ("mission", "misson", "misson"),
        ("max_steps = 50", "max_steps = 0", "max_steps"),
        ("size = [11, 11]", "size = [2, 2]", "size"),
        ("...........", "...?.......", "?"),
        ("...........", "..........", "11"),
        ("...........", "..>..<.....", "agent"),
        ("D = \"closed red door\"", "D = \"closed pink door\"", "pink"),
        ("generator = \"map\"", "generator = \"maze\"", "maze"),
    ] {
        let error = level(from, to).expect_err(to);
        assert!(error.contains(names) && error.contains("level.toml"), "{to}: {error}");
    }
    assert!(level("", "").expect_err("no agent").contains("agent"));
}

#[test]
fn one_changed_code_changes_the_view() {
    // Negative control of the comparison above.
    let open = vec![vec!['.'; SIDE]; SIDE];
    let at = |sign: char| {
        let mut rows = open.clone();
        rows[5][5] = '^';
        rows[3][5] = sign;
        one(from_text(toml(&rows), None).expect("a level")).obs().expect("on the CPU").to_vec()
    };
    assert_ne!(at('.'), at('#'));
    assert_ne!(at('O'), at('D'));
    assert!(TRIPLES.iter().enumerate().filter(|(_, w)| **w != 0).all(|(code, _)| triple(code as u8)[0] <= 9));
}

#[test]
fn rewards_kept_as_integers_are_the_packages_to_rounding() {
    let world = load("MiniGrid-Empty-5x5-v0", &Options::default()).expect("an id");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 64, seed: 3, ..Config::default() }).expect("a batch");
    let mut rewarded = 0;
    for _ in 0..300 {
        batch.advance(1, &Random::default()).expect("runs");
        for raw in (0..64).map(|i| batch.outcome(i).expect("on the CPU").0).filter(|raw| *raw != 0) {
            let kept = f64::from(raw) / f64::from(world.spec().reward_denominator);
            assert!((kept - world.reward(raw)).abs() < 1e-12, "{raw}: {kept}, {}", world.reward(raw));
            rewarded += 1;
        }
    }
    assert!(rewarded > 50, "only {rewarded} rewards");
}
