//! `doctor`: describes this machine, and runs a self-test.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use super::backend::Backend;
use super::drivers::{lines, listening};
use super::global::Global;
use super::output;
use super::output::Results;
use crate::agents::Random;
use crate::envs::{Options, catalog, load};
use crate::error::Error;
use crate::gpu::{Adapter, Gpu, GpuError, adapters};
use crate::machine::machine;
use crate::memory::{self, OVERRIDE, shown};
use crate::sim::{Batch, Config};

/// Worlds that the self-test steps, one of each family.
const TESTED: [&str; 3] = ["crafter", "MiniGrid-DoorKey-8x8-v0", "gridlab/four-rooms"];

/// The result of a test.
struct Tested {
    id: &'static str,
    /// What the CPU is compared with: the CPU stepped in another way, or an adapter.
    against: String,
    sums: Result<[u64; 2], Error>,
}

impl Tested {
    fn is_ok(&self) -> bool {
        self.sums.as_ref().is_ok_and(|[one, other]| one == other)
    }
}

/// The adapters of this machine.
struct Adapters {
    /// None if they were not listed.
    listed: Option<Vec<Adapter>>,
    /// The adapters to test, opened: all, or the one that was named.
    opened: Vec<Result<Arc<Gpu>, GpuError>>,
    /// What their drivers wrote to stderr.
    messages: String,
}

impl Adapters {
    fn of(global: &Global) -> Adapters {
        if global.backend == Backend::Cpu {
            return Adapters { listed: None, opened: Vec::new(), messages: String::new() };
        }
        let open = |wanted: &str| Gpu::open(Some(wanted)).map(Arc::new);
        let ((listed, opened), messages) = listening(|| {
            let listed = adapters();
            let opened = match &global.adapter {
                Some(wanted) => vec![open(wanted)],
                // An adapter that does not open is reported. It is not an error, because the CPU can do everything.
                None => (0..listed.len()).map(|k| open(&k.to_string())).collect(),
            };
            (listed, opened)
        });
        Adapters { listed: Some(listed), opened, messages }
    }

    /// Checks that the requested adapter is there.
    fn check(&self, global: &Global) -> Result<(), Error> {
        if self.opened.iter().any(Result::is_ok) || global.backend != Backend::Gpu && global.adapter.is_none() {
            return Ok(());
        }
        // Opens again for the error: why the first adapter did not open, or that there is none.
        match Gpu::open(global.adapter.as_deref()) {
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }
}

pub fn run(global: &Global) -> anyhow::Result<ExitCode> {
    global.check_adapter()?;
    let found = Adapters::of(global);
    let mut tests = Vec::new();
    for id in TESTED {
        tests.push(Tested { id, against: "the CPU in other blocks".to_string(), sums: self_test(id) });
        for gpu in found.opened.iter().flatten() {
            if global.quiet == 0 {
                // Each test takes seconds on a software driver.
                output::note(&format!("testing {id} on {}", gpu.adapter.name));
            }
            tests.push(Tested { id, against: gpu.adapter.name.clone(), sums: card_test(id, gpu) });
        }
    }
    let mut out = Results::open();
    if global.json {
        writeln!(out, "{:#}", report(&found, &tests))?;
    } else {
        write_report(&mut out, global, &found, &tests)?;
    }
    out.finish()?;
    let differs = tests.iter().any(|test| test.sums.is_ok() && !test.is_ok());
    found.check(global)?;
    match tests.into_iter().find_map(|test| test.sums.err()) {
        Some(error) => Err(error.into()),
        None if differs => Err(Error::Data(
            "the self-test failed: results depend on where they are computed; please report this machine".to_string(),
        )
        .into()),
        None => Ok(ExitCode::SUCCESS),
    }
}

fn report(found: &Adapters, tests: &[Tested]) -> serde_json::Value {
    let test = |t: &Tested| match &t.sums {
        Ok([sum, _]) => json!({ "env": t.id, "against": t.against, "checksum": format!("{sum:016x}"), "ok": t.is_ok() }),
        Err(error) => json!({ "env": t.id, "against": t.against, "ok": false, "error": error.to_string() }),
    };
    let left = memory::left();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "machine": machine(),
        "threads": rayon::current_num_threads(),
        "memory_bytes": left.as_ref().map(|left| left.bytes),
        "memory_source": left.map(|left| left.source),
        "environments": catalog::builtin().len(),
        "adapters": found.listed.as_ref().map(|list| list.iter().map(as_json).collect::<Vec<_>>()),
        "driver_messages": lines(&found.messages),
        "self_test": tests.iter().map(test).collect::<Vec<_>>(),
    })
}

fn write_report(out: &mut impl Write, global: &Global, found: &Adapters, tests: &[Tested]) -> std::io::Result<()> {
    writeln!(out, "explorarium {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  machine       {}", machine())?;
    writeln!(out, "  threads       {}", rayon::current_num_threads())?;
    let left = memory::left().map(|left| format!("{} can be taken ({})", shown(u128::from(left.bytes)), left.source));
    writeln!(out, "  memory        {}", left.unwrap_or_else(|| format!("the system does not report it; {OVERRIDE}=BYTES does")))?;
    writeln!(out, "  environments  {}", catalog::builtin().len())?;
    writeln!(out, "Graphics adapters (--adapter takes the number or a part of the name)")?;
    for (k, gpu) in found.listed.iter().flatten().enumerate() {
        write_adapter(out, k, gpu)?;
        if let (None, Some(Err(error))) = (&global.adapter, found.opened.get(k)) {
            writeln!(out, "      {error}")?;
        }
    }
    match &found.listed {
        None => writeln!(out, "  not looked for: --backend cpu")?,
        Some(list) if list.is_empty() => writeln!(out, "  none found; --backend cpu does everything")?,
        Some(_) => {}
    }
    for line in lines(&found.messages) {
        writeln!(out, "  a driver reported: {line}")?;
    }
    writeln!(out, "Self-test: 64 instances stepped on the CPU and otherwise; all words must be equal")?;
    for t in tests {
        match &t.sums {
            Ok([sum, _]) => {
                let outcome = if t.is_ok() { "ok" } else { "FAILED" };
                writeln!(out, "  {:<24} {outcome:<6}  checksum {sum:016x}  against {}", t.id, t.against)?;
            }
            Err(error) => writeln!(out, "  {:<24} FAILED  against {}: {error}", t.id, t.against)?,
        }
    }
    Ok(())
}

fn as_json(gpu: &Adapter) -> serde_json::Value {
    let limits = gpu.limits();
    json!({
        "name": gpu.name,
        "backend": gpu.backend,
        "driver": gpu.driver,
        "software": gpu.software,
        "max_buffer_bytes": limits.max_buffer_size,
        "max_binding_bytes": limits.max_storage_buffer_binding_size,
        "max_storage_buffers": limits.max_storage_buffers_per_shader_stage,
        "max_groups_per_dimension": limits.max_compute_workgroups_per_dimension,
        "subgroups": gpu.subgroups(),
        "timestamps": gpu.timestamps(),
    })
}

fn write_adapter(out: &mut impl Write, k: usize, gpu: &Adapter) -> std::io::Result<()> {
    let limits = gpu.limits();
    let mib = |bytes: u64| bytes >> 20;
    let kind = if gpu.software { ", software" } else { "" };
    writeln!(out, "  {k} {} ({}{kind}; {})", gpu.name, gpu.backend, gpu.driver)?;
    writeln!(
        out,
        "      buffers up to {} MiB, {} MiB of them in one binding, {} storage buffers a kernel; subgroups {}, timestamps {}",
        mib(limits.max_buffer_size),
        mib(limits.max_storage_buffer_binding_size),
        limits.max_storage_buffers_per_shader_stage,
        if gpu.subgroups() { "yes" } else { "no" },
        if gpu.timestamps() { "yes" } else { "no" },
    )
}

/// Returns the checksums after one long call in blocks of 7 and after many short calls in blocks of 64.
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

/// Returns the checksums of a batch on the CPU and of the same batch on a GPU.
fn card_test(id: &str, gpu: &Arc<Gpu>) -> crate::Result<[u64; 2]> {
    let world = load(id, &Options::default())?;
    let of = |gpu| {
        let mut batch = Batch::new(world.clone(), Config { num_envs: 64, gpu, ..Config::default() })?;
        batch.advance(200, &Random::default())?;
        batch.checksum()
    };
    Ok([of(None)?, of(Some(gpu.clone()))?])
}
