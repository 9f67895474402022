//! The command line as typed, with the options that `[run]` of a file adds.

use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command as Arguments, CommandFactory, FromArgMatches};
use toml::{Table, Value};

use super::command::{Cli, Command};
use crate::agents::options::suggestion;
use crate::error::{Error, Result};

/// Options of `run` that a file cannot set.
const ONLY_TYPED: [&str; 6] = ["config", "set", "resume", "force", "help", "output"];

/// Options whose lists of values are written as one word.
const LISTS: [&str; 3] = ["record", "seeds", "bonus"];

/// Returns the command line, completed by the options of `[run]` that were not typed.
///
/// # Errors
/// [`Error::Usage`] for a key that `run` does not take.
pub fn filled(typed: &[OsString], run: &Table) -> Result<Vec<OsString>> {
    let command = Cli::command();
    let matches = command.clone().try_get_matches_from(typed).map_err(|e| Error::Usage(e.to_string()))?;
    let Some(("run", matches)) = matches.subcommand() else { return Ok(typed.to_vec()) };
    // Words after a bare -- are not options.
    let (before, after) = typed.split_at(typed.iter().position(|word| word == "--").unwrap_or(typed.len()));
    let (mut all, mut env) = (before.to_vec(), after.to_vec());
    let known = known(&command);
    for (key, value) in run {
        let name = key.replace('_', "-");
        if !known.contains(&name) {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(Error::Usage(format!("[run]: unknown key '{key}'{}", suggestion(&name, &names))));
        }
        if is_typed(matches, &name) {
            continue;
        }
        if name == "env" {
            env = vec!["--".into(), text(&name, value)?.into()];
        } else {
            append(&mut all, &command, &name, value)?;
        }
    }
    all.append(&mut env);
    Ok(all)
}

/// Returns the long names of the options that a file can set, and `env`.
fn known(command: &Arguments) -> Vec<String> {
    let own = command.find_subcommand("run").into_iter().flat_map(Arguments::get_arguments);
    let global = command.get_arguments().filter(|arg| arg.is_global_set());
    let names = own.chain(global).filter_map(|arg| arg.get_long().or(arg.is_positional().then_some("env")));
    names.filter(|name| !ONLY_TYPED.contains(name)).map(str::to_string).collect()
}

fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    let name = name.replace('-', "_");
    // Arguments that clap adds, like help, have no value that can be queried.
    matches.try_contains_id(&name).is_ok() && matches.value_source(&name) == Some(clap::parser::ValueSource::CommandLine)
}

/// Appends a flag or an option with its value. A flag takes true, false or, if it is counted, how often it is given. An option takes
/// neither true nor false.
fn append(all: &mut Vec<OsString>, command: &Arguments, name: &str, value: &Value) -> Result<()> {
    let action = argument(command, name).map(Arg::get_action);
    match (action, value) {
        (Some(ArgAction::SetTrue | ArgAction::Count), Value::Boolean(on)) => all.extend(on.then(|| format!("--{name}").into())),
        (Some(ArgAction::Count), Value::Integer(n @ 0..=9)) => all.extend((0..*n).map(|_| format!("--{name}").into())),
        (Some(ArgAction::SetTrue | ArgAction::Count), value) => {
            return Err(Error::Usage(format!("[run]: {name} = {value} is neither true nor false")));
        }
        (_, Value::Array(list)) if LISTS.contains(&name) => {
            let list = list.iter().map(|value| text(name, value)).collect::<Result<Vec<_>>>()?;
            all.push(format!("--{name}={}", list.join(",")).into());
        }
        (_, Value::Array(list)) => {
            all.push(format!("--{name}").into());
            for value in list {
                let text = text(name, value)?;
                if text.starts_with('-') {
                    return Err(Error::Usage(format!("[run]: {name}: '{text}' cannot be meant")));
                }
                all.push(text.into());
            }
        }
        (_, value) => all.push(format!("--{name}={}", text(name, value)?).into()),
    }
    Ok(())
}

fn text(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(n) => Ok(n.to_string()),
        Value::Float(x) => Ok(x.to_string()),
        _ => Err(Error::Usage(format!("[run]: {name} = {value} is no text, number or list of them"))),
    }
}

/// Finds the option with this long name.
fn argument<'a>(command: &'a Arguments, name: &str) -> Option<&'a Arg> {
    let own = command.find_subcommand("run").into_iter().flat_map(Arguments::get_arguments);
    own.chain(command.get_arguments()).find(|arg| arg.get_long() == Some(name))
}

/// Parses the command line as typed, with the options that `[run]` of its file adds. Returns the arguments, or what clap shows instead
/// (help, a mistake).
///
/// # Errors
/// See [`super::config::sections`] and [`filled`].
pub(super) fn command_line(typed: Vec<OsString>) -> Result<std::result::Result<Cli, clap::Error>> {
    let cli = match understood(&typed) {
        Ok(cli) => cli,
        Err(shown) => return Ok(Err(shown)),
    };
    let Command::Run(args) = &cli.command else { return Ok(Ok(cli)) };
    let sections = args.sections()?;
    match sections.get("run").and_then(Value::as_table) {
        None => Ok(Ok(cli)),
        Some(run) => {
            let file = args.config.as_ref().map_or("--set".to_string(), |path| path.display().to_string());
            let filled = filled(&typed, run).map_err(|e| Error::Usage(format!("{file}: {e}")))?;
            understood(&filled).map(Ok).map_err(|e| Error::Usage(format!("{file}: [run]: {}", message_of(&e))))
        }
    }
}

/// Returns clap's message without its advice to read the help.
fn message_of(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    text.split("\n\n").next().unwrap_or(text).to_string()
}

fn understood(words: &[OsString]) -> std::result::Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    if let (Command::Run(args), Some(("run", run))) = (&mut cli.command, matches.subcommand()) {
        args.typed = typed_names(run);
    }
    Ok(cli)
}

/// Returns the names of the typed arguments as users write them: `--seed`, `ENV`.
fn typed_names(run: &ArgMatches) -> Vec<String> {
    let command = Cli::command();
    let own = command.find_subcommand("run").into_iter().flat_map(Arguments::get_arguments);
    let all = own.chain(command.get_arguments().filter(|arg| arg.is_global_set()));
    let typed = all.filter(|arg| is_typed(run, arg.get_id().as_str()));
    typed.map(|arg| arg.get_long().map_or_else(|| arg.get_id().as_str().to_uppercase(), |long| format!("--{long}"))).collect()
}

#[cfg(test)]
#[path = "../../tests/mutated/mutation.rs"]
mod mutation;

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Instant;

    use proptest::prelude::*;
    use proptest::test_runner::{Config as Cases, TestRunner};

    use super::mutation::{mutated, mutations};
    use super::*;
    use crate::cli::config::{agent, bonus, sections};
    use crate::envs::{Options, load};

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn what_is_typed_wins_over_the_file() {
        let run: Table = "env = 'gridlab/four-rooms'\nsteps = '10k'\nnum_envs = 8\nrecord = [0, 3]\nquiet = true\narea = [3, 4]"
            .parse()
            .expect("TOML");
        let all = filled(&line("explorarium run --steps 20k"), &run).expect("filled");
        let cli = Cli::from_arg_matches(&Cli::command().get_matches_from(&all)).expect("parsed");
        let Command::Run(args) = &cli.command else { panic!("another command") };
        assert!(all.iter().all(|word| word != "--steps=10k"));
        assert_eq!((args.num_envs, args.steps, args.world.env.as_str()), (8, Some(20_000), "gridlab/four-rooms"));
        assert!(all.contains(&OsString::from("--record=0,3")));
        for (bad, why) in [
            ("num_env = 1", "did you mean 'num-envs'"),
            ("output = 'x'", "unknown"),
            ("env = { a = 1 }", "no text"),
            ("env = true", "no text"),
            ("steps = false", "steps = false is no text"),
            ("steps = true", "steps = true is no text"),
            ("stream = false", "no text"),
            ("pixels = 1", "neither true nor false"),
            ("picture_noise = 'yes'", "neither true nor false"),
            ("quiet = 100", "neither true nor false"),
            ("area = ['--help', 3]", "'--help' cannot be meant"),
            ("area = [-1, 3]", "'-1' cannot be meant"),
        ] {
            let error = filled(&line("explorarium run"), &bad.parse().expect("TOML")).expect_err(bad).to_string();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }

    #[test]
    fn a_value_is_never_an_option() {
        let words = |typed: &str, run: &str| {
            let all = filled(&line(typed), &run.parse().expect("TOML")).expect("filled");
            let matches = Cli::command().try_get_matches_from(&all).expect("no option, no help");
            match Cli::from_arg_matches(&matches).expect("parsed").command {
                Command::Run(args) => (args.world.env, args.num_envs),
                _ => panic!("another command"),
            }
        };
        assert_eq!(words("explorarium run", "env = '--help'\nnum_envs = 3"), ("--help".to_string(), 3));
        assert_eq!(words("explorarium run", "env = '-V'"), ("-V".to_string(), 256));
        assert_eq!(words("explorarium run --", "num_envs = 3"), ("crafter".to_string(), 3));
        assert_eq!(words("explorarium run -- chess", "num_envs = 3\nenv = 'x'"), ("chess".to_string(), 3));
        assert_eq!(
            words("explorarium run", "backend = 'cpu'\nquiet = 2\nverbose = false\npixels = false"),
            ("crafter".to_string(), 256)
        );
    }

    const FILES: [&str; 2] = [
        "[run]\nenv = 'gridlab/four-rooms'\nsteps = '10k'\nnum_envs = 8\nrecord = [0, 3]\nquiet = true\narea = [3, 4]\nseeds = '0..3'\n\
         [agent]\nname = 'go-explore'\nexplore_steps = 40\n",
        "[run]\nbackend = 'cpu'\nworlds = 'pool:16'\ncheckpoint = 2.5\n[bonus]\nlist = 'count,knn'\nfusion = 'product'\n\
         [bonus.count]\nscope = 'episode'\nslots = 64\n[bonus.knn]\npoints = 32\n",
    ];

    /// Reads a file up to a plan, which is not executed.
    fn planned(path: &Path) -> Result<()> {
        let sections = sections(Some(path), &[])?;
        agent(sections.clone(), None)?;
        let world = load("gridlab/four-rooms", &Options::default())?;
        bonus(sections.clone(), None, "count")?.resolved(&*world)?;
        let run = sections.get("run").and_then(Value::as_table).cloned().unwrap_or_default();
        let all = filled(&line("explorarium run"), &run)?;
        let matches = Cli::command().try_get_matches_from(all).map_err(|e| {
            assert!(e.use_stderr(), "a value asked for help: {e}");
            Error::Usage(message_of(&e))
        })?;
        Cli::from_arg_matches(&matches).map(|_| ()).map_err(|e| Error::Usage(message_of(&e)))
    }

    #[test]
    fn mutated_files_are_read_or_refused() {
        let seconds = std::env::var("EXPLORARIUM_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8.0) / 5.0;
        let path = std::env::temp_dir().join(format!("explorarium-config-{}.toml", std::process::id()));
        let (mut refused, mut read) = (0, 0);
        let begun = Instant::now();
        let mut runner = TestRunner::new(Cases { cases: 16, failure_persistence: None, ..Cases::default() });
        while begun.elapsed().as_secs_f64() < seconds {
            let tally = std::cell::RefCell::new((0, 0));
            let done = runner.run(&(0..FILES.len(), mutations()), |(which, changes)| {
                let bytes = mutated(FILES[which].as_bytes(), FILES[1 - which].as_bytes(), &changes);
                std::fs::write(&path, bytes).expect("written");
                match planned(&path) {
                    Ok(()) => tally.borrow_mut().1 += 1,
                    Err(error) => {
                        prop_assert!(!error.to_string().is_empty());
                        tally.borrow_mut().0 += 1;
                    }
                }
                Ok(())
            });
            done.unwrap_or_else(|e| panic!("{e}; the file is {}", path.display()));
            (refused, read) = (refused + tally.borrow().0, read + tally.borrow().1);
        }
        assert!(refused > 0, "nothing was refused");
        std::fs::remove_file(path).expect("cleaned");
        println!("mutated config files: {} tried, {refused} refused, {read} read; no panic, no hang", refused + read);
    }
}
