//! Test: a row is shown before the rest of its recording is read. The whole file is `#[cfg(test)]`.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, OnceLock, Weak};

use super::mailbox::{Shared, Wanted, locked};
use super::serving::serve;
use crate::agents::Random;
use crate::envs::{Options, load};
use crate::sim::{Batch, Config};
use crate::traces::{FORMAT_PLAIN, Meta, write};

/// A recording of parts of `rows` rows each.
fn recording(name: &str, parts: usize, rows: u64) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("explorarium-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("made");
    let world = load("gridlab/four-rooms", &Options { keyed: true, ..Options::default() }).expect("loads");
    let mut batch = Batch::new(world.clone(), Config { num_envs: 1, record: vec![0], ..Config::default() }).expect("a batch");
    let meta = Meta {
        format: FORMAT_PLAIN,
        toml: world.spec().toml.clone(),
        keyed: true,
        worlds: "fresh".to_string(),
        num_envs: Some(1),
        ..Meta::default()
    };
    for part in 0..parts {
        batch.advance(rows, &Random::default()).expect("steps");
        write(&folder.join(format!("part-{part:05}.parquet")), &*world, &meta, &batch.take_rows()).expect("written");
    }
    folder
}

/// A row is shown after the step of reading during which it was asked for, while the rest is still unread.
#[test]
fn a_row_is_shown_before_the_rest_is_read() {
    let folder = recording("serving", 6, 9_000);
    let known: Arc<OnceLock<Weak<Shared>>> = Arc::default();
    // What was read when the row was first told, and when all was read.
    let seen: Arc<Mutex<Vec<(u64, bool)>>> = Arc::default();
    let (of, told) = (known.clone(), seen.clone());
    let notify = move || {
        let Some(shared) = of.get().and_then(Weak::upgrade) else { return };
        let outbox = locked(&shared.outbox).clone();
        let rows = outbox.listing.as_ref().map_or(0, |listing| listing.instances[0].rows);
        let mut told = told.lock().expect("a lock");
        if outbox.shown.is_some() && told.is_empty() {
            told.push((rows, outbox.reading.is_some()));
        }
        if outbox.shown.is_some() && outbox.reading.is_none() {
            told.push((rows, false));
            locked(&shared.inbox).stop = true;
        }
    };
    let shared = Arc::new(Shared {
        inbox: Mutex::default(),
        wake: Condvar::new(),
        outbox: Mutex::default(),
        stop: AtomicBool::new(false),
        notify: Arc::new(notify),
    });
    known.set(Arc::downgrade(&shared)).expect("once");
    locked(&shared.inbox).wanted = Some(Wanted { instance: 0, row: 100, dragged: false });
    serve(&shared, &folder, false);
    let seen = seen.lock().expect("a lock").clone();
    let (first, last) = (seen[0], seen[seen.len() - 1]);
    // One step reads 16 384 rows, which are two parts.
    assert!(first.1 && first.0 < 20_000, "{seen:?}");
    assert!(!last.1 && last.0 > 54_000, "{seen:?}");
    std::fs::remove_dir_all(folder).expect("there");
}
