//! Reads a play stage: its world, seeds, pace, end, keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Value;

use super::bounds::{MAX_COUNTDOWN, MAX_EPISODES, MAX_KEYS, MAX_LABEL_CHARS, MAX_SEED, MAX_SEED_SPREAD, MAX_SEEDS, MAX_STEPS};
use super::duration::parse_pace;
use super::fields::{Fields, Read, shortened};
use super::types::{Ends, PlayPace, PlayStage, Seeds, ShownParts, Text};
use super::worlds::Worlds;
use crate::agents::options::suggestion;
use crate::envs::World;
use crate::study::keys::{check_code, default_color, keys_of, noop_of};

/// What the plan or a stage says about actions, by their names.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    keys: BTreeMap<String, Vec<String>>,
    colors: BTreeMap<String, u32>,
    labels: BTreeMap<String, Text>,
}

impl Overrides {
    /// Reads `[keys]`, `[colors]` and `[labels]`.
    pub fn read(fields: &Fields, languages: &[String]) -> Read<Overrides> {
        let mut overrides = Overrides::default();
        for (action, value) in fields.section("keys")?.into_iter().flatten() {
            let codes = codes(value).map_err(|why| fields.wrong("keys", format!("{}: {why}", shortened(action))))?;
            overrides.keys.insert(action.clone(), codes);
        }
        for (action, value) in fields.section("colors")?.into_iter().flatten() {
            let wrong = || fields.wrong("colors", format!("{}: a colour is written like \"#4A8CF0\"", shortened(action)));
            overrides.colors.insert(action.clone(), value.as_str().and_then(color).ok_or_else(wrong)?);
        }
        for (action, value) in fields.section("labels")?.into_iter().flatten() {
            let text = fields.read_text(&format!("labels.{action}"), value, languages, MAX_LABEL_CHARS)?;
            overrides.labels.insert(action.clone(), text);
        }
        Ok(overrides)
    }

    /// All actions that are named, with the section that names them.
    fn actions(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let keys = self.keys.keys().map(|action| ("keys", action));
        keys.chain(self.colors.keys().map(|action| ("colors", action))).chain(self.labels.keys().map(|action| ("labels", action)))
    }

    /// Checks that each action that is named is one of `known`.
    pub fn check(&self, fields: &Fields, known: &BTreeSet<String>) -> Read<()> {
        let Some((section, action)) = self.actions().find(|(_, action)| !known.contains(*action)) else { return Ok(()) };
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = match suggestion(&shortened(action), &names) {
            _ if names.is_empty() => "; the plan has no play stage".to_string(),
            hint if hint.is_empty() => format!("; the actions are {}", names.join(", ")),
            hint => hint,
        };
        Err(fields.wrong(section, format!("there is no action '{}'{hint}", shortened(action))))
    }

    /// These, and where they say nothing what `plan` says of the actions of a world.
    fn over(mut self, plan: &Overrides, actions: &[String]) -> Read<Overrides> {
        let own: BTreeMap<String, String> =
            self.keys.iter().flat_map(|(action, codes)| codes.iter().map(|code| (code.clone(), action.clone()))).collect();
        for action in actions {
            if let Some(codes) = plan.keys.get(action).filter(|_| !self.keys.contains_key(action)) {
                // A key that the stage gives to another action is no longer this action's.
                let free = codes.iter().filter(|code| !own.contains_key(*code)).cloned().collect();
                self.keys.insert(action.clone(), free);
            }
            if let (Some(color), false) = (plan.colors.get(action), self.colors.contains_key(action)) {
                self.colors.insert(action.clone(), *color);
            }
            if let (Some(text), false) = (plan.labels.get(action), self.labels.contains_key(action)) {
                self.labels.insert(action.clone(), text.clone());
            }
        }
        let mut taken = BTreeMap::new();
        for (action, codes) in &self.keys {
            for code in codes {
                if let Some(other) = taken.insert(code, action) {
                    return Err(format!("{code} is the key of {other} and of {action}; an action has keys of its own"));
                }
            }
        }
        Ok(self)
    }
}

/// The codes of an action: one, or a list.
fn codes(value: &Value) -> Read<Vec<String>> {
    let list = match value {
        Value::String(_) => std::slice::from_ref(value),
        Value::Array(list) if list.len() <= MAX_KEYS => list,
        Value::Array(list) => return Err(format!("{} keys are too many; there may be {MAX_KEYS}", list.len())),
        _ => return Err("write a code like \"KeyW\", or a list of codes".to_string()),
    };
    let mut codes: Vec<String> = Vec::new();
    for value in list {
        let code = value.as_str().ok_or("write a code like \"KeyW\", or a list of codes")?;
        check_code(code)?;
        if codes.iter().any(|known| known == code) {
            return Err(format!("{code} is there twice"));
        }
        codes.push(code.to_string());
    }
    Ok(codes)
}

fn color(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// Reads a play stage.
pub fn read_play(fields: &Fields, languages: &[String], plan: &Overrides, worlds: &mut Worlds) -> Read<PlayStage> {
    let env = fields.needed_word("env", "\"crafter-simple\"")?;
    let world = worlds.load(env).map_err(|why| fields.wrong("env", why))?;
    let actions = &world.spec().action_names;
    let own = Overrides::read(fields, languages)?;
    own.check(fields, &actions.iter().cloned().collect())?;
    let overrides = own.over(plan, actions).map_err(|why| fields.wrong("keys", why))?;
    let ends = ends(fields)?;
    if ends.time.is_none() && ends.episodes.is_none() && ends.steps.is_none() {
        return Err(fields.wrong("time", "nothing ends this stage; give time = \"20 min\", episodes = 3 or steps = 1000"));
    }
    let stage = PlayStage {
        practice: fields.flag("practice", false)?,
        seeds: seeds(fields)?,
        ends,
        pace: pace(fields, &world)?,
        shown: shown(fields)?,
        countdown: fields.whole("countdown", 0, MAX_COUNTDOWN)?.unwrap_or(3) as u32,
        ..unread_stage(env, &world)
    };
    with_overrides(stage, actions, &overrides).map_err(|why| fields.wrong("keys", why))
}

/// A stage in a world with nothing else said about it.
pub fn unread_stage(env: &str, world: &Arc<dyn World>) -> PlayStage {
    PlayStage {
        practice: false,
        env: env.to_string(),
        ruleset: world.spec().toml.clone(),
        actions: world.spec().action_names.clone(),
        seeds: Seeds::ByParticipant,
        ends: Ends::default(),
        pace: PlayPace::WaitForKey { held: false },
        keys: Vec::new(),
        colors: Vec::new(),
        labels: Vec::new(),
        shown: ShownParts::default(),
        countdown: 0,
    }
}

/// `stage` with keys, colours and names of its actions.
pub fn with_overrides(mut stage: PlayStage, actions: &[String], overrides: &Overrides) -> Read<PlayStage> {
    let real_time = matches!(stage.pace, PlayPace::RealTime { .. });
    stage.keys = keys_of(actions, &overrides.keys, real_time);
    if stage.keys.iter().all(Vec::is_empty) {
        return Err("no action has a key".to_string());
    }
    let color = |action: &String| overrides.colors.get(action).copied().or_else(|| default_color(action));
    stage.colors = actions.iter().map(color).collect();
    stage.labels = actions.iter().map(|action| overrides.labels.get(action).cloned().unwrap_or_default()).collect();
    Ok(stage)
}

fn seeds(fields: &Fields) -> Read<Seeds> {
    if fields.has("seeds") {
        if fields.has("seed") {
            return Err(fields.wrong("seeds", "there is a 'seed' too; give one of them"));
        }
        return seed_list(fields);
    }
    match fields.value("seed") {
        None => Ok(Seeds::ByParticipant),
        Some(Value::String(word)) if word == "participant" => Ok(Seeds::ByParticipant),
        Some(Value::String(word)) => {
            Err(fields.wrong("seed", format!("'{}' is neither a number nor \"participant\"", shortened(word))))
        }
        Some(_) => Ok(Seeds::Fixed(fields.whole("seed", -MAX_SEED, MAX_SEED)?.unwrap_or(0))),
    }
}

fn seed_list(fields: &Fields) -> Read<Seeds> {
    let mut seeds = Vec::new();
    let mut seen = BTreeSet::new();
    for value in fields.list("seeds", MAX_SEEDS)? {
        let seed = value.as_integer().filter(|seed| (-MAX_SEED..=MAX_SEED).contains(seed));
        let seed = seed.ok_or_else(|| fields.wrong("seeds", format!("a seed is a whole number from -2^53 to {MAX_SEED}")))?;
        if !seen.insert(seed) {
            return Err(fields.wrong("seeds", format!("{seed} is there twice")));
        }
        seeds.push(seed);
    }
    match (seen.first(), seen.last()) {
        (Some(first), Some(last)) if last - first > MAX_SEED_SPREAD => {
            Err(fields.wrong("seeds", format!("{first} and {last} are more than {MAX_SEED_SPREAD} apart")))
        }
        (None, _) => Err(fields.wrong("seeds", "the list is empty")),
        _ => Ok(Seeds::List(seeds)),
    }
}

fn ends(fields: &Fields) -> Read<Ends> {
    let ends = Ends {
        time: fields.duration("time")?,
        episodes: fields.whole("episodes", 1, MAX_EPISODES)?.map(|n| n as u32),
        steps: fields.whole("steps", 1, MAX_STEPS)?.map(|n| n as u64),
        finish_episode: fields.flag("finish_episode", false)?,
    };
    if ends.finish_episode && ends.time.is_none() {
        return Err(fields.wrong("finish_episode", "it says what happens when the time is up, and there is no 'time'"));
    }
    Ok(ends)
}

fn pace(fields: &Fields, world: &Arc<dyn World>) -> Read<PlayPace> {
    let spec = world.spec();
    let has_noop = noop_of(&spec.action_names).is_some();
    let held = fields.flag("held", false)?;
    let pace = match fields.word("pace")? {
        Some("key") => None,
        Some(text) => Some(parse_pace(text).map_err(|why| fields.wrong("pace", why))?),
        None => has_noop.then(|| std::time::Duration::from_millis(200)),
    };
    match pace {
        None => Ok(PlayPace::WaitForKey { held }),
        Some(_) if held => Err(fields.wrong("held", "it is for pace = \"key\"; in real time a held key always counts")),
        Some(period) if has_noop => Ok(PlayPace::RealTime { period }),
        Some(_) => {
            let why =
                format!("{} has no action that does nothing, which real time needs; write pace = \"key\"", shortened(&spec.id));
            Err(fields.wrong("pace", why))
        }
    }
}

/// Parts that `show` can name.
pub const SHOWN: [&str; 6] = ["vitals", "inventory", "legend", "timer", "achievements", "map"];

fn shown(fields: &Fields) -> Read<ShownParts> {
    if !fields.has("show") {
        return Ok(ShownParts::default());
    }
    let mut parts = ShownParts { vitals: false, inventory: false, legend: false, timer: false, achievements: false, map: false };
    for word in fields.words("show", SHOWN.len())? {
        match word.as_str() {
            "vitals" => parts.vitals = true,
            "inventory" => parts.inventory = true,
            "legend" => parts.legend = true,
            "timer" => parts.timer = true,
            "achievements" => parts.achievements = true,
            "map" => parts.map = true,
            other => {
                let hint = suggestion(&shortened(other), &SHOWN);
                return Err(
                    fields.wrong("show", format!("unknown part '{}'{hint}; there are {}", shortened(other), SHOWN.join(", ")))
                );
            }
        }
    }
    if parts.timer && !fields.has("time") {
        return Err(fields.wrong("show", "a timer needs 'time'"));
    }
    Ok(parts)
}
