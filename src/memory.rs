//! How much memory is available. Sizes are compared with it before anything is allocated, because a system that has promised more memory
//! than it has kills the program without an error message.

use std::path::Path;

/// Name of the environment variable that sets how many bytes this process may take, whatever the system reports:
/// `EXPLORARIUM_MEMORY=24G`.
pub const OVERRIDE: &str = "EXPLORARIUM_MEMORY";

/// Bytes that are available, and the limit that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Bytes that are available.
    pub bytes: u64,
    /// Name of the limit, for messages.
    pub source: String,
}

/// Returns the value of [`OVERRIDE`] or, without it, the tightest of all limits that the system reports; None if it reports none.
pub fn left() -> Option<Left> {
    let explicit = std::env::var(OVERRIDE).ok().and_then(|text| parse(&text));
    explicit.map(|bytes| Left { bytes, source: OVERRIDE.to_string() }).or_else(told)
}

#[cfg(target_os = "linux")]
fn told() -> Option<Left> {
    linux::left(Path::new("/"))
}

#[cfg(not(target_os = "linux"))]
fn told() -> Option<Left> {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    // A system that does not report available memory gives 0. Then the total memory is the limit.
    let bytes = Some(system.available_memory()).filter(|bytes| *bytes > 0).unwrap_or(system.total_memory());
    (bytes > 0).then(|| Left { bytes, source: "the system".to_string() })
}

/// The error that there is too little memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// Maximum number of bytes that could be taken.
    pub allowed: u64,
    /// Name of the limit, for messages.
    pub source: String,
}

/// Checks whether `bytes` can be taken if a sixteenth of the available memory is left to the rest of the program. If the system reports
/// no limit, the allocator is asked for as much, and the memory is freed again.
///
/// # Errors
/// The number of bytes that could be taken instead.
pub fn check(bytes: u128) -> Result<(), Short> {
    match left() {
        Some(Left { bytes: there, source }) => {
            let allowed = there - there / 16;
            if bytes <= u128::from(allowed) { Ok(()) } else { Err(Short { allowed, source }) }
        }
        None if is_given(bytes) => Ok(()),
        None => {
            let allowed = (0..64).rev().map(|k| 1u64 << k).find(|bytes| is_given(u128::from(*bytes))).unwrap_or(0);
            Err(Short { allowed, source: "the allocator".to_string() })
        }
    }
}

fn is_given(bytes: u128) -> bool {
    usize::try_from(bytes).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok())
}

/// Formats a number of bytes: 3221225472 as "3.0 GiB".
pub fn shown(bytes: u128) -> String {
    const UNITS: [&str; 6] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let unit = (0..UNITS.len() - 1).find(|k| bytes < 1 << (10 * (k + 1))).unwrap_or(UNITS.len() - 1);
    match unit {
        0 => format!("{bytes} bytes"),
        _ => format!("{:.1} {}", bytes as f64 / (1u128 << (10 * unit)) as f64, UNITS[unit]),
    }
}

/// Parses a number of bytes: a number, or one with K, M, G or T for powers of 1024.
fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let shift = match text.chars().last()? {
        'K' | 'k' => 10,
        'M' => 20,
        'G' => 30,
        'T' => 40,
        _ => 0,
    };
    let digits = if shift == 0 { text } else { &text[..text.len() - 1] };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg_attr(not(any(target_os = "linux", test)), expect(dead_code, reason = "the files of one system"))]
mod linux {
    use super::{Left, Path};

    /// Limits of control groups from this value on mean that there is none.
    const NO_LIMIT: u64 = 1 << 60;

    /// Returns the lowest of these, read below `root`: the available memory, what the control groups leave, and what is left of the
    /// address space.
    pub fn left(root: &Path) -> Option<Left> {
        let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
        let available = read("proc/meminfo").and_then(|text| kibibytes(&text, "MemAvailable:"));
        let available = available.map(|bytes| Left { bytes, source: "MemAvailable".to_string() });
        let groups = read("proc/self/cgroup").map_or(Vec::new(), |text| groups(root, &text));
        available.into_iter().chain(groups).chain(address_space(root)).min_by_key(|left| left.bytes)
    }

    /// Returns the value of a line such as "MemAvailable:   1024 kB" in bytes.
    fn kibibytes(text: &str, name: &str) -> Option<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
    }

    /// Returns what each control group from the process's own up to the root leaves, version 1 or 2.
    fn groups(root: &Path, listed: &str) -> Vec<Left> {
        let mut all = Vec::new();
        for line in listed.lines() {
            let mut fields = line.splitn(3, ':');
            let (Some(number), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next()) else { continue };
            let (mount, files) = match (number, controllers) {
                ("0", "") => ("sys/fs/cgroup", ["memory.max", "memory.current", "inactive_file"]),
                (_, names) if names.split(',').any(|name| name == "memory") => {
                    ("sys/fs/cgroup/memory", ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"])
                }
                _ => continue,
            };
            // In a container the path may be that of the host, which does not exist here. The process's own group is then the root of the
            // mount.
            let path = Path::new(path.trim_start_matches('/'));
            all.extend(path.ancestors().filter_map(|path| group(&root.join(mount).join(path), files)));
        }
        all
    }

    /// Returns limit minus usage. Inactive pages of files do not count, because the system frees them when memory is needed.
    fn group(folder: &Path, [limit, usage, idle]: [&str; 3]) -> Option<Left> {
        let number = |name: &str| std::fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
        let most = number(limit).filter(|most| *most < NO_LIMIT)?;
        let stat = std::fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let idle = stat.lines().find_map(|line| line.strip_prefix(idle)?.trim().parse::<u64>().ok()).unwrap_or(0);
        let used = number(usage).unwrap_or(0).saturating_sub(idle);
        Some(Left { bytes: most.saturating_sub(used), source: format!("the limit of its control group ({limit})") })
    }

    /// Returns `ulimit -v` minus the mapped memory.
    fn address_space(root: &Path) -> Option<Left> {
        let limits = std::fs::read_to_string(root.join("proc/self/limits")).ok()?;
        let most = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
        let most = most.split_whitespace().next()?.parse::<u64>().ok()?;
        let status = std::fs::read_to_string(root.join("proc/self/status")).unwrap_or_default();
        let used = kibibytes(&status, "VmSize:").unwrap_or(0);
        Some(Left { bytes: most.saturating_sub(used), source: "the limit of the address space (ulimit -v)".to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a root folder with these files.
    fn root(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
        let root = std::env::temp_dir().join(format!("explorarium-memory-{name}-{}", std::process::id()));
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        root
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal:  9000 kB\nMemFree: 1 kB\nMemAvailable:   8000 kB\n");

    /// A name, files with their texts, the bytes that are available, and a part of the name of the limit.
    type Case = (&'static str, Vec<(&'static str, &'static str)>, u64, &'static str);

    #[test]
    fn the_tightest_limit_counts() {
        let unlimited = ("proc/self/limits", "Limit   Soft  Hard  Units\nMax address space   unlimited   unlimited   bytes\n");
        let cases: [Case; 6] = [
            ("plain", vec![MEMINFO, unlimited], 8000 * 1024, "MemAvailable"),
            (
                "second",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "0::/jobs/7\n"),
                    ("sys/fs/cgroup/jobs/7/memory.max", "max\n"),
                    ("sys/fs/cgroup/jobs/memory.max", "5000000\n"),
                    ("sys/fs/cgroup/jobs/memory.current", "3000000\n"),
                    ("sys/fs/cgroup/jobs/memory.stat", "anon 1\ninactive_file 1000000\nactive_file 5\n"),
                ],
                3_000_000,
                "memory.max",
            ),
            (
                "first",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/job\n"),
                    ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
                    ("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4000000\n"),
                    ("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "1000000\n"),
                    ("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 9\ntotal_inactive_file 500000\n"),
                ],
                3_500_000,
                "memory.limit_in_bytes",
            ),
            (
                "container",
                vec![
                    MEMINFO,
                    ("proc/self/cgroup", "0::/../../host/path\n"),
                    ("sys/fs/cgroup/memory.max", "2000000\n"),
                    ("sys/fs/cgroup/memory.current", "2500000\n"),
                ],
                0,
                "memory.max",
            ),
            (
                "ulimit",
                vec![
                    MEMINFO,
                    ("proc/self/limits", "Max address space     2048000     2048000   bytes\n"),
                    ("proc/self/status", "Name: x\nVmSize:\t    1000 kB\n"),
                ],
                1_024_000,
                "ulimit -v",
            ),
            ("damaged", vec![MEMINFO, ("proc/self/cgroup", "what\n0:\n::\n")], 8000 * 1024, "MemAvailable"),
        ];
        for (name, files, bytes, source) in cases {
            let root = root(name, &files);
            let left = linux::left(&root).expect(name);
            assert!(left.bytes == bytes && left.source.contains(source), "{name}: {left:?}");
            std::fs::remove_dir_all(root).expect("cleaned");
        }
        assert_eq!(linux::left(Path::new("/nowhere")), None);
    }

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, bytes) in [("5", Some(5)), ("2K", Some(2048)), (" 24G ", Some(24 << 30)), ("1T", Some(1 << 40))] {
            assert_eq!(parse(text), bytes, "{text}");
        }
        for text in ["", "G", "-1", "1.5G", "99999999T", "x"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(shown(17), "17 bytes");
        assert_eq!(shown(3 << 30), "3.0 GiB");
        assert_eq!(shown(1536), "1.5 KiB");
        assert_eq!(shown(u128::MAX), format!("{:.1} PiB", u128::MAX as f64 / (1u64 << 50) as f64));
    }

    #[test]
    fn the_allocator_is_asked_where_nobody_tells() {
        assert!(is_given(1 << 20));
        assert!(!is_given(u128::from(u64::MAX)) && !is_given(u128::MAX));
        assert!(check(1 << 20).is_ok());
        let short = check(u128::MAX).expect_err("nobody has so much");
        assert!(short.allowed > 1 << 20, "{short:?}");
    }
}
