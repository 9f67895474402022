//! Files of documents: opening, saving, and names that are free.

use std::path::{Path, PathBuf};

use super::blank;
use super::check::why_not;
use super::document::Document;
use super::drawing::Drawing;
use super::scenario::Scenario;
use crate::files::{MAX_TEXT, hash_of, read_bytes, read_text, write_bytes};

/// A file as it was when it was opened or saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnDisk {
    /// Its path.
    pub path: PathBuf,
    /// Hash of its bytes.
    hash: String,
}

/// What saving would do to a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// There is no such file, or it is the one that was opened.
    Free,
    /// Another file has this name.
    Taken,
    /// The file was changed by another program since it was opened or saved here.
    Changed,
}

impl OnDisk {
    /// A file with these bytes.
    pub fn new(path: &Path, bytes: &[u8]) -> OnDisk {
        OnDisk { path: path.to_path_buf(), hash: hash_of(bytes) }
    }
}

/// What saving to `path` would do, if `known` was opened or saved last.
pub fn target(path: &Path, known: Option<&OnDisk>) -> Target {
    if !path.exists() {
        return Target::Free;
    }
    match known.filter(|known| known.path == path) {
        None => Target::Taken,
        Some(known) if read_bytes(path).is_ok_and(|bytes| hash_of(&bytes) == known.hash) => Target::Free,
        Some(_) => Target::Changed,
    }
}

/// Writes a document.
///
/// # Errors
/// Why the file cannot be written.
pub fn save(path: &Path, text: &str) -> Result<OnDisk, String> {
    write_bytes(path, text.as_bytes()).map_err(|why| why.to_string())?;
    Ok(OnDisk::new(path, text.as_bytes()))
}

/// Whether the window opens a file on this page: `.json` or `.toml`, and not the `run.toml` of a run.
pub fn is_document(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    let is_run = path.file_name().is_some_and(|name| name == "run.toml");
    ending.is_some_and(|ending| ending == "json" || ending == "toml") && !is_run && !path.is_dir()
}

/// Opens a scenario over the first state of `world`, or a world.
///
/// # Errors
/// What the command line says about the file, or that it has no drawing.
pub fn open(path: &Path, (world, seed): (&str, i64)) -> Result<(Document, OnDisk), String> {
    let text = read_text(path, MAX_TEXT).map_err(|why| why.to_string())?;
    let on_disk = OnDisk::new(path, text.as_bytes());
    let name = path.display().to_string();
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        let scenario = Scenario::parse(world, seed, &text);
        let why = || why_not(world, seed, &text).unwrap_or_else(|| "it is no scenario".to_string());
        return Ok((Document::Scenario(scenario.ok_or_else(|| format!("{name}: {}", why()))?), on_disk));
    }
    let loaded = crate::envs::load(&name, &crate::envs::Options::default()).map_err(|why| why.to_string());
    let drawing = match Drawing::parse(&name, seed, &text) {
        Ok(drawing) => drawing,
        // Rules without a drawing of their own, as templates and arrays are.
        Err(why) => blank::of_world(&name, seed).map_err(|_| loaded.err().unwrap_or(why))?,
    };
    Ok((Document::Drawing(drawing), on_disk))
}

/// The first name in `folder` that no file has: `scenario-001.json`.
pub fn free_name(folder: &Path, document: &Document) -> PathBuf {
    let stem = if document.ending() == "json" { "scenario" } else { "world" };
    let name = |n: u32| folder.join(format!("{stem}-{n:03}.{}", document.ending()));
    (1..).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

/// The command that plays a saved document.
pub fn command(document: &Document, path: &Path) -> String {
    let path = path.display().to_string();
    let path = if path.contains(' ') { format!("'{path}'") } else { path };
    match document {
        Document::Scenario(scenario) => {
            format!("explorarium run {} --seed {} --scenario {path}", scenario.world, scenario.seed)
        }
        Document::Drawing(drawing) => format!("explorarium run {path} --seed {}", drawing.seed),
    }
}
