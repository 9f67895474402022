//! `doctor`: this machine, and a self-test.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use super::Global;
use crate::agents::Random;
use crate::envs::{Options, catalog, load};
use crate::error::Error;
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
    let mut out = std::io::stdout().lock();
    if global.json {
        let tests: Vec<_> =
            tests.iter().map(|(id, (a, b))| json!({ "env": id, "checksum": format!("{a:016x}"), "ok": a == b })).collect();
        writeln!(
            out,
            "{:#}",
            json!({ "version": env!("CARGO_PKG_VERSION"), "machine": machine(), "threads": rayon::current_num_threads(), "environments": catalog::builtin().len(), "backend": "cpu", "self_test": tests })
        )?;
    } else {
        writeln!(out, "explorarium {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "  machine       {}", machine())?;
        writeln!(out, "  threads       {}", rayon::current_num_threads())?;
        writeln!(out, "  environments  {}", catalog::builtin().len())?;
        writeln!(out, "  backend       cpu (no GPU is used by this version)")?;
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

/// Checksums after one long run in blocks of 7 and many short ones in blocks of 64.
fn self_test(id: &str) -> crate::Result<(u64, u64)> {
    let world = load(id, &Options::default())?;
    let batch = |block: usize| Batch::new(world.clone(), Config { num_envs: 64, block, ..Config::default() });
    let (mut long, mut short) = (batch(7)?, batch(64)?);
    long.advance(300, &Random::default())?;
    for _ in 0..100 {
        short.advance(3, &Random::default())?;
    }
    Ok((long.checksum(), short.checksum()))
}
