//! How far apart two names are, for 'did you mean'.

/// Levenshtein distance.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let swap = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
