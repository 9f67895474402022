//! `doctor`: this machine, and a self-test.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::Global;
use super::output::Results;
use crate::agents::Random;
use crate::envs::{Options, catalog, load};
use crate::error::Error;
use crate::gpu::{Adapter, Gpu, adapters};
use crate::machine::machine;
use crate::sim::{Batch, Config};

/// Worlds that the self-test steps, one a family.
const TESTED: [&str; 3] = ["crafter", "MiniGrid-DoorKey-8x8-v0", "gridlab/four-rooms"];

/// What a test found.
struct Tested {
    id: &'static str,
    /// The CPU alone, stepped in two ways; or the CPU and an adapter.
    against: String,
    sums: [u64; 2],
}

pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let cards = adapters();
    let mut tests = Vec::new();
    // An adapter that does not open is told, not an end: the CPU does the whole job.
    let opened: Vec<_> = (0..cards.len()).map(|k| Gpu::open(Some(&k.to_string())).map(Arc::new)).collect();
    for id in TESTED {
        tests.push(Tested { id, against: "the CPU in other blocks".to_string(), sums: self_test(id)? });
        for gpu in opened.iter().flatten() {
            tests.push(Tested { id, against: gpu.adapter.name.clone(), sums: card_test(id, gpu)? });
        }
    }
    let ok = tests.iter().all(|t| t.sums[0] == t.sums[1]);
    let mut out = Results::open();
    if global.json {
        let tests: Vec<_> = tests
            .iter()
            .map(|t| json!({ "env": t.id, "against": t.against, "checksum": format!("{:016x}", t.sums[0]), "ok": t.sums[0] == t.sums[1] }))
            .collect();
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "machine": machine(),
            "threads": rayon::current_num_threads(),
            "environments": catalog::builtin().len(),
            "adapters": cards.iter().map(as_json).collect::<Vec<_>>(),
            "self_test": tests,
        });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(out, "explorarium {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "  machine       {}", machine())?;
        writeln!(out, "  threads       {}", rayon::current_num_threads())?;
        writeln!(out, "  environments  {}", catalog::builtin().len())?;
        writeln!(out, "Graphics adapters (--adapter takes the number or a part of the name)")?;
        for (k, card) in cards.iter().enumerate() {
            write_adapter(&mut out, k, card)?;
            if let Err(error) = &opened[k] {
                writeln!(out, "      {error}")?;
            }
        }
        if cards.is_empty() {
            writeln!(out, "  none found; --backend cpu does everything")?;
        }
        writeln!(out, "Self-test: 64 instances stepped on the CPU and otherwise; all words must be equal")?;
        for t in &tests {
            let said = if t.sums[0] == t.sums[1] { "ok" } else { "FAILED" };
            writeln!(out, "  {:<24} {said:<6}  checksum {:016x}  against {}", t.id, t.sums[0], t.against)?;
        }
    }
    out.finish()?;
    if ok {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Error::Data(
            "the self-test failed: results depend on where they are computed; please report this machine".to_string(),
        )
        .into())
    }
}

fn as_json(card: &Adapter) -> serde_json::Value {
    let limits = card.limits();
    json!({
        "name": card.name,
        "backend": card.backend,
        "driver": card.driver,
        "software": card.software,
        "max_buffer_bytes": limits.max_buffer_size,
        "max_binding_bytes": limits.max_storage_buffer_binding_size,
        "max_storage_buffers": limits.max_storage_buffers_per_shader_stage,
        "max_groups_per_dimension": limits.max_compute_workgroups_per_dimension,
        "subgroups": card.subgroups(),
        "timestamps": card.timestamps(),
    })
}

fn write_adapter(out: &mut impl Write, k: usize, card: &Adapter) -> std::io::Result<()> {
    let limits = card.limits();
    let mib = |bytes: u64| bytes >> 20;
    let kind = if card.software { ", software" } else { "" };
    writeln!(out, "  {k} {} ({}{kind}; {})", card.name, card.backend, card.driver)?;
    writeln!(
        out,
        "      buffers up to {} MiB, {} MiB of them in one binding, {} storage buffers a kernel; subgroups {}, timestamps {}",
        mib(limits.max_buffer_size),
        mib(limits.max_storage_buffer_binding_size),
        limits.max_storage_buffers_per_shader_stage,
        if card.subgroups() { "yes" } else { "no" },
        if card.timestamps() { "yes" } else { "no" },
    )
}

/// Checksums after one long run in blocks of 7 and many short ones in blocks of 64.
fn self_test(id: &str) -> crate::Result<[u64; 2]> {
    let world = load(id, &Options::default())?;
    let batch = |block: usize| Batch::new(world.clone(), Config { num_envs: 64, block, ..Config::default() });
    let (mut long, mut short) = (batch(7)?, batch(64)?);
    long.advance(300, &Random::default())?;
    for _ in 0..100 {
        short.advance(3, &Random::default())?;
    }
    Ok([long.checksum()?, short.checksum()?])
}

/// Checksums of a batch on the CPU and of the same on a card.
fn card_test(id: &str, gpu: &Arc<Gpu>) -> crate::Result<[u64; 2]> {
    let world = load(id, &Options::default())?;
    let of = |gpu| {
        let mut batch = Batch::new(world.clone(), Config { num_envs: 64, gpu, ..Config::default() })?;
        batch.advance(200, &Random::default())?;
        batch.checksum()
    };
    Ok([of(None)?, of(Some(gpu.clone()))?])
}
