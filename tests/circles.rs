//! Imports between files have no cycles: everything that a file needs can be read before it.
//!
//! Imports are the paths that begin with `crate`, `super` or `self` in code outside tests. A name that a `mod.rs` re-exports counts as an
//! import of the file that defines it; the re-export itself does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::structure::{expand, read, walk};

type Module = Vec<String>;

/// Returns the module of a file: `src/sim/batch.rs` is `sim::batch`, `envs/mod.rs` is `envs`.
fn module(path: &str) -> Module {
    let mut names: Vec<&str> = path.trim_end_matches(".rs").split('/').collect();
    if names[0] == "src" {
        names.remove(0);
    }
    if matches!(names.last(), Some(&"mod" | &"lib" | &"main")) {
        names.pop();
    }
    names.into_iter().map(str::to_string).collect()
}

/// Returns the code without comments and without tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Returns the paths from the root that the code of module `own` names.
fn paths(own: &Module, code: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for (begin, levels) in [("crate::", None), ("self::", Some(0)), ("super::", Some(1))] {
        for (at, _) in code.match_indices(begin) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let (mut rest, mut up) = (&code[at + begin.len()..], levels);
            while let Some(more) = rest.strip_prefix("super::").filter(|_| up.is_some()) {
                (rest, up) = (more, up.map(|n| n + 1));
            }
            let base: Module = up.map_or(Vec::new(), |n| own[..own.len().saturating_sub(n)].to_vec());
            for path in expand("", rest) {
                let mut whole = base.clone();
                whole.extend(path.split("::").map(str::to_string));
                found.push(whole);
            }
        }
    }
    found
}

/// Returns the paths that begin with the name of one of `children`, modules in the folder of module `own`.
fn paths_to_children(own: &Module, children: &BTreeSet<String>, code: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for child in children {
        for (at, _) in code.match_indices(&format!("{child}::")) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            for path in expand("", &code[at..]) {
                found.push(own.iter().cloned().chain(path.split("::").map(str::to_string)).collect());
            }
        }
    }
    found
}

/// Returns the names that a `mod.rs` re-exports, each with the module that it comes from.
fn passed_on(own: &Module, code: &str) -> BTreeMap<String, Module> {
    let mut names = BTreeMap::new();
    for rest in code.split("pub use ").skip(1) {
        for path in expand("", rest.trim_start_matches("self::")) {
            let parts: Vec<&str> = path.split("::").collect();
            let mut from = if parts[0] == "crate" { Vec::new() } else { own.clone() };
            from.extend(parts.iter().skip(usize::from(parts[0] == "crate")).map(|part| (*part).to_string()));
            names.insert(parts[parts.len() - 1].to_string(), from);
        }
    }
    names
}

/// Returns for each file the files that it imports.
fn imports(files: &[(String, String)]) -> BTreeMap<&str, BTreeSet<&str>> {
    let modules: BTreeMap<Module, &str> = files.iter().map(|(path, _)| (module(path), path.as_str())).collect();
    let passed: BTreeMap<Module, BTreeMap<String, Module>> =
        files.iter().map(|(path, text)| (module(path), passed_on(&module(path), &code(text)))).collect();
    let resolve = |path: &Module| -> Option<&str> {
        let mut path = path.clone();
        // A name may be re-exported a few times.
        for _ in 0..4 {
            let n = (0..=path.len()).rev().find(|n| modules.contains_key(&path[..*n]))?;
            let own = path[..n].to_vec();
            match path.get(n).and_then(|name| passed.get(&own)?.get(name)) {
                Some(from) => path = from.iter().chain(&path[n + 1..]).cloned().collect(),
                None => return modules.get(&own).copied(),
            }
        }
        None
    };
    let mut edges = BTreeMap::new();
    for (path, text) in files {
        let (own, code) = (module(path), code(text));
        let own_code: String = code
            .split("pub use ")
            .enumerate()
            .map(|(k, part)| if k == 0 { part } else { part.split_once(';').map_or("", |(_, rest)| rest) })
            .collect();
        // In a file that is no `mod.rs` but has a folder, re-exports count as uses.
        let used = if path.ends_with("/mod.rs") { &own_code } else { &code };
        let children: BTreeSet<String> = modules
            .keys()
            .filter(|other| other.len() == own.len() + 1 && other.starts_with(&own))
            .filter_map(|other| other.last().cloned())
            .collect();
        let named = paths(&own, used).into_iter().chain(paths_to_children(&own, &children, used));
        let to = named.collect::<Vec<_>>().iter().filter_map(resolve).filter(|to| to != path).collect();
        edges.insert(path.as_str(), to);
    }
    edges
}

/// Returns the shortest cycle that begins and ends with `from`, if there is one.
fn circle<'f>(edges: &BTreeMap<&'f str, BTreeSet<&'f str>>, from: &'f str) -> Option<Vec<&'f str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![from]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for to in edges.get(way[way.len() - 1]).into_iter().flatten() {
                if *to == from {
                    return Some([&way[..], &[from]].concat());
                }
                if seen.insert(*to) {
                    longer.push([&way[..], &[*to]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

fn circles(files: &[(String, String)]) -> Vec<String> {
    let edges = imports(files);
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for (path, _) in files {
        let Some(circle) = circle(&edges, path) else { continue };
        let mut names: Vec<&str> = circle.clone();
        names.sort_unstable();
        names.dedup();
        if known.insert(names) {
            found.push(circle.join(" -> "));
        }
    }
    found
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = |path: &String| path.ends_with(".rs") && ["src/", "envs/", "shaders/"].iter().any(|top| path.starts_with(top));
    let paths = walk().0.into_iter().map(|path| path.to_string_lossy().replace('\\', "/")).filter(own);
    paths.filter(|path| !path.contains("/tests")).map(|path| (path.clone(), read(&root.join(path)))).collect()
}

#[test]
fn no_file_imports_in_a_circle() {
    let files = sources();
    let edges: usize = imports(&files).values().map(BTreeSet::len).sum();
    assert!(edges > 500, "{edges} imports: the scan does not see them");
    let found = circles(&files);
    assert!(found.is_empty(), "{} circles:\n{}", found.len(), found.join("\n"));
}

#[test]
fn circles_are_seen() {
    let of = |files: &[(&str, &str)]| {
        circles(&files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect::<Vec<_>>())
    };
    let two = [
        ("src/a/b.rs", "use super::c::C;\n"),
        ("src/a/c.rs", "fn c() { crate::a::b::B; }\n"),
        ("src/a/mod.rs", "mod b;\nmod c;\n"),
    ];
    assert_eq!(of(&two), ["src/a/b.rs -> src/a/c.rs -> src/a/b.rs"]);
    // A cycle through a re-exported name.
    let passed =
        [("src/a/b.rs", "use crate::a::{C, x};\n"), ("src/a/c.rs", "use super::b::B;\n"), ("src/a/mod.rs", "pub use c::C;\n")];
    assert_eq!(of(&passed), ["src/a/b.rs -> src/a/c.rs -> src/a/b.rs"]);
    // A parent module and its child that use each other.
    let child = [("src/a/b.rs", "use super::A;\n"), ("src/a/mod.rs", "mod b;\nstruct A;\nfn a() { b::b(); }\n")];
    assert_eq!(of(&child), ["src/a/b.rs -> src/a/mod.rs -> src/a/b.rs"]);
    let folder = [("src/a/b.rs", "use super::A;\n"), ("src/a.rs", "pub use b::B;\nstruct A;\n")];
    assert_eq!(of(&folder), ["src/a/b.rs -> src/a.rs -> src/a/b.rs"]);
    let none = [
        ("src/a/b.rs", "use super::c::C; // super::d\n#[cfg(test)]\nmod tests { use super::super::d; }\n"),
        ("src/a/c.rs", "use super::d::{self, D};\n"),
        ("src/a/d.rs", "use std::fmt;\n"),
        ("src/a/mod.rs", "pub use b::B;\npub use c::C;\n"),
    ];
    assert_eq!(of(&none), Vec::<String>::new());
}
