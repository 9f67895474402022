//! Reads the fields of a section of a plan. Errors name the place, the key and what to write.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::{Table, Value};

use super::bounds::{MAX_ID_CHARS, MAX_LANGUAGES};
use super::duration::parse_duration;
use super::known::{PLAN, Section};
use super::types::Text;
use crate::agents::options::suggestion;

/// What is read, or why it cannot be.
pub type Read<T> = Result<T, String>;

/// A section and where it is.
#[derive(Debug)]
pub struct Fields<'p> {
    table: &'p Table,
    place: String,
}

/// At most so many characters of what people wrote stand in an error.
pub fn shortened(text: &str) -> String {
    const MAX: usize = 60;
    let short: String = text.chars().take(MAX).collect();
    if short.len() < text.len() { format!("{short}...") } else { short }
}

impl<'p> Fields<'p> {
    /// The fields of `table`, which stands at `place`. The empty place is the top of the plan.
    ///
    /// # Errors
    /// If there is a key that the section does not have.
    pub fn new(table: &'p Table, place: impl Into<String>, section: &Section) -> Read<Fields<'p>> {
        let fields = Fields { table, place: place.into() };
        match table.keys().find(|key| !section.keys.contains(&key.as_str())) {
            None => Ok(fields),
            Some(key) => {
                let key = shortened(key);
                let hint = match suggestion(&key, section.keys) {
                    _ if !fields.place.is_empty() && PLAN.keys.contains(&key.as_str()) => {
                        "; what is below a [section] belongs to it, so keys of the plan come first".to_string()
                    }
                    hint if hint.is_empty() => format!("; there are {}", section.keys.join(", ")),
                    hint => hint,
                };
                Err(fields.at(format!("unknown key '{key}' of {}{hint}", section.name)))
            }
        }
    }

    /// Where this is.
    pub fn place(&self) -> &str {
        &self.place
    }

    fn at(&self, why: String) -> String {
        if self.place.is_empty() { why } else { format!("{}: {why}", self.place) }
    }

    /// An error about `key`.
    pub fn wrong(&self, key: &str, why: impl std::fmt::Display) -> String {
        self.at(format!("{}: {why}", shortened(key)))
    }

    fn kind<T>(&self, key: &str, value: &Value, wanted: &str) -> Read<T> {
        Err(self.wrong(key, format!("this is {}, not {wanted}", kind_of(value))))
    }

    /// Whether there is this key.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value of `key`.
    pub fn value(&self, key: &str) -> Option<&'p Value> {
        self.table.get(key)
    }

    /// A text that is not read by people.
    pub fn word(&self, key: &str) -> Read<Option<&'p str>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => self.kind(key, other, "a text in quotes"),
        }
    }

    /// A text that has to be there.
    pub fn needed_word(&self, key: &str, example: &str) -> Read<&'p str> {
        self.word(key)?.ok_or_else(|| self.at(format!("'{key}' is missing; write {key} = {example}")))
    }

    /// An id, as it stands in the data.
    pub fn id(&self, key: &str) -> Read<Option<String>> {
        let Some(word) = self.word(key)? else { return Ok(None) };
        check_id(word).map_err(|why| self.wrong(key, why))?;
        Ok(Some(word.to_string()))
    }

    /// An id that has to be there.
    pub fn needed_id(&self) -> Read<String> {
        self.id("id")?.ok_or_else(|| self.at("'id' is missing: its name in the data".to_string()))
    }

    /// `true` or `false`.
    pub fn flag(&self, key: &str, default: bool) -> Read<bool> {
        match self.value(key) {
            None => Ok(default),
            Some(Value::Boolean(flag)) => Ok(*flag),
            Some(other) => self.kind(key, other, "true or false"),
        }
    }

    /// A whole number from `least` to `most`.
    pub fn whole(&self, key: &str, least: i64, most: i64) -> Read<Option<i64>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Integer(number)) if (least..=most).contains(number) => Ok(Some(*number)),
            Some(Value::Integer(number)) => Err(self.wrong(key, format!("{number} is not from {least} to {most}"))),
            Some(other) => self.kind(key, other, "a whole number"),
        }
    }

    /// A finite number.
    pub fn number(&self, key: &str) -> Read<Option<f64>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(*number as f64)),
            Some(Value::Float(number)) if number.is_finite() => Ok(Some(*number)),
            Some(other) => self.kind(key, other, "a finite number"),
        }
    }

    /// A duration.
    pub fn duration(&self, key: &str) -> Read<Option<Duration>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::String(text)) => parse_duration(text).map(Some).map_err(|why| self.wrong(key, why)),
            Some(other) => self.kind(key, other, "a duration in quotes, like \"20 min\""),
        }
    }

    /// A list of at most `most` values.
    pub fn list(&self, key: &str, most: usize) -> Read<&'p [Value]> {
        match self.value(key) {
            None => Ok(&[]),
            Some(Value::Array(list)) if list.len() <= most => Ok(list),
            Some(Value::Array(list)) => Err(self.wrong(key, format!("{} are too many; there may be {most}", list.len()))),
            Some(other) => self.kind(key, other, "a list in [ ]"),
        }
    }

    /// A list of texts.
    pub fn words(&self, key: &str, most: usize) -> Read<Vec<String>> {
        let word = |value: &Value| match value {
            Value::String(text) => Ok(text.clone()),
            other => self.kind(key, other, "a text in quotes"),
        };
        self.list(key, most)?.iter().map(word).collect()
    }

    /// A list of ids, none of them twice.
    pub fn ids(&self, key: &str, most: usize) -> Read<Vec<String>> {
        let words = self.words(key, most)?;
        let mut seen = std::collections::BTreeSet::new();
        for word in &words {
            check_id(word).map_err(|why| self.wrong(key, why))?;
            if !seen.insert(word) {
                return Err(self.wrong(key, format!("'{word}' is there twice")));
            }
        }
        Ok(words)
    }

    /// A list of sections, as `[[...]]` writes them.
    pub fn sections(&self, key: &str, most: usize) -> Read<Vec<&'p Table>> {
        let table = |value: &'p Value| match value {
            Value::Table(table) => Ok(table),
            other => self.kind(key, other, "a section in { } or below [[ ]]"),
        };
        self.list(key, most)?.iter().map(table).collect()
    }

    /// A section.
    pub fn section(&self, key: &str) -> Read<Option<&'p Table>> {
        match self.value(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(table)),
            Some(other) => self.kind(key, other, "a section"),
        }
    }

    /// A text in each language, of at most `most` characters; empty if the key is not there.
    pub fn text(&self, key: &str, languages: &[String], most: usize) -> Read<Text> {
        self.value(key).map_or(Ok(Text::default()), |value| self.read_text(key, value, languages, most))
    }

    /// A text in each language that has to be there.
    pub fn needed_text(&self, key: &str, languages: &[String], most: usize) -> Read<Text> {
        let text = self.text(key, languages, most)?;
        if text.is_empty() {
            return Err(self.at(format!("'{key}' is missing or empty; write {}", example(key, languages))));
        }
        Ok(text)
    }

    /// Reads `value` as a text in each language.
    pub fn read_text(&self, key: &str, value: &Value, languages: &[String], most: usize) -> Read<Text> {
        let texts = match value {
            Value::String(text) if languages.len() == 1 => BTreeMap::from([(languages[0].clone(), text.clone())]),
            Value::String(_) => {
                let why = format!("one text for {} languages; write {}", languages.len(), example(key, languages));
                return Err(self.wrong(key, why));
            }
            Value::Table(table) => self.translations(key, table, languages)?,
            other => return self.kind(key, other, "a text in quotes"),
        };
        for (language, text) in &texts {
            let n = text.chars().count();
            if n > most {
                return Err(self.wrong(key, format!("the text in '{language}' has {n} characters; there may be {most}")));
            }
            if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
                return Err(
                    self.wrong(key, format!("the text in '{language}' holds the control character {}", c.escape_unicode()))
                );
            }
        }
        Ok(Text(texts))
    }

    fn translations(&self, key: &str, table: &Table, languages: &[String]) -> Read<BTreeMap<String, String>> {
        let known: Vec<&str> = languages.iter().map(String::as_str).collect();
        if let Some(other) = table.keys().find(|name| !known.contains(&name.as_str())) {
            let name = shortened(other);
            let why = format!("'{name}' is no language of the plan; there are {}{}", known.join(", "), suggestion(&name, &known));
            return Err(self.wrong(key, why));
        }
        let mut texts = BTreeMap::new();
        for language in languages {
            match table.get(language) {
                Some(Value::String(text)) => texts.insert(language.clone(), text.clone()),
                Some(other) => return self.kind(&format!("{key}.{language}"), other, "a text in quotes"),
                None => return Err(self.wrong(key, format!("the text in '{language}' is missing"))),
            };
        }
        // A text that is there in one language only is a missing translation too.
        let empty = texts.iter().find(|(_, text)| text.trim().is_empty()).map(|(language, _)| language.clone());
        match empty {
            Some(language) if texts.values().any(|text| !text.trim().is_empty()) => {
                Err(self.wrong(key, format!("the text in '{language}' is empty")))
            }
            _ => Ok(texts),
        }
    }
}

/// Checks an id: how things are called in the data.
pub fn check_id(id: &str) -> Read<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if (1..=MAX_ID_CHARS).contains(&id.len()) && id.chars().all(plain) {
        return Ok(());
    }
    Err(format!("'{}' is no id: 1 to {MAX_ID_CHARS} lower-case letters, digits, - and _", shortened(id)))
}

/// Reads the languages of a plan.
pub fn languages_of(fields: &Fields) -> Read<Vec<String>> {
    let languages = fields.words("languages", MAX_LANGUAGES)?;
    let mut seen = std::collections::BTreeSet::new();
    for language in &languages {
        let plain = language.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !(2..=11).contains(&language.len()) || !plain {
            return Err(fields.wrong("languages", format!("'{}' is no code like \"en\" or \"pt-br\"", shortened(language))));
        }
        if !seen.insert(language) {
            return Err(fields.wrong("languages", format!("'{language}' is there twice")));
        }
    }
    Ok(if languages.is_empty() { vec!["en".to_string()] } else { languages })
}

/// How a text is written in these languages.
fn example(key: &str, languages: &[String]) -> String {
    match languages {
        [_] => format!("{key} = \"...\""),
        many => format!("{key} = {{ {} }}", many.iter().map(|one| format!("{one} = \"...\"")).collect::<Vec<_>>().join(", ")),
    }
}

/// A value in words.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a point",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}
