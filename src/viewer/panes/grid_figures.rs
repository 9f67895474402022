//! Below the map of the Grid page: the chosen world's record, and what all worlds have managed.

use egui::{Align2, Rect, Sense, Ui, UiBuilder, pos2, vec2};

use super::inspector;
use crate::viewer::images::Images;
use crate::viewer::shown::Shown;
use crate::viewer::sources::ShownState;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::time::letter_icon;
use crate::viewer::widgets::{bar, pair, text};

const HEAD: f32 = 32.0;
const ROW: f32 = 22.0;
const SIDE: f32 = 16.0;

/// Shows both, side by side.
pub fn show(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images) {
    let rect = ui.max_rect();
    let middle = (rect.left() + rect.width() * 0.46).round();
    let layout = egui::Layout::top_down(egui::Align::Min);
    let left = Rect::from_min_max(rect.min, pos2(middle, rect.bottom()));
    let mut child = ui.new_child(UiBuilder::new().max_rect(left).layout(layout).id_salt("one world"));
    child.set_clip_rect(left.intersect(ui.clip_rect()));
    inspector::show(&mut child, t, shown, images);
    ui.painter().vline(middle + 0.5, rect.y_range(), egui::Stroke::new(1.0, t.line));
    let right = Rect::from_min_max(pos2(middle + 1.0, rect.top()), rect.max);
    let mut child = ui.new_child(UiBuilder::new().max_rect(right).layout(layout).id_salt("all worlds"));
    child.set_clip_rect(right.intersect(ui.clip_rect()));
    all_worlds(&mut child, t, shown, images);
}

fn all_worlds(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images) {
    ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
    let Some(source) = shown.source else { return };
    let states: Vec<&ShownState> = source.found.glances.values().filter_map(|step| step.state.as_ref()).collect();
    let names = shown.listing.map(|listing| listing.achievements()).unwrap_or_default();
    let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    let n = states.len();
    let title = if n == 1 { "1 world, its open episode".to_string() } else { format!("{n} worlds, their open episodes") };
    let right = if names.is_empty() { "up to the shown step" } else { "worlds with it" };
    let end = pos2(head.right() - SIDE, head.center().y);
    let right = text::line(ui.painter(), end, Align2::RIGHT_CENTER, right, fonts::small(), t.t3);
    let room = right.left() - head.left() - SIDE - 8.0;
    let at = pos2(head.left() + SIDE, head.center().y);
    text::elided(ui.painter(), at, Align2::LEFT_CENTER, (&title, room), (fonts::strong(), t.t1));
    if names.is_empty() {
        return sums(ui, t, &states);
    }
    let mut counts: Vec<(usize, usize)> =
        (0..names.len()).map(|a| (a, states.iter().filter(|state| state.unlocked >> a & 1 == 1).count())).collect();
    counts.sort_by(|(a, one), (b, other)| other.cmp(one).then(a.cmp(b)));
    let columns = if ui.available_width() >= 300.0 { 2 } else { 1 };
    let width = (ui.available_width() - 2.0 * SIDE) / columns as f32;
    let per_column = counts.len().div_ceil(columns);
    let hue = t.group(source.group);
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), per_column as f32 * ROW + 8.0), Sense::hover());
        for (k, (a, count)) in counts.iter().enumerate() {
            let corner = pos2(area.left() + SIDE + (k / per_column) as f32 * width, area.top() + (k % per_column) as f32 * ROW);
            let row = Rect::from_min_size(corner, vec2(width - 12.0, ROW));
            achievement(ui, t, shown, images, row, &names[*a], (*count, n, hue));
        }
    });
}

fn achievement(
    ui: &mut Ui,
    t: &Tokens,
    shown: &Shown,
    images: &mut Images,
    row: Rect,
    name: &str,
    (count, of, hue): (usize, usize, egui::Color32),
) {
    let icon = Rect::from_min_size(pos2(row.left(), row.center().y - 8.0), vec2(16.0, 16.0));
    let ctx = ui.ctx().clone();
    let opacity = if count == 0 { 0.3 } else { 1.0 };
    if !shown.world().is_some_and(|world| images.draw(&ctx, ui.painter(), &**world, name, icon, opacity)) {
        letter_icon(ui.painter(), t, icon, name);
    }
    let ink = if count == 0 { t.t3 } else { t.t1 };
    let end = pos2(row.right(), row.center().y);
    text::line(ui.painter(), end, Align2::RIGHT_CENTER, &numbers::count(count as u64), fonts::value(), ink);
    let track =
        Rect::from_min_max(pos2(row.right() - 62.0, row.center().y - 2.0), pos2(row.right() - 26.0, row.center().y + 2.0));
    bar(ui.painter(), track, count as f32 / of.max(1) as f32, t.bg4, hue);
    let words = name.replace('_', " ");
    let at = pos2(icon.right() + 8.0, row.center().y);
    let room = track.left() - at.x - 6.0;
    let (_, cut) = text::elided(ui.painter(), at, Align2::LEFT_CENTER, (&words, room), (fonts::small(), ink));
    let response = ui.interact(row, ui.scope_id().with(("worlds with", name)), Sense::hover());
    let words = format!("{words}: {count} of {of} worlds");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    if cut {
        response.on_hover_text(words);
    }
}

/// Returns and cells of worlds without achievements.
fn sums(ui: &mut Ui, t: &Tokens, states: &[&ShownState]) {
    if states.is_empty() {
        return;
    }
    let n = states.len() as f64;
    let mean = |of: fn(&ShownState) -> f64| states.iter().map(|state| of(state)).sum::<f64>() / n;
    let most = |of: fn(&ShownState) -> f64| states.iter().map(|state| of(state)).fold(f64::NEG_INFINITY, f64::max);
    let sum: fn(&ShownState) -> f64 = |state| state.episode_return;
    let cells: fn(&ShownState) -> f64 = |state| f64::from(state.cells);
    pair(ui, t, "mean return", &numbers::real(mean(sum), false));
    pair(ui, t, "largest return", &numbers::sum(most(sum)));
    pair(ui, t, "mean of different cells", &numbers::real(mean(cells), false));
    pair(ui, t, "most different cells", &numbers::count(most(cells) as u64));
}
