//! The sections of noisy TVs: each digit on the map needs one, and no other may have one.

use toml_edit::{Item, Table, value};

use super::drawing::{Drawing, Form};

const SECTION: &str = "tv";
/// Colours of a TV that is painted first.
const COLOURS: i64 = 16;

/// Gives each TV on the map a section, and removes those of TVs that are gone.
pub fn keep_tables(drawing: &mut Drawing) {
    if drawing.form == Form::MiniGrid {
        return;
    }
    let mut there = [false; 10];
    for digit in drawing.glyphs().filter_map(|glyph| glyph.to_digit(10)) {
        there[digit as usize] = true;
    }
    for (digit, is_there) in there.into_iter().enumerate() {
        let name = digit.to_string();
        let has_table = drawing.entry(SECTION, &name).is_some();
        if is_there && !has_table {
            let mut table = Table::new();
            table.insert("on", value("always"));
            table.insert("colours", value(COLOURS));
            drawing.set_entry(SECTION, &name, Some(Item::Table(table)));
        } else if !is_there && has_table {
            drawing.set_entry(SECTION, &name, None);
        }
    }
}
