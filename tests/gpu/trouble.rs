//! A failure on the GPU is an error, never a wrong result.

use std::sync::Arc;

use explorarium::agents::{Random, Setup, find};
use explorarium::envs::{Options, load};
use explorarium::error::Error;
use explorarium::gpu::{Gpu, GpuError, Kernel, Source, Words, adapters};
use explorarium::sim::{Batch, Config, Worlds};

use super::{gpu, resolve_text};

const COUNT: &str = "@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) { out[id.x] += 1u; }
";

#[test]
fn mistakes_in_a_text_are_told_with_file_and_line() {
    let Some(gpu) = gpu() else { return };
    let files = [
        ("good.wgsl", "fn one() -> u32 { return 1u; }\n"),
        ("bad.wgsl", "#import good.wgsl\n\nfn two() -> u32 { return one(2u); }\n"),
    ];
    let source = Source::resolve("bad.wgsl", &files, &[]).expect("resolves");
    match Kernel::new(gpu, &source) {
        Err(GpuError::Shader { place, message }) => {
            assert_eq!(place, "bad.wgsl:3", "{message}");
            assert!(!message.is_empty());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_does_not_fit_is_an_error() {
    let Some(gpu) = gpu() else { return };
    let kernel = Kernel::new(gpu, &resolve_text(COUNT)).expect("compiles");
    let words = Words::of(gpu, "few", &[1, 2, 3]).expect("three words");
    let refused = |buffers: &[(&str, &Words)]| kernel.bind(gpu, buffers).map(|_| ()).expect_err("refused").to_string();
    assert_eq!(refused(&[]), "test.wgsl: no buffer for 'out'");
    assert_eq!(refused(&[("in", &words)]), "test.wgsl: no buffer for 'out'");
    assert_eq!(refused(&[("out", &words), ("more", &words)]), "test.wgsl: it declares no buffer 'more'");
    assert!(kernel.bind(gpu, &[("out", &words)]).is_ok());
    assert!(matches!(words.read(gpu, 1, &mut [0; 3]), Err(GpuError::Invalid(_))));
    assert!(matches!(words.write(gpu, 4, &[0]), Err(GpuError::Invalid(_))));
    let most = gpu.limits.max_storage_buffer_binding_size as usize / 4;
    match Words::new(gpu, "too many", most + 1) {
        Err(GpuError::Limit { wanted, most: limit, .. }) => assert!(wanted > limit),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

/// If an agent cannot compute its choice, the batch stops where it stops on the CPU, with the same error.
#[test]
fn an_agent_that_cannot_choose_says_the_same() {
    let Some(gpu) = gpu() else { return };
    let world = load("gridlab/keys", &Options::default()).expect("a world");
    let kind = find("empowerment").expect("an agent");
    let options = "horizon = 2\nmode = 'sampled'\nrollouts = 2000000".parse().expect("TOML");
    let options = (kind.resolve)(&options, &*world).expect("options");
    let stopped = |gpu: Option<&Arc<Gpu>>| {
        let setup = Setup { world: &world, seed: 0, options: &options, recording: None, person: None, bonuses: None };
        let mut agent = (kind.make)(setup).expect("made");
        let config = Config { num_envs: 70, gpu: gpu.cloned(), ..Config::default() };
        let mut batch = Batch::new(world.clone(), config).expect("a batch");
        batch.step(&[1; 70]).expect("a step");
        let error = agent.advance(&mut batch, 3).expect_err("too many forks");
        assert!(matches!(error, Error::Fault { instance: 0, episode: 1, step: 1, .. }), "{error}");
        error.to_string()
    };
    assert_eq!(stopped(Some(gpu)), stopped(None));
}

#[test]
fn a_lost_device_is_an_error() {
    if gpu().is_none() {
        return;
    }
    let gpu = Gpu::open(None).expect("a device of its own");
    let words = Words::of(&gpu, "words", &[1, 2, 3]).expect("three words");
    gpu.destroy();
    let mut out = [0; 3];
    let error = words.read(&gpu, 0, &mut out).expect_err("the device is gone");
    assert!(matches!(error, GpuError::Lost(_) | GpuError::Invalid(_)), "{error}");
    assert_eq!(out, [0; 3], "nothing is made up");
}

#[test]
fn adapters_are_chosen_by_number_and_name() {
    if gpu().is_none() {
        return;
    }
    let name = adapters()[0].name.clone();
    assert_eq!(Gpu::open(Some("0")).expect("the first").adapter.name, name);
    let part: String = name.chars().take(6).collect();
    assert_eq!(Gpu::open(Some(&part.to_uppercase())).expect("by name").adapter.name, name);
    for wrong in ["99", "no such card"] {
        match Gpu::open(Some(wrong)) {
            Err(GpuError::NoAdapter(text)) => assert!(text.contains(wrong) && text.contains(&name), "{text}"),
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
}

#[test]
fn a_batch_whose_card_is_lost_ends_with_an_error() {
    if gpu().is_none() {
        return;
    }
    let gpu = Arc::new(Gpu::open(None).expect("a device of its own"));
    let world = load("gridlab/four-rooms", &Options::default()).expect("a world");
    let config = Config { num_envs: 10, gpu: Some(gpu.clone()), record: vec![2], ..Config::default() };
    let mut batch = Batch::new(world, config).expect("a batch");
    batch.advance(20, &Random::default()).expect("runs");
    gpu.destroy();
    let error = batch.advance(20, &Random::default()).expect_err("the device is gone");
    assert!(matches!(error, Error::Gpu(_)), "{error}");
    assert_eq!(batch.steps(), 20, "what was not done is not counted");
    assert_eq!(batch.take_rows().last().map(|row| row.batch_step), Some(20), "what was recorded is there");
    assert!(batch.checksum().is_err() && batch.obs().is_err() && batch.snapshot(0).is_err(), "nothing is made up");
}

#[test]
fn a_batch_that_does_not_fit_says_how_many_do() {
    if gpu().is_none() {
        return;
    }
    let gpu = Arc::new(Gpu::open(None).expect("a device of its own"));
    gpu.limit_memory(600 << 20);
    let world = load("crafter", &Options::default()).expect("a world");
    let batch = |num_envs| {
        Batch::new(world.clone(), Config { num_envs, gpu: Some(gpu.clone()), worlds: Worlds::Pool(1), ..Config::default() })
    };
    // This needs more memory than the GPU is allowed to use, and less than the host has.
    let error = match batch(100_000) {
        Err(Error::Gpu(error @ GpuError::OutOfMemory(_))) => error,
        other => panic!("{:?}", other.map(|_| "it fits")),
    };
    assert_eq!(gpu.memory_used(), 0, "what was made is let go");
    let text = error.to_string();
    let fit = text.split("about ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|n| n.parse::<usize>().ok());
    let fit = fit.unwrap_or_else(|| panic!("no number in: {text}"));
    assert!(fit > 10_000, "{text}");
    assert!(batch(fit).is_ok(), "what is said to fit does: {text}");
}

#[test]
fn worlds_without_pictures_on_the_card_say_so() {
    let Some(gpu) = gpu() else { return };
    let world = load("gridlab/four-rooms", &Options { pixels: true, ..Options::default() }).expect("a world");
    match Batch::new(world, Config { num_envs: 1, gpu: Some(gpu.clone()), ..Config::default() }) {
        Err(Error::Usage(text)) => assert!(text.contains("--backend cpu"), "{text}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

/// A device that the caller has opened steps a batch like one that the library opens.
#[test]
fn a_device_of_somebody_elses_is_taken() {
    use explorarium::gpu::wgpu;
    if gpu().is_none() {
        return;
    }
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let adapter = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY)).swap_remove(0);
    let opened = |limits: wgpu::Limits| {
        let descriptor = wgpu::DeviceDescriptor { required_limits: limits, ..Default::default() };
        pollster::block_on(adapter.request_device(&descriptor)).expect("opens")
    };
    let (device, queue) = opened(wgpu::Limits::default());
    let other = Arc::new(Gpu::from_device(&adapter, device, queue).expect("suffices"));
    let checksum = |gpu: Option<Arc<Gpu>>| {
        let world = load("gridlab/keys", &Options::default()).expect("built in");
        let mut batch = Batch::new(world, Config { num_envs: 70, gpu, ..Config::default() }).expect("a batch");
        batch.advance(40, &Random::default()).expect("steps");
        batch.checksum().expect("a checksum")
    };
    assert_eq!(checksum(Some(other)), checksum(None));
    let (device, queue) = opened(wgpu::Limits::downlevel_defaults());
    let error = Gpu::from_device(&adapter, device, queue).expect_err("too few buffers a kernel").to_string();
    assert!(error.contains("storage buffers a kernel"), "{error}");
}
