//! Runs that go on from the shown state: forks, play by keyboard, recordings.

use std::path::Path;
use std::sync::Arc;

use egui::{Context, Event};

use super::app::App;
use super::beginning::{Beginning, BranchKind, Forked};
use super::compare::Slot;
use super::live::{LivePlan, action_of};
use super::map::HeatOf;
use super::page::Page;
use super::shown::OtherWorld;
use super::sources::Source;
use crate::agents::human;
use crate::runs::default_folder;
use crate::traces::cursor::Branch;

impl App {
    /// Goes on from the shown row in a run of its own.
    pub(super) fn branch(&mut self, kind: BranchKind) {
        let Some((source, instance)) = self.selected else { return self.say("No step is shown.".to_string()) };
        // What a person has just done may not be read yet.
        let row = (kind != BranchKind::HandBack).then_some(self.playback.row);
        self.beginning = Some(Beginning { kind, source, instance, row, asked: false });
        self.continue_branch();
    }

    /// Begins the run that was asked for, once it is known how.
    pub(super) fn continue_branch(&mut self) {
        let Some(mut beginning) = self.beginning else { return };
        let Some(source) = self.sources.get(beginning.source) else { return self.beginning = None };
        if beginning.row.is_none() {
            let rows = || Some(source.found.listing.as_ref()?.instance(beginning.instance)?.rows);
            // Of a run that stopped, what was written is all there is.
            let read = source.stopped().is_some() || source.live.as_ref().is_none_or(|live| source.is_read(live));
            beginning.row = rows().filter(|_| read).and_then(|rows| rows.checked_sub(1));
        }
        if let Some(row) = beginning.row {
            let from = (beginning.instance, row);
            match &source.found.branch {
                Some((known, branch)) if beginning.asked && *known == from => {
                    let branch = branch.clone();
                    self.beginning = None;
                    return match branch {
                        Ok(branch) => self.begin_branch(beginning, branch),
                        Err(why) => self.say(why),
                    };
                }
                _ if !beginning.asked => {
                    source.branch(from);
                    beginning.asked = true;
                }
                _ => {}
            }
        }
        self.beginning = Some(beginning);
    }

    fn begin_branch(&mut self, Beginning { kind, source: id, .. }: Beginning, branch: Arc<Branch>) {
        let step = branch.position.step;
        let Some(source) = self.sources.get(id) else { return };
        let recorded = branch.meta.agent.clone();
        let plan = match plan_of(source, kind, branch) {
            Ok(plan) => plan,
            Err(why) => return self.say(why),
        };
        let folder = (kind == BranchKind::Record).then(|| default_folder(&plan.world, &plan.agent));
        let folder = folder.map(|folder| self.export_folder.join(folder));
        let number = self.sources.branches_of(id) + 1;
        let replaced = plan.agent == "random" && ![human::NAME, "random"].contains(&recorded.as_str());
        let name = match kind {
            BranchKind::Fork => format!("Branch {number} from step {step}"),
            BranchKind::Play => format!("You, from step {step}"),
            BranchKind::HandBack => format!("{}, from step {step}", plan.agent),
            BranchKind::Record => folder.as_deref().map_or(String::new(), name_of),
        };
        let original = self.shown_slot().filter(|slot| slot.source == id);
        match self.sources.start_as((plan, folder.clone()), (name, Some(id)), self.notify.clone()) {
            Ok(branch) => {
                if replaced {
                    self.say(format!("{recorded} cannot play on from a state, so random actions do."));
                }
                self.awaited = Some(branch);
                self.forked = original.filter(|_| kind == BranchKind::Fork).map(|original| Forked { original, branch });
                self.plays = kind == BranchKind::Play;
                if kind == BranchKind::Play {
                    self.page = Page::Inspect;
                    self.world.follow_next();
                    let live = self.sources.get_mut(id).and_then(|source| source.live.as_mut());
                    live.into_iter().for_each(|live| live.set_paused(true));
                }
                if let Some(folder) = folder {
                    let path = folder.display();
                    self.say(format!("Recording into {path}. When it is closed: explorarium run --resume {path}"));
                }
            }
            Err(why) => self.say(format!("No run was started. {why}")),
        }
    }

    /// Shows a fork beside its original.
    pub(super) fn show_forked(&mut self) {
        let Some(Forked { original, branch }) = self.forked else { return };
        if let Some((id, instance)) = self.selected.filter(|(id, _)| *id == branch) {
            self.forked = None;
            self.compare.slots = vec![original, Slot { source: id, instance, episode: 0 }];
            self.page = Page::Compare;
        }
    }

    /// Source and instance of the worlds on the Compare page, A first.
    pub fn compared(&self) -> Vec<(u64, u32)> {
        self.compare.slots.iter().map(|slot| (slot.source, slot.instance)).collect()
    }

    /// The world that heat is the difference to: the first one on the Compare page that is not shown, up to the step of the playhead.
    pub(super) fn other_world(&self) -> Option<OtherWorld<'_>> {
        if self.layers.heat != Some(HeatOf::Difference) {
            return None;
        }
        let rows = self.compare.rows(&self.sources, self.selected, self.playback.row);
        let other = |slot: &Slot| Some((slot.source, slot.instance)) != self.selected;
        let (slot, row) = self.compare.slots.iter().zip(rows).find(|(slot, _)| other(slot))?;
        let source = self.sources.get(slot.source)?;
        let episode = source.found.listing.as_ref()?.instance(slot.instance)?.episode_of(row?)?.1.first_row;
        let track = source.found.columns.get(&slot.instance)?;
        Some(OtherWorld { source, instance: slot.instance, track, rows: (episode, row?) })
    }

    /// The shown run, if a person plays it and the keys are theirs.
    pub fn played(&self) -> Option<&Source> {
        let source = self.selected.and_then(|(id, _)| self.sources.get(id)).filter(|_| self.plays && self.page != Page::Edit)?;
        source.live.as_ref().filter(|live| live.plan.is_played())?;
        Some(source)
    }

    /// Takes the keys of a person who plays. Keys without an action stay commands.
    pub(super) fn act(&mut self, ctx: &Context) {
        let Some(source) = self.played() else { return };
        let Some(world) = source.found.listing.as_ref().and_then(|listing| listing.world.clone()) else { return };
        // Arrows would go from control to control.
        ctx.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        let names = &world.spec().action_names;
        let mut actions = Vec::new();
        ctx.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Key { key, pressed, modifiers, .. } if modifiers.is_none() => {
                    let action = action_of(names, *key);
                    actions.extend(action.filter(|_| *pressed));
                    action.is_none()
                }
                _ => true,
            });
        });
        if let Some(live) = source.live.as_ref().filter(|_| !actions.is_empty()) {
            actions.into_iter().for_each(|action| live.act(action));
            self.playback.follows_end = true;
        }
    }

    /// Ends a person's play: the agent plays on, if there is one.
    pub(super) fn hand_back(&mut self) {
        let Some(source) = self.played() else { return };
        let relief = source.live.as_ref().is_some_and(|live| live.plan.relief.is_some());
        self.plays = false;
        if relief {
            self.branch(BranchKind::HandBack);
        }
    }

    /// Takes over the shown world, or goes on playing it.
    pub(super) fn take_over(&mut self) {
        let shown = self.selected.and_then(|(id, _)| self.sources.get(id));
        let is_mine = shown.and_then(|source| source.live.as_ref()).is_some_and(|live| live.plan.is_played());
        if is_mine && self.playback.row + 1 == self.rows_of_shown() {
            self.plays = true;
            return;
        }
        self.branch(BranchKind::Play);
    }
}

/// What plays on from a state of `source`.
fn plan_of(source: &Source, kind: BranchKind, branch: Arc<Branch>) -> Result<LivePlan, String> {
    let recorded = LivePlan::branched(branch.clone()).map_err(|why| why.to_string())?;
    let known = source.live.as_ref().map(|live| &live.plan);
    // An agent that a person has relieved plays on as it did.
    let relief = known.and_then(|plan| plan.relief.clone());
    let pace = known.map_or(recorded.pace, |plan| plan.pace);
    let plan = match relief {
        Some((agent, agent_options)) => LivePlan { agent, agent_options, pace, ..recorded },
        None => LivePlan { pace, ..recorded },
    };
    Ok(if kind == BranchKind::Play { plan.played() } else { plan })
}

fn name_of(folder: &Path) -> String {
    folder.file_name().map_or_else(|| folder.display().to_string(), |name| name.to_string_lossy().into_owned())
}
