//! The twin of fork.wgsl: computes the core words of a fork.

use crate::envs::shared::core::Core;
use crate::shaders::shared::keyed::philox;

/// Separates the keys of forks from those of worlds and agents.
pub const KEY: [u32; 2] = [0x6472_6561, 0x6d69_6e67];

/// The seed of a fork with noise index `noise_index`: low and high word. `core` are the core words of the instance.
pub fn noise_seed(core: &[u32], noise_index: u32) -> [u32; 2] {
    salted_noise_seed(core, noise_index, NO_SALT)
}

/// The salt of [`noise_seed`].
pub const NO_SALT: u32 = 0;

/// [`noise_seed`] with a salt. Forks with different salts have different noise. A salt separates states with equal seed, episode and step,
/// such as those of one instance put on every cell of a map.
pub fn salted_noise_seed(core: &[u32], noise_index: u32, salt: u32) -> [u32; 2] {
    let key = [core[Core::SEED_LO] ^ KEY[0], core[Core::SEED_HI] ^ KEY[1]];
    let words = philox([core[Core::EPISODE], core[Core::STEP], noise_index, salt], key);
    [words[0], words[1]]
}

/// Turns the core words of an instance into those of its fork: the seed of a noise index and a salt, no flags and no fault.
pub fn fork(core: &mut [u32], noise_index: u32, salt: u32) {
    let seed = salted_noise_seed(core, noise_index, salt);
    (core[Core::SEED_LO], core[Core::SEED_HI]) = (seed[0], seed[1]);
    (core[Core::FLAGS], core[Core::FAULT]) = (0, 0);
}
