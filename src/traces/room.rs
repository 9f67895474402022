//! Memory that is left, so that what a file asks for is refused before it is taken.

use std::fs::read_to_string;

use crate::error::{Error, Result};

/// Bytes that may still be taken: of the machine, or of the container if that has a limit. None where the system does not say.
pub fn bytes_left() -> Option<u64> {
    let number = |path: &str| read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let of_machine = read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? << 10)
    });
    let group = |most: &str, now: &str| Some(number(most)?.saturating_sub(number(now)?));
    let of_container = group("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current")
        .or_else(|| group("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"));
    of_machine.into_iter().chain(of_container).min()
}

/// Whether `n` things of `bytes` bytes fit.
///
/// # Errors
/// [`Error::Limit`] with how many do.
pub fn check(what: &str, n: u64, bytes: u64) -> Result<()> {
    check_in(bytes_left(), what, n, bytes)
}

fn check_in(left: Option<u64>, what: &str, n: u64, bytes: u64) -> Result<()> {
    // A part is left to everything else.
    let Some(left) = left.map(|left| left / 10 * 9) else { return Ok(()) };
    if n.saturating_mul(bytes) <= left {
        return Ok(());
    }
    let (need, have) = (n.saturating_mul(bytes) >> 20, left >> 20);
    Err(Error::Limit(format!("{n} {what} take about {need} MiB, and {have} MiB are left: about {} fit", left / bytes.max(1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_what_does() {
        assert!(check_in(None, "rows", u64::MAX, 8).is_ok());
        assert!(check_in(Some(1 << 30), "rows", 1000, 100).is_ok());
        let why = check_in(Some(1000 << 20), "rows", u64::MAX, 1 << 20).expect_err("too many").to_string();
        assert!(why.contains("about 900 fit"), "{why}");
    }
}
