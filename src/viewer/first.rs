//! What is shown first: of a recording once it is read, of a run once it has rows.

use super::app::App;

impl App {
    /// Shows the first source that can be shown, at the instance and step that were asked for.
    pub(super) fn show_first(&mut self) {
        // The first source that can be shown; one that is still being read is waited for.
        let first = self.sources.list.iter().find(|source| source.found.failed.is_none());
        let ready = first.and_then(|source| {
            let listing = source.found.listing.as_ref()?;
            let wanted = self.first.0.and_then(|instance| listing.instance(instance));
            let reads = source.found.reading.is_some();
            if reads && self.first.0.is_some() && wanted.is_none() {
                return None;
            }
            let instance = wanted.or(listing.instances.first())?;
            // The step of the first episode; its last one if it is shorter.
            let steps = instance.episodes.first().map_or(0, |episode| episode.rows.saturating_sub(1));
            let may_grow = instance.episodes.len() == 1 && instance.episodes[0].is_open();
            if reads && may_grow && self.first.1.is_some_and(|step| step > steps) {
                return None;
            }
            Some((source.id, instance.instance, self.first.1.unwrap_or(0).min(steps)))
        });
        if let Some((id, instance, row)) = ready {
            self.select(id, instance, row);
            self.say_what_is_not_there(instance, row);
        }
    }

    /// Shows the run that was started last, once it has rows, and follows its end.
    pub(super) fn show_awaited(&mut self) {
        let Some(source) = self.awaited.and_then(|id| self.sources.get(id)) else { return };
        let first = source.found.listing.as_ref().and_then(|listing| listing.instances.first());
        let first = first.map(|first| (source.id, first.instance));
        if let Some((id, instance)) = first {
            self.select(id, instance, u64::MAX);
            self.awaited = None;
            self.playback.follows_end = true;
        } else if let Some(why) = source.stopped() {
            self.awaited = None;
            self.say(why);
        }
    }

    /// Says if the instance or step that was to be shown first is not recorded.
    fn say_what_is_not_there(&mut self, instance: u32, row: u64) {
        let (wanted, step) = std::mem::take(&mut self.first);
        if let Some(wanted) = wanted.filter(|wanted| *wanted != instance) {
            self.say(format!("Instance {wanted} was not recorded. Shown is instance {instance}."));
        }
        if let Some(step) = step.filter(|step| *step != row) {
            self.say(format!("The first episode has no step {step}. Shown is step {row}."));
        }
    }
}
