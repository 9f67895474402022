//! Buttons: quiet, default and light ones, with icon, text or both, and toggles.

use egui::{Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::super::theme::{Tokens, fonts};
use super::text;

/// How much a button draws the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// No ground until it is hovered.
    Quiet,
    /// A grey ground.
    Default,
    /// The one main action of a place.
    Primary,
    /// The one light button of a bar.
    Light,
    /// A line around it: a choice.
    Outline,
}

/// A button, before it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Button<'a> {
    icon: Option<char>,
    filled: bool,
    label: &'a str,
    text: &'a str,
    look: Look,
    on: Option<bool>,
    enabled: bool,
    size: Vec2,
    tooltip: &'a str,
    arrow: bool,
}

/// Space at both ends of a text.
const PADDING: f32 = 8.0;
/// Space between icon and text.
const GAP: f32 = 6.0;
const ICON: f32 = 14.0;
const HEIGHT: f32 = 28.0;

impl<'a> Button<'a> {
    /// A button with a text.
    pub fn text(text: &'a str) -> Button<'a> {
        Button {
            icon: None,
            filled: false,
            label: "",
            text,
            look: Look::Default,
            on: None,
            enabled: true,
            size: vec2(0.0, HEIGHT),
            tooltip: "",
            arrow: false,
        }
    }

    /// A square button with an icon. The first line of `tooltip` is its name.
    pub fn icon(icon: char, tooltip: &'a str) -> Button<'a> {
        Button { icon: Some(icon), look: Look::Quiet, size: vec2(HEIGHT, HEIGHT), tooltip, ..Button::text("") }
    }

    /// An icon before the text.
    pub fn with_icon(self, icon: char) -> Button<'a> {
        Button { icon: Some(icon), ..self }
    }

    /// The filled form of the icon.
    pub fn filled(self) -> Button<'a> {
        Button { filled: true, ..self }
    }

    /// How much it draws the eye.
    pub fn look(self, look: Look) -> Button<'a> {
        Button { look, ..self }
    }

    /// A toggle that is on or off.
    pub fn on(self, on: bool) -> Button<'a> {
        Button { on: Some(on), ..self }
    }

    /// Whether it can be pressed.
    pub fn enabled(self, enabled: bool) -> Button<'a> {
        Button { enabled, ..self }
    }

    /// Height, and width at least.
    pub fn size(self, width: f32, height: f32) -> Button<'a> {
        Button { size: vec2(width, height), ..self }
    }

    /// What it does, and its key; the first line is its name.
    pub fn tooltip(self, tooltip: &'a str) -> Button<'a> {
        Button { tooltip, ..self }
    }

    /// A fainter text before the text: what is chosen here.
    pub fn label(self, label: &'a str) -> Button<'a> {
        Button { label, ..self }
    }

    /// A small arrow after the text: it opens a list.
    pub fn arrow(self) -> Button<'a> {
        Button { arrow: true, ..self }
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui, t: &Tokens) -> Response {
        let galley = (!self.text.is_empty()).then(|| text::layout(ui, self.text, fonts::button()));
        let label = (!self.label.is_empty()).then(|| text::layout(ui, self.label, fonts::small()));
        let before = label.as_ref().map_or(0.0, |label| label.size().x + GAP);
        let icon = if self.icon.is_some() { ICON } else { 0.0 };
        let gap = if self.icon.is_some() && galley.is_some() { GAP } else { 0.0 };
        let arrow = if self.arrow { GAP + 10.0 } else { 0.0 };
        let inner = icon + gap + before + galley.as_ref().map_or(0.0, |galley| galley.size().x) + arrow;
        let padding = if galley.is_some() { 2.0 * PADDING } else { 0.0 };
        let wanted = vec2((inner + padding).max(self.size.x), self.size.y);
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(wanted, sense);
        let (ground, ink, line) = self.colours(t, &response);
        let painter = ui.painter();
        painter.rect(rect, CornerRadius::same(4), ground, line, StrokeKind::Inside);
        let mut x = rect.center().x - inner / 2.0;
        let ink = if self.enabled { ink } else { ink.gamma_multiply(0.7) };
        if let Some(glyph) = self.icon {
            let font = if self.filled { fonts::icon_fill(ICON) } else { fonts::icon(ICON) };
            text::icon(painter, pos2(x + ICON / 2.0, rect.center().y), glyph, font, ink);
            x += ICON + gap;
        }
        if let Some(label) = label {
            painter.galley(pos2(x, rect.center().y - label.size().y / 2.0), label, t.t3);
            x += before;
        }
        if let Some(galley) = galley {
            let width = galley.size().x;
            painter.galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, ink);
            x += width;
        }
        if self.arrow {
            let at = pos2(x + GAP + 5.0, rect.center().y);
            text::icon(painter, at, super::super::theme::icons::CARET_DOWN, fonts::icon(10.0), t.t3);
        }
        focus_ring(ui, rect, &response, t);
        self.describe(response)
    }

    fn colours(&self, t: &Tokens, response: &Response) -> (Color32, Color32, Stroke) {
        let (hovered, pressed) = (response.hovered() && self.enabled, response.is_pointer_button_down_on() && self.enabled);
        let on = self.on == Some(true);
        if !self.enabled {
            let ground = if matches!(self.look, Look::Default | Look::Light) { t.bg2 } else { Color32::TRANSPARENT };
            return (ground, t.t3, Stroke::NONE);
        }
        match self.look {
            Look::Primary => (if pressed { t.acc.gamma_multiply(0.8) } else { t.acc }, t.on_acc, Stroke::NONE),
            Look::Light => (if pressed || hovered { t.t2 } else { t.t1 }, t.bg1, Stroke::NONE),
            Look::Outline => {
                let ground = match (pressed, hovered) {
                    (true, _) => t.bg4,
                    (false, true) => t.bg3,
                    (false, false) => Color32::TRANSPARENT,
                };
                (ground, t.t1, Stroke::new(1.0, t.line2))
            }
            Look::Default | Look::Quiet if pressed => (t.bg4, t.t1, Stroke::new(1.0, t.line2)),
            Look::Default | Look::Quiet if on => (if hovered { t.line2 } else { t.bg4 }, t.t1, Stroke::NONE),
            Look::Default => (if hovered { t.bg4 } else { t.bg3 }, t.t1, Stroke::NONE),
            Look::Quiet => (if hovered { t.bg3 } else { Color32::TRANSPARENT }, t.t2, Stroke::NONE),
        }
    }

    /// Sets the name for screen readers, and the tooltip.
    fn describe(self, response: Response) -> Response {
        let name = if self.tooltip.is_empty() { self.text } else { self.tooltip.lines().next().unwrap_or(self.text) };
        response.widget_info(|| match self.on {
            Some(on) => WidgetInfo::selected(Role::Button, self.enabled, on, name),
            None => WidgetInfo::labeled(Role::Button, self.enabled, name),
        });
        if self.tooltip.is_empty() { response } else { response.on_hover_text(self.tooltip) }
    }
}

/// The ring around a focused control.
pub fn focus_ring(ui: &Ui, rect: Rect, response: &Response, t: &Tokens) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, t.acc);
        ui.painter().rect_stroke(rect.expand(2.0), CornerRadius::same(6), stroke, StrokeKind::Inside);
    }
}
