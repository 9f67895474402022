//! What commands and requests do to the window's state.

use egui::Context;

use super::app::App;
use super::beginning::BranchKind;
use super::command::{Command, LiveRequest, Requests};
use super::live::LivePlan;
use super::map::HeatOf;
use super::page::Page;
use super::panes::Palette;
use super::time::Playback;
use crate::scene::Theme;

impl App {
    /// Does what was asked of a live run.
    fn control(&mut self, id: u64, request: LiveRequest) {
        let Some(live) = self.sources.get_mut(id).and_then(|source| source.live.as_mut()) else { return };
        match request {
            LiveRequest::Run => live.set_paused(false),
            LiveRequest::Pause => live.set_paused(true),
            LiveRequest::Step => {
                live.step();
                self.playback.follows_end = true;
            }
            LiveRequest::Rate(rate) => live.set_rate(rate),
            LiveRequest::Keep(keep) => {
                live.keep = keep;
                let folder = live.folder().display().to_string();
                self.say(if keep {
                    format!("Kept when it is closed: {folder}")
                } else {
                    format!("Goes when it is closed: {folder}")
                });
            }
            LiveRequest::Start(plan) => {
                live.set_paused(true);
                self.start(*plan);
            }
        }
    }

    /// Does what was asked for in a frame.
    pub(super) fn answer(&mut self, ctx: &Context, requests: &mut Requests) {
        if let Some((id, instance, row)) = requests.select.take() {
            self.select(id, instance, row);
        }
        if let Some((row, dragged)) = requests.row.take() {
            let rows = self.rows_of_shown();
            self.playback.go(row, rows);
            self.dragged = dragged;
        }
        if let Some(range) = requests.range.take() {
            self.playback.range = range;
        }
        if let Some(speed) = requests.speed.take() {
            self.playback.speed = speed;
        }
        if let Some((id, request)) = requests.live.take() {
            self.control(id, request);
        }
        if let Some(path) = requests.open.take() {
            self.open(&path);
        }
        if let Some(id) = requests.close.take() {
            self.close(id);
        }
        if let Some(cell) = requests.picked.take() {
            self.list_visitors(ctx, cell);
        }
        for command in std::mem::take(&mut requests.commands) {
            self.command(ctx, command);
        }
    }

    fn close(&mut self, id: u64) {
        self.sources.close(id);
        if self.selected.is_some_and(|(shown, _)| shown == id) {
            (self.selected, self.playback) = (None, Playback::default());
        }
    }

    /// Lists the episodes that went to a cell, at the pointer or in the middle of the window.
    fn list_visitors(&mut self, ctx: &Context, cell: (u32, u32)) {
        let Some((id, _)) = self.selected else { return };
        let at = ctx.input(|input| input.pointer.interact_pos()).unwrap_or(ctx.content_rect().center());
        self.cell = Some((id, cell, at + egui::vec2(12.0, 12.0)));
    }

    /// Lists the episodes that went to the player's cell.
    fn list_here(&mut self, ctx: &Context) {
        let pose = self.shown().state().map(|(_, state)| (state.pose.x, state.pose.y));
        match pose {
            Some(cell) => self.list_visitors(ctx, cell),
            None => self.say("No step is shown.".to_string()),
        }
    }

    fn command(&mut self, ctx: &Context, command: Command) {
        self.dragged = false;
        if !self.move_playhead(command) {
            self.change_window(ctx, command);
        }
        ctx.request_repaint();
    }

    /// Commands of the playhead and its range. Returns whether it was one of them.
    fn move_playhead(&mut self, command: Command) -> bool {
        let rows = self.rows_of_shown();
        let row = self.playback.row;
        let tenth = self.time.tenth();
        match command {
            // A playhead that follows a run stops where it is.
            Command::PlayPause if self.playback.glide.is_some() && self.playback.follows_end => self.playback.go(row, rows),
            Command::PlayPause => {
                self.playback.playing = !self.playback.playing && rows > 0;
                if self.playback.playing && row + 1 == rows {
                    self.playback.go(0, rows);
                }
            }
            Command::StepBack => self.playback.go(row.saturating_sub(1), rows),
            Command::StepForward => self.playback.go(row + 1, rows),
            Command::JumpBack => self.playback.go(row.saturating_sub(tenth), rows),
            Command::JumpForward => self.playback.go(row + tenth, rows),
            Command::PreviousAchievement | Command::NextAchievement => self.achievement(command == Command::NextAchievement),
            Command::PreviousEpisode | Command::NextEpisode => self.episode(command == Command::NextEpisode),
            Command::Start => self.playback.go(0, rows),
            Command::End => {
                self.playback.go(rows.saturating_sub(1), rows);
                self.playback.follows_end = true;
            }
            Command::RangeBegin | Command::RangeEnd => {
                let whole = self.shown().episode().map(|(_, e)| (e.first_row, e.first_row + e.rows.max(1) - 1));
                if let Some(whole) = whole {
                    self.playback.set_end(command == Command::RangeBegin, whole);
                }
            }
            Command::ClearRange if self.cell.is_some() => self.cell = None,
            Command::ClearRange => self.playback.range = None,
            Command::Loop => self.playback.looping = !self.playback.looping,
            Command::Slower | Command::Faster => self.playback.change_speed(command == Command::Faster),
            _ => return false,
        }
        true
    }

    /// Commands of pages, panes and the window.
    fn change_window(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::InspectPage => self.page = Page::Inspect,
            Command::GridPage => self.page = Page::Grid,
            Command::CurvesPage => self.page = Page::Curves,
            Command::EditPage => self.page = Page::Edit,
            command if command.is_of_edit() => self.edit_command(command),
            Command::MeasureAgain | Command::FigureUnit | Command::ExportFigures => self.figure_command(command),
            Command::ComparePage => self.page = Page::Compare,
            Command::Pin => self.pin(),
            Command::WhoWentHere => self.list_here(ctx),
            Command::Fork => self.branch(BranchKind::Fork),
            Command::TakeOver => self.take_over(),
            Command::HandBack => self.hand_back(),
            Command::RecordHere => self.branch(BranchKind::Record),
            Command::StartDemo => self.start(LivePlan::demo()),
            Command::LayerTerrain => self.layers.terrain = !self.layers.terrain,
            Command::LayerEntities => self.layers.entities = !self.layers.entities,
            Command::LayerTrail => self.layers.trail = !self.layers.trail,
            Command::LayerView => self.layers.view = !self.layers.view,
            Command::Heat => self.next_heat(),
            Command::Fit => {
                self.edit.fit();
                self.world.fit();
                self.compare.fit();
            }
            Command::SourcesPanel | Command::InspectorPanel if self.narrow => {
                self.drawer = if self.drawer == Some(command) { None } else { Some(command) };
            }
            Command::SourcesPanel => self.panels.sources = !self.panels.sources,
            Command::InspectorPanel => self.panels.inspector = !self.panels.inspector,
            Command::TimePanel => self.panels.time = !self.panels.time,
            Command::ResetLayout => self.reset_layout(),
            Command::Open => self.palette = Some(Palette::at("./")),
            Command::Palette => self.palette = Some(Palette::default()),
            Command::Keys => self.keys = true,
            Command::Theme => self.set_theme(ctx, if self.theme == Theme::Dark { Theme::Light } else { Theme::Dark }),
            Command::CloseSource => {
                if let Some((id, _)) = self.selected {
                    self.close(id);
                }
            }
            Command::FullScreen => {
                self.full_screen = !self.full_screen;
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(self.full_screen));
            }
            Command::SavePicture => self.pictures.push(super::pictures::free_name()),
            _ => {}
        }
    }

    /// Takes the shown world into Compare, or out of it.
    fn pin(&mut self) {
        let Some(slot) = self.shown_slot() else { return };
        let words = self.compare.pin(slot);
        self.say(words);
    }

    /// Changes the theme.
    pub fn set_theme(&mut self, ctx: &Context, theme: Theme) {
        self.theme = theme;
        ctx.set_theme(if theme == Theme::Dark { egui::Theme::Dark } else { egui::Theme::Light });
    }

    fn next_heat(&mut self) {
        let mut choices = vec![None, Some(HeatOf::Visits)];
        if let Some(track) = self.shown().track {
            choices.extend(track.bonuses.iter().map(|(name, _)| Some(HeatOf::Bonus(name.clone()))));
        }
        let now = choices.iter().position(|choice| *choice == self.layers.heat).unwrap_or(0);
        (self.layers.heat, self.layers.scale) = (choices[(now + 1) % choices.len()].clone(), None);
    }

    fn achievement(&mut self, next: bool) {
        let row = self.playback.row;
        let shown = self.shown();
        let Some(track) = shown.track else { return };
        let found = if next {
            track.unlocked.iter().find(|(at, _)| *at > row)
        } else {
            track.unlocked.iter().rev().find(|(at, _)| *at < row)
        };
        match found.copied() {
            Some((at, _)) => {
                let rows = self.rows_of_shown();
                self.playback.go(at, rows);
            }
            None => self.say(format!("No {} achievement in this world.", if next { "later" } else { "earlier" })),
        }
    }

    fn episode(&mut self, next: bool) {
        let shown = self.shown();
        let (Some(instance), Some((index, episode))) = (shown.instance, shown.episode()) else { return };
        let (row, begin) = (shown.row, episode.first_row);
        // Back goes to the start of this episode first.
        let target = match next {
            true => instance.episodes.get(index + 1),
            false if row > begin => Some(episode),
            false => index.checked_sub(1).and_then(|index| instance.episodes.get(index)),
        };
        if let Some(target) = target {
            let (first, last) = (target.first_row, target.first_row + target.rows.max(1) - 1);
            let rows = self.rows_of_shown();
            self.playback.go(first, rows);
            self.time.fit(first, last);
        }
    }
}
