//! The Inspector pane: all that was recorded of the shown step.

use egui::{Align2, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::traces::OwnedValue;
use crate::traces::cursor::{Agreement, Begins};
use crate::viewer::images::Images;
use crate::viewer::shown::Shown;
use crate::viewer::sources::{ShownStep, bonus_name};
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::time::{ActionKind, letter_icon};
use crate::viewer::widgets::{PAIR, SIDE, Status, bar, pair, pair_with, section, status_chip, text};

const HEADER: f32 = 52.0;
const BAR: f32 = 104.0;
/// Columns that have places of their own.
const SHOWN: [&str; 11] =
    ["instance", "episode", "step", "action", "reward", "terminated", "truncated", "x", "y", "facing", "carrying"];
/// Items that are the body's state rather than carried, as in Crafter.
const BODY: [&str; 4] = ["health", "food", "drink", "energy"];
/// Body values from which an alarm is shown.
const ALARM: u32 = 3;
/// Largest value of the body.
const FULL: f32 = 9.0;

/// Shows the pane in the rest of `ui`.
pub fn show(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images) {
    let Some(step) = shown.step else {
        let at = ui.available_rect_before_wrap().center();
        text::line(ui.painter(), at, Align2::CENTER_CENTER, "No step is shown.", fonts::body(), t.t3);
        return;
    };
    header(ui, t, shown, step);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        action(ui, t, shown, step);
        rewards(ui, t, shown, step);
        inventory(ui, t, shown, step, images);
        achievements(ui, t, shown, images);
        state(ui, t, shown, step);
        environment(ui, t, shown);
        ui.add_space(SIDE);
    });
}

fn header(ui: &mut Ui, t: &Tokens, shown: &Shown, step: &ShownStep) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER), Sense::hover());
    let (now, episode) = (step.position.step, shown.episode().map(|(_, episode)| episode));
    let last = episode.map_or(0, |episode| u64::from(episode.first_step) + episode.rows.max(1) - 1);
    let painter = ui.painter();
    let at = pos2(rect.left() + SIDE, rect.top() + 6.0);
    let number = text::line(painter, at, Align2::LEFT_TOP, &numbers::count(now.into()), fonts::heading(), t.t1);
    let beside = pos2(number.right() + 8.0, number.bottom() - 4.0);
    let words = format!("of {}", numbers::count(last));
    text::line(painter, beside, Align2::LEFT_BOTTOM, &words, fonts::small(), t.t2);
    let name = shown.source.map_or("", |source| &source.name);
    let place = format!("{name} \u{b7} world {} \u{b7} episode {}", step.position.instance, step.position.episode);
    let below = pos2(rect.left() + SIDE, rect.bottom() - 4.0);
    text::elided(painter, below, Align2::LEFT_BOTTOM, (&place, rect.width() - 2.0 * SIDE), (fonts::axis(), t.t3));
    let (status, words, more) = verdict(shown, step);
    let room = Rect::from_min_max(pos2(rect.center().x, rect.top() + 6.0), pos2(rect.right() - SIDE, rect.top() + 32.0));
    let layout = egui::Layout::right_to_left(egui::Align::Min);
    let mut corner = ui.new_child(UiBuilder::new().max_rect(room).layout(layout));
    status_chip(&mut corner, t, status, &words, &more);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
}

/// Whether the recording and its replay agree.
fn verdict(shown: &Shown, step: &ShownStep) -> (Status, String, String) {
    if !step.is_exact() {
        return (Status::Unknown, "Seeking\u{2026}".to_string(), String::new());
    }
    let Some(state) = &step.state else {
        let why = "Another program wrote these rows, so they are not replayed";
        return (Status::Missing, "Not replayed".to_string(), why.to_string());
    };
    match &state.agreement {
        None => (Status::Unknown, "Not checked".to_string(), String::new()),
        Some(Agreement::Differs(difference)) => {
            (Status::Wrong, format!("Differs at {}", difference.step), format!("{difference}\nShown is the replay."))
        }
        Some(Agreement::Agrees { compared }) => {
            let rows = shown.instance.map_or(0, |instance| instance.rows);
            if *compared > step.position.row {
                let words = "Checked: every recorded value up to this row comes out again";
                (Status::Good, "Exact replay".to_string(), format!("Exact replay\n{words}"))
            } else {
                let done = format!("{} of {} rows compared so far", numbers::count(*compared), numbers::count(rows));
                (Status::Unknown, "Checking\u{2026}".to_string(), done)
            }
        }
    }
}

fn action(ui: &mut Ui, t: &Tokens, shown: &Shown, step: &ShownStep) {
    if !section(ui, t, "Action", "", true) {
        return;
    }
    let names = shown.world().map(|world| world.spec().action_names.clone()).unwrap_or_default();
    let name = match step.value("action") {
        Some(OwnedValue::Whole(action)) => {
            usize::try_from(*action).ok().and_then(|action| names.get(action).cloned()).unwrap_or_else(|| action.to_string())
        }
        _ => match shown.episode().map(|(_, episode)| episode.begins) {
            Some(Begins::Restored) => "none: a state was restored".to_string(),
            _ => "none: the episode begins".to_string(),
        },
    };
    let rect = pair(ui, t, "action", &name.replace('_', " "));
    if let Some(colour) = names.contains(&name).then(|| ActionKind::of(&name).colour(t)).flatten() {
        text::swatch(ui.painter(), pos2(rect.left() + SIDE + 8.0, rect.center().y), 8.0, colour);
    }
    let done = |name: &str| step.number(name).is_some_and(|value| value != 0.0);
    let ended = match (done("terminated"), done("truncated")) {
        (true, true) => "terminated and truncated",
        (true, false) => "terminated",
        (false, true) => "truncated",
        (false, false) => "no",
    };
    pair(ui, t, "episode ended", ended);
}

fn rewards(ui: &mut Ui, t: &Tokens, shown: &Shown, step: &ShownStep) {
    if !section(ui, t, "Reward and bonuses", "", true) {
        return;
    }
    let reward = step.number("reward").unwrap_or(0.0);
    let scope = shown.scope();
    let track = shown.track;
    let slice = |values: &[f32]| -> Option<(f32, f32)> {
        let (from, to) = scope?;
        let rows = values.get(from as usize..=(to as usize).min(values.len().checked_sub(1)?))?;
        let known: Vec<f32> = rows.iter().copied().filter(|value| !value.is_nan()).collect();
        let most = known.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        (!known.is_empty()).then(|| (known.iter().sum::<f32>() / known.len() as f32, most))
    };
    let figures = track.and_then(|track| slice(&track.rewards));
    amount(ui, t, shown, ("reward", &numbers::reward(reward)), reward as f32, figures);
    if let Some(state) = &step.state {
        pair(ui, t, "return so far", &numbers::sum(state.episode_return));
    }
    for (name, value) in step.recorded.iter().filter(|(name, _)| name.starts_with("bonus_")) {
        let number = match value {
            OwnedValue::Real(real) => Some(*real),
            OwnedValue::Whole(whole) => Some(*whole as f64),
            _ => None,
        };
        let words = number.map_or_else(|| "none here".to_string(), |value| numbers::real(value, false));
        let values = track.and_then(|track| track.bonuses.iter().find(|(known, _)| known == name));
        let figures = values.and_then(|(_, values)| slice(values));
        amount(ui, t, shown, (&bonus_name(name), &words), number.unwrap_or(0.0) as f32, figures);
    }
}

/// A row with a bar from 0, and a tick at the mean of the rows that figures are of.
fn amount(ui: &mut Ui, t: &Tokens, shown: &Shown, (name, words): (&str, &str), value: f32, figures: Option<(f32, f32)>) {
    let rect = pair(ui, t, name, words);
    let Some((mean, most)) = figures.filter(|(_, most)| *most > 0.0) else { return };
    let hue = shown.source.map_or(t.t2, |source| t.group(source.group));
    let track = Rect::from_min_size(pos2(rect.right() - SIDE - 64.0 - BAR, rect.center().y - 3.0), vec2(BAR, 6.0));
    if track.left() < rect.left() + 96.0 {
        return;
    }
    let painter = ui.painter();
    painter.rect_filled(track, CornerRadius::same(2), t.bg4);
    let signed = mean < 0.0 || value < 0.0;
    let zero = if signed { track.center().x } else { track.left() };
    let room = if signed { BAR / 2.0 } else { BAR };
    let x = |value: f32| zero + (value / most).clamp(-1.0, 1.0) * room;
    let span = Rect::from_x_y_ranges(x(value.min(0.0))..=x(value.max(0.0)), track.y_range());
    painter.rect_filled(span, CornerRadius::same(2), if value < 0.0 { t.t2 } else { hue });
    painter.vline(x(mean), track.expand(2.0).y_range(), Stroke::new(1.5, t.t1));
    let response = ui.interact(track.expand(4.0), ui.scope_id().with(("amount", name)), Sense::hover());
    let mean = numbers::real(f64::from(mean), false);
    response.on_hover_text(format!("The tick is the mean, {mean}\n{}", shown.scope_words()));
}

/// Columns `inventory_*`: the body as bars, what is carried as pictures with counts.
fn inventory(ui: &mut Ui, t: &Tokens, shown: &Shown, step: &ShownStep, images: &mut Images) {
    let mut items = Vec::new();
    for (name, value) in &step.recorded {
        if let (Some(item), OwnedValue::Whole(count)) = (name.strip_prefix("inventory_"), value) {
            items.push((item, u32::try_from(*count).unwrap_or(0)));
        }
    }
    if items.is_empty() || !section(ui, t, "Body and inventory", "", true) {
        return;
    }
    let (body, carried): (Vec<_>, Vec<_>) = items.into_iter().partition(|(item, _)| BODY.contains(item));
    let width = (ui.available_width() - SIDE - SIDE - 18.0) / 2.0;
    for row in body.chunks(2) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
        for (k, (item, count)) in row.iter().enumerate() {
            let left = rect.left() + SIDE + 18.0 + k as f32 * width;
            let at = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
            vital(ui, t, shown, images, at, item, *count);
        }
    }
    ui.add_space(4.0);
    let columns = ((ui.available_width() - 2.0 * SIDE - 18.0) / 40.0).floor().max(1.0) as usize;
    for row in carried.chunks(columns) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
        for (k, (item, count)) in row.iter().enumerate() {
            let corner = pos2(rect.left() + SIDE + 18.0 + k as f32 * 40.0, rect.top() + 4.0);
            let at = Rect::from_min_size(corner, vec2(16.0, 16.0));
            thing(ui, t, shown, images, at, item, if *count == 0 { 0.3 } else { 1.0 });
            let beside = pos2(at.right() + 5.0, at.center().y);
            let (font, ink) = if *count == 0 { (fonts::small(), t.t3) } else { (fonts::value(), t.t1) };
            text::line(ui.painter(), beside, Align2::LEFT_CENTER, &count.to_string(), font, ink);
            let spot = at.expand2(vec2(10.0, 4.0));
            let response = ui.interact(spot, ui.scope_id().with(("item", item)), Sense::hover());
            let words = format!("{} {count}", item.replace('_', " "));
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            response.on_hover_text(words);
        }
    }
}

fn vital(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images, at: Rect, item: &str, count: u32) {
    let icon = Rect::from_min_size(pos2(at.left(), at.center().y - 8.0), vec2(16.0, 16.0));
    thing(ui, t, shown, images, icon, item, 1.0);
    let ink = if count <= ALARM { t.err } else { t.t1 };
    let track = Rect::from_min_size(pos2(icon.right() + 8.0, at.center().y - 3.0), vec2((at.width() - 60.0).max(8.0), 6.0));
    bar(ui.painter(), track, count as f32 / FULL, t.bg4, if count <= ALARM { t.err } else { t.t2 });
    let beside = pos2(track.right() + 8.0, at.center().y);
    text::line(ui.painter(), beside, Align2::LEFT_CENTER, &count.to_string(), fonts::value(), ink);
    let response = ui.interact(at, ui.scope_id().with(("vital", item)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{item} {count}")));
    response.on_hover_text(format!("{item} {count} of {FULL:.0}"));
}

fn thing(ui: &Ui, t: &Tokens, shown: &Shown, images: &mut Images, at: Rect, name: &str, opacity: f32) {
    let ctx = ui.ctx().clone();
    if !shown.world().is_some_and(|world| images.draw(&ctx, ui.painter(), &**world, name, at, opacity)) {
        letter_icon(ui.painter(), t, at, name);
    }
}

/// Achievements by their verb; those to come are faint.
fn achievements(ui: &mut Ui, t: &Tokens, shown: &Shown, images: &mut Images) {
    let names = shown.listing.map(|listing| listing.achievements()).unwrap_or_default();
    let (Some(track), Some((_, episode)), false) = (shown.track, shown.episode(), names.is_empty()) else { return };
    let unlocked: Vec<(u64, u8)> = track.achieved(episode.first_row, shown.row).collect();
    if !section(ui, t, "Achievements", &format!("{} of {}", unlocked.len(), names.len()), true) {
        return;
    }
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (a, name) in names.iter().enumerate() {
        let verb = match name.split_once('_').map_or("", |(verb, _)| verb) {
            "defeat" | "eat" | "wake" => "survive",
            verb => verb,
        };
        match groups.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, list)) => list.push(a),
            None => groups.push((verb, vec![a])),
        }
    }
    for (verb, list) in groups {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
        let left = pos2(rect.left() + SIDE + 18.0, rect.center().y);
        let mut title = verb.to_string();
        if let Some(first) = title.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text::line(ui.painter(), left, Align2::LEFT_CENTER, &title, fonts::small(), t.t2);
        for (k, a) in list.into_iter().enumerate() {
            let corner = pos2(rect.left() + SIDE + 82.0 + k as f32 * 24.0, rect.center().y - 10.0);
            let chip = Rect::from_min_size(corner, vec2(20.0, 20.0));
            let at = unlocked.iter().find(|(_, known)| usize::from(*known) == a).map(|(row, _)| *row);
            ui.painter().rect_filled(chip, CornerRadius::same(3), if at.is_some() { t.bg4 } else { t.bg3 });
            thing(ui, t, shown, images, chip.shrink(2.0), &names[a], if at.is_some() { 1.0 } else { 0.3 });
            if at == Some(shown.row) {
                ui.painter().rect_stroke(chip, CornerRadius::same(3), Stroke::new(1.5, t.t1), egui::StrokeKind::Outside);
            }
            let when = at.and_then(|row| shown.step_of(row));
            let words = when.map_or("not yet".to_string(), |step| format!("at step {}", numbers::count(step.into())));
            let words = format!("{}, {words}", names[a].replace('_', " "));
            let response = ui.interact(chip, ui.scope_id().with(("achievement", a)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
            response.on_hover_text(words);
        }
    }
}

/// Position, and columns that have no other place.
fn state(ui: &mut Ui, t: &Tokens, shown: &Shown, step: &ShownStep) {
    if !section(ui, t, "State", "", true) {
        return;
    }
    if let (Some(x), Some(y)) = (step.number("x"), step.number("y")) {
        pair(ui, t, "position", &format!("{x}, {y}"));
    }
    if let Some(state) = &step.state {
        pair(ui, t, "facing", &format!("{:?}", state.layers.agent.facing).to_lowercase());
        if let Some(names) = shown.layer_names().filter(|_| step.number("inventory_health").is_none()) {
            let carried = state.layers.agent.carrying.iter();
            let words: Vec<String> = carried
                .filter_map(|item| {
                    let colour = item.colour.and_then(|colour| names.colours.get(usize::from(colour)));
                    let kind = names.items.get(usize::from(item.kind))?;
                    Some(colour.map_or(kind.clone(), |colour| format!("{colour} {kind}")))
                })
                .collect();
            pair(ui, t, "carrying", &if words.is_empty() { "nothing".to_string() } else { words.join(", ") });
        }
    }
    for (name, value) in &step.recorded {
        let elsewhere = ["inventory_", "achievement_", "bonus_"].iter().any(|prefix| name.starts_with(prefix));
        if elsewhere || SHOWN.contains(&name.as_str()) {
            continue;
        }
        let words = match value {
            OwnedValue::Null => "not in this row".to_string(),
            OwnedValue::Whole(whole) if name == "checksum" => format!("{whole:016x}"),
            OwnedValue::Real(real) => numbers::real(*real, false),
            value => value.as_value().to_string().trim_matches('\'').to_string(),
        };
        let ink = if *value == OwnedValue::Null { t.t3 } else { t.t1 };
        pair_with(ui, t, &name.replace('_', " "), &words, ink);
    }
}

fn environment(ui: &mut Ui, t: &Tokens, shown: &Shown) {
    let Some(meta) = shown.listing.and_then(|listing| listing.meta.as_ref()) else { return };
    if !section(ui, t, "Environment", &meta.id, false) {
        return;
    }
    let instance = shown.instance.map_or(0, |instance| instance.instance);
    pair(ui, t, "agent", &meta.agent);
    pair(ui, t, "seed of this world", &(meta.seed + i64::from(instance)).to_string());
    pair(ui, t, "random stream", if meta.keyed { "keyed" } else { "numpy" });
    pair(ui, t, "reset", &meta.reset);
    pair(ui, t, "worlds", &meta.worlds);
    if let Some(n) = meta.num_envs {
        pair(ui, t, "instances of the run", &numbers::count(n));
    }
    pair(ui, t, "written by", &format!("explorarium {}", meta.program));
    if let Some(listing) = shown.listing {
        pair(ui, t, "size of the files", &numbers::bytes(listing.bytes));
    }
    ui.add_space(PAIR / 4.0);
}
