//! A frame with the strip below it that says what it shows.

use super::export_args::Args;
use crate::error::Result;
use crate::export::{Frame, FrameOptions, Frames, HeatOf};
use crate::plots::{MIN_STRIP, Strip};

/// What is the same in all frames.
pub(super) struct Canvas {
    id: String,
    /// What heat shows, in which scale.
    heat: Option<String>,
    scale: Option<(Vec<[u8; 3]>, f64, f64)>,
    has_legend: bool,
    dark: bool,
}

impl Canvas {
    pub(super) fn new(args: &Args, id: &str, options: &FrameOptions, frames: &Frames) -> Canvas {
        let heat = options.heat.as_ref().map(|(of, scale)| {
            let what = match of {
                HeatOf::Visits => "visits".to_string(),
                HeatOf::Bonus(column) => format!("{}, mean of steps to the cell", column.trim_start_matches("bonus_")),
            };
            format!("{what}, since the episode began, {} scale", scale.name())
        });
        let scale = frames.scale().zip(frames.ramp());
        let scale = scale.map(|(scale, ramp)| (ramp.colours(options.theme).to_vec(), scale.min, scale.max));
        Canvas { id: id.to_string(), heat, scale, has_legend: args.has_legend(), dark: args.is_dark() }
    }

    /// One line for the terminal and the file's description.
    pub(super) fn about(&self) -> String {
        let heat = self.heat.as_ref().map(|heat| match &self.scale {
            Some((_, low, high)) => format!("; {heat} from {low} to {high}"),
            None => format!("; {heat}: no cell has a value"),
        });
        self.id.clone() + &heat.unwrap_or_default()
    }

    /// The pixels of a frame with its strip, three bytes each, and width and height.
    pub(super) fn drawn(&self, frame: &Frame) -> Result<(Vec<u8>, (u32, u32))> {
        let (picture, at) = (&frame.picture, frame.position);
        let rgb = |rgba: &[u8]| -> Vec<u8> { rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect() };
        if !self.has_legend {
            return Ok((rgb(&picture.rgba), (picture.width, picture.height)));
        }
        let width = picture.width.max(MIN_STRIP);
        let place = format!("instance {}, episode {}, step {}", at.instance, at.episode, at.step);
        let lines = [place, self.id.clone()].into_iter().chain(self.heat.clone()).collect();
        let (strip, height) = Strip { lines, scale: self.scale.clone(), dark: self.dark }.rgb(width)?;
        // The ground of the strip is beside the picture too.
        let ground = &strip[..3];
        let (left, right) = ((width - picture.width) / 2, (width - picture.width).div_ceil(2));
        let mut pixels = Vec::with_capacity((width as usize * (picture.height + height) as usize) * 3);
        for line in picture.rgba.chunks_exact(picture.width as usize * 4) {
            pixels.extend_from_slice(&ground.repeat(left as usize));
            pixels.extend(rgb(line));
            pixels.extend_from_slice(&ground.repeat(right as usize));
        }
        pixels.extend(strip);
        Ok((pixels, (width, picture.height + height)))
    }
}
