//! Computes which cells of a map can be reached from given cells.

/// For each of `n` cells, whether it is one of `first` or can be reached from there. `next` appends the successors of a cell to a list.
pub fn flood(n: usize, first: &[usize], next: impl Fn(usize, &mut Vec<usize>)) -> Vec<bool> {
    let (mut reached, mut todo, mut found) = (vec![false; n], first.to_vec(), Vec::new());
    first.iter().for_each(|cell| reached[*cell] = true);
    while let Some(cell) = todo.pop() {
        found.clear();
        next(cell, &mut found);
        for &to in &found {
            if !reached[to] {
                reached[to] = true;
                todo.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_reached_and_nothing_else() {
        let ring = flood(6, &[4], |cell, next| next.push((cell + 2) % 6));
        assert_eq!(ring, [true, false, true, false, true, false]);
        assert_eq!(flood(3, &[1, 2], |_, _| ()), [false, true, true]);
    }
}
