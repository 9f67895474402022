//! The passes of bonuses on the card.

use std::sync::Arc;

use super::runtime::{Bonuses, FUSING, KEYS, Kept, OWN, Paying, TOTALS, VALUES};
use crate::envs::shared::key::params as key_params;
use crate::gpu::Access::{Read as R, ReadWrite as W};
use crate::shaders::bonus::Order;
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::table::what;
use crate::sim::beside::CardPasses;
use crate::sim::card::beside::{Bind, CardPass};

const LISTED: (&str, &str) = ("shaders/core/all.wgsl", "shaders/core/listed.wgsl");
const RESET: (&str, &str) = ("shaders/core/moment_step.wgsl", "shaders/core/moment_reset.wgsl");
const BONUS: &str = "shaders/bonus/bonus.wgsl";

/// In the stretches of [`crate::sim::Beside::arrivals`] and `begun`.
pub fn passes(bonuses: &Bonuses) -> CardPasses {
    let visit = |order: Order| {
        let of_order = bonuses.list.iter().enumerate().filter(move |(_, kept)| kept.bonus.order() == order);
        of_order.filter_map(|(b, kept)| visit(bonuses, b, kept)).collect::<Vec<_>>()
    };
    let first = [keys(bonuses, false), visit(Order::ReadBefore)].concat();
    let mut arrivals = around_tables(bonuses, first, false);
    if let Some(last) = arrivals.last_mut() {
        last.extend(visit(Order::ReadAfter));
        last.push(fusing(bonuses));
    }
    let begin = bonuses.list.iter().enumerate().filter_map(|(b, kept)| begin(bonuses, b, kept));
    let first = keys(bonuses, true).into_iter().chain(begin).collect();
    CardPasses { arrivals, begun: around_tables(bonuses, first, true) }
}

fn around_tables(bonuses: &Bonuses, first: Vec<CardPass>, begun: bool) -> Vec<Vec<CardPass>> {
    if bonuses.tables.is_empty() {
        return vec![first];
    }
    let with_tables = || bonuses.list.iter().filter_map(|kept| Some((kept, kept.table?)));
    let mut stretches = vec![first, with_tables().filter_map(|(kept, t)| insert(bonuses, kept, t, begun, false)).collect()];
    if bonuses.kinds.iter().any(|(_, sums)| *sums) {
        let summed = with_tables().filter(|(_, t)| bonuses.kinds[*t].1);
        stretches.push(summed.filter_map(|(kept, t)| insert(bonuses, kept, t, begun, true)).collect());
    }
    stretches.push(Vec::new());
    stretches
}

fn keys(bonuses: &Bonuses, begun: bool) -> Vec<CardPass> {
    let kernels = bonuses.world.kernels();
    let n_keys = bonuses.keys.len();
    let one = |(slot, key): (usize, &crate::envs::shared::key::Key)| {
        let kernel = kernels.of_key(*key);
        let params = Arc::new(key_params(&*bonuses.world, *key, slot, n_keys));
        let mut binds = vec![(Bind::Rules, R), (Bind::Core, R), (Bind::Pace, R), (Bind::Params(params), R)];
        let absent = kernels.absent;
        binds.extend(kernel.state.iter().map(|b| {
            // State buffers after the one that is not there are one further on in the kernel's count.
            let place = match absent {
                Some(absent) if *b == absent => Bind::Absent,
                Some(absent) if *b > absent => Bind::State(b - 1),
                _ => Bind::State(*b),
            };
            (place, R)
        }));
        binds.extend(kernel.obs.then_some((Bind::Obs, R)));
        binds.push((Bind::Extra(KEYS), W));
        let instead = if begun { vec![LISTED, RESET] } else { Vec::new() };
        CardPass { name: "keys", kernel: kernel.name, instead, binds, group_each: false }
    };
    bonuses.keys.iter().enumerate().map(one).collect()
}

fn place(bonuses: &Bonuses, kept: &Kept, column: usize) -> (Place, Bind) {
    let columns = bonuses.columns as u32;
    let (seen, keys, buffer) = match kept.slot {
        Some(slot) => (slot as u32, bonuses.keys.len() as u32, Bind::Extra(KEYS)),
        None => (bonuses.world.spec().obs_words() as u32, 0, Bind::Obs),
    };
    (Place { seen, keys, column: column as u32, columns, forks: 1 }, buffer)
}

fn table(kept: &Kept) -> Bind {
    kept.table.map_or(Bind::Absent, Bind::Table)
}

fn visit(bonuses: &Bonuses, b: usize, kept: &Kept) -> Option<CardPass> {
    let Paying::Kernel(bonus) = &kept.bonus else { return None };
    let (place, seen) = place(bonuses, kept, b);
    let params = Bind::Params(Arc::new(place.of_bonus(&**bonus)));
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, W),
        (Bind::Pace, R),
        (params, R),
        (seen, R),
        (table(kept), R),
        (Bind::Extra(OWN + b), W),
        (Bind::Extra(VALUES), W),
    ];
    let instead = vec![(BONUS, bonus.wgsl())];
    Some(CardPass { name: "bonus", kernel: "shaders/bonus/visit.wgsl", instead, binds, group_each: false })
}

fn begin(bonuses: &Bonuses, b: usize, kept: &Kept) -> Option<CardPass> {
    let Paying::Kernel(bonus) = &kept.bonus else { return None };
    let (place, seen) = place(bonuses, kept, b);
    let params = Bind::Params(Arc::new(place.of_bonus(&**bonus)));
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, R),
        (Bind::Pace, R),
        (params, R),
        (seen, R),
        (table(kept), R),
        (Bind::Extra(OWN + b), W),
    ];
    let instead = vec![(BONUS, bonus.wgsl())];
    Some(CardPass { name: "bonus begun", kernel: "shaders/bonus/begin.wgsl", instead, binds, group_each: false })
}

/// Insertion into table `t`, or its settling; None if nothing is inserted at this moment.
fn insert(bonuses: &Bonuses, kept: &Kept, t: usize, begun: bool, settle: bool) -> Option<CardPass> {
    let (arrivals, first) = what(kept.bonus.inserts());
    let bits = if begun { first } else { arrivals };
    let (place, seen) = place(bonuses, kept, 0);
    let params = Bind::Params(Arc::new(place.of_table(bits)));
    let binds = vec![(Bind::Rules, R), (Bind::Core, R), (Bind::Pace, R), (params, R), (seen, R), (Bind::Table(t), W)];
    let instead = if begun { vec![LISTED] } else { Vec::new() };
    let (name, kernel) = if settle { ("settle", "shaders/bonus/settle.wgsl") } else { ("insert", "shaders/bonus/insert.wgsl") };
    (bits != 0).then_some(CardPass { name, kernel, instead, binds, group_each: false })
}

fn fusing(bonuses: &Bonuses) -> CardPass {
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, R),
        (Bind::Pace, R),
        (Bind::Params(Arc::new(bonuses.fuse.params())), R),
        (Bind::Extra(VALUES), W),
        (Bind::Extra(FUSING), W),
        (Bind::Extra(TOTALS), W),
    ];
    CardPass { name: "fuse", kernel: "shaders/bonus/fuse.wgsl", instead: Vec::new(), binds, group_each: false }
}
