//! The control bar of a live source: what is played, and at what pace.

use egui::{
    Align, Align2, CornerRadius, Layout, Popup, Rect, Response, RichText, ScrollArea, Sense, Stroke, Ui, UiBuilder, pos2, vec2,
};

use super::options_form::OptionsForm;
use crate::envs::catalog;
use crate::viewer::command::{Command, LiveRequest, Requests};
use crate::viewer::live::{Choice, LivePlan, LiveRun, LiveState, action_keys, key_name};
use crate::viewer::theme::{Tokens, fonts, icons, numbers};
use crate::viewer::widgets::{Button, Look, text};

/// Height of the bar.
pub const CONTROL: f32 = 44.0;
/// Numbers of worlds that can be chosen.
const WORLDS: [usize; 5] = [1, 4, 16, 64, 256];
/// Paces that can be chosen, in steps a second of each world; None is as fast as it goes.
const PACES: [Option<f64>; 9] =
    [Some(1.0), Some(2.0), Some(5.0), Some(10.0), Some(20.0), Some(50.0), Some(100.0), Some(500.0), None];
/// Characters of a name in the bar.
const NAME: usize = 24;
/// Height of an open list.
const LIST: f32 = 360.0;
const GAP: f32 = 8.0;

/// The live run that the bar is of.
#[derive(Clone, Copy, Debug)]
pub struct ControlBar<'a> {
    /// Number of its source.
    pub id: u64,
    /// The run.
    pub live: &'a LiveRun,
    /// Whether keys are those of a person who plays it.
    pub plays: bool,
    /// Names of the world's actions.
    pub names: &'a [String],
}

/// Shows the bar of a live run in the rest of `ui`.
pub fn show(ui: &mut Ui, t: &Tokens, bar: ControlBar, form: &mut OptionsForm, requests: &mut Requests) {
    let ControlBar { id, live, plays, names } = bar;
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg1);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    let figures = figures(live);
    let width = text::layout(ui, &figures, fonts::small()).size().x + 24.0;
    // In small windows the controls matter more than the figures.
    let width = if rect.width() > 3.0 * width { width } else { 0.0 };
    let room = Rect::from_min_max(pos2(rect.left() + GAP, rect.top()), pos2(rect.right() - width, rect.bottom()));
    let mut asked = None;
    let mut inner = ui.new_child(UiBuilder::new().max_rect(room));
    ScrollArea::horizontal().id_salt("control").show(&mut inner, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.set_height(CONTROL);
            ui.spacing_mut().item_spacing.x = GAP;
            if live.plan.is_played() {
                play_bar(ui, t, (live, plays), names, requests);
            } else {
                choices(ui, t, live, &mut asked);
                form.button(ui, t, (id, live), &mut asked);
                line(ui, t);
                buttons(ui, t, live, &mut asked);
                line(ui, t);
                pace_menu(ui, t, live, &mut asked);
                branch_buttons(ui, t, requests);
            }
            keep_button(ui, t, live, &mut asked);
        });
    });
    if width > 0.0 {
        let at = pos2(rect.right() - 12.0, rect.center().y);
        text::line(ui.painter(), at, Align2::RIGHT_CENTER, &figures, fonts::small(), t.t2);
    }
    if let Some(asked) = asked {
        requests.live = Some((id, asked));
    }
}

/// Steps of each world, and steps a second of all worlds.
fn figures(live: &LiveRun) -> String {
    let all = live.steps_per_s() * live.plan.num_envs as f64;
    format!("{} steps each    {} steps/s", numbers::count(live.taken()), numbers::count(all.round() as u64))
}

fn line(ui: &mut Ui, t: &Tokens) {
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 16.0), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::ZERO, t.line2);
}

/// Run or pause, step, reset.
fn buttons(ui: &mut Ui, t: &Tokens, live: &LiveRun, asked: &mut Option<LiveRequest>) {
    let state = live.state();
    let (words, icon, request, more) = match state {
        LiveState::Running => ("Pause", icons::fill::PAUSE, LiveRequest::Pause, "The worlds wait"),
        _ => ("Run", icons::fill::PLAY, LiveRequest::Run, "The worlds go on"),
    };
    let stopped = matches!(state, LiveState::Stopped(_));
    let tooltip = if stopped { format!("{words}\nThe run is over: reset starts it anew") } else { format!("{words}\n{more}") };
    let main =
        Button::text(words).with_icon(icon).filled().look(Look::Light).size(84.0, 28.0).enabled(!stopped).tooltip(&tooltip);
    if main.show(ui, t).clicked() {
        *asked = Some(request);
    }
    let tooltip = match state {
        LiveState::Paused => "Step\nOne step of every world",
        LiveState::Running => "Step\nPause the worlds first, then they can be stepped",
        LiveState::Stopped(_) => "Step\nThe run is over",
    };
    let step = Button::text("Step").with_icon(icons::SKIP_FORWARD).look(Look::Quiet);
    if step.enabled(state == LiveState::Paused).tooltip(tooltip).show(ui, t).clicked() {
        *asked = Some(LiveRequest::Step);
    }
    let tooltip = "Reset\nStarts the same anew, with the same seed; this run stays in the list, paused";
    let reset = Button::text("Reset").with_icon(icons::ARROW_COUNTER_CLOCKWISE).look(Look::Quiet).tooltip(tooltip);
    if reset.show(ui, t).clicked() {
        *asked = Some(LiveRequest::Start(Box::new(live.plan.clone())));
    }
}

/// World, agent, bonus and number of worlds. Another choice starts another run.
fn choices(ui: &mut Ui, t: &Tokens, live: &LiveRun, asked: &mut Option<LiveRequest>) {
    let plan = &live.plan;
    let mut start = |plan: LivePlan| *asked = Some(LiveRequest::Start(Box::new(plan)));
    let response = field(ui, t, "World", &plan.world, "World\nAnother world starts a run beside this one");
    menu(&response, |ui| {
        for (id, _) in catalog::builtin() {
            if item(ui, id, id == plan.world, true, "") {
                start(LivePlan { world: id.to_string(), branch: None, ruleset: None, scenario: None, ..plan.clone() });
            }
        }
    });
    let response = field(ui, t, "Agent", &plan.agent, "Agent\nAnother agent starts a run beside this one");
    menu(&response, |ui| {
        if let Some(name) = choose(ui, live.agents(), &plan.agent) {
            start(plan.with_agent(name));
        }
    });
    let names = plan.bonus_names();
    let response = field(ui, t, "Bonus", &names, "Bonus\nAnother bonus starts a run beside this one");
    menu(&response, |ui| {
        if let Some(name) = choose(ui, live.bonuses(), if names == "none" { "" } else { &names }) {
            start(plan.with_bonus(name));
        }
    });
    if plan.branch.is_some() {
        // A branch is one world.
        return;
    }
    let number = plan.num_envs.to_string();
    let response = field(ui, t, "Worlds", &number, "Number of worlds\nAnother number starts a run beside this one");
    menu(&response, |ui| {
        for n in WORLDS {
            if item(ui, &n.to_string(), n == plan.num_envs, true, "") {
                start(LivePlan { num_envs: n, ..plan.clone() });
            }
        }
    });
}

/// Steps a second of each world.
fn pace_menu(ui: &mut Ui, t: &Tokens, live: &LiveRun, asked: &mut Option<LiveRequest>) {
    let now = live.rate();
    let tooltip = "Pace\nSteps a second of each world; free is as fast as it goes";
    let response = field(ui, t, "Pace", &pace_words(now), tooltip);
    menu(&response, |ui| {
        for pace in PACES {
            if item(ui, &pace_words(pace), pace == now, true, "") {
                *asked = Some(LiveRequest::Rate(pace));
            }
        }
    });
}

fn pace_words(pace: Option<f64>) -> String {
    pace.map_or_else(|| "free".to_string(), |pace| format!("{} steps/s", numbers::count(pace as u64)))
}

/// What can go on from the shown state.
fn branch_buttons(ui: &mut Ui, t: &Tokens, requests: &mut Requests) {
    for (command, icon) in [
        (Command::Fork, icons::GIT_FORK),
        (Command::TakeOver, icons::GAME_CONTROLLER),
        (Command::RecordHere, icons::DOWNLOAD_SIMPLE),
    ] {
        if Button::text(command.name()).with_icon(icon).look(Look::Quiet).tooltip(&command.tooltip()).show(ui, t).clicked() {
            requests.push(command);
        }
    }
}

/// Who plays, the keys of the actions, and how to hand back.
fn play_bar(ui: &mut Ui, t: &Tokens, (live, plays): (&LiveRun, bool), names: &[String], requests: &mut Requests) {
    let command = if plays { Command::HandBack } else { Command::TakeOver };
    let (words, icon) = match (&live.plan.relief, plays) {
        (Some((agent, _)), true) => (format!("Hand back to {agent}"), icons::ROBOT),
        (None, true) => ("Stop playing".to_string(), icons::HAND),
        (_, false) => ("Play on".to_string(), icons::GAME_CONTROLLER),
    };
    let button = Button::text(&words).with_icon(icon).look(Look::Light).size(84.0, 28.0);
    if button.tooltip(&command.tooltip()).show(ui, t).clicked() {
        requests.push(command);
    }
    line(ui, t);
    if !plays {
        return branch_buttons(ui, t, requests);
    }
    ui.label(RichText::new("You play").font(fonts::strong()).color(t.t1));
    for (name, keys) in names.iter().zip(action_keys(names)) {
        ui.spacing_mut().item_spacing.x = 4.0;
        for key in keys {
            let galley = text::layout(ui, key_name(key), fonts::small());
            let (cap, _) = ui.allocate_exact_size(vec2((galley.size().x + 12.0).max(22.0), 22.0), Sense::hover());
            ui.painter().rect_filled(cap, CornerRadius::same(4), t.bg3);
            ui.painter().galley(cap.center() - galley.size() / 2.0, galley, t.t1);
        }
        ui.label(RichText::new(name.replace('_', " ")).font(fonts::small()).color(t.t2));
        ui.add_space(GAP);
    }
}

/// Whether the folder stays.
fn keep_button(ui: &mut Ui, t: &Tokens, live: &LiveRun, asked: &mut Option<LiveRequest>) {
    let folder = live.folder().display();
    let tooltip = format!("Keep the recording\n{folder} stays when this run is closed; otherwise it goes");
    if Button::text("Keep").with_icon(icons::PUSH_PIN).look(Look::Quiet).on(live.keep).tooltip(&tooltip).show(ui, t).clicked() {
        *asked = Some(LiveRequest::Keep(!live.keep));
    }
}

/// A button that opens a list: what it is, and what is chosen.
fn field(ui: &mut Ui, t: &Tokens, label: &str, value: &str, tooltip: &str) -> Response {
    let mut short: String = value.chars().take(NAME).collect();
    if short.len() < value.len() {
        short.push('\u{2026}');
    }
    Button::text(&short).label(label).look(Look::Outline).tooltip(tooltip).arrow().show(ui, t)
}

/// The list of a button.
fn menu(response: &Response, content: impl FnOnce(&mut Ui)) {
    Popup::menu(response).show(|ui| {
        ScrollArea::vertical().max_height(LIST).show(ui, content);
    });
}

/// An entry of a list. Returns whether it was chosen.
fn item(ui: &mut Ui, name: &str, on: bool, fits: bool, about: &str) -> bool {
    let response = ui.add_enabled_ui(fits, |ui| ui.selectable_label(on, name)).inner;
    let response = if about.is_empty() { response } else { response.on_hover_text(about).on_disabled_hover_text(about) };
    let chosen = response.clicked() && !on;
    if response.clicked() {
        ui.close();
    }
    chosen
}

/// The entries of a catalog. Returns the name of the one that was chosen.
fn choose(ui: &mut Ui, choices: &[Choice], now: &str) -> Option<&'static str> {
    let mut chosen = None;
    for (name, about, fits) in choices {
        let words = if name.is_empty() { "none" } else { name };
        let more = if *fits { about.to_string() } else { format!("{about}\nIt cannot be played with the other choices.") };
        if item(ui, words, *name == now, *fits, &more) {
            chosen = Some(*name);
        }
    }
    chosen
}
