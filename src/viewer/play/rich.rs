//! Texts of a study: paragraphs apart by blank lines, **bold** words and `keys`.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, CornerRadius, FontId, Galley, Rect, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};

use super::look::tokens;
use crate::viewer::theme::fonts;

/// Space between paragraphs.
const BETWEEN: f32 = 12.0;
/// Before and after the name of a key.
const KEY_MARK: char = '\u{A0}';

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Bold,
    Key,
}

/// The pieces of a paragraph.
fn pieces(text: &str) -> Vec<(Style, String)> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let at = |mark: &str| {
            rest.find(mark).and_then(|from| {
                let inner = from + mark.len();
                let end = rest[inner..].find(mark)? + inner;
                (end > inner).then_some((from, inner, end, mark.len()))
            })
        };
        let (bold, key) = (at("**"), at("`"));
        let first = [bold.map(|found| (found, Style::Bold)), key.map(|found| (found, Style::Key))];
        let Some(((from, inner, end, mark), style)) = first.into_iter().flatten().min_by_key(|((from, ..), _)| *from) else {
            pieces.push((Style::Plain, rest.to_string()));
            break;
        };
        if from > 0 {
            pieces.push((Style::Plain, rest[..from].to_string()));
        }
        pieces.push((style, rest[inner..end].to_string()));
        rest = &rest[end + mark..];
    }
    pieces
}

/// The paragraphs of a text, each in one line.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            paragraphs.push(String::new());
        } else if let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Whether a text is written from right to left: its first letter is Hebrew, Arabic or of a script near them.
pub fn is_rtl(text: &str) -> bool {
    let right = |c: char| matches!(u32::from(c), 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF);
    text.chars().find(|c| c.is_alphabetic()).is_some_and(right)
}

/// A text as it is read aloud, without marks.
pub fn plain(text: &str) -> String {
    pieces(text).into_iter().map(|(_, piece)| piece).collect()
}

/// Shows paragraphs of a size and height of lines, the first one brighter.
pub fn show(ui: &mut Ui, text: &str, (size, line): (f32, f32)) {
    for (k, paragraph) in paragraphs(text).iter().enumerate() {
        if k > 0 {
            ui.add_space(BETWEEN);
        }
        let ink = if k == 0 { tokens().t1 } else { tokens().t2 };
        show_paragraph(ui, paragraph, (size, line), ink);
    }
}

/// Shows one paragraph. Returns where it stands.
pub fn show_paragraph(ui: &mut Ui, text: &str, (size, line): (f32, f32), ink: Color32) -> Rect {
    show_line(ui, text, (fonts::page_text(size), line), ink)
}

/// The same in any font.
pub fn show_line(ui: &mut Ui, text: &str, (font, line): (FontId, f32), ink: Color32) -> Rect {
    let width = ui.available_width();
    let galley = ui.painter().layout_job(job(text, (font, line), ink, width));
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y), Sense::hover());
    let left = if galley.job.halign == Align::RIGHT { rect.right() } else { rect.left() };
    let at = pos2(left, rect.top());
    let caps = key_rects(&galley).into_iter().map(|key| {
        let cap = key.translate(at.to_vec2()).shrink2(vec2(1.0, 0.0));
        Shape::rect_filled(cap, CornerRadius::same(4), tokens().bg3)
    });
    ui.painter().extend(caps.collect::<Vec<_>>());
    ui.painter().galley(at, galley, ink);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, plain(text)));
    rect
}

fn job(text: &str, (font, line): (FontId, f32), ink: Color32, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(1.0);
    if is_rtl(text) {
        job.halign = Align::RIGHT;
    }
    for (style, piece) in pieces(text) {
        let (font_id, piece) = match style {
            Style::Plain => (font.clone(), piece.replace(KEY_MARK, "\u{202F}")),
            Style::Bold => (fonts::page_strong(font.size), piece.replace(KEY_MARK, "\u{202F}")),
            Style::Key => (
                fonts::page_strong(14.0),
                format!("{KEY_MARK}{KEY_MARK}{}{KEY_MARK}{KEY_MARK}", piece.trim().replace(' ', "\u{202F}")),
            ),
        };
        let color = if style == Style::Bold { tokens().t1 } else { ink };
        let format = TextFormat { font_id, color, line_height: Some(line), valign: Align::Center, ..TextFormat::default() };
        job.append(&piece, 0.0, format);
    }
    job
}

/// Where the names of keys stand in a text.
fn key_rects(galley: &Galley) -> Vec<Rect> {
    let mut rects = Vec::new();
    for row in &galley.rows {
        let offset = row.pos.to_vec2();
        let (mut marks, mut open) = (0, None::<Rect>);
        for glyph in &row.row.glyphs {
            let middle = row.row.size.y / 2.0;
            let of = Rect::from_min_max(pos2(glyph.pos.x, middle - 12.0), pos2(glyph.max_x(), middle + 12.0)).translate(offset);
            if glyph.chr == KEY_MARK {
                marks += 1;
            }
            if glyph.chr == KEY_MARK || open.is_some() {
                open = Some(open.map_or(of, |rect| rect.union(of)));
            }
            if marks == 4 {
                rects.extend(open.take());
                marks = 0;
            }
        }
    }
    rects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_broken_ones_stay() {
        let pieces =
            |text: &str| super::pieces(text).into_iter().map(|(style, piece)| format!("{style:?}:{piece}")).collect::<Vec<_>>();
        assert_eq!(pieces("a **b c** `D`!"), ["Plain:a ", "Bold:b c", "Plain: ", "Key:D", "Plain:!"]);
        assert_eq!(pieces("2 ** 3 and `"), ["Plain:2 ** 3 and `"]);
        assert_eq!(pieces("**** ``"), ["Plain:**** ``"]);
        assert_eq!(plain("press `Esc` **now**"), "press Esc now");
        assert_eq!(paragraphs(" one\ntwo \n\n\n three"), ["one two", "three"]);
        assert!(is_rtl("1. שלום") && !is_rtl("a שלום") && !is_rtl(""));
    }
}
