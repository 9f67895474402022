//! The pages over a game that stands still. They hide the game: time in play does not count, so nothing of it is to be seen.

use egui::{Align, Key, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use super::look::{COLUMN, margin, tokens};
use super::page::{PageDrawing, title};
use super::page_button::PageButton;
use super::rich;
use crate::study::session::Input;

/// The column in the middle of the window.
fn column(ui: &mut Ui) -> Ui {
    let rect = ui.max_rect();
    let width = (rect.width() - 2.0 * margin(rect.height())).clamp(100.0, COLUMN);
    let top = (rect.height() * 0.5 - 100.0).max(margin(rect.height()));
    let place = Rect::from_min_size(pos2(rect.center().x - width / 2.0, rect.top() + top), vec2(width, rect.height() - top));
    let builder = UiBuilder::new().id_salt("pause").max_rect(place).layout(Layout::top_down(Align::LEFT));
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing = vec2(8.0, 0.0);
    ui
}

/// The game is paused.
pub fn paused(ui: &mut Ui, drawing: &mut PageDrawing) {
    let words = drawing.words;
    let mut ui = column(ui);
    title(&mut ui, words.paused);
    ui.add_space(8.0);
    let focus = drawing.takes_focus();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(16.0, 16.0);
        let go_on = PageButton { focus, ..PageButton::primary(words.go_on) };
        if go_on.show(ui).clicked() || escape(ui) {
            drawing.inputs.push(Input::Resume);
        }
        if PageButton::outline(words.stop).show(ui).clicked() {
            drawing.inputs.push(Input::Stop);
        }
    });
}

/// The participant wants to stop: for good?
pub fn stopping(ui: &mut Ui, drawing: &mut PageDrawing) {
    let words = drawing.words;
    let mut ui = column(ui);
    title(&mut ui, words.stop_for_good);
    rich::show_paragraph(&mut ui, words.stop_means, (18.0, 28.0), tokens().t2);
    ui.add_space(24.0);
    let focus = drawing.takes_focus();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(16.0, 16.0);
        let play_on = PageButton { focus, ..PageButton::primary(words.play_on) };
        if play_on.show(ui).clicked() || escape(ui) {
            drawing.inputs.extend([Input::StopForGood(false), Input::Resume]);
        }
        if PageButton::outline(words.stop).show(ui).clicked() {
            drawing.inputs.push(Input::StopForGood(true));
        }
    });
}

/// Whether the key that pauses was pressed once more: it goes on.
fn escape(ui: &Ui) -> bool {
    ui.input(|input| input.key_pressed(Key::Escape))
}
