//! The memory that a batch takes, computed before it is allocated.

use super::config::Config;
use super::layout::Layout;
use super::plugin::StepPlugin;
use super::reset::Worlds;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::memory::{self, shown};

/// Number of bytes that the allocator needs for a vector in addition to its contents, and of the vector itself.
const VECTOR: u64 = 48;

/// Checks whether there is memory for a batch, including its pool of levels, if every instance exists `copies` times: once for stepping,
/// more often for composing checkpoints.
///
/// # Errors
/// [`Error::Limit`] with the memory that is needed and available, and how many instances or levels would fit.
pub fn check(world: &dyn World, config: &Config, copies: u64) -> Result<()> {
    let (n, pool) = (config.num_envs as u128, pool_bytes(world, config.worlds));
    let each = instance_bytes(world, config, copies);
    let batch = n * u128::from(each);
    let Err(short) = memory::check(batch + pool) else { return Ok(()) };
    if pool > batch {
        return Err(pool_refused(world, config.worlds, u128::from(short.allowed).saturating_sub(batch), &short));
    }
    let widest = widest(config.plugin.as_deref()).filter(|(_, words)| words * 4 * copies > each / 2);
    let mostly = widest.map_or(String::new(), |(name, _)| format!(", most of it for {name}"));
    let needs = format!(
        "{n} instances of {} need {} of memory ({} each{mostly}), and {} can be taken ({})",
        world.spec().id,
        shown(batch),
        shown(u128::from(each)),
        shown(u128::from(short.allowed)),
        short.source
    );
    let fit = fitting(u128::from(short.allowed).saturating_sub(pool), each);
    Err(Error::Limit(match (fit, mostly.as_str()) {
        (0, "") => format!("{needs}; not one fits"),
        (0, _) => format!("{needs}; not one fits: give that bonus fewer slots, points or dims"),
        (fit, "") => format!("{needs}; about {fit} fit: take fewer instances"),
        (fit, _) => format!("{needs}; about {fit} fit: take fewer instances, or give that bonus fewer slots, points or dims"),
    }))
}

/// Checks whether there is memory for a pool of levels alone.
///
/// # Errors
/// See [`check`].
pub fn check_pool(world: &dyn World, worlds: Worlds) -> Result<()> {
    memory::check(pool_bytes(world, worlds)).map_err(|short| pool_refused(world, worlds, u128::from(short.allowed), &short))
}

fn pool_refused(world: &dyn World, worlds: Worlds, there: u128, short: &memory::Short) -> Error {
    let fit = fitting(there, level_bytes(world));
    Error::Limit(format!(
        "worlds {worlds} of {} need {} of memory, and {} can be taken ({}); about {fit} fit: take a smaller pool",
        world.spec().id,
        shown(pool_bytes(world, worlds)),
        shown(u128::from(short.allowed)),
        short.source
    ))
}

/// Number of bytes of an instance in every buffer, on the host and, if the GPU's memory is the host's, also on the GPU.
fn instance_bytes(world: &dyn World, config: &Config, copies: u64) -> u64 {
    let words = |list: Vec<usize>| list.into_iter().fold(0u64, |sum, words| sum.saturating_add(words as u64));
    let own = words(Layout::of(world, config.plugin.as_deref()).each());
    let on_gpu = if config.gpu.as_ref().is_some_and(|gpu| gpu.adapter.software) { own } else { 0 };
    own.saturating_mul(copies).saturating_add(on_gpu).saturating_mul(4).saturating_add(1)
}

/// Number of bytes of a level. A level is generated as vectors and then copied next to the others, so it exists twice for a while.
fn level_bytes(world: &dyn World) -> u64 {
    let spec = world.spec();
    2 * 4 * spec.state_words() as u64 + VECTOR * (1 + spec.buffers.len() as u64)
}

fn pool_bytes(world: &dyn World, worlds: Worlds) -> u128 {
    match worlds {
        Worlds::Fresh => 0,
        Worlds::Pool(levels) => u128::from(levels) * u128::from(level_bytes(world)),
    }
}

/// The buffer of the plugin with the most words: name, words.
fn widest(plugin: Option<&dyn StepPlugin>) -> Option<(&'static str, u64)> {
    plugin?.plugin_buffers().into_iter().map(|buffer| (buffer.name, buffer.words as u64)).max_by_key(|(_, words)| *words)
}

/// How many fit, rounded down to two digits, because it is an estimate.
fn fitting(there: u128, each: u64) -> u128 {
    let exact = there / u128::from(each.max(1));
    let step = 10u128.pow((exact.max(1).ilog10()).saturating_sub(1));
    exact / step * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::{Options, load};

    #[test]
    fn too_much_is_refused_with_what_would_fit() {
        let world = load("crafter", &Options::default()).expect("built in");
        let refused = |config: Config| check(&*world, &config, 1).expect_err("too much").to_string();
        let few = Config { num_envs: 64, worlds: Worlds::Pool(16), ..Config::default() };
        check(&*world, &few, 4).expect("little enough");
        let many = refused(Config { num_envs: u32::MAX as usize, ..Config::default() });
        assert!(many.contains("4294967295 instances of crafter") && many.contains("fit: take fewer"), "{many}");
        let pool = refused(Config { worlds: Worlds::Pool(u32::MAX), ..few });
        assert!(pool.contains("pool:4294967295") && pool.contains("fit: take a smaller pool"), "{pool}");
        assert!(check_pool(&*world, Worlds::Pool(u32::MAX)).is_err() && check_pool(&*world, Worlds::Fresh).is_ok());
    }

    #[test]
    fn what_fits_is_rounded_down() {
        assert_eq!([fitting(0, 7), fitting(6, 7), fitting(99 * 7, 7), fitting(12_999, 1)], [0, 0, 99, 12_000]);
    }
}
