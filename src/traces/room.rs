//! Checks the memory that a file requires before it is allocated.

use crate::error::{Error, Result};
use crate::memory;

/// Checks that `n` items of `bytes` bytes fit into memory.
///
/// # Errors
/// [`Error::Limit`] with the number of items that fit.
pub fn check(what: &str, n: u64, bytes: u64) -> Result<()> {
    let needed = u128::from(n) * u128::from(bytes);
    memory::check(needed).map_err(|short| {
        let (need, allowed, fit) =
            (memory::shown(needed), memory::shown(u128::from(short.allowed)), short.allowed / bytes.max(1));
        Error::Limit(format!("{n} {what} take about {need}, and {allowed} can be taken ({}): about {fit} fit", short.source))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        assert!(check("rows", 1000, 100).is_ok());
        let why = check("rows", u64::MAX, 1 << 20).expect_err("too many").to_string();
        assert!(why.contains("rows") && why.contains(" fit"), "{why}");
    }
}
