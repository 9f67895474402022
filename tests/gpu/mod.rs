//! Tests of the GPU: WGSL texts, and kernels compared with their twins in every bit.

mod airs;
mod bonuses;
mod by_hand;
mod capacity;
pub mod compared;
mod fusion;
mod kernels;
mod keys;
mod plugin;
mod points;
mod results;
mod rollouts;
mod room;
mod rules;
mod states;
mod stepping;
mod texts;
mod trouble;
mod unlocks;
mod worlds;

use std::sync::{Arc, OnceLock};

use explorarium::gpu::{Access, Bound, Gpu, GpuError, Kernel, Pass, Source, Words};
use explorarium::shaders::shared::keyed::Keyed;

pub use explorarium::sim::gpu::files;

/// Numbers of instances around the size of a workgroup, and a large one.
pub const SIZES: [usize; 5] = [1, 63, 64, 65, 1000];

/// Returns the device of all tests. Without a device the tests print so and pass, unless `EXPLORARIUM_GPU=require`.
pub fn gpu() -> Option<&'static Arc<Gpu>> {
    static GPU: OnceLock<Option<Arc<Gpu>>> = OnceLock::new();
    GPU.get_or_init(|| match Gpu::open(None) {
        Ok(gpu) => Some(Arc::new(gpu)),
        Err(error) => {
            let required = std::env::var("EXPLORARIUM_GPU").is_ok_and(|value| value == "require");
            assert!(!required, "EXPLORARIUM_GPU=require, and {error}");
            eprintln!("not tested on a GPU: {error}");
            None
        }
    })
    .as_ref()
}

/// Whether the proofs run at full size (`./check.sh long`).
pub fn in_full() -> bool {
    std::env::var("EXPLORARIUM_PROOF").is_ok_and(|value| value == "full")
}

pub fn noise(seed: u32, n: usize) -> Vec<u32> {
    let mut words = vec![0; n];
    Keyed::new([seed, 1], 2, 3, 4).fill(&mut words);
    words
}

/// Binds buffers to a kernel, in the order in which it declares them.
pub fn bind(gpu: &Gpu, kernel: &Kernel, buffers: &[&Words]) -> Bound {
    assert_eq!(kernel.bindings().len(), buffers.len(), "{:?}", kernel.bindings());
    let named: Vec<(&str, &Words)> =
        kernel.bindings().iter().zip(buffers).map(|(own, words)| (own.name.as_str(), *words)).collect();
    kernel.bind(gpu, &named).expect("binds")
}

/// Runs `source` once over `n` invocations. Returns the content of the last buffer.
pub fn run(gpu: &Gpu, source: &Source, buffers: &[(&[u32], Access)], n: usize) -> Result<Vec<u32>, GpuError> {
    run_for(gpu, source, buffers, n, buffers.len() - 1)
}

/// Like [`run`], but returns the content of buffer `wanted`.
pub fn run_for(gpu: &Gpu, source: &Source, buffers: &[(&[u32], Access)], n: usize, wanted: usize) -> Result<Vec<u32>, GpuError> {
    let access: Vec<Access> = buffers.iter().map(|b| b.1).collect();
    let kernel = Kernel::new(gpu, source)?;
    assert_eq!(kernel.bindings().iter().map(|binding| binding.access).collect::<Vec<_>>(), access, "{}", source.name);
    let words = buffers.iter().map(|(words, _)| Words::of(gpu, "words", words)).collect::<Result<Vec<_>, _>>()?;
    let bound = bind(gpu, &kernel, &words.iter().collect::<Vec<_>>());
    let mut pass = Pass::new(gpu, "test");
    pass.dispatch(&kernel, &bound, n);
    assert_eq!(pass.submit()?, 1);
    let mut out = vec![0; words[wanted].len()];
    words[wanted].read(gpu, 0, &mut out)?;
    Ok(out)
}

pub fn resolve(name: &str) -> Source {
    Source::resolve(name, &files(), &[]).expect(name)
}

/// Resolves the text of a kernel that only a test has; it can import the project's files.
pub fn resolve_text(text: &str) -> Source {
    let mut files = files();
    files.push(("test.wgsl", text));
    Source::resolve("test.wgsl", &files, &[]).expect("resolves")
}
