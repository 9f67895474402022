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
//! What is typed on the command line wins over the file, `--set` too.

use std::ffi::OsString;
use std::path::Path;

use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use toml::{Table, Value};

use super::{Cli, number};
use crate::agents::options::suggestion;
use crate::bonus::BonusConfig;
use crate::error::{Error, Result};

/// The sections that there are.
const SECTIONS: [&str; 3] = ["run", "agent", "bonus"];
/// What `run` takes that a file has no say in.
const ONLY_TYPED: [&str; 6] = ["config", "set", "resume", "force", "help", "output"];

/// The sections of `file` with what `sets` change.
///
/// # Errors
/// [`Error::Usage`] with the file or the setting, and what may be meant; [`Error::Io`] if the file cannot be read.
pub fn sections(file: Option<&Path>, sets: &[String]) -> Result<Table> {
    let mut table = Table::new();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        table = text.parse().map_err(|e| Error::Usage(format!("{}: {}", path.display(), format!("{e}").trim_end())))?;
        check(&table).map_err(|why| Error::Usage(format!("{}: {why}", path.display())))?;
    }
    for text in sets {
        set(&mut table, text).map_err(|why| Error::Usage(format!("--set {text}: {why}")))?;
    }
    check(&table).map_err(|why| Error::Usage(format!("--set: {why}")))?;
    Ok(table)
}

/// The section of that name, taken out.
fn section(sections: &mut Table, name: &str) -> Table {
    match sections.remove(name) {
        Some(Value::Table(table)) => table,
        _ => Table::new(),
    }
}

/// The bonuses that are `typed`, else those that `[bonus]` lists, else `usual`, with their options.
///
/// # Errors
/// [`Error::Usage`] on what is no bonus and no option of one.
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

/// The agent's name, `typed`, else said in `[agent]`, else `random`, and its options as given.
///
/// # Errors
/// [`Error::Usage`] if the name is no text.
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

/// Sets `a.b.c=value`; a value that is no TOML is a text, one like 10k a number.
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
        // 1e6 is a whole number unless it is written with a point.
        Some(Value::Float(_)) if !text.contains('.') => whole().or(written),
        Some(value) => Some(value),
        None => whole(),
    }
    .unwrap_or_else(|| Value::String(text.to_string()))
}

/// The command line with what `[run]` says wherever nothing was typed.
///
/// # Errors
/// [`Error::Usage`] for a key that `run` does not take.
pub fn filled(typed: &[OsString], run: &Table) -> Result<Vec<OsString>> {
    let mut all = typed.to_vec();
    let command = Cli::command();
    let matches = command.clone().try_get_matches_from(typed).map_err(|e| Error::Usage(e.to_string()))?;
    let Some(("run", matches)) = matches.subcommand() else { return Ok(all) };
    let known = known(&command);
    for (key, value) in run {
        let name = key.replace('_', "-");
        if !known.contains(&name) {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(Error::Usage(format!("[run]: unknown key '{key}'{}", suggestion(&name, &names))));
        }
        if !is_typed(matches, &name) {
            append(&mut all, &name, value)?;
        }
    }
    Ok(all)
}

/// Long names of what `run` takes, and `env`.
fn known(command: &Command) -> Vec<String> {
    let own = command.find_subcommand("run").into_iter().flat_map(Command::get_arguments);
    let global = command.get_arguments().filter(|arg| arg.is_global_set());
    let names = own.chain(global).filter_map(|arg| arg.get_long().or(arg.is_positional().then_some("env")));
    names.filter(|name| !ONLY_TYPED.contains(name)).map(str::to_string).collect()
}

fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    let name = name.replace('-', "_");
    // Arguments that clap makes itself, like help, have no value to ask for.
    matches.try_contains_id(&name).is_ok() && matches.value_source(&name) == Some(clap::parser::ValueSource::CommandLine)
}

fn append(all: &mut Vec<OsString>, name: &str, value: &Value) -> Result<()> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(n) => Ok(n.to_string()),
        Value::Float(x) => Ok(x.to_string()),
        _ => Err(Error::Usage(format!("[run]: {name} = {value} is no text, number or list of them"))),
    };
    match (name, value) {
        ("env", value) => all.push(text(value)?.into()),
        (_, Value::Boolean(true)) => all.push(format!("--{name}").into()),
        (_, Value::Boolean(false)) => {}
        ("record" | "seeds", Value::Array(list)) => {
            let list = list.iter().map(text).collect::<Result<Vec<_>>>()?;
            all.push(format!("--{name}={}", list.join(",")).into());
        }
        (_, Value::Array(list)) => {
            all.push(format!("--{name}").into());
            for value in list {
                all.push(text(value)?.into());
            }
        }
        (_, value) => all.push(format!("--{name}={}", text(value)?).into()),
    }
    Ok(())
}

/// The command line as typed, filled up from the file that it names.
///
/// # Errors
/// The command line as typed, with what `[run]` says: what it asks for, or what clap has to show instead (help, a mistake).
///
/// # Errors
/// See [`sections`] and [`filled`].
pub fn command_line(typed: Vec<OsString>) -> Result<std::result::Result<Cli, clap::Error>> {
    let cli = match understood(&typed) {
        Ok(cli) => cli,
        Err(shown) => return Ok(Err(shown)),
    };
    let super::Command::Run(args) = &cli.command else { return Ok(Ok(cli)) };
    let sections = args.sections()?;
    match sections.get("run").and_then(Value::as_table) {
        None => Ok(Ok(cli)),
        Some(run) => Ok(understood(&filled(&typed, run)?)),
    }
}

fn understood(words: &[OsString]) -> std::result::Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    if let (super::Command::Run(args), Some(("run", run))) = (&mut cli.command, matches.subcommand()) {
        args.typed = typed_names(run);
    }
    Ok(cli)
}

/// Names of what was typed, as one types them: `--seed`, `ENV`.
fn typed_names(run: &ArgMatches) -> Vec<String> {
    let command = Cli::command();
    let own = command.find_subcommand("run").into_iter().flat_map(Command::get_arguments);
    let all = own.chain(command.get_arguments().filter(|arg| arg.is_global_set()));
    let typed = all.filter(|arg| is_typed(run, arg.get_id().as_str()));
    typed.map(|arg| arg.get_long().map_or_else(|| arg.get_id().as_str().to_uppercase(), |long| format!("--{long}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

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

    #[test]
    fn what_is_typed_wins_over_the_file() {
        let run: Table = "env = 'gridlab/four-rooms'\nsteps = '10k'\nnum_envs = 8\nrecord = [0, 3]\nquiet = true\narea = [3, 4]"
            .parse()
            .expect("TOML");
        let all = filled(&line("explorarium run --steps 20k"), &run).expect("filled");
        let cli = Cli::from_arg_matches(&Cli::command().get_matches_from(&all)).expect("parsed");
        let super::super::Command::Run(args) = &cli.command else { panic!("another command") };
        assert!(all.iter().all(|word| word != "--steps=10k"));
        assert_eq!((args.num_envs, args.steps, args.world.env.as_str()), (8, Some(20_000), "gridlab/four-rooms"));
        assert!(all.contains(&OsString::from("--record=0,3")));
        for (bad, why) in
            [("num_env = 1", "did you mean 'num-envs'"), ("output = 'x'", "unknown"), ("env = { a = 1 }", "no text")]
        {
            let error = filled(&line("explorarium run"), &bad.parse().expect("TOML")).expect_err(bad).to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
