//! Which cells of a map can be come to from one of them.

/// For each of `n` cells, whether it is `first` or can be come to from there; `next` adds to a list the cells that follow upon one.
pub fn flood(n: usize, first: usize, next: impl Fn(usize, &mut Vec<usize>)) -> Vec<bool> {
    let (mut reached, mut todo, mut found) = (vec![false; n], vec![first], Vec::new());
    reached[first] = true;
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
        let ring = flood(6, 4, |cell, next| next.push((cell + 2) % 6));
        assert_eq!(ring, [true, false, true, false, true, false]);
        assert_eq!(flood(3, 1, |_, _| ()), [false, true, false]);
    }
}
