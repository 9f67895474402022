//! What lies over a map: heat computed from the rows of an episode, the trail, and their legend.

use std::sync::Arc;

use super::difference::{Difference, Rows};
use super::draw::{RAMP, Uploaded};
use super::packed;
use crate::maps::Map;
use crate::scene::{FittedScale, Heat, Ramp, Scale, Theme, Trail};
use crate::viewer::sources::{Empower, Track};

/// What heat shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeatOf {
    /// How often the player was on a cell.
    Visits,
    /// The mean of a bonus over the steps that ended on a cell.
    Bonus(String),
    /// Empowerment of the shown state, with the player on each cell.
    Empowerment,
    /// The share of steps in which the player was on a cell, minus that of another world.
    Difference,
}

impl HeatOf {
    /// The ramp that this always has.
    pub fn ramp(&self) -> Ramp {
        match self {
            HeatOf::Visits => Ramp::Inferno,
            HeatOf::Bonus(_) => Ramp::Cividis,
            HeatOf::Empowerment => Ramp::Viridis,
            HeatOf::Difference => Ramp::Difference,
        }
    }

    /// The scale at first.
    pub fn scale(&self) -> Scale {
        match self {
            HeatOf::Visits => Scale::Log,
            HeatOf::Difference => Scale::SignedRoot,
            HeatOf::Bonus(_) | HeatOf::Empowerment => Scale::Linear,
        }
    }
}

/// Heat over some rows of an instance.
#[derive(Clone, Debug)]
pub struct HeatMap {
    /// Values and colours; None if no cell has a value, or the scale has none for them.
    pub heat: Option<Heat>,
    /// For each cell, in how many of the rows the player was there.
    pub visits: Vec<u32>,
    /// For each cell the first of these rows.
    pub first: Vec<Option<u64>>,
    /// For the shader.
    pub shares: Uploaded,
}

/// Which heat map it is. A new one is computed when this changes.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatKey {
    /// The source and its instance.
    pub of: (u64, u32),
    /// Rows, the last included.
    pub rows: (u64, u64),
    /// Cells of the map.
    pub size: (u32, u32),
    /// What it shows.
    pub heat: Option<HeatOf>,
    /// How values become colours.
    pub scale: Scale,
    /// Rows that the track had.
    pub known: u64,
    /// The state whose empowerment is known.
    pub empowerment: Option<Empower>,
    /// The other world of a difference: source, instance, rows, and rows that its track had.
    pub other: Option<(u64, u32, Rows, u64)>,
}

impl HeatMap {
    /// Computes the map over rows of `track`. `other` is the track of [`HeatKey::other`]. None if the recording has no positions.
    pub fn of(
        track: &Track,
        key: &HeatKey,
        (empowerment, other): (Option<&Map>, Option<&Track>),
        version: u64,
    ) -> Option<HeatMap> {
        let (width, height) = key.size;
        let cells = width as usize * height as usize;
        let places = track.places.as_ref()?;
        let values = match &key.heat {
            Some(HeatOf::Bonus(name)) => track.bonuses.iter().find(|(known, _)| known == name).map(|(_, values)| values),
            _ => None,
        };
        let (mut visits, mut first) = (vec![0u32; cells], vec![None; cells]);
        let (mut sums, mut counts) = (vec![0.0f64; cells], vec![0u32; cells]);
        let last = (key.rows.1 + 1).min(places.len() as u64);
        for row in key.rows.0..last {
            let (x, y) = places[row as usize];
            let cell = usize::from(y) * width as usize + usize::from(x);
            if u32::from(x) >= width || cell >= cells {
                continue;
            }
            visits[cell] += 1;
            first[cell].get_or_insert(row);
            let value = values.and_then(|values| values.get(row as usize)).copied().unwrap_or(f32::NAN);
            if !value.is_nan() {
                sums[cell] += f64::from(value);
                counts[cell] += 1;
            }
        }
        let shown: Option<Vec<f64>> = match &key.heat {
            None => None,
            Some(HeatOf::Empowerment) => empowerment.filter(|map| map.values.len() == cells).map(|map| map.values.clone()),
            Some(HeatOf::Visits) => Some(visits.iter().map(|n| if *n == 0 { f64::NAN } else { f64::from(*n) }).collect()),
            Some(HeatOf::Difference) => {
                let other = other.zip(key.other.as_ref()).map(|(track, (.., rows, _))| (track, *rows));
                other.and_then(|other| Difference::between((track, key.rows), other, key.size)?.heat).map(|heat| heat.values)
            }
            Some(HeatOf::Bonus(_)) => {
                let mean = |(sum, n): (&f64, &u32)| if *n == 0 { f64::NAN } else { sum / f64::from(*n) };
                Some(sums.iter().zip(&counts).map(mean).collect())
            }
        };
        let ramp = key.heat.as_ref().map_or(Ramp::Inferno, HeatOf::ramp);
        let heat = shown.and_then(|values| Heat::new(values, ramp, key.scale));
        let shares = Uploaded { version, words: heat.as_ref().map_or_else(|| [0u32].into(), shares) };
        Some(HeatMap { heat, visits, first, shares })
    }
}

/// Shares of the ramp as the shader reads them: below 0 for none.
pub fn shares(heat: &Heat) -> Arc<[u32]> {
    let share = |value: &f64| if value.is_nan() { -1.0 } else { heat.scale.share(*value) as f32 };
    heat.values.iter().map(|value| share(value).to_bits()).collect()
}

/// The colours of a ramp for the shader.
pub fn ramp_words(ramp: Ramp, theme: Theme) -> Uploaded {
    let colours = ramp.colours(theme);
    debug_assert_eq!(colours.len(), RAMP);
    let version = 2 * ramp as u64 + u64::from(theme == Theme::Light) + 1;
    Uploaded { version, words: colours.iter().map(|colour| packed(*colour)).collect() }
}

/// Values for the ticks under a legend: the ends and, for a logarithmic scale, powers of ten between them.
pub fn ticks(scale: &FittedScale) -> Vec<(f32, f64)> {
    let (min, max) = (scale.min, scale.max);
    let most = max.abs().max(min.abs());
    if scale.scale() == Scale::SignedRoot && most > 0.0 {
        // As much to both sides of 0, which is in the middle.
        return vec![(0.0, -most), (0.5, 0.0), (1.0, most)];
    }
    if min >= max {
        return vec![(0.5, min)];
    }
    let mut ticks = vec![(0.0, min)];
    if scale.scale() == Scale::Log {
        let mut power = 1e-12;
        while power < max {
            let share = scale.share(power);
            if power > min && (0.18..=0.82).contains(&share) {
                ticks.push((share as f32, power));
            }
            power *= 10.0;
        }
    }
    ticks.push((1.0, max));
    ticks
}

/// Where the player was, from row `from` to row `to`.
pub fn trail(track: &Track, (from, to): (u64, u64), width: u32) -> Option<Trail> {
    let places = track.places.as_ref()?;
    let mut trail = Trail::new();
    for (x, y) in places.get(from as usize..=(to as usize).min(places.len().checked_sub(1)?))? {
        trail.push(u32::from(*y) * width + u32::from(*x), width);
    }
    Some(trail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track() -> Track {
        Track {
            actions: vec![0; 4],
            rewards: vec![0.0; 4],
            places: Some(vec![(0, 0), (1, 0), (1, 0), (1, 1)]),
            unlocked: Vec::new(),
            bonuses: vec![("bonus_count".to_string(), vec![f32::NAN, 1.0, 0.5, 0.25])],
            ..Track::default()
        }
    }

    fn key(heat: HeatOf, rows: (u64, u64)) -> HeatKey {
        let scale = heat.scale();
        HeatKey { of: (1, 0), rows, size: (2, 2), heat: Some(heat), scale, known: 4, empowerment: None, other: None }
    }

    #[test]
    fn heat_by_hand() {
        let visits = HeatMap::of(&track(), &key(HeatOf::Visits, (0, 3)), (None, None), 1).expect("places");
        assert_eq!((&visits.visits[..], &visits.first[..]), (&[1, 2, 0, 1][..], &[Some(0), Some(1), None, Some(3)][..]));
        let heat = visits.heat.expect("values");
        assert_eq!((heat.scale.min, heat.scale.max), (1.0, 2.0));
        assert!(heat.values[2].is_nan());
        assert_eq!(f32::from_bits(visits.shares.words[2]), -1.0);
        let bonus = HeatMap::of(&track(), &key(HeatOf::Bonus("bonus_count".into()), (1, 2)), (None, None), 1).expect("places");
        let values = bonus.heat.expect("values").values;
        assert_eq!(values[1], 0.75, "the mean over both steps");
        assert!(values[0].is_nan() && values[3].is_nan(), "outside the rows");
        let none = HeatMap::of(&track(), &key(HeatOf::Bonus("bonus_other".into()), (0, 3)), (None, None), 1).expect("places");
        assert!(none.heat.is_none() && none.visits[1] == 2);
    }

    #[test]
    fn a_difference_is_that_of_shares() {
        let other = Track { places: Some(vec![(0, 0), (0, 1)]), ..Track::default() };
        let key = HeatKey { other: Some((2, 0, (0, 1), 2)), ..key(HeatOf::Difference, (0, 3)) };
        let values = |other| HeatMap::of(&track(), &key, (None, other), 1).expect("places").heat.map(|heat| heat.values);
        assert_eq!(values(Some(&other)), Some(vec![-0.25, 0.5, -0.5, 0.25]));
        assert_eq!(values(None), None, "nothing to compare with");
    }

    #[test]
    fn ticks_of_a_logarithm_are_powers_of_ten() {
        let scale = Scale::Log.fit([1.0, 94.0]).expect("fits");
        let values: Vec<f64> = ticks(&scale).iter().map(|(_, value)| *value).collect();
        assert!(values.len() == 3 && (values[1] - 10.0).abs() < 1e-9, "{values:?}");
        let both = Scale::SignedRoot.fit([-0.5, 0.25]).expect("fits");
        assert_eq!(ticks(&both), [(0.0, -0.5), (0.5, 0.0), (1.0, 0.5)]);
        assert_eq!((both.share(-0.5), both.share(0.0)), (0.0, 0.5));
        assert_eq!(ticks(&Scale::Linear.fit([2.0, 2.0]).expect("fits")), [(0.5, 2.0)]);
    }

    #[test]
    fn a_trail_ends_at_the_shown_row() {
        assert_eq!(trail(&track(), (0, 1), 2).expect("places").lines().len(), 1);
        assert_eq!(trail(&track(), (0, 99), 2).expect("places").lines().len(), 2);
        assert!(trail(&Track::default(), (0, 1), 2).is_none());
    }
}
