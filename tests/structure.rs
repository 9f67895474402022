//! The structure of the project: ARCHITECTURE.md names every folder, modules import only what they may, kernels have their twins, and no
//! file contains paths of a particular machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::gpu::compared::COMPARED;

const MAP: &str = "ARCHITECTURE.md";
const MAP_LINES: usize = 190;

/// What each part of the crate may import. A part is the first name of a `crate::` path; a part that is not listed may import all.
const EDGES: &[(&str, &[&str])] = &[
    ("shaders", &["shaders", "envs::shared"]),
    ("envs", &["envs", "shaders"]),
    ("gpu", &["gpu", "error", "files"]),
    ("sim", &["sim", "gpu", "shaders", "envs", "error", "files", "memory"]),
    ("bonus", &["bonus", "sim", "gpu", "shaders", "envs", "error", "files", "memory"]),
    ("agents", &["agents", "bonus", "sim", "gpu", "shaders", "envs", "error", "files"]),
    ("metrics", &["metrics", "bonus", "sim", "shaders", "envs", "error", "files"]),
    ("traces", &["traces", "bonus", "sim", "shaders", "envs", "error", "files", "memory"]),
    ("measures", &["measures", "traces", "metrics", "sim", "shaders", "envs", "error", "files"]),
    ("maps", &["maps", "traces", "agents", "bonus", "sim", "shaders", "envs", "error"]),
    ("scene", &["scene", "envs"]),
    ("export", &["export", "scene", "traces", "sim", "envs", "error"]),
    ("plots", &["plots", "scene", "error", "files"]),
    // The window shows the figures of `measure`, computed by the same functions, and says their level.
    (
        "viewer",
        &[
            "viewer",
            "study",
            "runs",
            "measures",
            "metrics::bootstrap",
            "scene",
            "maps",
            "traces",
            "agents",
            "bonus",
            "sim",
            "gpu",
            "envs",
            "error",
            "files",
            "memory",
        ],
    ),
    (
        "runs",
        &["runs", "traces", "metrics", "agents", "bonus", "sim", "gpu", "shaders", "envs", "error", "files", "machine", "memory"],
    ),
    (
        "study",
        &["study", "runs", "traces", "metrics", "agents", "bonus", "sim", "gpu", "shaders", "envs", "error", "files", "machine"],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Returns the files and folders of the project: those that are not hidden and not named in .gitignore. Paths begin at the root.
pub fn walk() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let gitignore = read(&root().join(".gitignore"));
    let ignored = |path: &Path, name: &str| {
        gitignore.lines().any(|line| line == format!("/{}", slashed(path)) || line.trim_end_matches('/') == name)
    };
    let (mut files, mut folders, mut todo) = (Vec::new(), Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder of the project") {
            let entry = entry.expect("an entry of a folder");
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(&name);
            if (name.starts_with('.') && name != ".ci") || ignored(&path, &name) {
                continue;
            }
            if entry.file_type().expect("the type of an entry").is_dir() {
                folders.push(path.clone());
                todo.push(path);
            } else {
                files.push(path);
            }
        }
    }
    (files, folders)
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Returns the texts between backticks that end in a slash.
fn named_folders(map: &str) -> BTreeSet<String> {
    map.split('`').skip(1).step_by(2).filter_map(|code| code.strip_suffix('/')).map(str::to_string).collect()
}

#[test]
fn the_map_names_every_folder_and_no_other() {
    let map = read(&root().join(MAP));
    let lines = map.lines().count();
    assert!(lines <= MAP_LINES, "{MAP} has {lines} lines; a map has at most {MAP_LINES}");
    let named = named_folders(&map);
    let there: BTreeSet<String> = walk().1.iter().map(|folder| slashed(folder)).collect();
    let missing: Vec<_> = there.difference(&named).collect();
    assert!(missing.is_empty(), "{MAP} does not name {missing:?}; write each as `folder/`");
    let gone: Vec<_> = named.difference(&there).collect();
    assert!(gone.is_empty(), "{MAP} names {gone:?}, which are not there");
}

#[test]
fn folders_are_read_off_backticks() {
    let named = named_folders("the `src/sim/` batch, `main.rs`, and `envs/`: two folders, not src/gpu/");
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["envs", "src/sim"]);
}

/// Returns the paths after each `crate::` in a source, with groups in braces expanded: "sim::Batch", "envs::shared::world".
fn imports(source: &str) -> Vec<String> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    code.split("crate::").skip(1).flat_map(|rest| expand("", rest)).collect()
}

pub fn expand(prefix: &str, rest: &str) -> Vec<String> {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let (path, after) = rest.split_at(end);
    if !after.starts_with('{') || !(path.is_empty() || path.ends_with("::")) {
        return vec![format!("{prefix}{path}").trim_end_matches("::").to_string()];
    }
    let prefix = format!("{prefix}{path}");
    let (mut depth, mut start, mut parts) = (0, 1, Vec::new());
    for (ix, c) in after.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if (c == ',' && depth == 1) || depth == 0 {
            parts.push(after[start..ix].trim());
            start = ix + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).flat_map(|part| expand(&prefix, part)).collect()
}

/// Returns why the file at `path` may not import `import`, or None if it may.
fn forbidden(path: &str, import: &str) -> Option<String> {
    let mut names = path.split('/');
    let part = match names.next() {
        Some("src") => names.next().map(|name| name.trim_end_matches(".rs")).unwrap_or_default(),
        Some(top) => top,
        None => "",
    };
    let (_, allowed) = EDGES.iter().find(|(name, _)| *name == part)?;
    let within = |allowed: &&&str| import == **allowed || import.starts_with(&format!("{allowed}::"));
    if !allowed.iter().any(|allowed| within(&allowed)) {
        return Some(format!("{path} imports {import}; {part} may import {allowed:?}"));
    }
    family_edge(path, import)
}

/// A family of worlds may not import another; only the catalog imports them all.
fn family_edge(path: &str, import: &str) -> Option<String> {
    let family = path.strip_prefix("envs/")?.split_once('/')?.0;
    let other = import.strip_prefix("envs::")?.split("::").next()?;
    let is_family = root().join("envs").join(other).is_dir() && other != "shared";
    (is_family && other != family && path != "envs/shared/catalog.rs")
        .then(|| format!("{path} imports {import}; families share only envs/shared"))
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let (files, _) = walk();
    let sources = files.iter().filter(|file| file.extension().is_some_and(|e| e == "rs") && !file.starts_with("tests"));
    let mut checked = 0;
    let mut found = Vec::new();
    for file in sources {
        let path = slashed(file);
        for import in imports(&read(&root().join(file))) {
            checked += 1;
            found.extend(forbidden(&path, &import));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(checked > 20, "only {checked} imports found: the scan does not see them");
}

#[test]
fn a_forbidden_import_is_seen() {
    let source = "use crate::{sim::{Batch, hash}, cli::number};\nlet x = crate::envs::crafter::load(); // crate::runs\n";
    assert_eq!(imports(source), ["sim::Batch", "sim::hash", "cli::number", "envs::crafter::load"]);
    for (path, import) in [
        ("src/sim/batch.rs", "agents::Agent"),
        ("src/gpu/mod.rs", "envs::World"),
        ("src/sim/batch.rs", "cli"),
        ("envs/crafter/step.rs", "sim::Batch"),
        ("envs/crafter/step.rs", "envs::minigrid::Grid"),
        ("shaders/shared/hash.rs", "envs::crafter"),
        ("src/bonus/count.rs", "agents::Agent"),
    ] {
        assert!(forbidden(path, import).is_some(), "{path} may not import {import}");
    }
    for (path, import) in [
        ("src/sim/batch.rs", "envs::World"),
        ("src/cli/run.rs", "viewer"),
        ("envs/shared/catalog.rs", "envs::crafter"),
        ("envs/crafter/step.rs", "envs::shared::world::Core"),
        ("envs/crafter/step.rs", "envs::crafter::rules"),
    ] {
        assert_eq!(forbidden(path, import), None);
    }
}

/// Returns an error for each kernel that has no twin. The twin of X.wgsl is the function X in X.rs beside it, or in the file of the same
/// folder that a line `// Twin: FILE` names. Drawing shaders of the viewer have none.
fn kernels_without_twin(files: &[(PathBuf, String)]) -> Vec<String> {
    let kernels = files.iter().filter(|(file, text)| text.contains("@compute") && file.extension().is_some_and(|e| e == "wgsl"));
    let mut found = Vec::new();
    for (file, text) in kernels.filter(|(file, _)| !file.starts_with("shaders/view")) {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let named = text.lines().find_map(|line| line.strip_prefix("// Twin: "));
        let twin = named.map_or_else(|| file.with_extension("rs"), PathBuf::from);
        let code = files.iter().find(|(known, _)| *known == twin).map(|(_, code)| code);
        if twin.parent() != file.parent() {
            found.push(format!("{}: its twin lies in another folder, {}", slashed(file), slashed(&twin)));
        } else if !code.is_some_and(|code| ["(", "<"].iter().any(|next| code.contains(&format!("fn {stem}{next}")))) {
            found.push(format!("{}: there is no fn {stem} in {}", slashed(file), slashed(&twin)));
        }
    }
    found
}

fn texts_of(ends: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |file: &PathBuf| file.extension().is_some_and(|e| ends.iter().any(|end| e == *end));
    walk().0.into_iter().filter(wanted).map(|file| (file.clone(), read(&root().join(file)))).collect()
}

#[test]
fn every_kernel_has_its_twin() {
    assert_eq!(kernels_without_twin(&texts_of(&["wgsl", "rs"])), Vec::<String>::new());
    let made_up = [
        ("a/x.wgsl", "@compute"),
        ("a/x.rs", "pub fn x(core: &[u32]) {}"),
        ("b/x.wgsl", "@compute"),
        ("b/y.wgsl", "// Twin: a/x.rs\n@compute"),
        ("b/z.wgsl", "// Twin: b/w.rs\n@compute"),
        ("b/w.rs", "fn other() {}"),
        ("c/z.wgsl", "// Twin: c/w.rs\n@compute"),
        ("c/w.rs", "fn z() {}"),
        ("b/part.wgsl", "fn part() {}"),
        ("shaders/view/tile.wgsl", "@compute"),
    ];
    let made_up = made_up.map(|(file, text)| (PathBuf::from(file), text.to_string()));
    let found = kernels_without_twin(&made_up);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].contains("no fn x in b/x.rs") && found[1].contains("another folder") && found[2].contains("no fn z in b/w.rs")
    );
}

#[test]
fn every_kernel_is_compared_with_its_twin() {
    let kernels: BTreeSet<String> = texts_of(&["wgsl"])
        .into_iter()
        .filter(|(file, text)| text.contains("@compute") && !file.starts_with("shaders/view"))
        .map(|(file, _)| slashed(&file))
        .collect();
    let compared: BTreeSet<String> = COMPARED.iter().map(|(kernel, _)| (*kernel).to_string()).collect();
    assert_eq!(compared, kernels, "tests/gpu/compared.rs lists the kernels");
    assert_eq!(compared.len(), COMPARED.len(), "a kernel is listed twice");
    let tests: String =
        texts_of(&["rs"]).into_iter().filter(|(file, _)| file.starts_with("tests/gpu")).map(|(_, text)| text).collect();
    let gone: Vec<_> = COMPARED.iter().filter(|(_, test)| !tests.contains(&format!("#[test]\nfn {test}()"))).collect();
    assert!(gone.is_empty(), "these tests are not there: {gone:?}");
}

/// Returns the lines with absolute paths of a particular machine: home folders, work folders, mounts.
fn private_paths(text: &str) -> Vec<&str> {
    let folders = ["home", "root", "work", "Users", "mnt"];
    let begins = |c: char| c.is_whitespace() || "\"'`(=:,[{<>".contains(c);
    text.lines()
        .filter(|line| {
            line.match_indices('/').any(|(ix, _)| {
                let after = &line[ix + 1..];
                let starts_there = line[..ix].chars().next_back().is_none_or(begins);
                starts_there && folders.iter().any(|name| after.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
            })
        })
        .collect()
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let mut found = Vec::new();
    let mut read_files = 0;
    for file in walk().0 {
        let Ok(text) = fs::read_to_string(root().join(&file)) else { continue };
        read_files += 1;
        found.extend(private_paths(&text).into_iter().map(|line| format!("{}: {line}", file.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(read_files > 20, "only {read_files} files read");
    let seen =
        private_paths(&format!("see {0}home{0}someone\nsrc{0}home{0}x\nhttps:{0}{0}x.org{0}work{0}y\n'{0}root{0}a'", '/')).len();
    assert_eq!(seen, 2);
}

#[test]
fn test_modules_are_all_listed() {
    let listed = read(&root().join("tests/all.rs"));
    for file in
        walk().0.iter().filter(|file| file.parent() == Some(Path::new("tests")) && file.extension().is_some_and(|e| e == "rs"))
    {
        let stem = file.file_stem().expect("a file has a name").to_string_lossy();
        assert!(stem == "all" || listed.contains(&format!("mod {stem};")), "tests/all.rs does not list {stem}");
    }
}

#[test]
fn one_place_writes_to_stdout_and_stderr() {
    // These panic or end the process if the output cannot be written.
    let words = ["println!", "print!", "dbg!", "io::stdout()", "io::stderr()", "get_matches_from(", ".exit()"];
    let allowed = |word: &str, line: &str| match word {
        "get_matches_from(" => line.contains("try_get_matches_from("),
        // Ends the event loop of the window, not the process.
        ".exit()" => line.contains("events.exit()"),
        _ => false,
    };
    let mut found = Vec::new();
    let sources = walk().0.into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs"));
    for file in sources.filter(|file| ["src", "envs", "shaders"].iter().any(|part| file.starts_with(part))) {
        let text = read(&root().join(&file));
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        // src/cli/drivers.rs catches what drivers write to stderr.
        if !["src/cli/output.rs", "src/cli/drivers.rs"].contains(&slashed(&file).as_str()) {
            let odd = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .filter(|line| words.iter().any(|word| line.contains(word) && !allowed(word, line)));
            found.extend(odd.map(|line| format!("{}: {line}", slashed(&file))));
        }
    }
    assert!(found.is_empty(), "only src/cli/output.rs writes there:\n{}", found.join("\n"));
}
