//! Bonuses as what runs beside the simulation.

use std::sync::PoisonError;

use std::sync::atomic::Ordering;

use super::forks::FAULT_FORKS;
use super::late::{Afterwards, steps_at_once};
use super::passes::{Begin, Fusing, Insert, Keys, Recorded, Settle, Those, Visit, Whom};
use super::runtime::{Bonuses, TOTALS, VALUES};
use super::tables::fill;
use crate::envs::shared::key;
use crate::error::{Error, Result};
use crate::shaders::bonus::table::{self, Table};
use crate::shaders::bonus::{FAULT_TABLE, Order};
use crate::sim::beside::{CardPasses, Late, Stretches};
use crate::sim::{Beside, Extra};

impl Bonuses {
    fn sums(&self) -> bool {
        self.kinds.iter().any(|(_, sums)| *sums)
    }

    /// Whether a shared table is read before the arrivals of a step are counted in it.
    fn reads_before(&self) -> bool {
        self.list.iter().any(|kept| kept.table.is_some() && kept.bonus.order() == Order::ReadBefore)
    }

    /// `first`, insertion if tables are shared, and settling if their sums are kept; insertion begins a stretch if `apart`, since tables
    /// are read in `first`, and settling always does.
    fn with_insertion<'a>(&'a self, mut first: Vec<Box<dyn crate::sim::Pass + 'a>>, whom: Whom, apart: bool) -> Stretches<'a> {
        if self.tables.is_empty() {
            return vec![first];
        }
        let insert = Box::new(Insert(self, whom));
        let mut stretches: Stretches<'a> = if apart {
            vec![first, vec![insert]]
        } else {
            first.push(insert);
            vec![first]
        };
        if self.sums() {
            stretches.push(vec![Box::new(Settle(self, whom))]);
        }
        stretches
    }
}

impl Beside for Bonuses {
    fn extras(&self) -> Vec<Extra> {
        let named = [
            ("keys", self.keys.len() * key::WORDS),
            ("bonus values", self.columns),
            ("bonus totals", 1),
            ("bonus fusion", self.fuse.own_words()),
        ];
        let own = self.list.iter().map(|kept| ("bonus memory", kept.bonus.own_words()));
        named.into_iter().chain(own).map(|(name, words)| Extra { name, words }).collect()
    }

    fn arrivals(&self) -> Stretches<'_> {
        let before: Vec<Box<dyn crate::sim::Pass + '_>> =
            vec![Box::new(Keys(self, Whom::Arrived)), Box::new(Visit(self, Order::ReadBefore, Those::All))];
        let after: Vec<Box<dyn crate::sim::Pass + '_>> =
            vec![Box::new(Visit(self, Order::ReadAfter, Those::All)), Box::new(Fusing(self))];
        let mut stretches = self.with_insertion(before, Whom::Arrived, self.reads_before());
        match stretches.last_mut() {
            Some(last) if self.tables.is_empty() => last.extend(after),
            _ => stretches.push(after),
        }
        stretches
    }

    fn begun(&self) -> Stretches<'_> {
        // Tables were read in the stretch that this one goes on with.
        let mut stretches =
            self.with_insertion(vec![Box::new(Keys(self, Whom::Fresh)), Box::new(Begin(self, Those::All))], Whom::Fresh, true);
        if let Some(last) = stretches.last_mut() {
            last.push(Box::new(Recorded));
        }
        stretches
    }

    fn is_loose(&self) -> bool {
        !self.reads_before()
    }

    fn late(&self, n_envs: usize, block: usize) -> Option<Box<dyn Late + '_>> {
        let steps = steps_at_once(self, n_envs)?;
        Some(Box::new(Afterwards::new(self, n_envs, block, steps)))
    }

    fn recorded(&self) -> Vec<usize> {
        vec![VALUES, TOTALS]
    }

    fn make_room(&self, n_envs: usize, steps: u64) -> Result<u64> {
        if let Some(forked) = self.forked().filter(|_| self.met_limit.load(Ordering::Relaxed)) {
            return Err(Error::Limit(forked.imagined_fault()));
        }
        let left = self.steps_left(&self.headers(), n_envs, steps)?;
        if left > 0 {
            return Ok(left);
        }
        self.grow(n_envs, steps)?;
        match self.steps_left(&self.headers(), n_envs, steps)? {
            0 => Err(Error::Limit("the tables of counts have no room for another step; take a coarser key".to_string())),
            left => Ok(left),
        }
    }

    fn room(&self, headers: &[Vec<u32>], n_envs: usize, steps: u64) -> u64 {
        // What is wrong with a table is said when it is taken from the card.
        self.steps_left(headers, n_envs, steps).unwrap_or(0)
    }

    fn forget(&self) {
        Bonuses::forget(self);
    }

    fn headers(&self) -> Vec<Vec<u32>> {
        (0..self.tables.len()).map(|t| self.table(t).head()).collect()
    }

    fn tables(&self) -> Vec<Vec<u32>> {
        (0..self.tables.len()).map(|t| self.table(t).words()).collect()
    }

    fn set_tables(&self, tables: Vec<Vec<u32>>) -> Result<()> {
        let fits = |words: &Vec<u32>| words.len() >= table::HEAD && words.len() == table::words_of(fill(words).slots);
        if tables.len() != self.tables.len() || !tables.iter().all(fits) {
            return Err(Error::Data("these are not the tables of counts of these bonuses".to_string()));
        }
        for (own, words) in self.tables.iter().zip(tables) {
            *own.write().unwrap_or_else(PoisonError::into_inner) = Table::from_words(words);
        }
        Ok(())
    }

    fn fault(&self, instance: usize, code: u32) -> Option<String> {
        if let Some(forked) = self.forked().filter(|_| code == FAULT_FORKS) {
            return Some(forked.fault(instance));
        }
        let slots = self.config().list.iter().filter_map(|entry| entry.slots).max().unwrap_or_default();
        (code == FAULT_TABLE)
            .then(|| format!("the table of counts that it owns is full; raise slots of the bonus (bonus.NAME.slots, now {slots}), or take a coarser key"))
    }

    fn check_card(&self) -> Result<()> {
        Bonuses::check_card(self)
    }

    fn on_card(&self) -> CardPasses {
        super::card::passes(self)
    }
}
