//! What the window says after its graphics card was lost.

use super::app::App;
use super::panes::{self, LostAnswer};
use super::recovery::GpuLost;
use super::theme::Tokens;

impl App {
    /// Says that the graphics card was lost, and what draws now.
    pub fn gpu_lost(&mut self, said: GpuLost, adapter: &str) {
        self.adapter = adapter.to_string();
        if said.can_try {
            self.lost = Some(said);
        } else {
            // There is nothing to do about it.
            self.lost = None;
            self.say(said.words);
        }
    }

    /// Says that the card that was lost draws again.
    pub fn gpu_is_back(&mut self, adapter: &str) {
        (self.adapter, self.lost) = (adapter.to_string(), None);
        self.say(format!("{adapter} draws the window again."));
    }

    /// What is said since the graphics card was lost. Returns how much room it takes.
    pub(super) fn lost_message(&mut self, ctx: &egui::Context, t: &Tokens) -> f32 {
        let Some(lost) = self.lost.clone() else { return 0.0 };
        let (height, chosen) = panes::gpu_lost(ctx, t, &lost.words);
        match chosen {
            Some(LostAnswer::Try) => self.tries_gpu = true,
            Some(LostAnswer::Close) => self.lost = None,
            None => {}
        }
        height + 8.0
    }
}
