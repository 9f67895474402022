//! The page of questions.

use std::collections::BTreeMap;

use egui::{Align2, FontId, Margin, Role, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};
use serde_json::Value;

use super::consent::missing;
use super::look::{RADIUS, TARGET, tokens};
use super::options::{OptionGroup, OptionsLook, digit, field, group_id};
use super::page::{PageDrawing, frame, title};
use super::page_button::PageButton;
use super::rich;
use super::words::counted;
use crate::study::plan::{Question, QuestionKind, Text};
use crate::study::session::{Input, PageView};
use crate::viewer::theme::{fonts, icons};
use crate::viewer::widgets::text;

/// Most letters of an answer.
const LONGEST: usize = 10_000;
/// Most numbers of a scale that has a button for each.
const MOST_BUTTONS: i64 = 101;
/// Height of a field for several lines.
const FIELD: f32 = 104.0;

/// What was typed and is not an answer yet, by the question's id.
pub type Drafts = BTreeMap<String, String>;

/// Draws the page.
pub fn show(ui: &mut Ui, view: &PageView, questions: &[Question], drafts: &mut Drafts, drawing: &mut PageDrawing) {
    let words = drawing.words;
    let body = |ui: &mut Ui, drawing: &mut PageDrawing| {
        title(ui, view.stage.title.get(&view.language));
        let text = view.stage.text.get(&view.language);
        if !text.trim().is_empty() {
            rich::show(ui, text, (18.0, 28.0));
            ui.add_space(16.0);
        }
        let mut typed = digit(ui).filter(|_| ui.memory(|memory| memory.focused().is_none()));
        for (index, question) in questions.iter().enumerate() {
            ui.add_space(12.0);
            let answer = view.answers.get(index).cloned().flatten();
            ui.push_id(("question", index), |ui| {
                let mut one = OneQuestion { question, answer: &answer, language: &view.language, drafts };
                one.label(ui, drawing);
                if let Some(value) = one.show(ui, &mut typed, drawing) {
                    drawing.inputs.push(Input::Answer { index, value });
                }
            });
            ui.add_space(20.0);
        }
    };
    let left = |ui: &mut Ui, drawing: &mut PageDrawing| back(ui, view, drawing);
    let right = |ui: &mut Ui, drawing: &mut PageDrawing| {
        let next = PageButton { enabled: view.missing == 0, ..PageButton::primary(words.next) };
        if next.show(ui).clicked() {
            drawing.inputs.push(Input::Next);
        }
        if view.missing > 0 {
            missing(ui, &counted(words.one_question_left, words.questions_left, view.missing));
        }
    };
    frame(ui, view, drawing, body, (left, right));
}

/// The button to the page before, if there is one.
pub fn back(ui: &mut Ui, view: &PageView, drawing: &mut PageDrawing) {
    if !view.back {
        return;
    }
    let button = PageButton { before: Some(icons::CARET_LEFT), ..PageButton::quiet(drawing.words.back) };
    if button.show(ui).clicked() {
        drawing.inputs.push(Input::Back);
    }
}

struct OneQuestion<'a> {
    question: &'a Question,
    answer: &'a Option<Value>,
    language: &'a str,
    drafts: &'a mut Drafts,
}

/// An answer that was given or taken back.
type Given = Option<Option<Value>>;

impl OneQuestion<'_> {
    fn name(&self) -> String {
        rich::plain(self.question.label.get(self.language))
    }

    /// The question itself; of one that needs no answer that is said.
    fn label(&self, ui: &mut Ui, drawing: &PageDrawing) {
        let font = (fonts::page_strong(18.0), 28.0);
        let label = self.question.label.get(self.language);
        let rect = if self.question.required {
            rich::show_line(ui, label, font, tokens().t1)
        } else {
            let optional = text::layout(ui, drawing.words.optional, fonts::page_text(14.0));
            let width = text::layout(ui, &rich::plain(label), font.0.clone()).size().x;
            let rect = rich::show_line(ui, label, font, tokens().t1);
            let beside = width + 12.0 + optional.size().x <= rect.width();
            if beside {
                let y = rect.center().y - optional.size().y / 2.0 + 1.0;
                ui.painter().galley(pos2(rect.left() + width + 12.0, y), optional, tokens().t2);
            } else {
                rich::show_paragraph(ui, drawing.words.optional, (14.0, 20.0), tokens().t2);
            }
            rect
        };
        ui.add_space(if rect.height() > 0.0 { 12.0 } else { 0.0 });
    }

    fn show(&mut self, ui: &mut Ui, typed: &mut Option<i64>, drawing: &mut PageDrawing) -> Given {
        match &self.question.kind {
            QuestionKind::Text { lines } => self.text(ui, *lines, drawing),
            QuestionKind::Choice { options, several } => self.choice(ui, options, *several, drawing),
            QuestionKind::Scale { min, max, low, high } if max.saturating_sub(*min) < MOST_BUTTONS => {
                let given = self.scale(ui, (*min, *max), typed, drawing);
                self.ends(ui, (*min, *max), (low, high));
                given
            }
            QuestionKind::Scale { min, max, .. } => self.number(ui, (Some(*min as f64), Some(*max as f64)), drawing),
            QuestionKind::Number { min, max } => self.number(ui, (*min, *max), drawing),
        }
    }

    fn scale(&self, ui: &mut Ui, (min, max): (i64, i64), typed: &mut Option<i64>, drawing: &mut PageDrawing) -> Given {
        let numbers: Vec<i64> = (min..=max).collect();
        let labels: Vec<String> = numbers.iter().map(|n| n.to_string().replace('-', "\u{2212}")).collect();
        let answer = self.answer.as_ref().and_then(Value::as_i64);
        let chosen: Vec<bool> = numbers.iter().map(|n| Some(*n) == answer).collect();
        let name = self.name();
        let id = group_id(ui, &name);
        let group = OptionGroup {
            name: &name,
            labels: &labels,
            chosen: &chosen,
            look: OptionsLook::Numbers,
            focus: drawing.takes_focus(),
        };
        let clicked = group.show(ui).map(|k| numbers[k]);
        // Digits go to the question that has the focus, else to the first one that is open.
        let fits = |n: &i64| numbers.contains(n);
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let digit = if has_focus {
            digit(ui).filter(fits)
        } else if answer.is_none() {
            typed.filter(fits)
        } else {
            None
        };
        if digit.is_some() {
            *typed = None;
            let at = numbers.iter().position(|n| Some(*n) == digit).unwrap_or_default();
            ui.data_mut(|data| data.insert_temp(id, at));
        }
        clicked.or(digit).map(|n| Some(Value::from(n)))
    }

    /// What the ends of a scale mean.
    fn ends(&self, ui: &mut Ui, (min, max): (i64, i64), (low, high): (&Text, &Text)) {
        let (low, high) = (low.get(self.language), high.get(self.language));
        if low.is_empty() && high.is_empty() {
            return;
        }
        let n = (max - min + 1) as f32;
        let width = (n * 72.0 - 8.0).min(ui.available_width()).max(160.0);
        let font = fonts::page_text(14.0);
        let half = |words: &str, width: f32| ui.painter().layout(words.to_string(), font.clone(), tokens().t2, width);
        let fits = text::layout(ui, low, font.clone()).size().x + text::layout(ui, high, font.clone()).size().x + 16.0 <= width;
        let (left, right) = if fits { (width, width) } else { (width / 2.0 - 8.0, width / 2.0 - 8.0) };
        let (low_galley, high_galley) = (half(low, left), half(high, right));
        let height = low_galley.size().y.max(high_galley.size().y) + 8.0;
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        let at_right = rect.right() - high_galley.size().x;
        ui.painter().galley(rect.min + vec2(0.0, 8.0), low_galley, tokens().t2);
        ui.painter().galley(pos2(at_right, rect.top() + 8.0), high_galley, tokens().t2);
        let name = format!("{min}: {low}, {max}: {high}");
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    }

    fn choice(&self, ui: &mut Ui, options: &[(String, Text)], several: bool, drawing: &mut PageDrawing) -> Given {
        let labels: Vec<String> = options.iter().map(|(_, label)| label.get(self.language).to_string()).collect();
        let answers: Vec<&str> = match self.answer {
            Some(Value::Array(ids)) => ids.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(id)) => vec![id],
            _ => Vec::new(),
        };
        let mut chosen: Vec<bool> = options.iter().map(|(id, _)| answers.contains(&id.as_str())).collect();
        let look = if several { OptionsLook::Several } else { OptionsLook::One };
        let name = self.name();
        let focus = drawing.takes_focus();
        let k = OptionGroup { name: &name, labels: &labels, chosen: &chosen, look, focus }.show(ui)?;
        if !several {
            return Some(Some(Value::from(options[k].0.clone())));
        }
        chosen[k] = !chosen[k];
        let ids: Vec<Value> =
            options.iter().zip(&chosen).filter(|(_, on)| **on).map(|((id, _), _)| Value::from(id.clone())).collect();
        Some((!ids.is_empty()).then_some(Value::Array(ids)))
    }

    fn text(&mut self, ui: &mut Ui, lines: bool, drawing: &mut PageDrawing) -> Given {
        let name = self.name();
        let known = self.answer.as_ref().and_then(Value::as_str).unwrap_or_default();
        let draft = self.drafts.entry(self.question.id.clone()).or_insert_with(|| known.to_string());
        let changed = edit(ui, draft, (&name, ui.available_width(), lines), drawing);
        changed.then(|| (!draft.trim().is_empty()).then(|| Value::from(draft.clone())))
    }

    fn number(&mut self, ui: &mut Ui, (min, max): (Option<f64>, Option<f64>), drawing: &mut PageDrawing) -> Given {
        let name = self.name();
        let known = self.answer.as_ref().filter(|value| value.is_number()).map(Value::to_string).unwrap_or_default();
        let draft = self.drafts.entry(self.question.id.clone()).or_insert(known);
        let width = ui.available_width().min(200.0);
        let changed = edit(ui, draft, (&name, width, false), drawing);
        if changed {
            draft.retain(|c| c.is_ascii_digit() || ".,-+".contains(c));
        }
        if let (Some(min), Some(max)) = (min, max) {
            let words = drawing.words.number_between.replace("{min}", &min.to_string()).replace("{max}", &max.to_string());
            let number = read_number(draft).and_then(|value| value.as_f64());
            let wrong = !draft.is_empty() && number.is_none_or(|number| number < min || number > max);
            ui.add_space(8.0);
            rich::show_paragraph(ui, &words, (14.0, 20.0), if wrong { tokens().err } else { tokens().t2 });
        }
        changed.then(|| read_number(draft).or_else(|| (!draft.is_empty()).then(|| Value::from(draft.clone()))))
    }
}

/// A number as people write it.
fn read_number(text: &str) -> Option<Value> {
    let text = text.trim().replace(',', ".");
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from))
}

/// A field in which a text is typed. Returns whether it changed.
fn edit(ui: &mut Ui, draft: &mut String, (name, width, lines): (&str, f32, bool), drawing: &mut PageDrawing) -> bool {
    let font: FontId = fonts::page_text(16.0);
    let place = ui.painter().add(egui::Shape::Noop);
    let align = match (rich::is_rtl(draft), lines) {
        (true, true) => Align2::RIGHT_TOP,
        (true, false) => Align2::RIGHT_CENTER,
        (false, true) => Align2::LEFT_TOP,
        (false, false) => Align2::LEFT_CENTER,
    };
    let field_of = if lines { TextEdit::multiline(draft).desired_rows(3) } else { TextEdit::singleline(draft) };
    let margin = Margin::symmetric(16, 14);
    let shown = field_of
        .font(font)
        .text_color(tokens().t1)
        .frame(egui::Frame::new())
        .margin(margin)
        .align(align)
        .char_limit(LONGEST)
        .desired_width(width)
        .min_size(vec2(width, if lines { FIELD } else { TARGET }));
    let response = ui.add(shown);
    if drawing.takes_focus() {
        response.request_focus();
    }
    let ground = egui::epaint::RectShape::filled(response.rect, RADIUS, tokens().bg2);
    ui.painter().set(place, ground);
    field(ui, response.rect, response.has_focus());
    if response.gained_focus() {
        ui.scroll_to_rect(response.rect.expand(12.0), None);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    response.changed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read() {
        let read = |text: &str| read_number(text).map(|value| value.to_string());
        assert_eq!(read(" 12 "), Some("12".to_string()));
        assert_eq!((read("1,5"), read("-0.25"), read("1-2"), read("")), (Some("1.5".into()), Some("-0.25".into()), None, None));
    }
}
