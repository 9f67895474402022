//! Answers of which some are chosen: a row of numbers or of words. A group has one place in the order of Tab; arrows move in it.

use egui::{
    Align2, Color32, CornerRadius, EventFilter, Id, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::consent::tick;
use super::look::{RADIUS, TARGET, ring, tokens};
use crate::viewer::theme::fonts;
use crate::viewer::widgets::text;

/// How the options of a group look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionsLook {
    /// Numbers in squares.
    Numbers,
    /// Words with a ring: one is chosen.
    One,
    /// Words with a box: several can be chosen.
    Several,
}

/// A group of options.
#[derive(Debug)]
pub struct OptionGroup<'a> {
    /// The question.
    pub name: &'a str,
    /// What the options say.
    pub labels: &'a [String],
    /// Which are chosen.
    pub chosen: &'a [bool],
    /// How they look.
    pub look: OptionsLook,
    /// Whether the group takes the focus.
    pub focus: bool,
}

/// Width and height of a number.
const NUMBER: (f32, f32) = (64.0, 56.0);
const GAP: f32 = 8.0;

impl OptionGroup<'_> {
    /// Shows the group. Returns the option that was chosen now.
    pub fn show(&self, ui: &mut Ui) -> Option<usize> {
        let sizes: Vec<f32> = self.labels.iter().map(|label| self.width(ui, label)).collect();
        let places = places(&sizes, ui.available_width(), self.height());
        let size = places.iter().fold(egui::Vec2::ZERO, |size, place| size.max(place.max.to_vec2()));
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let id = ui.scope_id().with(("options", self.name));
        let group = ui.interact(rect, id, Sense::FOCUSABLE);
        if self.focus {
            group.request_focus();
        }
        let first = self.chosen.iter().position(|chosen| *chosen).unwrap_or(0);
        let mut at = ui.data(|data| data.get_temp::<usize>(id)).unwrap_or(first).min(self.labels.len().saturating_sub(1));
        let mut clicked = None;
        if group.has_focus() {
            let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, arrows));
            at = self.moved(ui, at);
            clicked = ui.input(|input| input.key_pressed(Key::Space) || input.key_pressed(Key::Enter)).then_some(at);
        }
        for (k, place) in places.iter().enumerate() {
            let place = place.translate(rect.min.to_vec2());
            let response = ui.interact(place, id.with(k), Sense::CLICK);
            self.paint(ui, place, k, response.hovered());
            let (name, chosen) = (format!("{}: {}", self.name, self.labels[k]), self.chosen[k]);
            let role = if self.look == OptionsLook::Several { Role::CheckBox } else { Role::RadioButton };
            response.widget_info(|| WidgetInfo::selected(role, true, chosen, &name));
            if response.clicked() {
                clicked = Some(k);
                group.request_focus();
            }
        }
        at = clicked.unwrap_or(at);
        ui.data_mut(|data| data.insert_temp(id, at));
        if let Some(place) = places.get(at) {
            ring(ui, place.translate(rect.min.to_vec2()), &group);
        }
        group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, self.name));
        clicked
    }

    /// The option to which arrows moved.
    fn moved(&self, ui: &Ui, at: usize) -> usize {
        let (left, right) = ui.input(|input| (input.key_pressed(Key::ArrowLeft), input.key_pressed(Key::ArrowRight)));
        match (left, right) {
            (true, false) => at.saturating_sub(1),
            (false, true) => (at + 1).min(self.labels.len().saturating_sub(1)),
            _ => at,
        }
    }

    fn height(&self) -> f32 {
        if self.look == OptionsLook::Numbers { NUMBER.1 } else { TARGET }
    }

    fn width(&self, ui: &Ui, label: &str) -> f32 {
        if self.look == OptionsLook::Numbers {
            return if self.labels.len() > 11 {
                TARGET.max(text::layout(ui, label, self.font()).size().x + 16.0)
            } else {
                NUMBER.0
            };
        }
        let wide = text::layout(ui, label, self.font()).size().x + 66.0;
        wide.min(ui.available_width())
    }

    fn font(&self) -> egui::FontId {
        if self.look == OptionsLook::Numbers { fonts::page_strong(18.0) } else { fonts::page_text(16.0) }
    }

    fn paint(&self, ui: &Ui, rect: Rect, k: usize, hovered: bool) {
        let (t, on) = (tokens(), self.chosen[k]);
        let ground = if hovered { t.bg3 } else { t.bg2 };
        if self.look == OptionsLook::Numbers {
            let (ground, ink) = if on { (t.acc, t.on_acc) } else { (ground, t.t1) };
            let line = if on { Stroke::NONE } else { Stroke::new(1.0, t.ctl) };
            ui.painter().rect(rect, RADIUS, ground, line, StrokeKind::Inside);
            text::line(ui.painter(), rect.center(), Align2::CENTER_CENTER, &self.labels[k], self.font(), ink);
            return;
        }
        let line = if on { Stroke::new(2.0, t.acc) } else { Stroke::new(1.0, t.ctl) };
        ui.painter().rect(rect, RADIUS, if on { t.accbg } else { ground }, line, StrokeKind::Inside);
        let mark = pos2(rect.left() + 25.0, rect.center().y);
        if self.look == OptionsLook::Several {
            tick(ui, Rect::from_center_size(mark, vec2(20.0, 20.0)), on);
        } else {
            radio(ui, mark, on);
        }
        let room = (rect.right() - 16.0 - rect.left() - 49.0).max(0.0);
        let at = pos2(rect.left() + 49.0, rect.center().y);
        text::elided(ui.painter(), at, Align2::LEFT_CENTER, (&self.labels[k], room), (self.font(), t.t1));
    }
}

fn radio(ui: &Ui, middle: egui::Pos2, on: bool) {
    let t = tokens();
    if on {
        ui.painter().circle_filled(middle, 9.0, t.acc);
        ui.painter().circle_filled(middle, 4.0, Color32::WHITE);
    } else {
        ui.painter().circle_stroke(middle, 8.5, Stroke::new(1.5, t.t2));
    }
}

/// Places of options of these widths, from the corner of the group, in as many rows as they need.
fn places(widths: &[f32], room: f32, height: f32) -> Vec<Rect> {
    let (mut x, mut y) = (0.0, 0.0);
    let mut places = Vec::with_capacity(widths.len());
    for width in widths {
        if x > 0.0 && x + width > room {
            (x, y) = (0.0, y + height + GAP);
        }
        places.push(Rect::from_min_size(pos2(x, y), vec2(*width, height)));
        x += width + GAP;
    }
    places
}

/// The digit that was pressed now, by what it writes or by where it lies.
pub fn digit(ui: &Ui) -> Option<i64> {
    const DIGITS: [Key; 10] =
        [Key::Num0, Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    let of = |key: Key| DIGITS.iter().position(|digit| *digit == key).and_then(|digit| i64::try_from(digit).ok());
    ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            egui::Event::Key { key, physical_key, pressed: true, repeat: false, .. } => of(*key).or(physical_key.and_then(of)),
            _ => None,
        })
    })
}

/// Id of a group that was shown in this part of a page.
pub fn group_id(ui: &Ui, name: &str) -> Id {
    ui.scope_id().with(("options", name))
}

/// The outline of a field.
pub fn field(ui: &Ui, rect: Rect, has_focus: bool) {
    let line = if has_focus { Stroke::new(2.0, tokens().acc) } else { Stroke::new(1.0, tokens().ctl) };
    ui.painter().rect_stroke(rect, CornerRadius::same(8), line, StrokeKind::Inside);
}
