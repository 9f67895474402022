//! Reads the stages that are pages: consent, instructions, survey.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::bounds::{MAX_LABEL_CHARS, MAX_PARTS, MAX_SCALE, MAX_TEXT_CHARS};
use super::fields::{Fields, Read, shortened};
use super::known::{BOX, OPTION, PAGE, QUESTIONS};
use super::picture::Pictures;
use super::types::{ConsentBox, InstructionPage, PagePicture, Question, QuestionKind, Text};
use crate::agents::options::suggestion;

/// Reads the boxes of a consent stage.
pub fn read_boxes(fields: &Fields, languages: &[String]) -> Read<Vec<ConsentBox>> {
    let mut boxes: Vec<ConsentBox> = Vec::new();
    for (k, table) in fields.sections("boxes", MAX_PARTS)?.into_iter().enumerate() {
        let own = Fields::new(table, format!("{}, box {}", fields.place(), k + 1), &BOX)?;
        let one = ConsentBox {
            id: own.needed_id()?,
            label: own.needed_text("label", languages, MAX_LABEL_CHARS)?,
            about: own.text("about", languages, MAX_TEXT_CHARS)?,
            required: own.flag("required", false)?,
        };
        if boxes.iter().any(|known| known.id == one.id) {
            return Err(own.wrong("id", format!("'{}' is there twice", one.id)));
        }
        boxes.push(one);
    }
    if boxes.is_empty() {
        return Err(fields.wrong("boxes", "a consent needs a box: it is what is recorded of the agreement"));
    }
    Ok(boxes)
}

/// Reads the pages of instructions. Without pages the text of the stage is the page.
pub fn read_pages(fields: &Fields, languages: &[String], text: &Text, pictures: &mut Pictures) -> Read<Vec<InstructionPage>> {
    let mut pages = Vec::new();
    for (k, table) in fields.sections("pages", MAX_PARTS)?.into_iter().enumerate() {
        let own = Fields::new(table, format!("{}, page {}", fields.place(), k + 1), &PAGE)?;
        let picture = match own.word("picture")? {
            None => None,
            Some("keys") => Some(PagePicture::Keys),
            Some(name) => Some(PagePicture::Png(pictures.read(name).map_err(|why| own.wrong("picture", why))?)),
        };
        let page = InstructionPage {
            title: own.text("title", languages, MAX_LABEL_CHARS)?,
            text: own.text("text", languages, MAX_TEXT_CHARS)?,
            picture,
        };
        if page.title.is_empty() && page.text.is_empty() && page.picture.is_none() {
            return Err(own.wrong("text", "the page is empty"));
        }
        pages.push(page);
    }
    if !pages.is_empty() && !text.is_empty() {
        return Err(fields.wrong("text", "there are pages too; write this text into the first one"));
    }
    if pages.is_empty() && text.is_empty() {
        return Err(fields.wrong("pages", "there is nothing to read; give a text, or pages"));
    }
    if pages.is_empty() {
        pages.push(InstructionPage { title: Text::default(), text: text.clone(), picture: None });
    }
    Ok(pages)
}

/// Reads the questions of a survey. `asked` holds the ids of all questions of the plan so far.
pub fn read_questions(fields: &Fields, languages: &[String], asked: &mut BTreeSet<String>) -> Read<Vec<Question>> {
    let mut questions = Vec::new();
    for (k, table) in fields.sections("questions", MAX_PARTS)?.into_iter().enumerate() {
        let question = read_question(table, format!("{}, question {}", fields.place(), k + 1), languages)?;
        if !asked.insert(question.id.clone()) {
            let why = format!("question '{}' is there twice; ids differ in the whole plan", question.id);
            return Err(fields.wrong("questions", why));
        }
        questions.push(question);
    }
    if questions.is_empty() {
        return Err(fields.wrong("questions", "a survey needs a question"));
    }
    Ok(questions)
}

fn read_question(table: &Table, place: String, languages: &[String]) -> Read<Question> {
    let kinds = QUESTIONS.map(|(name, _)| name);
    let wanted = match table.get("kind") {
        Some(Value::String(kind)) => kind.as_str(),
        _ => return Err(format!("{place}: 'kind' is missing; there are {}", kinds.join(", "))),
    };
    let Some((_, section)) = QUESTIONS.iter().find(|(name, _)| *name == wanted) else {
        let (shown, hint) = (shortened(wanted), suggestion(&shortened(wanted), &kinds));
        return Err(format!("{place}: kind: unknown question '{shown}'{hint}; there are {}", kinds.join(", ")));
    };
    let own = Fields::new(table, place, section)?;
    let kind = match wanted {
        "text" => QuestionKind::Text { lines: own.flag("lines", false)? },
        "choice" => choice(&own, languages)?,
        "scale" => scale(&own, languages)?,
        _ => number(&own)?,
    };
    Ok(Question {
        id: own.needed_id()?,
        label: own.needed_text("label", languages, MAX_LABEL_CHARS)?,
        required: own.flag("required", false)?,
        kind,
    })
}

fn choice(fields: &Fields, languages: &[String]) -> Read<QuestionKind> {
    let mut options: Vec<(String, Text)> = Vec::new();
    for (k, table) in fields.sections("options", MAX_PARTS)?.into_iter().enumerate() {
        let own = Fields::new(table, format!("{}, option {}", fields.place(), k + 1), &OPTION)?;
        let id = own.needed_id()?;
        if options.iter().any(|(known, _)| *known == id) {
            return Err(own.wrong("id", format!("'{id}' is there twice")));
        }
        options.push((id, own.needed_text("label", languages, MAX_LABEL_CHARS)?));
    }
    if options.len() < 2 {
        return Err(fields.wrong("options", "there must be at least two to choose from"));
    }
    Ok(QuestionKind::Choice { options, several: fields.flag("several", false)? })
}

fn scale(fields: &Fields, languages: &[String]) -> Read<QuestionKind> {
    const FAR: i64 = 1000;
    let min = fields.whole("min", -FAR, FAR)?.unwrap_or(1);
    let max = fields.whole("max", -FAR, FAR)?.unwrap_or(7);
    if !(2..=MAX_SCALE).contains(&(max - min + 1)) {
        return Err(fields.wrong("max", format!("a scale has 2 to {MAX_SCALE} numbers; {min} to {max} does not")));
    }
    let word = |key| fields.text(key, languages, MAX_LABEL_CHARS);
    Ok(QuestionKind::Scale { min, max, low: word("low")?, high: word("high")? })
}

fn number(fields: &Fields) -> Read<QuestionKind> {
    let (min, max) = (fields.number("min")?, fields.number("max")?);
    match (min, max) {
        (Some(min), Some(max)) if min > max => Err(fields.wrong("max", format!("no number is from {min} to {max}"))),
        _ => Ok(QuestionKind::Number { min, max }),
    }
}
