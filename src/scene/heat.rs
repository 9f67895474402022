//! A value for each cell of the map, as colour.

use super::ramp::Ramp;
use super::scale::{FittedScale, Scale};
use super::theme::Theme;
use crate::envs::shared::picture::Rgb;

/// A heat map over the terrain.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// `[height, width]`: values of the cells, NaN for cells without one, which stay clear.
    pub values: Vec<f64>,
    /// The colours.
    pub ramp: Ramp,
    /// Which share of them a value gets.
    pub scale: FittedScale,
}

impl Heat {
    /// A heat map with a scale for its own values. None if no cell has a value, or the scale has none for them ([`Scale::fit`]).
    pub fn new(values: Vec<f64>, ramp: Ramp, scale: Scale) -> Option<Heat> {
        let scale = scale.fit(values.iter().copied())?;
        Some(Heat { values, ramp, scale })
    }

    /// The colour of a cell; None if it has no value.
    pub fn colour(&self, cell: usize, theme: Theme) -> Option<Rgb> {
        let value = *self.values.get(cell)?;
        (!value.is_nan()).then(|| self.ramp.colour(self.scale.share(value), theme))
    }
}
