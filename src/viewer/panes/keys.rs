//! The page of keys.

use egui::{Align2, Color32, CornerRadius, Modal, ScrollArea, Sense, Stroke, pos2, vec2};

use crate::viewer::command::Command;
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::text;

/// Shows it over the window. Returns false when it is to be closed.
pub fn show(ctx: &egui::Context, t: &Tokens) -> bool {
    let frame = egui::Frame::new()
        .fill(t.bg1)
        .stroke(Stroke::new(1.0, t.line2))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(egui::Margin::same(24));
    let response =
        Modal::new(egui::Id::unique("keys")).frame(frame).backdrop_color(Color32::from_black_alpha(128)).show(ctx, |ui| {
            let with_keys: Vec<Command> = Command::all().filter(|command| command.shortcut().is_some()).collect();
            ui.set_width(600.0f32.min(ui.ctx().content_rect().width() - 96.0));
            ui.label(egui::RichText::new("Keys").font(fonts::heading()).color(t.t1));
            ui.add_space(8.0);
            ScrollArea::vertical().max_height(ui.ctx().content_rect().height() - 160.0).show(ui, |ui| {
                let width = ui.available_width() / 2.0;
                for pair in with_keys.chunks(2) {
                    let (rect, _) = ui.allocate_exact_size(vec2(2.0 * width, 24.0), Sense::hover());
                    for (k, command) in pair.iter().enumerate() {
                        let left = rect.left() + k as f32 * width;
                        let at = pos2(left, rect.center().y);
                        text::line(ui.painter(), at, Align2::LEFT_CENTER, &command.key(), fonts::value(), t.t1);
                        let room = width - 96.0;
                        let at = pos2(left + 88.0, rect.center().y);
                        text::elided(ui.painter(), at, Align2::LEFT_CENTER, (command.name(), room), (fonts::small(), t.t2));
                    }
                }
            });
        });
    !response.should_close()
}
