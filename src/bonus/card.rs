//! The passes of bonuses on the card.

use std::sync::Arc;

use super::kept::Kept;
use super::runtime::{Bonuses, FUSING, KEYS, OWN, TOTALS, VALUES};
use crate::envs::World;
use crate::envs::shared::key::{Key, params as key_params};
use crate::gpu::Access::{Read as R, ReadWrite as W};
use crate::shaders::bonus::Order;
use crate::shaders::bonus::params::Place;
use crate::shaders::bonus::table::what;
use crate::sim::beside::CardPasses;
use crate::sim::card::beside::{Bind, CardPass, CardWork};
use crate::sim::card::forks::Whom;
use crate::sim::card::reach::Reach;

const LISTED: (&str, &str) = ("shaders/core/all.wgsl", "shaders/core/listed.wgsl");
const RESET: (&str, &str) = ("shaders/core/moment_step.wgsl", "shaders/core/moment_reset.wgsl");
/// The import for which the file of a bonus stands.
pub const BONUS: &str = "shaders/bonus/bonus.wgsl";

/// In the stretches of [`crate::sim::Beside::arrivals`] and `begun`.
pub fn passes(bonuses: &Bonuses) -> CardPasses {
    let visit = |order: Order| -> Vec<CardWork> {
        let of_order = bonuses.list.iter().enumerate().filter(move |(_, kept)| kept.bonus.order() == order);
        of_order.flat_map(|(b, kept)| reached(kept, Whom::Stepped).into_iter().chain([visit(bonuses, b, kept).into()])).collect()
    };
    let first = works(keys(bonuses, false)).into_iter().chain(visit(Order::ReadBefore)).collect();
    let mut arrivals = around_tables(bonuses, first, false);
    if let Some(last) = arrivals.last_mut() {
        last.extend(visit(Order::ReadAfter));
        last.push(fusing(bonuses).into());
    }
    let each = bonuses.list.iter().enumerate();
    let begin = each.flat_map(|(b, kept)| reached(kept, Whom::Begun).into_iter().chain([begin(bonuses, b, kept).into()]));
    let first = works(keys(bonuses, true)).into_iter().chain(begin).collect();
    CardPasses { arrivals, begun: around_tables(bonuses, first, true), reaches: reaches(bonuses) }
}

pub fn works(passes: Vec<CardPass>) -> Vec<CardWork> {
    passes.into_iter().map(CardWork::from).collect()
}

/// What is measured by forking, in the order of [`Kept::reach`].
pub fn reaches(bonuses: &Bonuses) -> Vec<Reach> {
    bonuses.list.iter().filter_map(|kept| kept.forked()?.reach()).collect()
}

/// The measure that a bonus needs, of those that it serves.
pub fn reached(kept: &Kept, whom: Whom) -> Option<CardWork> {
    kept.reach.map(|reach| CardWork::Reach(reach, whom))
}

fn around_tables(bonuses: &Bonuses, first: Vec<CardWork>, begun: bool) -> Vec<Vec<CardWork>> {
    if bonuses.tables.is_empty() {
        return vec![first];
    }
    let with_tables = || bonuses.list.iter().filter_map(|kept| Some((kept, kept.table?)));
    let mut stretches =
        vec![first, with_tables().filter_map(|(kept, t)| Some(insert(bonuses, kept, t, begun, false)?.into())).collect()];
    if bonuses.kinds.iter().any(|(_, sums)| *sums) {
        let summed = with_tables().filter(|(_, t)| bonuses.kinds[*t].1);
        stretches.push(summed.filter_map(|(kept, t)| Some(insert(bonuses, kept, t, begun, true)?.into())).collect());
    }
    stretches.push(Vec::new());
    stretches
}

fn keys(bonuses: &Bonuses, begun: bool) -> Vec<CardPass> {
    let instead = if begun { vec![LISTED, RESET] } else { Vec::new() };
    keys_in(&*bonuses.world, &bonuses.keys, &instead, &Bind::Extra(KEYS))
}

/// Keys of states of `world`, or of forks in it, into `out`.
pub fn keys_in(world: &dyn World, keys: &[Key], instead: &[(&'static str, &'static str)], out: &Bind) -> Vec<CardPass> {
    let kernels = world.kernels();
    let one = |(slot, key): (usize, &Key)| {
        let kernel = kernels.of_key(*key);
        let params = Arc::new(key_params(world, *key, slot, keys.len()));
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
        binds.push((out.clone(), W));
        CardPass { name: "keys", kernel: kernel.name, instead: instead.to_vec(), binds, group_each: false }
    };
    keys.iter().enumerate().map(one).collect()
}

pub fn place(bonuses: &Bonuses, kept: &Kept, column: usize) -> (Place, Bind) {
    let columns = bonuses.columns as u32;
    let (seen, keys, buffer) = match (kept.reach, kept.slot) {
        (Some(reach), _) => (1, 0, Bind::Reached(reach)),
        (None, Some(slot)) => (slot as u32, bonuses.keys.len() as u32, Bind::Extra(KEYS)),
        (None, None) => (bonuses.world.spec().obs_words() as u32, 0, Bind::Obs),
    };
    (Place { seen, keys, column: column as u32, columns }, buffer)
}

pub fn table(kept: &Kept) -> Bind {
    kept.table.map_or(Bind::Absent, Bind::Table)
}

fn visit(bonuses: &Bonuses, b: usize, kept: &Kept) -> CardPass {
    let (place, seen) = place(bonuses, kept, b);
    let params = Bind::Params(Arc::new(kept.bonus.params(&place)));
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
    let instead = vec![(BONUS, kept.bonus.wgsl())];
    CardPass { name: "bonus", kernel: "shaders/bonus/visit.wgsl", instead, binds, group_each: false }
}

fn begin(bonuses: &Bonuses, b: usize, kept: &Kept) -> CardPass {
    let (place, seen) = place(bonuses, kept, b);
    let params = Bind::Params(Arc::new(kept.bonus.params(&place)));
    let binds = vec![
        (Bind::Rules, R),
        (Bind::Core, R),
        (Bind::Pace, R),
        (params, R),
        (seen, R),
        (table(kept), R),
        (Bind::Extra(OWN + b), W),
    ];
    let instead = vec![(BONUS, kept.bonus.wgsl())];
    CardPass { name: "bonus begun", kernel: "shaders/bonus/begin.wgsl", instead, binds, group_each: false }
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
