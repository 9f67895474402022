//! What bonuses would pay for the arrivals of forks, on the card.

use std::sync::Arc;

use super::card::{BONUS, keys_in, place, reached, reaches, table, works};
use super::kept::Kept;
use super::runtime::{Bonuses, FUSING, KEYS, OWN};
use crate::envs::World;
use crate::envs::shared::key;
use crate::gpu::Access::{Read as R, ReadWrite as W};
use crate::sim::card::beside::{Bind, CardPass};
use crate::sim::card::dreams::Imagined;
use crate::sim::card::forks::Whom;

/// Buffers beside forks: keys, values, totals, and what is kept of the instance while its values are fused.
const FORK_KEYS: usize = 0;
const FORK_VALUES: usize = 1;
const FORK_TOTALS: usize = 2;
const FORK_FUSING: usize = 3;

/// What is read for arrivals in forks that live in `dreamt`, as [`Bonuses::peek`] does; None if the host must fork for a bonus.
pub fn imagined(bonuses: &Bonuses, dreamt: &dyn World) -> Option<Imagined> {
    bonuses.check_card().ok()?;
    let mut passes = works(keys_in(dreamt, &bonuses.keys, &[], &Bind::Fork(FORK_KEYS)));
    for (b, kept) in bonuses.list.iter().enumerate() {
        passes.extend(reached(kept, Whom::Stepped));
        passes.push(peek(bonuses, b, kept).into());
    }
    passes.push(fuse_peek(bonuses).into());
    let mut beside = vec![0; 4];
    beside[FORK_KEYS] = bonuses.keys.len() * key::WORDS;
    beside[FORK_VALUES] = bonuses.columns;
    beside[FORK_TOTALS] = 1;
    beside[FORK_FUSING] = bonuses.fuse.own_words();
    let (n_keys, observes) = (bonuses.keys.len(), bonuses.reads_obs());
    let (totals, reaches) = (Bind::Fork(FORK_TOTALS), reaches(bonuses));
    Some(Imagined { beside, keys: (n_keys > 0).then_some(KEYS), n_keys, totals, observes, passes, reaches })
}

fn peek(bonuses: &Bonuses, b: usize, kept: &Kept) -> CardPass {
    let (place, seen) = place(bonuses, kept, b);
    let seen = if seen == Bind::Extra(KEYS) { Bind::Fork(FORK_KEYS) } else { seen };
    let params = Bind::Params(Arc::new(kept.bonus.params(&place)));
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, R),
        (Bind::Pace, R),
        (params, R),
        (seen, R),
        (table(kept), R),
        (Bind::Extra(OWN + b), W),
        (Bind::Fork(FORK_VALUES), W),
    ];
    let instead = vec![(BONUS, kept.bonus.wgsl())];
    CardPass { name: "peek", kernel: "shaders/bonus/peek.wgsl", instead, binds, group_each: false }
}

fn fuse_peek(bonuses: &Bonuses) -> CardPass {
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, R),
        (Bind::Pace, R),
        (Bind::Params(Arc::new(bonuses.fuse.params())), R),
        (Bind::Fork(FORK_VALUES), W),
        (Bind::Fork(FORK_FUSING), W),
        (Bind::Fork(FORK_TOTALS), W),
        (Bind::Extra(FUSING), R),
    ];
    CardPass { name: "fuse", kernel: "shaders/bonus/fuse_peek.wgsl", instead: Vec::new(), binds, group_each: false }
}
