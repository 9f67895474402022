//! Reads a study plan from TOML.

use std::path::{Path, PathBuf};

use toml::Table;

use super::bounds::{MAX_BLOCK, MAX_COHORTS, MAX_CONDITIONS, MAX_LABEL_CHARS, MAX_PLAN};
use super::fields::{Fields, Read, languages_of};
use super::known::{CONDITIONS, PLAN};
use super::nesting::check_nesting;
use super::notes::add_notes;
use super::order::complete;
use super::picture::Pictures;
use super::play_stage::Overrides;
use super::stages::{Shared, read_stages};
use super::types::{Conditions, StudyPlan};
use super::worlds::Worlds;
use crate::error::{Error, Result};
use crate::files::read_text;

/// Name of the plan in a folder.
pub const PLAN_FILE: &str = "study.toml";

impl StudyPlan {
    /// Reads a plan from its text. Pictures and worlds that it names by a path lie in `folder`.
    ///
    /// # Errors
    /// [`Error::Usage`] with the place in the plan, what is wrong, and what to write.
    pub fn parse(text: &str, folder: Option<&Path>) -> Result<StudyPlan> {
        read_plan(text, folder).map_err(Error::Usage)
    }

    /// Reads a plan from a file, or from `study.toml` in a folder.
    ///
    /// # Errors
    /// As [`StudyPlan::parse`], with the path; [`Error::Io`], [`Error::Data`] if there is no such file or it is no text.
    pub fn load(path: &Path) -> Result<StudyPlan> {
        let path = plan_file(path);
        let text = read_text(&path, MAX_PLAN)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        read_plan(&text, Some(folder)).map_err(|why| Error::Usage(format!("{}: {why}", path.display())))
    }
}

/// The file of a plan: `path`, or `study.toml` in it if it is a folder.
pub fn plan_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(PLAN_FILE) } else { path.to_path_buf() }
}

fn read_plan(text: &str, folder: Option<&Path>) -> Read<StudyPlan> {
    if text.len() as u64 > MAX_PLAN {
        return Err(format!("the plan has {} bytes; there may be {MAX_PLAN}", text.len()));
    }
    check_nesting(text)?;
    let table: Table = text.parse().map_err(|e: toml::de::Error| format!("{e}").trim_end().to_string())?;
    let fields = Fields::new(&table, "", &PLAN)?;
    let languages = languages_of(&fields)?;
    let overrides = Overrides::read(&fields, &languages)?;
    let mut plan = StudyPlan {
        name: fields.id("name")?.ok_or("'name' is missing; write name = \"my-study\"")?,
        title: fields.needed_text("title", &languages, MAX_LABEL_CHARS)?,
        languages: languages.clone(),
        seed: fields.whole("seed", 0, i64::MAX)?.unwrap_or(0) as u64,
        cohorts: fields.ids("cohorts", MAX_COHORTS)?,
        conditions: conditions(&fields)?,
        source: text.to_string(),
        ..StudyPlan::default()
    };
    let mut shared = Shared {
        languages,
        conditions: plan.conditions.names.clone(),
        overrides,
        worlds: Worlds::new(folder),
        pictures: Pictures::new(folder),
        asked: Default::default(),
    };
    plan.stages = read_stages(&fields, &mut shared)?;
    shared.overrides.check(&fields, &shared.worlds.actions())?;
    plan.notes = shared.worlds.notes();
    complete(&mut plan)?;
    add_notes(&mut plan);
    Ok(plan)
}

fn conditions(fields: &Fields) -> Read<Conditions> {
    let Some(table) = fields.section("conditions")? else { return Ok(Conditions::default()) };
    let own = Fields::new(table, "[conditions]", &CONDITIONS)?;
    let names = own.ids("names", MAX_CONDITIONS)?;
    if names.len() < 2 {
        return Err(own.wrong("names", "there must be at least two; without conditions leave [conditions] away"));
    }
    let n = names.len() as i64;
    let block = own.whole("block", n, MAX_BLOCK)?.unwrap_or(2 * n);
    if block % n != 0 {
        return Err(own.wrong("block", format!("{block} is no multiple of {n}, the number of conditions")));
    }
    Ok(Conditions { names, block: block as u32 })
}
