//! The worlds of a plan, each loaded once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fields::Read;
use crate::envs::catalog::{Source, find, load_source};
use crate::envs::{Options, World};

/// Worlds by their ids or the paths of their files.
#[derive(Debug)]
pub struct Worlds {
    folder: Option<PathBuf>,
    loaded: BTreeMap<String, Arc<dyn World>>,
}

impl Worlds {
    /// No worlds yet. Relative paths begin at `folder`; without one they begin where the program runs.
    pub fn new(folder: Option<&Path>) -> Worlds {
        Worlds { folder: folder.map(Path::to_path_buf), loaded: BTreeMap::new() }
    }

    /// Loads a world. A built-in id comes before a file.
    pub fn load(&mut self, env: &str) -> Read<Arc<dyn World>> {
        if let Some(world) = self.loaded.get(env) {
            return Ok(world.clone());
        }
        let path = self.folder.as_ref().filter(|_| env.ends_with(".toml")).map(|folder| folder.join(env));
        let wanted = path.as_ref().map_or_else(|| env.to_string(), |path| path.to_string_lossy().into_owned());
        if wanted.ends_with(".toml") && std::fs::metadata(&wanted).is_ok_and(|about| !about.is_file()) {
            return Err(format!("{wanted} is no file"));
        }
        let found = find(&wanted).map_err(|e| e.to_string())?;
        // The data name the world as the plan does.
        let source = Source { id: env.to_string(), ..found };
        let world = load_source(&source, &Options::default()).map_err(|e| e.to_string())?;
        self.loaded.insert(env.to_string(), world.clone());
        Ok(world)
    }

    /// The actions of all worlds that were loaded.
    pub fn actions(&self) -> BTreeSet<String> {
        self.loaded.values().flat_map(|world| world.spec().action_names.iter().cloned()).collect()
    }

    /// What was assumed when they were loaded.
    pub fn notes(&self) -> Vec<String> {
        let notes = |(env, world): (&String, &Arc<dyn World>)| {
            world.notes().iter().map(|note| format!("{env}: {note}")).collect::<Vec<_>>()
        };
        self.loaded.iter().flat_map(notes).collect()
    }
}
