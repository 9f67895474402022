//! `doctor`: this machine, and a self-test.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use super::Global;
use crate::agents::Random;
use crate::envs::{Options, catalog, load};
use crate::error::Error;
use crate::gpu::{Adapter, adapters};
use crate::machine::machine;
use crate::sim::{Batch, Config};

/// Worlds that the self-test steps, one a family.
const TESTED: [&str; 3] = ["crafter", "MiniGrid-DoorKey-8x8-v0", "gridlab/four-rooms"];

pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let mut tests = Vec::new();
    for id in TESTED {
        tests.push((id, self_test(id)?));
    }
    let ok = tests.iter().all(|(_, (a, b))| a == b);
    let cards = adapters();
    let mut out = std::io::stdout().lock();
    if global.json {
        let tests: Vec<_> =
            tests.iter().map(|(id, (a, b))| json!({ "env": id, "checksum": format!("{a:016x}"), "ok": a == b })).collect();
        writeln!(
            out,
            "{:#}",
            json!({ "version": env!("CARGO_PKG_VERSION"), "machine": machine(), "threads": rayon::current_num_threads(), "environments": catalog::builtin().len(), "backend": "cpu", "adapters": cards.iter().map(as_json).collect::<Vec<_>>(), "self_test": tests })
        )?;
    } else {
        writeln!(out, "explorarium {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "  machine       {}", machine())?;
        writeln!(out, "  threads       {}", rayon::current_num_threads())?;
        writeln!(out, "  environments  {}", catalog::builtin().len())?;
        writeln!(out, "  backend       cpu (this version steps no world on a graphics card)")?;
        writeln!(out, "Graphics adapters")?;
        for (k, card) in cards.iter().enumerate() {
            write_adapter(&mut out, k, card)?;
        }
        if cards.is_empty() {
            writeln!(out, "  none found")?;
        }
        writeln!(out, "Self-test: 64 instances, 300 steps, stepped in two ways that must agree")?;
        for (id, (a, b)) in &tests {
            writeln!(out, "  {:<24} {}  checksum {a:016x}", id, if a == b { "ok" } else { "FAILED" })?;
        }
    }
    if ok {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Error::Data(
            "the self-test failed: results depend on how instances are grouped; please report this machine".to_string(),
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
fn self_test(id: &str) -> crate::Result<(u64, u64)> {
    let world = load(id, &Options::default())?;
    let batch = |block: usize| Batch::new(world.clone(), Config { num_envs: 64, block, ..Config::default() });
    let (mut long, mut short) = (batch(7)?, batch(64)?);
    long.advance(300, &Random::default())?;
    for _ in 0..100 {
        short.advance(3, &Random::default())?;
    }
    Ok((long.checksum()?, short.checksum()?))
}
