//! The message that stays after the graphics card was lost.

use egui::{Align2, Area, CornerRadius, Frame, Margin, Order, Stroke, vec2};

use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::Button;

/// Widest text, in points.
const WIDTH: f32 = 420.0;

/// What was chosen in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostAnswer {
    /// The card is to be tried again.
    Try,
    /// The message was read.
    Close,
}

/// Shows the message above the lower edge of the window. Returns its height and what was chosen.
pub fn gpu_lost(ctx: &egui::Context, t: &Tokens, words: &str) -> (f32, Option<LostAnswer>) {
    let mut chosen = None;
    let frame = Frame::new().fill(t.bg3).stroke(Stroke::new(1.0, t.line2)).corner_radius(CornerRadius::same(6));
    let area = Area::new(egui::Id::unique("card lost")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -24.0));
    let shown = area.show(ctx, |ui| {
        frame.inner_margin(Margin::same(16)).show(ui, |ui| {
            ui.set_max_width(WIDTH.min(ui.ctx().content_rect().width() - 96.0));
            ui.label(egui::RichText::new(words).font(fonts::small()).color(t.t1));
            ui.horizontal(|ui| {
                let again = Button::text("Try the card again").with_icon(icons::REPEAT);
                if again.show(ui, t).clicked() {
                    chosen = Some(LostAnswer::Try);
                }
                if Button::icon(icons::X, "Close the message").show(ui, t).clicked() {
                    chosen = Some(LostAnswer::Close);
                }
            });
        });
    });
    (shown.response.rect.height(), chosen)
}
