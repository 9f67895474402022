//! The large buttons of pages.

use egui::{Color32, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::look::{RADIUS, TARGET, ring, tokens};
use crate::viewer::theme::fonts;
use crate::viewer::widgets::text;

/// How much a button draws the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageLook {
    /// The main action.
    Primary,
    /// Another action.
    Outline,
    /// A way back.
    Quiet,
}

/// A button of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageButton<'a> {
    /// What it says.
    pub text: &'a str,
    /// How it looks.
    pub look: PageLook,
    /// An icon before the text.
    pub before: Option<char>,
    /// An icon after the text.
    pub after: Option<char>,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it takes the focus.
    pub focus: bool,
}

const ICON: f32 = 16.0;
const GAP: f32 = 12.0;

impl<'a> PageButton<'a> {
    /// The main action of a page.
    pub fn primary(text: &'a str) -> PageButton<'a> {
        PageButton { text, look: PageLook::Primary, before: None, after: None, enabled: true, focus: false }
    }

    /// Another action.
    pub fn outline(text: &'a str) -> PageButton<'a> {
        PageButton { look: PageLook::Outline, ..PageButton::primary(text) }
    }

    /// A way back.
    pub fn quiet(text: &'a str) -> PageButton<'a> {
        PageButton { look: PageLook::Quiet, ..PageButton::primary(text) }
    }

    /// Width and height.
    fn size(&self, ui: &Ui) -> egui::Vec2 {
        let words = text::layout(ui, self.text, fonts::page_strong(16.0)).size().x;
        let icons = [self.before, self.after].into_iter().flatten().count() as f32 * (ICON + GAP);
        let padding = if self.look == PageLook::Quiet { 12.0 } else { 24.0 };
        vec2(words + icons + 2.0 * padding, TARGET)
    }

    /// Shows it.
    pub fn show(self, ui: &mut Ui) -> Response {
        let sense = if self.enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(self.size(ui), sense);
        let (ground, ink, line) = self.colours(&response);
        ui.painter().rect(rect, RADIUS, ground, line, StrokeKind::Inside);
        let galley = text::layout(ui, self.text, fonts::page_strong(16.0));
        let mut x = rect.left() + if self.look == PageLook::Quiet { 12.0 } else { 24.0 };
        let icon = |x: f32, glyph: char| {
            text::icon(ui.painter(), pos2(x + ICON / 2.0, rect.center().y), glyph, fonts::icon(ICON), ink);
        };
        if let Some(glyph) = self.before {
            icon(x, glyph);
            x += ICON + GAP;
        }
        let (width, height) = (galley.size().x, galley.size().y);
        if let Some(glyph) = self.after {
            icon(x + width + GAP, glyph);
        }
        ui.painter().galley(pos2(x, rect.center().y - height / 2.0), galley, ink);
        if self.focus && self.enabled {
            response.request_focus();
        }
        ring(ui, rect, &response);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, self.enabled, self.text));
        response
    }

    fn colours(&self, response: &Response) -> (Color32, Color32, Stroke) {
        let t = tokens();
        let (hovered, pressed) = (response.hovered(), response.is_pointer_button_down_on());
        match self.look {
            _ if !self.enabled => (t.bg3, t.t3, Stroke::NONE),
            PageLook::Primary if pressed => (t.acc.gamma_multiply(0.8), t.on_acc, Stroke::NONE),
            PageLook::Primary => (t.acc, t.on_acc, Stroke::NONE),
            PageLook::Outline => (ground(hovered, pressed), t.t1, Stroke::new(1.0, t.ctl)),
            PageLook::Quiet => (ground(hovered, pressed), t.t2, Stroke::NONE),
        }
    }
}

fn ground(hovered: bool, pressed: bool) -> Color32 {
    let t = tokens();
    match (pressed, hovered) {
        (true, _) => t.bg4,
        (false, true) => t.bg2,
        (false, false) => Color32::TRANSPARENT,
    }
}
