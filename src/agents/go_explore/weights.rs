//! Weights that change: selection in proportion to weight and search for the least weight, both in logarithmic time and in integers.

/// A binary tree of sums and minima over the indices 0 to capacity - 1. An index without weight is never selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weights {
    /// Number of leaves: a power of two.
    leaves: usize,
    /// Node k has the children 2k and 2k + 1. The leaf of index p is `leaves + p`.
    sums: Vec<u64>,
    least: Vec<u64>,
}

impl Weights {
    /// Creates a tree without weights, for `capacity` indices.
    pub fn new(capacity: usize) -> Weights {
        let leaves = capacity.next_power_of_two().max(1);
        Weights { leaves, sums: vec![0; 2 * leaves], least: vec![u64::MAX; 2 * leaves] }
    }

    pub fn total(&self) -> u64 {
        self.sums[1]
    }

    pub fn set(&mut self, place: usize, weight: u64) {
        let mut node = self.leaves + place;
        (self.sums[node], self.least[node]) = (weight, weight);
        while node > 1 {
            node /= 2;
            self.sums[node] = self.sums[2 * node] + self.sums[2 * node + 1];
            self.least[node] = self.least[2 * node].min(self.least[2 * node + 1]);
        }
    }

    /// Returns the index whose share of the total contains the number `at`, which must be below the total.
    pub fn find(&self, mut at: u64) -> usize {
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            if at >= self.sums[node] {
                at -= self.sums[node];
                node += 1;
            }
        }
        node - self.leaves
    }

    /// Returns the first index with the least weight, and that weight; `u64::MAX` if no weight is set.
    pub fn least(&self) -> (usize, u64) {
        let mut node = 1;
        while node < self.leaves {
            node *= 2;
            node += usize::from(self.least[node] > self.least[node + 1]);
        }
        (node - self.leaves, self.least[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_minima_are_those_of_a_list() {
        for n in [1usize, 2, 3, 7, 64, 100] {
            let mut weights = Weights::new(n);
            let mut list: Vec<u64> = vec![0; n];
            for round in 0..3 * n {
                let place = (round * 7) % n;
                list[place] = ((round * 31 + 5) % 11) as u64 + 1;
                weights.set(place, list[place]);
            }
            let total: u64 = list.iter().sum();
            assert_eq!(weights.total(), total);
            let mut at = 0;
            for (place, weight) in list.iter().enumerate().filter(|(_, w)| **w > 0) {
                assert_eq!((weights.find(at), weights.find(at + weight - 1)), (place, place), "{n}");
                at += weight;
            }
            let least = list.iter().enumerate().filter(|(_, w)| **w > 0).map(|(place, w)| (*w, place)).min();
            assert_eq!(least, Some((weights.least().1, weights.least().0)), "{n}");
        }
    }
}
