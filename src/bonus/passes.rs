//! The passes of bonuses on the CPU: the twins, called for each instance of a block.

use super::kept::{Kept, Nothing, Paying};
use super::runtime::{Bonuses, FUSING, KEYS, OWN, VALUES};
use crate::envs::Core;
use crate::envs::shared::key::{self, write_keys};
use crate::shaders::bonus::table::{keys_of, what};
use crate::shaders::bonus::{Order, Seen};
use crate::sim::{Pass, Work};

/// Which instances a pass serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those that have taken a step.
    Arrived,
    /// Those whose episode has begun.
    Fresh,
}

impl Whom {
    pub fn is(self, work: &Work, i: usize) -> bool {
        match self {
            Whom::Arrived => work.block.flags(i) & Core::SKIP == 0,
            Whom::Fresh => work.is_fresh(i),
        }
    }
}

/// Which bonuses a pass is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Those {
    All,
    /// Those that share no table: what they pay is an affair of one instance.
    Alone,
}

impl Those {
    fn are(self, kept: &Kept) -> bool {
        self == Those::All || kept.table.is_none()
    }
}

/// Keys of the states arrived at, or of first states.
pub struct Keys<'a>(pub &'a Bonuses, pub Whom);

impl Pass for Keys<'_> {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn run(&self, work: &mut Work) {
        let Keys(bonuses, whom) = self;
        let keys = std::mem::take(&mut work.extras[KEYS]);
        for i in 0..work.block.n {
            if whom.is(work, i) {
                write_keys(work.world, &bonuses.keys, &work.block, i, keys, *whom == Whom::Fresh);
            }
        }
        work.extras[KEYS] = keys;
    }
}

/// What a bonus sees of instance `i`.
pub fn seen<'a>(work: &'a Work, bonuses: &Bonuses, kept: &Kept, i: usize) -> Seen<'a> {
    let words = work.world.spec().obs_words();
    let pair = |at: usize| {
        kept.slot.map_or(0, |slot| {
            let at = (i * bonuses.keys.len() + slot) * key::WORDS + at;
            u64::from(work.extras[KEYS][at]) | u64::from(work.extras[KEYS][at + 1]) << 32
        })
    };
    let action = work.block.core_of(i)[Core::ACTION];
    Seen { key: pair(0), before: pair(2), action, obs: &work.block.obs[i * words..(i + 1) * words] }
}

/// The values of those bonuses that are of one order.
pub struct Visit<'a>(pub &'a Bonuses, pub Order, pub Those);

impl Pass for Visit<'_> {
    fn name(&self) -> &'static str {
        "bonus"
    }

    fn run(&self, work: &mut Work) {
        let Visit(bonuses, order, those) = self;
        let wanted = |kept: &Kept| kept.bonus.order() == *order && those.are(kept);
        for (b, kept) in bonuses.list.iter().enumerate().filter(|(_, kept)| wanted(kept)) {
            let table = kept.table.map(|t| bonuses.table(t));
            let each = kept.bonus.own_words();
            let mut search = kept.search();
            let (own, values) = (std::mem::take(&mut work.extras[OWN + b]), std::mem::take(&mut work.extras[VALUES]));
            for i in 0..work.block.n {
                if !Whom::Arrived.is(work, i) {
                    continue;
                }
                let (seen, own) = (seen(work, bonuses, kept, i), &mut own[i * each..(i + 1) * each]);
                let value = match (&kept.bonus, &table, &mut search) {
                    (Paying::Kernel(bonus), Some(table), _) => bonus.visit(&seen, &**table, own),
                    (Paying::Kernel(bonus), None, _) => bonus.visit(&seen, &Nothing, own),
                    (Paying::Forks(forked), _, Some(search)) => forked.visit(search, &work.block, i, own),
                    (Paying::Forks(_), _, None) => Ok(0),
                };
                values[i * bonuses.columns + b] = value.unwrap_or_default() as u32;
                if let Err(fault) = value {
                    work.block.core_mut(i)[Core::FAULT] = fault;
                }
            }
            (work.extras[OWN + b], work.extras[VALUES]) = (own, values);
        }
    }
}

/// Counts arrivals, or first states, in the shared tables.
pub struct Insert<'a>(pub &'a Bonuses, pub Whom);

impl Pass for Insert<'_> {
    fn name(&self) -> &'static str {
        "insert"
    }

    fn run(&self, work: &mut Work) {
        let Insert(bonuses, whom) = self;
        for (kept, t) in bonuses.list.iter().filter_map(|kept| Some((kept, kept.table?))) {
            let (arrivals, begun) = what(kept.bonus.inserts());
            let bits = if *whom == Whom::Fresh { begun } else { arrivals };
            let served = (0..work.block.n).filter(|i| whom.is(work, *i));
            let keys = served.flat_map(|i| keys_of(bits, &seen(work, bonuses, kept, i)));
            bonuses.table(t).insert(keys);
        }
    }
}

/// Takes into the sums of the shared tables what counts have grown by.
pub struct Settle<'a>(pub &'a Bonuses, pub Whom);

impl Pass for Settle<'_> {
    fn name(&self) -> &'static str {
        "settle"
    }

    fn run(&self, work: &mut Work) {
        let Settle(bonuses, whom) = self;
        for (kept, t) in bonuses.list.iter().filter_map(|kept| Some((kept, kept.table?))).filter(|(_, t)| bonuses.kinds[*t].1) {
            let (arrivals, begun) = what(kept.bonus.inserts());
            let bits = if *whom == Whom::Fresh { begun } else { arrivals };
            let table = bonuses.table(t);
            for i in (0..work.block.n).filter(|i| whom.is(work, *i)) {
                keys_of(bits, &seen(work, bonuses, kept, i)).for_each(|key| table.settle(key));
            }
        }
    }
}

/// One value of all.
pub struct Fusing<'a>(pub &'a Bonuses);

impl Pass for Fusing<'_> {
    fn name(&self) -> &'static str {
        "fuse"
    }

    fn run(&self, work: &mut Work) {
        let bonuses = self.0;
        let (each, columns) = (bonuses.fuse.own_words(), bonuses.columns);
        for i in 0..work.block.n {
            if Whom::Arrived.is(work, i) {
                let [values, totals, fusing] = &mut work.extras[VALUES..=FUSING] else { return };
                let (values, own) = (&mut values[i * columns..(i + 1) * columns], &mut fusing[i * each..(i + 1) * each]);
                totals[i] = bonuses.fuse.fuse(work.block.core_of(i), bytemuck::cast_slice_mut(values), own) as u32;
            }
        }
    }
}

/// Episodes begin for those bonuses.
pub struct Begin<'a>(pub &'a Bonuses, pub Those);

impl Pass for Begin<'_> {
    fn name(&self) -> &'static str {
        "begin"
    }

    fn run(&self, work: &mut Work) {
        let Begin(bonuses, those) = self;
        for (b, kept) in bonuses.list.iter().enumerate().filter(|(_, kept)| those.are(kept)) {
            let each = kept.bonus.own_words();
            let mut search = kept.search();
            let own = std::mem::take(&mut work.extras[OWN + b]);
            for i in 0..work.block.n {
                if !work.is_fresh(i) {
                    continue;
                }
                let (seen, own) = (seen(work, bonuses, kept, i), &mut own[i * each..(i + 1) * each]);
                let begun = match (&kept.bonus, &mut search) {
                    (Paying::Forks(forked), Some(search)) => forked.begin(search, &work.block, i, own),
                    (Paying::Forks(_), None) => Ok(()),
                    (Paying::Kernel(bonus), _) => {
                        bonus.begin(&Seen { before: seen.key, ..seen }, own);
                        Ok(())
                    }
                };
                if let Err(fault) = begun {
                    work.block.core_mut(i)[Core::FAULT] = fault;
                }
            }
            work.extras[OWN + b] = own;
        }
    }
}

/// First states are recorded.
pub struct Recorded;

impl Pass for Recorded {
    fn name(&self) -> &'static str {
        "recorded"
    }

    fn run(&self, work: &mut Work) {
        work.fresh.fill(0);
    }
}
