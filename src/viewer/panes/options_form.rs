//! The form of a live run's options, made from the catalogs of agents and bonuses.

use egui::{Align, DragValue, Id, Layout, Popup, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui};
use toml::{Table, Value};

use crate::bonus::{BonusConfig, FUSIONS, Kind, NORMALISATIONS, OptionDefault};
use crate::viewer::command::LiveRequest;
use crate::viewer::live::{LivePlan, LiveRun};
use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::{Button, Look};

/// Width of the form.
const WIDTH: f32 = 380.0;
/// Its height; more scrolls.
const HEIGHT: f32 = 420.0;
/// Width of the names of options.
const NAMES: f32 = 132.0;
/// Height of a row.
const ROW: f32 = 28.0;

/// The form that is open, and what is written in it.
#[derive(Debug, Default)]
pub struct OptionsForm {
    /// The source whose run it is of.
    of: Option<u64>,
    draft: Draft,
    /// Why a run cannot be started with it.
    wrong: Option<String>,
}

/// Options with all defaults, as configuration files hold them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Draft {
    agent: Table,
    bonus: Table,
}

impl Draft {
    fn of(live: &LiveRun) -> Draft {
        let bonus = Table::try_from(&live.resolved.bonus).unwrap_or_default();
        Draft { agent: live.resolved.agent_options.clone(), bonus }
    }

    /// The plan of a run with these options.
    fn plan(&self, live: &LiveRun) -> Result<LivePlan, String> {
        let bonus = self.bonus.clone().try_into::<BonusConfig>().map_err(|why| why.message().to_string())?;
        let plan = LivePlan { agent_options: self.agent.clone(), bonus, ..live.plan.clone() };
        plan.prepare(None).map_err(|why| why.to_string())?;
        Ok(plan)
    }
}

impl OptionsForm {
    /// The button that opens the form, and the form.
    pub fn button(&mut self, ui: &mut Ui, t: &Tokens, (id, live): (u64, &LiveRun), asked: &mut Option<LiveRequest>) {
        let tooltip = "Options\nOf the agent and its bonuses; other options start a run beside this one";
        let response = Button::text("Options").with_icon(icons::GEAR).look(Look::Quiet).tooltip(tooltip).show(ui, t);
        let popup = Popup::from_toggle_button_response(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let shown = popup.show(|ui| {
            if self.of != Some(id) {
                *self = OptionsForm { of: Some(id), draft: Draft::of(live), wrong: None };
            }
            ui.set_width(WIDTH);
            let before = self.draft.clone();
            ScrollArea::vertical().max_height(HEIGHT).show(ui, |ui| self.rows(ui, t, live));
            if self.draft != before {
                self.wrong = self.draft.plan(live).err();
            }
            self.foot(ui, t, live)
        });
        match shown.map(|shown| shown.inner) {
            Some(Some(plan)) => {
                *asked = Some(LiveRequest::Start(Box::new(plan)));
                self.of = None;
                Popup::close_id(ui.ctx(), Popup::default_response_id(&response));
            }
            Some(None) => {}
            // What was written and not used is dropped.
            None => self.of = None,
        }
    }

    fn rows(&mut self, ui: &mut Ui, t: &Tokens, live: &LiveRun) {
        head(ui, t, &format!("Agent {}", live.plan.agent));
        if self.draft.agent.is_empty() {
            ui.label(RichText::new("It has no options.").font(fonts::small()).color(t.t2));
        }
        for (name, value) in self.draft.agent.iter_mut() {
            row(ui, t, ("agent", name), "", &[], value);
        }
        let entries = match self.draft.bonus.get_mut("list") {
            Some(Value::Array(entries)) => std::mem::take(entries),
            _ => Vec::new(),
        };
        let several = entries.len() > 1;
        for (name, names, about) in [
            ("fusion", &FUSIONS[..], "How several bonuses become one value"),
            ("normalise", &NORMALISATIONS[..], "What each value is divided by"),
        ] {
            if let Some(value) = self.draft.bonus.get_mut(name).filter(|_| several) {
                row(ui, t, ("bonuses", name), about, names, value);
            }
        }
        let mut edited = Vec::with_capacity(entries.len());
        for (k, mut entry) in entries.into_iter().enumerate() {
            if let Value::Table(entry) = &mut entry {
                bonus(ui, t, k, entry);
            }
            edited.push(entry);
        }
        if let Some(Value::Array(entries)) = self.draft.bonus.get_mut("list") {
            *entries = edited;
        }
    }

    /// What is wrong, and the button that starts a run.
    fn foot(&self, ui: &mut Ui, t: &Tokens, live: &LiveRun) -> Option<LivePlan> {
        ui.add_space(4.0);
        if let Some(why) = &self.wrong {
            ui.label(RichText::new(why).font(fonts::small()).color(t.err));
        }
        let changed = self.draft != Draft::of(live);
        let tooltip = match (&self.wrong, changed) {
            (Some(_), _) => "Start with these\nThe options do not fit: see above",
            (None, false) => "Start with these\nThey are those of this run",
            (None, true) => "Start with these\nA run beside this one, which pauses",
        };
        let button = Button::text("Start with these").with_icon(icons::fill::PLAY).filled().look(Look::Light);
        let enabled = changed && self.wrong.is_none();
        button.enabled(enabled).tooltip(tooltip).show(ui, t).clicked().then(|| self.draft.plan(live).ok()).flatten()
    }
}

/// The options of one bonus.
fn bonus(ui: &mut Ui, t: &Tokens, k: usize, entry: &mut Table) {
    let name = entry.get("name").and_then(Value::as_str).unwrap_or_default().to_string();
    head(ui, t, &format!("Bonus {name}"));
    let kind = Kind::all().into_iter().find(|kind| kind.name == name);
    for (option, value) in entry.iter_mut().filter(|(option, _)| *option != "name") {
        let known = kind.and_then(|kind| kind.option(option));
        let names = match known.map(|known| known.default) {
            Some(OptionDefault::Name(names)) => names,
            _ => &[],
        };
        let about = match option.as_str() {
            "key" => "Which states count as the same: parts joined by +",
            "weight" => "Factor of the values",
            "decay" => "Fraction of the weight that is lost each step",
            _ => known.map_or("", |known| known.about),
        };
        row(ui, t, (&format!("{k} {name}"), option), about, names, value);
    }
}

fn head(ui: &mut Ui, t: &Tokens, words: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(words).font(fonts::strong()).color(t.t1));
}

/// An option: its name, and its value as something to change.
fn row(ui: &mut Ui, t: &Tokens, (section, name): (&str, &str), about: &str, names: &[&str], value: &mut Value) {
    let id = Id::unique(("option", section, name));
    let words = name.replace(['_', '-'], " ");
    ui.allocate_ui_with_layout(egui::vec2(WIDTH - 16.0, ROW), Layout::left_to_right(Align::Center), |ui| {
        let label = egui::Label::new(RichText::new(&words).font(fonts::small()).color(t.t2)).truncate();
        let place = Layout::left_to_right(Align::Center);
        let label = ui.allocate_ui_with_layout(egui::vec2(NAMES, ROW), place, |ui| {
            ui.set_min_width(NAMES);
            ui.add(label)
        });
        let label = label.inner;
        let response = match value {
            Value::String(text) if !names.is_empty() => {
                ui.horizontal_wrapped(|ui| {
                    for choice in names {
                        if ui.selectable_label(text == choice, *choice).clicked() {
                            *text = (*choice).to_string();
                        }
                    }
                })
                .response
            }
            Value::String(text) => ui.add(TextEdit::singleline(text).id(id).desired_width(200.0).font(fonts::small())),
            Value::Integer(number) => ui.add(DragValue::new(number)),
            Value::Float(number) => ui.add(DragValue::new(number).speed(0.01).max_decimals(6)),
            Value::Boolean(on) => ui.checkbox(on, ""),
            other => ui.label(RichText::new(other.to_string()).font(fonts::small()).color(t.t2)),
        };
        let response = response.labelled_by(label.id);
        if !about.is_empty() {
            response.on_hover_text(format!("{words}\n{about}"));
        }
    });
}
