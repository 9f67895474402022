//! What comes in from a participant and from an experimenter.

use super::play_run::Going;
use super::screen::Input;
use super::session::{Doing, EXPERIMENTER, PAUSE_KEY, Session};
use crate::error::Result;
use crate::study::database::{DECLINED, ItemBody, hash_of};
use crate::study::plan::StageKind;

impl Session {
    pub(super) fn take(&mut self, input: Input, now: u64) -> Result<()> {
        match input {
            Input::Focus(has) => {
                self.event(now, if has { "focus-gained" } else { "focus-lost" }, None);
                if !has {
                    self.pause(now, "focus");
                }
            }
            Input::Resized { width, height, scale } => self.event(now, "resized", Some(format!("{width}x{height} {scale}"))),
            Input::Language(language) => {
                if self.plan.languages.contains(&language) {
                    self.event(now, "language", Some(language.clone()));
                    self.language = language;
                }
            }
            Input::Close => {
                self.record_answers(now, true);
                self.event(now, "closed", None);
                self.closed = true;
            }
            Input::Marker => self.event(now, "marker", None),
            Input::Note(text) => {
                let place = match &self.doing {
                    Doing::Play(run) => Some((run.play, run.game.row.episode, run.game.row.step)),
                    Doing::Page(_) => None,
                };
                self.log.add(now, ItemBody::Annotation { place, author: EXPERIMENTER, text });
            }
            Input::StopAfterEpisode => {
                self.event(now, "stop-after-episode", None);
                if let Doing::Play(run) = &mut self.doing {
                    run.last_episode = Some(EXPERIMENTER);
                }
            }
            Input::EndStage => return self.leave(EXPERIMENTER, now),
            other => {
                return if matches!(self.doing, Doing::Play(_)) {
                    self.take_in_play(other, now)
                } else {
                    self.take_on_page(other, now)
                };
            }
        }
        Ok(())
    }

    fn pause(&mut self, now: u64, why: &str) {
        let Doing::Play(run) = &mut self.doing else { return };
        if matches!(run.going, Going::Since(_) | Going::From(_)) {
            run.pause(now, Going::Paused);
            self.event(now, "paused", Some(why.to_string()));
        }
    }

    fn take_in_play(&mut self, input: Input, now: u64) -> Result<()> {
        let Doing::Play(run) = &mut self.doing else { return Ok(()) };
        match input {
            Input::Key { code, down, repeated } => {
                let pauses = code == PAUSE_KEY && down && !repeated;
                run.key(&code, down, repeated, now);
                self.log.add(now, ItemBody::Key { code, down, repeated });
                if pauses {
                    self.pause(now, "key");
                }
            }
            Input::Pause => self.pause(now, "button"),
            Input::Resume if matches!(run.going, Going::Paused | Going::Stopping) => {
                run.start(now);
                self.event(now, "resumed", None);
            }
            Input::Stop => {
                run.pause(now, Going::Stopping);
                self.event(now, "asks-to-stop", None);
            }
            Input::StopForGood(false) => run.pause(now, Going::Paused),
            Input::StopForGood(true) => return self.stop(now),
            _ => {}
        }
        Ok(())
    }

    fn take_on_page(&mut self, input: Input, now: u64) -> Result<()> {
        let stage = self.stage().clone();
        let Doing::Page(page) = &mut self.doing else { return Ok(()) };
        match input {
            Input::Box { index, given } => page.boxes.get_mut(index).iter_mut().for_each(|one| **one = given),
            Input::Answer { index, value } => {
                if let Some(answer) = page.answers.get_mut(index).filter(|answer| answer.value != value) {
                    (answer.value, answer.changed_us) = (value, now);
                }
            }
            Input::Back => {
                if page.page > 0 {
                    page.page -= 1;
                } else {
                    return self.back(now);
                }
            }
            Input::Decline => return self.consent(false, now),
            Input::Next => match &stage.kind {
                _ if page.missing(&stage) > 0 || page.wait(now).is_some() => {}
                StageKind::Consent(_) => return self.consent(true, now),
                StageKind::Instructions(pages) if page.page + 1 < pages.len() => page.page += 1,
                StageKind::End => return self.close(now),
                _ => return self.leave("finished", now),
            },
            _ => {}
        }
        Ok(())
    }

    /// Whether there is a page before this one to which a participant may go back: instructions before instructions.
    pub(super) fn may_go_back(&self) -> bool {
        let instructions = |at: usize| matches!(self.stages[self.order[at]].kind, StageKind::Instructions(_));
        matches!(&self.doing, Doing::Page(page) if page.page > 0)
            || self.at > 0 && instructions(self.at) && instructions(self.at - 1)
    }

    fn back(&mut self, now: u64) -> Result<()> {
        if !self.may_go_back() {
            return Ok(());
        }
        self.record_leaving("back", now);
        self.enter(self.at - 1, now)
    }

    fn consent(&mut self, agrees: bool, now: u64) -> Result<()> {
        let stage = self.stage().clone();
        let (StageKind::Consent(boxes), Doing::Page(page)) = (&stage.kind, &self.doing) else { return Ok(()) };
        let text = hash_of(&self.plan.consent_text(&stage, &self.language));
        let given: Vec<(String, bool)> =
            boxes.iter().zip(&page.boxes).map(|(one, given)| (one.id.clone(), *given && agrees)).collect();
        for (consent_box, given) in given {
            let (text, language) = (text.clone(), self.language.clone());
            self.log.add(now, ItemBody::Consent { text, language, consent_box, given });
        }
        if agrees {
            return self.leave("finished", now);
        }
        self.record_leaving("declined", now);
        self.end(DECLINED, now);
        self.closed = true;
        Ok(())
    }
}
