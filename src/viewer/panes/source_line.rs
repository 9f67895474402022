//! A row of the tree of sources.

use egui::{Align2, Color32, CornerRadius, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::{bar, text};

/// Height of a row, and how far a level is indented.
pub const ROW: f32 = 24.0;
const INDENT: f32 = 10.0;
/// Width of the columns at the right: achievements and steps.
const STEPS: f32 = 48.0;
const ACHIEVED: f32 = 68.0;

/// Names of the columns, in a line above the rows.
pub fn column_heads(ui: &mut Ui, t: &Tokens, achieved: bool) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
    let painter = ui.painter();
    let y = rect.center().y;
    text::line(painter, pos2(rect.left() + 32.0, y), Align2::LEFT_CENTER, "Name", fonts::axis(), t.t3);
    text::line(painter, pos2(rect.right() - 12.0, y), Align2::RIGHT_CENTER, "Steps", fonts::axis(), t.t3);
    if achieved {
        text::line(painter, pos2(rect.right() - 12.0 - STEPS, y), Align2::RIGHT_CENTER, "Achieved", fonts::axis(), t.t3);
    }
}

/// What was clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clicked {
    /// Nothing.
    No,
    /// What opens and closes it.
    Caret,
    /// Anything else of it.
    Row,
}

/// A row, before it is shown.
pub struct Line {
    /// How deep it stands.
    pub level: u32,
    /// Whether it is open; None if nothing is below it.
    pub open: Option<bool>,
    /// The first column.
    pub name: String,
    /// Whether the name is bold.
    pub bold: bool,
    /// Colour of its group.
    pub swatch: Option<Color32>,
    /// Achievements, and how many there are.
    pub achieved: Option<(u32, usize)>,
    /// The last column.
    pub right: String,
    /// Whether it is shown in the window.
    pub selected: bool,
    /// Whether something is wrong with it.
    pub warning: bool,
}

impl Line {
    /// Draws the row.
    pub fn show(&self, ui: &mut Ui, t: &Tokens, hue: Color32) -> Clicked {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
        let painter = ui.painter_at(rect);
        let quiet = if self.selected { t.t2 } else { t.t3 };
        if self.selected {
            painter.rect_filled(rect, CornerRadius::ZERO, t.accbg);
            painter.rect_filled(Rect::from_min_size(rect.min, vec2(2.0, ROW)), CornerRadius::ZERO, t.acc);
        } else if response.hovered() {
            painter.rect_filled(rect, CornerRadius::ZERO, t.bg2);
        }
        if response.has_focus() {
            painter.rect_stroke(rect, CornerRadius::ZERO, Stroke::new(2.0, t.acc), StrokeKind::Inside);
        }
        let y = rect.center().y;
        let mut x = rect.left() + 12.0 + self.level as f32 * INDENT;
        let caret = Rect::from_center_size(pos2(x + 6.0, y), vec2(20.0, ROW));
        if let Some(open) = self.open {
            let icon = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
            text::icon(&painter, caret.center(), icon, fonts::icon(12.0), t.t3);
        }
        x += 20.0;
        if let Some(colour) = self.swatch {
            text::swatch(&painter, pos2(x + 4.0, y), 8.0, colour);
            x += 16.0;
        }
        let mut right = rect.right() - 12.0;
        if self.warning {
            text::icon(&painter, pos2(right - 7.0, y), icons::fill::WARNING, fonts::icon_fill(14.0), t.warn);
            right -= 20.0;
        }
        let shown = text::line(&painter, pos2(right, y), Align2::RIGHT_CENTER, &self.right, fonts::small(), quiet);
        let mut end = shown.left() - 8.0;
        if let Some((n, all)) = self.achieved {
            let edge = rect.right() - 12.0 - STEPS;
            text::line(&painter, pos2(edge, y), Align2::RIGHT_CENTER, &n.to_string(), fonts::value(), t.t1);
            let track = Rect::from_min_size(pos2(edge - ACHIEVED + 12.0, y - 2.0), vec2(32.0, 4.0));
            bar(&painter, track, n as f32 / all.max(1) as f32, t.bg4, hue);
            end = end.min(track.left() - 8.0);
        }
        let font = if self.bold { fonts::value() } else { fonts::small() };
        let (_, cut) = text::elided(&painter, pos2(x, y), Align2::LEFT_CENTER, (&self.name, end - x), (font, t.t1));
        let pointer = response.interact_pointer_pos();
        response.widget_info(|| {
            let words = match self.achieved {
                Some((n, all)) => format!("{}, {n} of {all} achievements, {} steps", self.name, self.right),
                None => format!("{}, {}", self.name, self.right),
            };
            WidgetInfo::selected(Role::TreeItem, true, self.selected, words)
        });
        let clicked = match (response.clicked() || response.double_clicked(), pointer, self.open) {
            (false, ..) => Clicked::No,
            (true, Some(at), Some(_)) if at.x <= caret.right() || response.double_clicked() => Clicked::Caret,
            _ => Clicked::Row,
        };
        if cut {
            response.on_hover_text(&self.name);
        }
        clicked
    }
}
