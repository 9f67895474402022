//! Objects of MiniGrid in words, and the characters of a drawing that stand for them.

use toml_edit::value;

use super::drawing::Drawing;
use super::shapes::Cell;
use crate::envs::minigrid::map::{AGENTS, from_words, to_words};

/// Characters that mean the same in every drawing, with their words.
const FIXED: [(char, &str); 5] = [('#', "grey wall"), ('.', "empty"), (' ', "empty"), ('G', "green goal"), ('~', "lava")];
const LEGEND: &str = "legend";

/// What a character stands for; None if neither the format nor the legend says it.
pub fn words_of(drawing: &Drawing, glyph: char) -> Option<String> {
    if let Some(way) = AGENTS.iter().position(|agent| *agent == glyph) {
        return Some(format!("agent facing {}", ["east", "south", "west", "north"][way]));
    }
    let given = drawing.entry(LEGEND, &glyph.to_string()).and_then(|item| item.as_str()).map(str::to_string);
    given.or_else(|| FIXED.iter().find(|(fixed, _)| *fixed == glyph).map(|(_, words)| (*words).to_string()))
}

/// The object that a character stands for, in the words of the palette.
pub fn object_of(drawing: &Drawing, glyph: char) -> Option<String> {
    from_words(&words_of(drawing, glyph)?).ok().map(to_words)
}

/// Puts an object on a cell; the legend gets a character for it if it has none.
///
/// # Errors
/// If these are not the words of an object, or no character is free.
pub fn paint(drawing: &mut Drawing, cell: Cell, words: &str) -> Result<(), String> {
    let code = from_words(words)?;
    let stands_for = |glyph: char| words_of(drawing, glyph).and_then(|known| from_words(&known).ok()) == Some(code);
    let fixed = FIXED.iter().map(|(glyph, _)| *glyph).find(|glyph| stands_for(*glyph));
    let listed = || drawing.entries(LEGEND).iter().filter_map(|name| name.chars().next()).find(|glyph| stands_for(*glyph));
    if let Some(glyph) = fixed.or_else(listed) {
        drawing.set_glyph(cell, glyph);
        return Ok(());
    }
    let free = |glyph: &char| words_of(drawing, *glyph).is_none() && !drawing.has(*glyph);
    let first = words.split_whitespace().last().and_then(|word| word.chars().next());
    let glyph = first.into_iter().chain('A'..='Z').chain('a'..='z').chain('0'..='9').chain('\u{c0}'..='\u{17f}').find(free);
    let glyph = glyph.ok_or("the legend has no free character")?;
    drawing.set_entry(LEGEND, &glyph.to_string(), Some(value(to_words(code))));
    drawing.set_glyph(cell, glyph);
    Ok(())
}
