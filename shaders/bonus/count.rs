//! Bonuses from visit counts (Strehl and Littman 2008; Bellemare et al. 2016; Henaff et al. 2023 for the product). The next state is
//! counted first, and its count n is read then, so the value of a first visit is 1.

use super::fixed::{inv_q20, inv_sqrt_q20};
use super::{Bonus, Counts, FAULT_TABLE, Inserts, ONE, Order, Scope, Transition, instance_table};
use crate::shaders::shared::constants::index;

const TEXT: &str = include_str!("count.wgsl");

/// How the value is computed from counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 1 / sqrt(n).
    Sqrt = index(TEXT, "FORM_SQRT") as isize,
    /// 1 / n.
    Inverse = index(TEXT, "FORM_INVERSE") as isize,
    /// 1 if n = 1, else 0.
    First = index(TEXT, "FORM_FIRST") as isize,
    /// 1 / sqrt(n) of the lifelong count at the first visit of the episode, else 0.
    Product = index(TEXT, "FORM_PRODUCT") as isize,
}

/// Memory: the table of the episode or of the instance. For a product: the table of the episode, then that of the instance if lifelong
/// counts are not shared. Numbers: form, scope, slots of the first table, slots of the second.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    form: Form,
    scope: Scope,
    slots: u32,
    lifelong: u32,
}

impl Count {
    /// `scope` says which counts are read; for a product, which lifelong counts. `slots` are those of the table of the episode or the
    /// instance, `lifelong` those of a product's table of the instance. Each is used only if there is such a table.
    ///
    /// # Errors
    /// Which number is invalid.
    pub fn new(form: Form, scope: Scope, slots: u32, lifelong: u32) -> Result<Count, String> {
        if form == Form::Product && scope == Scope::Episode {
            return Err("a product takes the lifelong count of all or of the instance, not that of the episode".to_string());
        }
        let bonus = Count { form, scope, slots, lifelong };
        instance_table::check(&[(bonus.has_first(), slots), (bonus.has_second(), lifelong)])?;
        Ok(bonus)
    }

    fn has_first(&self) -> bool {
        self.form == Form::Product || self.scope != Scope::Shared
    }

    fn has_second(&self) -> bool {
        self.form == Form::Product && self.scope == Scope::Instance
    }

    fn value(&self, n: u32) -> i32 {
        if self.form == Form::Inverse {
            return inv_q20(n) as i32;
        }
        if self.form == Form::First {
            return if n == 1 { ONE } else { 0 };
        }
        inv_sqrt_q20(n) as i32
    }
}

impl Bonus for Count {
    fn order(&self) -> Order {
        Order::ReadAfter
    }

    fn inserts(&self) -> Inserts {
        if self.scope == Scope::Shared { Inserts::NextState } else { Inserts::Nothing }
    }

    fn memory_words(&self) -> usize {
        let of = |has: bool, slots: u32| if has { instance_table::words_of(slots) } else { 0 };
        of(self.has_first(), self.slots) + of(self.has_second(), self.lifelong)
    }

    fn begin(&self, transition: &Transition, memory: &mut [u32]) {
        if self.form == Form::Product || self.scope == Scope::Episode {
            instance_table::clear(memory, self.slots);
        }
        if self.form == Form::Product || self.scope != Scope::Shared {
            instance_table::add(memory, self.slots, transition.key);
        }
        if self.form == Form::Product && self.scope == Scope::Instance {
            instance_table::add(&mut memory[instance_table::words_of(self.slots)..], self.lifelong, transition.key);
        }
    }

    fn visit(&self, transition: &Transition, table: &dyn Counts, memory: &mut [u32]) -> Result<i32, u32> {
        if self.form != Form::Product && self.scope == Scope::Shared {
            return Ok(self.value(table.count(transition.key).max(1)));
        }
        if !instance_table::has_room(memory, self.slots, transition.key) {
            return Err(FAULT_TABLE);
        }
        if self.form != Form::Product {
            return Ok(self.value(instance_table::add(memory, self.slots, transition.key)));
        }
        let second = instance_table::words_of(self.slots);
        let n = if self.scope == Scope::Instance {
            if !instance_table::has_room(&memory[second..], self.lifelong, transition.key) {
                return Err(FAULT_TABLE);
            }
            instance_table::add(&mut memory[second..], self.lifelong, transition.key)
        } else {
            table.count(transition.key).max(1)
        };
        if instance_table::add(memory, self.slots, transition.key) > 1 {
            return Ok(0);
        }
        Ok(self.value(n))
    }

    fn peek(&self, transition: &Transition, table: &dyn Counts, memory: &[u32]) -> i32 {
        let n = if self.form == Form::Product && self.scope == Scope::Instance {
            instance_table::count(&memory[instance_table::words_of(self.slots)..], self.lifelong, transition.key)
        } else if self.scope == Scope::Shared {
            table.count(transition.key)
        } else {
            instance_table::count(memory, self.slots, transition.key)
        };
        if self.form == Form::Product && instance_table::count(memory, self.slots, transition.key) > 0 {
            return 0;
        }
        self.value(n.saturating_add(1))
    }

    fn wgsl(&self) -> &'static str {
        "shaders/bonus/count.wgsl"
    }

    fn params(&self) -> Vec<u32> {
        vec![self.form as u32, self.scope as u32, self.slots, self.lifelong]
    }
}
