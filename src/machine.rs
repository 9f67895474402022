//! The description of the machine.

/// Returns the name of the processor, if the system reports it, and the platform.
pub fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1).map(str::to_string));
    format!("{}, {}-{}", name.unwrap_or_else(|| "unknown processor".to_string()), std::env::consts::OS, std::env::consts::ARCH)
}
