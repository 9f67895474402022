//! Where the playhead is, and how it moves.

/// Steps a second that can be chosen.
pub const SPEEDS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, 1000.0];
/// Pace of studies with people, in steps a second.
const PACE: f64 = 5.0;
/// Seconds that the playhead may lie behind the end of a live source that it follows.
const GLIDE: f64 = 2.0;

/// The playhead over the rows of one instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// The row shown.
    pub row: u64,
    /// Whether it moves by itself.
    pub playing: bool,
    /// Steps a second.
    pub speed: f64,
    /// The range that figures are of, both rows included.
    pub range: Option<(u64, u64)>,
    /// Whether playback returns to the start of the range.
    pub looping: bool,
    /// Whether it stays at the last row while the recording grows.
    pub follows_end: bool,
    /// Steps a second at which it moves to the last row of a live source; None to jump there.
    pub glide: Option<f64>,
    /// Parts of a step that were not taken yet.
    rest: f64,
}

impl Default for Playback {
    fn default() -> Playback {
        Playback {
            row: 0,
            playing: false,
            speed: 2.0 * PACE,
            range: None,
            looping: false,
            follows_end: false,
            glide: None,
            rest: 0.0,
        }
    }
}

impl Playback {
    /// Moves on by `seconds`. `rows` is the number of rows.
    pub fn advance(&mut self, seconds: f64, rows: u64) {
        let last = rows.saturating_sub(1);
        if self.follows_end {
            self.follow(seconds, last);
        }
        self.row = self.row.min(last);
        if !self.playing {
            return;
        }
        self.rest += seconds * self.speed;
        let steps = self.rest.floor().max(0.0);
        self.rest -= steps;
        let end = self.range.filter(|_| self.looping).map_or(last, |(_, to)| to.min(last));
        self.row = (self.row + steps as u64).min(end.max(self.row));
        if self.row >= end {
            match self.range.filter(|_| self.looping) {
                Some((from, _)) if steps > 0.0 => self.row = from,
                Some(_) => {}
                None => self.playing = false,
            }
        }
    }

    /// Moves to the last row: at the pace of the live source if that is not far, else at once.
    fn follow(&mut self, seconds: f64, last: u64) {
        let behind = last.saturating_sub(self.row);
        let Some(pace) = self.glide.filter(|pace| behind > 0 && behind as f64 <= pace * GLIDE) else {
            (self.row, self.rest) = (last, 0.0);
            return;
        };
        self.rest += seconds * pace;
        let steps = self.rest.floor().max(0.0);
        self.rest -= steps;
        self.row = (self.row + steps as u64).min(last);
    }

    /// Goes to a row.
    pub fn go(&mut self, row: u64, rows: u64) {
        self.row = row.min(rows.saturating_sub(1));
        self.follows_end = false;
        self.rest = 0.0;
    }

    /// The next faster or slower pace.
    pub fn change_speed(&mut self, faster: bool) {
        let next = if faster {
            SPEEDS.into_iter().find(|speed| *speed > self.speed)
        } else {
            SPEEDS.into_iter().rev().find(|speed| *speed < self.speed)
        };
        self.speed = next.unwrap_or(self.speed);
    }

    /// Sets one end of the range to the playhead. The other one stays, or is the end of the episode `of`.
    pub fn set_end(&mut self, begin: bool, of: (u64, u64)) {
        let (from, to) = self.range.unwrap_or(of);
        self.range = Some(if begin { (self.row, to.max(self.row)) } else { (from.min(self.row), self.row) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn playback_moves_whole_steps_and_ends() {
        let mut playback = Playback { playing: true, speed: 10.0, ..Playback::default() };
        playback.advance(0.05, 100);
        assert_eq!(playback.row, 0);
        playback.advance(0.06, 100);
        assert_eq!(playback.row, 1);
        playback.advance(60.0, 100);
        assert_eq!((playback.row, playback.playing), (99, false));
        playback.advance(1.0, 100);
        assert_eq!(playback.row, 99);
    }

    #[test]
    fn a_loop_stays_in_its_range() {
        let range = Some((10, 12));
        let mut playback = Playback { row: 11, playing: true, looping: true, range, speed: 1.0, ..Playback::default() };
        let mut rows = Vec::new();
        for _ in 0..5 {
            playback.advance(1.0, 100);
            rows.push(playback.row);
        }
        assert!(playback.playing && rows.iter().all(|row| (10..=12).contains(row)), "{rows:?}");
        playback.set_end(true, (0, 99));
        assert!(playback.range.is_some_and(|(from, to)| from == playback.row && to == 12));
    }

    #[test]
    fn a_growing_recording_is_followed() {
        let mut playback = Playback { follows_end: true, ..Playback::default() };
        playback.advance(0.0, 50);
        assert_eq!(playback.row, 49);
        playback.go(70, 60);
        assert_eq!((playback.row, playback.follows_end), (59, false));
        playback.change_speed(true);
        assert_eq!(playback.speed, 20.0);
    }

    #[test]
    fn the_end_of_a_live_source_is_reached_at_its_pace() {
        let mut playback = Playback { follows_end: true, glide: Some(20.0), ..Playback::default() };
        playback.advance(0.1, 11);
        assert_eq!(playback.row, 2);
        playback.advance(0.2, 11);
        assert_eq!(playback.row, 6);
        playback.advance(9.0, 11);
        assert_eq!(playback.row, 10);
        playback.advance(0.1, 100);
        assert_eq!(playback.row, 99);
        playback.glide = None;
        playback.advance(0.0, 103);
        assert_eq!(playback.row, 102);
    }
}
