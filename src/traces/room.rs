//! Memory that is left: what a file asks for is refused before it is taken.

use crate::error::{Error, Result};
use crate::memory;

/// Whether `n` things of `bytes` bytes fit.
///
/// # Errors
/// [`Error::Limit`] with how many do.
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
