//! `--config FILE` and `--set KEY=VALUE`: strict TOML in sections.
//!
//! ```toml
//! [run]                  # what the command line of `run` takes, by the same names
//! env = "crafter"
//! steps = "100M"
//!
//! [agent]                # whose name is `name`, and its options
//! name = "go-explore"
//! explore_steps = 40
//!
//! [bonus.NAME]           # options of the bonus of that name
//! ```
//!
//! Options typed on the command line take precedence over the file; so does `--set`.

use std::path::Path;

use toml::{Table, Value};

use super::number;
use crate::agents::options::suggestion;
use crate::bonus::BonusConfig;
use crate::error::{Error, Result};
use crate::files::{MAX_TEXT, read_text};

/// The known sections.
const SECTIONS: [&str; 3] = ["run", "agent", "bonus"];
/// Returns the sections of `file`, changed by `sets`.
///
/// # Errors
/// [`Error::Usage`] with the file or the setting, and a suggestion; [`Error::Io`] if the file cannot be read.
pub fn sections(file: Option<&Path>, sets: &[String]) -> Result<Table> {
    let mut table = Table::new();
    if let Some(path) = file {
        let text = read_text(path, MAX_TEXT)?;
        table = text.parse().map_err(|e| Error::Usage(format!("{}: {}", path.display(), format!("{e}").trim_end())))?;
        check(&table).map_err(|why| Error::Usage(format!("{}: {why}", path.display())))?;
    }
    for text in sets {
        set(&mut table, text).map_err(|why| Error::Usage(format!("--set {text}: {why}")))?;
    }
    check(&table).map_err(|why| Error::Usage(format!("--set: {why}")))?;
    Ok(table)
}

/// Removes and returns the section of this name.
fn section(sections: &mut Table, name: &str) -> Table {
    match sections.remove(name) {
        Some(Value::Table(table)) => table,
        _ => Table::new(),
    }
}

/// Returns the bonuses with their options: those `typed`, otherwise those that `[bonus]` lists, otherwise `usual`.
///
/// # Errors
/// [`Error::Usage`] for an unknown bonus or an unknown option of one.
pub fn bonus(mut sections: Table, typed: Option<&str>, usual: &str) -> Result<BonusConfig> {
    let mut options = section(&mut sections, "bonus");
    let named = match options.remove("list") {
        None => None,
        Some(Value::String(names)) => Some(names),
        Some(other) => return Err(Error::Usage(format!("[bonus]: list = {other} is no text like \"count,entropy\""))),
    };
    let names = typed.map(str::to_string).or(named).unwrap_or_else(|| usual.to_string());
    let mut config = if names.is_empty() || names == "none" { BonusConfig::default() } else { BonusConfig::parse(&names)? };
    config.set(&options)?;
    Ok(config)
}

/// Returns the agent's name and its options as given. The name is that `typed`, otherwise that in `[agent]`, otherwise `random`.
///
/// # Errors
/// [`Error::Usage`] if the name is not a text.
pub fn agent(mut sections: Table, typed: Option<&str>) -> Result<(String, Table)> {
    let mut options = section(&mut sections, "agent");
    let named = match options.remove("name") {
        None => None,
        Some(Value::String(name)) => Some(name),
        Some(other) => return Err(Error::Usage(format!("[agent]: name = {other} is no text"))),
    };
    Ok((typed.map(str::to_string).or(named).unwrap_or_else(|| "random".to_string()), options))
}

fn check(table: &Table) -> std::result::Result<(), String> {
    for (name, value) in table {
        if !SECTIONS.contains(&name.as_str()) {
            return Err(format!("unknown section '{name}'; there are {}{}", SECTIONS.join(", "), suggestion(name, &SECTIONS)));
        }
        if !value.is_table() {
            return Err(format!("'{name}' is a section: write [{name}], or --set {name}.KEY=VALUE"));
        }
    }
    Ok(())
}

/// Sets `a.b.c=value`. A value like 10k is a number. Any other value that is not TOML is a text.
fn set(table: &mut Table, text: &str) -> std::result::Result<(), String> {
    let (path, value) = text.split_once('=').ok_or("write it as SECTION.KEY=VALUE")?;
    let names: Vec<&str> = path.trim().split('.').collect();
    let (last, sections) = names.split_last().ok_or("write it as SECTION.KEY=VALUE")?;
    if sections.is_empty() || names.iter().any(|name| name.is_empty()) {
        return Err("write it as SECTION.KEY=VALUE, like agent.explore_steps=40".to_string());
    }
    let mut place = table;
    for name in sections {
        let next = place.entry(name.to_string()).or_insert_with(|| Table::new().into());
        place = next.as_table_mut().ok_or_else(|| format!("'{name}' holds a value, not a section"))?;
    }
    place.insert(last.to_string(), parse(value.trim()));
    Ok(())
}

fn parse(text: &str) -> Value {
    let whole = || number::whole(text).ok().and_then(|n| i64::try_from(n).ok()).map(Value::Integer);
    let written = format!("value = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("value"));
    match written {
        // 1e6 is a whole number; a number with a point is a float.
        Some(Value::Float(_)) if !text.contains('.') => whole().or(written),
        Some(value) => Some(value),
        None => whole(),
    }
    .unwrap_or_else(|| Value::String(text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_toml_numbers_or_texts() {
        let sets: Vec<String> =
            ["agent.repeat=0.25", "agent.max_cells=10k", "agent.key=position+facing", "agent.n=1e6", "bonus.count.on=true"]
                .map(String::from)
                .to_vec();
        let table = sections(None, &sets).expect("read");
        assert_eq!(table["agent"]["repeat"], Value::Float(0.25));
        assert_eq!(table["agent"]["max_cells"], Value::Integer(10_000));
        assert_eq!(table["agent"]["key"], Value::String("position+facing".into()));
        assert_eq!(table["agent"]["n"], Value::Integer(1_000_000));
        assert_eq!(table["bonus"]["count"]["on"], Value::Boolean(true));
        for (bad, why) in
            [("agent", "KEY=VALUE"), ("agent=1", "KEY=VALUE"), ("agnt.x=1", "did you mean 'agent'"), ("agent..x=1", "KEY")]
        {
            let error = sections(None, &[bad.to_string()]).expect_err(bad).to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
