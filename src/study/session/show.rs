//! What is to be shown of a session.

use std::sync::Arc;

use super::page_state::PageState;
use super::play_run::{Going, PlayRun};
use super::screen::{PageView, PlayView, Screen};
use super::session::{Doing, Session};
use crate::study::plan::StageKind;

/// How far a session is, for programs that watch it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct SessionProgress {
    /// Id of the stage.
    pub stage: String,
    /// Whether a game is paused.
    pub paused: bool,
    /// Number of the last item.
    pub given: u64,
    /// Items up to this number are on the disk.
    pub committed: u64,
    /// Number of the item of the last row of play but one, which was on the disk before the last one was made; 0 if there is none.
    pub row_before: u64,
}

impl Session {
    /// How far the session is.
    pub fn progress(&self) -> SessionProgress {
        let (paused, row_before) = match &self.doing {
            Doing::Play(run) => (matches!(run.going, Going::Paused | Going::Stopping), run.row_before()),
            Doing::Page(_) => (false, 0),
        };
        let (given, committed) = (self.log.last(), self.log.written().committed);
        SessionProgress { stage: self.stage().id.clone(), paused, given, committed, row_before }
    }

    /// What is to be shown.
    pub fn screen(&self) -> Screen {
        let written = self.log.written();
        let trouble = self.broken.clone().or(written.trouble);
        match (&self.doing, trouble) {
            _ if self.closed => Screen::Closed,
            (_, Some(details)) => Screen::Trouble { details },
            (Doing::Page(page), None) => Screen::Page(self.page_view(page)),
            (Doing::Play(run), None) => Screen::Play(self.play_view(run)),
        }
    }

    fn page_view(&self, page: &PageState) -> PageView {
        let now = self.clock.now_us();
        let later = self.order[self.at..].iter().map(|index| &self.stages[*index]);
        let mut plays = later.filter_map(|stage| match &stage.kind {
            StageKind::Play(play) => Some((stage, play)),
            _ => None,
        });
        PageView {
            stage: self.stage().clone(),
            language: self.language.clone(),
            languages: self.plan.languages.clone(),
            progress: (self.at, self.order.len()),
            participant: self.entered.who.participant.clone(),
            page: page.page,
            boxes: page.boxes.clone(),
            answers: page.answers.iter().map(|answer| answer.value.clone()).collect(),
            missing: page.missing(self.stage()),
            wait: page.wait(now),
            back: self.may_go_back(),
            next_play: plays.next().map(|(stage, play)| (stage.clone(), play.actions.clone())),
        }
    }

    fn play_view(&self, run: &PlayRun) -> PlayView {
        let now = self.clock.now_us();
        let (items, vitals) = run.game.items();
        PlayView {
            stage: self.stage().clone(),
            language: self.language.clone(),
            number: run.number,
            picture: run.picture.clone(),
            actions: Arc::new(run.game.world.spec().action_names.clone()),
            items,
            vitals,
            mission: run.game.mission(),
            achievements: run.achievements.clone(),
            pressed: run.keys.down(),
            time_left: run.time_left(now),
            state: run.state(now),
        }
    }
}
