//! Entropy and counts estimated from points, as formulas in f64. They serve as measures and as references for the integer forms. No agent
//! acts on them.

/// Euler's constant.
const GAMMA: f64 = 0.577_215_664_901_532_9;

/// Entropy in nats of points in `R^q` by their `k`-th nearest neighbours (Kozachenko and Leonenko 1987):
/// `psi(N) - psi(k) + ln V_q + q / N sum ln r_k`. Minus infinity if `k` points coincide with another; None for `k` or fewer points,
/// or `k` = 0.
pub fn entropy(points: &[Vec<f64>], k: usize) -> Option<f64> {
    let (n, q) = (points.len(), points.first()?.len());
    if k == 0 || n <= k || q == 0 {
        return None;
    }
    // Index 0 is the point itself.
    let sum: f64 = (0..n).map(|i| ln(sorted(points, &points[i])[k])).sum();
    Some(digamma(n) - digamma(k) + ln(ball(q)) + q as f64 / n as f64 * sum)
}

/// Digamma of a positive whole number.
fn digamma(n: usize) -> f64 {
    (1..n).map(|i| 1.0 / i as f64).sum::<f64>() - GAMMA
}

/// Volume of the ball of radius 1 in `q` dimensions.
fn ball(q: usize) -> f64 {
    match q {
        0 => 1.0,
        1 => 2.0,
        _ => 2.0 * std::f64::consts::PI / q as f64 * ball(q - 2),
    }
}

/// Distances of all points to `from`, ascending.
fn sorted(points: &[Vec<f64>], from: &[f64]) -> Vec<f64> {
    let distance = |p: &Vec<f64>| p.iter().zip(from).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    let mut all: Vec<f64> = points.iter().map(distance).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// ln(1 + distance to the `k`-th nearest other point) of each point; None for `k` or fewer points, or `k` = 0.
pub fn ln_one_plus(points: &[Vec<f64>], k: usize) -> Option<Vec<f64>> {
    if k == 0 || points.len() <= k {
        return None;
    }
    Some(points.iter().map(|p| ln(1.0 + sorted(points, p)[k])).collect())
}

/// RE3 as RLeXplore calculates it over a whole store of points: the (k + 1)-th smallest distance, with the point's own distance 0 included.
/// With `average`, the mean of ln(1 + d) over the k smallest, with the own 0 included.
pub fn re3(points: &[Vec<f64>], k: usize, average: bool) -> Option<Vec<f64>> {
    if !average {
        return ln_one_plus(points, k);
    }
    if k == 0 || points.len() < k {
        return None;
    }
    Some(points.iter().map(|p| sorted(points, p)[..k].iter().map(|d| ln(1.0 + d)).sum::<f64>() / k as f64).collect())
}

/// The particle-based entropy of URLB within a batch: ln(1 + mean of the k smallest distances), with the point's own 0 included.
pub fn urlb(points: &[Vec<f64>], k: usize) -> Option<Vec<f64>> {
    if k == 0 || points.len() < k {
        return None;
    }
    Some(points.iter().map(|p| ln(1.0 + sorted(points, p)[..k].iter().sum::<f64>() / k as f64)).collect())
}

/// The count that a density model implies. The model gives a state the probability `before`, and `after` once it has seen the state one
/// more time (Bellemare et al. 2016). Infinite if the probability did not change.
pub fn pseudo_count(before: f64, after: f64) -> f64 {
    before * (1.0 - after) / (after - before)
}

/// The same count from the prediction gain ln(after / before), an approximation.
pub fn pseudo_count_of_gain(before: f64, after: f64) -> f64 {
    1.0 / (after / before - 1.0)
}

/// Coin flips (Lobel et al. 2023) without a network: the running mean of the flips of a state. The mean of its squares is 1 / n in
/// expectation, and exactly 1 at the first visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Flips {
    mean: Vec<f64>,
    visits: f64,
}

impl Flips {
    /// Creates flips without visits; `dims` is the number of flips of a visit.
    pub fn new(dims: usize) -> Flips {
        Flips { mean: vec![0.0; dims], visits: 0.0 }
    }

    /// Adds a visit with its flips, -1 or 1 each.
    pub fn visit(&mut self, flips: &[f64]) {
        self.visits += 1.0;
        self.mean.iter_mut().zip(flips).for_each(|(mean, flip)| *mean += (flip - *mean) / self.visits);
    }

    /// Root of the mean square: about 1 / sqrt(n).
    pub fn bonus(&self) -> f64 {
        (self.mean.iter().map(|m| m * m).sum::<f64>() / self.mean.len() as f64).sqrt()
    }
}

#[expect(clippy::disallowed_methods, reason = "a figure with a tolerance: no state of a world follows from it")]
fn ln(x: f64) -> f64 {
    x.ln()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LN_2;

    use super::*;

    fn line(at: &[f64]) -> Vec<Vec<f64>> {
        at.iter().map(|x| vec![*x]).collect()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-6, "{found:?}, not {expected:?}");
        }
    }

    #[test]
    fn four_points_on_a_line() {
        let points = line(&[0.0, 1.0, 3.0, 7.0]);
        close(&[entropy(&points, 1).expect("k"), entropy(&points, 2).expect("k")], &[3.046_341, 2.697_013]);
        close(&ln_one_plus(&points, 2).expect("k"), &[1.386_294, 1.098_612, 1.386_294, 1.945_910]);
        close(&urlb(&points, 3).expect("k"), &[0.847_298, LN_2, 0.980_829, 1.466_337]);
        assert_eq!(
            (entropy(&points, 4), entropy(&points, 0), ln_one_plus(&points, 4), urlb(&points, 5)),
            (None, None, None, None)
        );
    }

    #[test]
    fn points_of_the_packages_test() {
        let points: Vec<Vec<f64>> =
            [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [3.0, 0.0], [0.0, 0.0], [0.0, 4.0]].iter().map(|p| p.to_vec()).collect();
        close(&re3(&points, 2, false).expect("k"), &[0.0, LN_2, 0.0, 1.386_294, 0.0, 1.609_438]);
        close(&re3(&points, 2, true).expect("k"), &[0.0, 0.346_574, 0.0, 0.549_306, 0.0, 0.804_719]);
    }

    #[test]
    fn volumes_of_balls() {
        close(&[ball(1), ball(2), ball(3)], &[2.0, std::f64::consts::PI, 4.0 / 3.0 * std::f64::consts::PI]);
    }

    #[test]
    fn densities_imply_counts() {
        close(&[pseudo_count(0.2, 3.0 / 11.0)], &[2.0]);
        close(&[ln(3.0 / 11.0 / 0.2), pseudo_count_of_gain(0.2, 3.0 / 11.0)], &[0.310_155, 2.75]);
    }

    #[test]
    fn flips_average_out() {
        let mut flips = Flips::new(1);
        let bonuses: Vec<f64> = [1.0, -1.0, 1.0]
            .iter()
            .map(|flip| {
                flips.visit(&[*flip]);
                flips.bonus()
            })
            .collect();
        close(&bonuses, &[1.0, 0.0, 1.0 / 3.0]);
        let mut first = Flips::new(20);
        first.visit(&[-1.0; 20]);
        close(&[first.bonus()], &[1.0]);
    }
}
