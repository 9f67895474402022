//! What a participant has entered on the page of a stage.

use serde_json::Value;

use crate::study::plan::{Question, QuestionKind, Stage, StageKind};

/// How long an answer must not have changed before it is recorded, in microseconds.
pub const UNCHANGED_US: u64 = 1_000_000;

/// An answer that was given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenAnswer {
    /// The answer now.
    pub value: Option<Value>,
    /// The answer that was recorded last.
    pub recorded: Option<Value>,
    /// How often it was recorded.
    pub revisions: u32,
    /// When it changed last.
    pub changed_us: u64,
}

/// What was entered on a page.
#[derive(Clone, Debug, Default)]
pub struct PageState {
    /// Index of the page of instructions.
    pub page: usize,
    /// Boxes of the consent.
    pub boxes: Vec<bool>,
    /// Answers to the questions.
    pub answers: Vec<GivenAnswer>,
    /// When a break may end.
    pub until_us: Option<u64>,
}

impl PageState {
    /// The page of a stage that is entered at `now`.
    pub fn of(stage: &Stage, now: u64) -> PageState {
        match &stage.kind {
            StageKind::Consent(boxes) => PageState { boxes: vec![false; boxes.len()], ..PageState::default() },
            StageKind::Survey(questions) => {
                PageState { answers: vec![GivenAnswer::default(); questions.len()], ..PageState::default() }
            }
            StageKind::Break(wait) => {
                let wait = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
                PageState { until_us: Some(now.saturating_add(wait)), ..PageState::default() }
            }
            _ => PageState::default(),
        }
    }

    /// Number of required boxes or questions that are open.
    pub fn missing(&self, stage: &Stage) -> usize {
        match &stage.kind {
            StageKind::Consent(boxes) => boxes.iter().zip(&self.boxes).filter(|(one, given)| one.required && !**given).count(),
            StageKind::Survey(questions) => {
                let open = |(question, answer): &(&Question, &GivenAnswer)| {
                    let valid = answer.value.as_ref().is_some_and(|value| is_answer(question, value));
                    if question.required { !valid } else { answer.value.is_some() && !valid }
                };
                questions.iter().zip(&self.answers).filter(open).count()
            }
            _ => 0,
        }
    }

    /// Seconds until the page may be left, rounded up.
    pub fn wait(&self, now: u64) -> Option<u64> {
        let left = self.until_us?.saturating_sub(now);
        (left > 0).then(|| left.div_ceil(1_000_000))
    }
}

/// Whether `value` answers `question`.
pub fn is_answer(question: &Question, value: &Value) -> bool {
    match &question.kind {
        QuestionKind::Text { .. } => value.as_str().is_some_and(|text| !text.trim().is_empty()),
        QuestionKind::Choice { options, several } => {
            let known = |value: &Value| value.as_str().is_some_and(|id| options.iter().any(|(option, _)| option == id));
            match value.as_array() {
                Some(chosen) => *several && !chosen.is_empty() && chosen.iter().all(known),
                None => !*several && known(value),
            }
        }
        QuestionKind::Scale { min, max, .. } => value.as_i64().is_some_and(|number| (*min..=*max).contains(&number)),
        QuestionKind::Number { min, max } => value.as_f64().is_some_and(|number| {
            number.is_finite() && min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max)
        }),
    }
}
