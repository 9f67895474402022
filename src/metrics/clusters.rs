//! Values that are grouped into units, such as the instances of a run, which may share what they learn. Only units are independent, so the
//! value of a unit is the mean of its values. The intraclass correlation says how alike the values of a unit are.

use super::averages::mean;
use super::numbers::incomplete_beta;

/// Values by stratum (one for each environment) and unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    strata: Vec<Vec<Vec<f64>>>,
}

/// How alike the values of a unit are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intraclass {
    /// Share of the variance that lies between units: 0 if the values of a unit are no more alike than any others, 1 if they are equal. An
    /// estimate can be below 0.
    pub icc: f64,
    /// p-value of the F test that there is no variance between units.
    pub p: f64,
}

impl Sample {
    /// Creates a sample. Units without values are ignored.
    pub fn new(strata: Vec<Vec<Vec<f64>>>) -> Sample {
        let filled = |units: Vec<Vec<f64>>| units.into_iter().filter(|unit| !unit.is_empty()).collect::<Vec<_>>();
        Sample { strata: strata.into_iter().map(filled).filter(|units| !units.is_empty()).collect() }
    }

    /// Creates a sample in which every value is a unit, in one stratum.
    pub fn of_units(values: &[f64]) -> Sample {
        Sample::new(vec![values.iter().map(|value| vec![*value]).collect()])
    }

    /// Returns the number of values of all units.
    pub fn values(&self) -> usize {
        self.strata.iter().flatten().map(Vec::len).sum()
    }

    /// Returns the mean of each unit, by stratum.
    pub fn means(&self) -> Vec<Vec<f64>> {
        let of = |units: &Vec<Vec<f64>>| units.iter().filter_map(|unit| mean(unit)).collect();
        self.strata.iter().map(of).collect()
    }

    /// Intraclass correlation ICC(1) of a one-way analysis of variance (Shrout and Fleiss 1979), within strata, for units of any size:
    /// `(B - W) / (B + (n0 - 1) W)` with the mean squares between and within units. None below two units, or if no unit has two values.
    pub fn intraclass(&self) -> Option<Intraclass> {
        let (mut between, mut within, mut spread) = (0.0, 0.0, 0.0);
        let units: usize = self.strata.iter().map(Vec::len).sum();
        for stratum in &self.strata {
            let all = stratum.concat();
            let centre = mean(&all)?;
            for unit in stratum {
                let own = mean(unit)?;
                between += unit.len() as f64 * (own - centre) * (own - centre);
                within += unit.iter().map(|value| (value - own) * (value - own)).sum::<f64>();
                spread += (unit.len() * unit.len()) as f64 / all.len() as f64;
            }
        }
        let df_between = units.checked_sub(self.strata.len()).filter(|df| *df > 0)? as f64;
        let df_within = self.values().checked_sub(units).filter(|df| *df > 0)? as f64;
        let size = (self.values() as f64 - spread) / df_between;
        let (b, w) = (between / df_between, within / df_within);
        let total = b + (size - 1.0) * w;
        let p = if w > 0.0 {
            incomplete_beta(df_within * w / (df_within * w + df_between * b), 0.5 * df_within, 0.5 * df_between)
        } else {
            0.0
        };
        (total > 0.0).then(|| Intraclass { icc: (b - w) / total, p })
    }
}

#[cfg(test)]
mod tests {
    use super::super::numbers::assert_near;
    use super::super::simulated::{normal, words};
    use super::*;

    /// The six targets and four judges of Shrout and Fleiss (1979): ICC(1) is .17.
    #[test]
    fn the_published_example_comes_out() {
        let judged = [
            [9.0, 2.0, 5.0, 8.0],
            [6.0, 1.0, 3.0, 2.0],
            [8.0, 4.0, 6.0, 8.0],
            [7.0, 1.0, 2.0, 6.0],
            [10.0, 5.0, 6.0, 9.0],
            [6.0, 2.0, 4.0, 7.0],
        ];
        let found = Sample::new(vec![judged.iter().map(|row| row.to_vec()).collect()]).intraclass().expect("defined");
        assert_near(found.icc, 0.1657, 5e-5);
        // F(5, 18) = 11.24 / 6.26.
        assert_near(found.p, 0.1648, 5e-4);
    }

    #[test]
    fn units_of_any_size_are_weighed_as_worked_by_hand() {
        // Means 2 and 6 of three and one values, centre 3: B = 3 + 9, W = (1 + 0 + 1) / 2, n0 = 4 - 10 / 4.
        let found = Sample::new(vec![vec![vec![1.0, 2.0, 3.0], vec![6.0], vec![]]]).intraclass().expect("defined");
        assert_near(found.icc, 11.0 / 12.5, 1e-12);
        for none in [vec![vec![vec![1.0, 2.0]]], vec![vec![vec![1.0], vec![2.0]]], vec![vec![vec![1.0, 1.0], vec![1.0]]], vec![]]
        {
            assert_eq!(Sample::new(none).intraclass(), None);
        }
        let alike = Sample::new(vec![vec![vec![1.0, 1.0], vec![2.0, 2.0]]]).intraclass().expect("defined");
        assert_eq!((alike.icc, alike.p), (1.0, 0.0));
    }

    /// With known components of variance, the mean estimate over many samples is the share between units, also for unequal units and
    /// several strata.
    #[test]
    fn known_components_of_variance_are_found() {
        let mut words = words(11);
        for truth in [0.0, 0.3, 0.92] {
            let (mut sum, mut rejected, samples) = (0.0, 0, 400);
            for _ in 0..samples {
                let mut stratum = |offset: f64, sizes: &[usize]| -> Vec<Vec<f64>> {
                    let unit = |size: &usize| {
                        let own = offset + f64::sqrt(truth) * normal(&mut words);
                        (0..*size).map(|_| own + f64::sqrt(1.0 - truth) * normal(&mut words)).collect()
                    };
                    sizes.iter().map(unit).collect()
                };
                let found = Sample::new(vec![stratum(0.0, &[8; 10]), stratum(50.0, &[3, 8, 5, 8, 12, 2, 9, 8, 8, 8])]);
                let found = found.intraclass().expect("defined");
                sum += found.icc;
                rejected += u32::from(found.p < 0.05);
            }
            assert_near(sum / f64::from(samples), truth, 0.02);
            let share = f64::from(rejected) / f64::from(samples);
            assert!(if truth == 0.0 { (0.02..0.09).contains(&share) } else { share > 0.95 }, "{truth}: {share}");
        }
    }
}
