//! How much of a source is read: a bar under the title of a pane, and words.

use std::time::Duration;

use egui::{CornerRadius, Painter, Rect, pos2};

use crate::traces::cursor::ReadBytes;
use crate::viewer::sources::Source;
use crate::viewer::theme::{Tokens, numbers};

/// What is read faster than this needs no bar.
const SHOWN_AFTER: Duration = Duration::from_millis(200);
/// Height of the bar.
const BAR: f32 = 2.0;

/// The words on how much of a source is read: `Reading 3.2 of 8.1 MB`. None once all is read, and for what is read at once.
pub fn reading_words(source: &Source) -> Option<String> {
    let (bytes, _) = source.found.reading.filter(|(_, since)| since.elapsed() >= SHOWN_AFTER)?;
    Some(words(bytes))
}

fn words(bytes: ReadBytes) -> String {
    let (read, total) = (numbers::bytes(bytes.read), numbers::bytes(bytes.total));
    // One unit is enough if both have it.
    let read = match (read.split_once(' '), total.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => number,
        _ => &read,
    };
    format!("Reading {read} of {total}")
}

/// Paints the bar along the bottom of `title` and returns the words.
pub fn reading_bar(painter: &Painter, t: &Tokens, title: Rect, source: Option<&Source>) -> Option<String> {
    let words = reading_words(source?)?;
    let (bytes, _) = source?.found.reading?;
    let share = bytes.read as f32 / bytes.total.max(1) as f32;
    let right = title.left() + title.width() * share.clamp(0.0, 1.0);
    let full = Rect::from_min_max(pos2(title.left(), title.bottom() - BAR), pos2(right, title.bottom()));
    painter.rect_filled(full, CornerRadius::ZERO, t.acc);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_said_once() {
        let of = |read, total| words(ReadBytes { read, total });
        assert_eq!(of(3_200_000, 8_100_000), "Reading 3.2 of 8.1 MB");
        assert_eq!(of(920_000, 8_100_000), "Reading 920.0 kB of 8.1 MB");
        assert_eq!(of(0, 12), "Reading 0 of 12 bytes");
    }
}
