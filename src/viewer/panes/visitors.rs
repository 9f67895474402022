//! The card of a cell: which episodes went there.

use egui::{
    Align2, Area, Context, CornerRadius, Frame, Id, Margin, Order, Pos2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo,
    pos2, vec2,
};

use crate::viewer::sources::{EpisodeVisits, Visitors};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, focus_ring, text};

const WIDTH: f32 = 300.0;
/// Height of the list; more scrolls.
const LIST: f32 = 240.0;
const ROW: f32 = 24.0;

/// What was asked for in the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitorsRequest {
    /// To go to a row of an instance.
    Go(u32, u64),
    /// To close it.
    Close,
}

/// Shows the card at `at`. `shown`: instance and episode that are shown.
pub fn show(
    ctx: &Context,
    t: &Tokens,
    at: Pos2,
    (cell, visitors): ((u32, u32), Option<&Visitors>),
    shown: Option<(u32, u32)>,
) -> Option<VisitorsRequest> {
    let frame = Frame::new()
        .fill(t.bg1)
        .stroke(Stroke::new(1.0, t.line2))
        .corner_radius(CornerRadius::same(6))
        .inner_margin(Margin::same(8))
        .shadow(ctx.global_style().visuals.popup_shadow);
    let area = Area::new(Id::unique("visitors")).order(Order::Foreground).fixed_pos(at).constrain(true);
    let response = area.show(ctx, |ui| frame.show(ui, |ui| card(ui, t, (cell, visitors), shown)).inner);
    response.inner
}

fn card(
    ui: &mut Ui,
    t: &Tokens,
    (cell, visitors): ((u32, u32), Option<&Visitors>),
    shown: Option<(u32, u32)>,
) -> Option<VisitorsRequest> {
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut asked = None;
    let (head, _) = ui.allocate_exact_size(vec2(WIDTH, 28.0), Sense::hover());
    let title =
        text::line(ui.painter(), head.left_center(), Align2::LEFT_CENTER, "Episodes that went here", fonts::strong(), t.t1);
    let place = format!("{}, {}", cell.0, cell.1);
    text::line(ui.painter(), pos2(title.right() + 8.0, head.center().y), Align2::LEFT_CENTER, &place, fonts::small(), t.t2);
    let corner = Rect::from_min_size(pos2(head.right() - 28.0, head.top()), vec2(28.0, 28.0));
    let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(corner).id_salt("close"));
    if Button::icon(icons::X, "Close the list").show(&mut corner, t).clicked() {
        asked = Some(VisitorsRequest::Close);
    }
    let visitors = visitors.filter(|visitors| visitors.cell == cell);
    let words = words(visitors);
    let (line, _) = ui.allocate_exact_size(vec2(WIDTH, 20.0), Sense::hover());
    let ink = if visitors.is_some_and(|visitors| visitors.failed.is_some()) { t.err } else { t.t2 };
    text::elided(ui.painter(), line.left_center(), Align2::LEFT_CENTER, (&words, WIDTH), (fonts::small(), ink));
    let Some(visitors) = visitors else { return asked };
    ScrollArea::vertical().max_height(LIST).show_rows(ui, ROW, visitors.episodes.len(), |ui, range| {
        for visits in &visitors.episodes[range] {
            if row(ui, t, visits, shown == Some((visits.instance, visits.episode))) {
                asked = Some(VisitorsRequest::Go(visits.instance, visits.first.0));
            }
        }
    });
    asked
}

/// How many episodes there are, and how far the search is.
fn words(visitors: Option<&Visitors>) -> String {
    let Some(visitors) = visitors else { return "Reading positions\u{2026}".to_string() };
    if let Some(why) = &visitors.failed {
        return format!("Positions cannot be read: {why}");
    }
    let n = visitors.episodes.len();
    let found = if n == 1 { "1 episode".to_string() } else { format!("{} episodes", numbers::count(n as u64)) };
    let (read, all) = visitors.rows;
    match visitors.is_done() {
        true if n == 0 => "No episode went here.".to_string(),
        true => found,
        false => format!("{found} in {} of {} steps", numbers::count(read), numbers::count(all)),
    }
}

/// An episode. Returns whether it was chosen.
fn row(ui: &mut Ui, t: &Tokens, visits: &EpisodeVisits, is_shown: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let name = format!("World {} \u{b7} episode {}", visits.instance, visits.episode);
    let times = if visits.visits == 1 { "1 visit".to_string() } else { format!("{} visits", numbers::count(visits.visits)) };
    let more = format!("{times}, first at {}", numbers::count(u64::from(visits.first.1)));
    if response.hovered() || is_shown {
        let fill = if is_shown { t.accbg } else { t.bg2 };
        ui.painter().rect_filled(rect, CornerRadius::same(4), fill);
    }
    let middle = rect.center().y;
    let right = text::line(ui.painter(), pos2(rect.right() - 8.0, middle), Align2::RIGHT_CENTER, &more, fonts::small(), t.t2);
    let room = right.left() - rect.left() - 16.0;
    text::elided(ui.painter(), pos2(rect.left() + 8.0, middle), Align2::LEFT_CENTER, (&name, room), (fonts::small(), t.t1));
    focus_ring(ui, rect, &response, t);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{name}, {more}")));
    response.clicked()
}
