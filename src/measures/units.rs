//! The units that count as independent: runs, unless instances are known to share nothing. Statistics are over units. The value of a unit
//! is the mean of its instances.

use std::collections::BTreeMap;

use super::table::{Cell, Table};
use crate::error::Result;
use crate::metrics::aggregate::mean;
use crate::metrics::clusters::Sample;

/// The name of the pool of all groups.
pub const ALL: &str = "all";

/// The unit that is resampled and correlated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A run: its instances may share an archive, a table of counts or a learner. A participant's play is a run.
    Run,
    /// An instance, for runs whose instances share nothing.
    Instance,
}

impl Unit {
    /// `run` or `instance`.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Run => "run",
            Unit::Instance => "instance",
        }
    }

    /// Returns "1 run", "3 runs".
    pub fn counted(self, n: usize) -> String {
        format!("{n} {}{}", self.name(), if n == 1 { "" } else { "s" })
    }

    /// Returns the unit that a row of `table` belongs to.
    fn of(self, table: &Table, row: usize) -> String {
        let run = table.text("run", row);
        match (self, table.real("instance", row)) {
            (Unit::Instance, Some(instance)) => format!("{run}:{instance}"),
            _ => run.to_string(),
        }
    }
}

/// Returns the rows of `table` that belong to `group`, or all rows for [`ALL`].
pub fn rows_of(table: &Table, group: &str) -> Vec<usize> {
    (0..table.rows()).filter(|row| group == ALL || table.text("group", *row) == group).collect()
}

/// Groups `rows` by environment and unit.
fn grouped<'t>(table: &'t Table, rows: &[usize], unit: Unit) -> BTreeMap<&'t str, BTreeMap<String, Vec<usize>>> {
    let mut envs: BTreeMap<&str, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
    for &row in rows {
        envs.entry(table.text("env", row)).or_default().entry(unit.of(table, row)).or_default().push(row);
    }
    envs
}

/// Returns the values of `column` in `rows`, by environment and unit.
pub fn sample(table: &Table, rows: &[usize], column: &str, unit: Unit) -> Sample {
    let values = |rows: Vec<usize>| rows.into_iter().filter_map(|row| table.real(column, row)).collect();
    let units = |units: BTreeMap<String, Vec<usize>>| units.into_values().map(values).collect();
    Sample::new(grouped(table, rows, unit).into_values().map(units).collect())
}

/// Returns the means of (`column`, progress) of each unit of a group, or of [`ALL`], over its instances that have both.
pub fn pairs(per_instance: &Table, group: &str, column: &str, unit: Unit) -> Vec<(f64, f64)> {
    let rows = rows_of(per_instance, group);
    let pair = |row: &usize| per_instance.real(column, *row).zip(per_instance.real("progress", *row));
    let of_unit = |rows: &Vec<usize>| {
        let (x, y): (Vec<f64>, Vec<f64>) = rows.iter().filter_map(pair).unzip();
        mean(&x).zip(mean(&y))
    };
    let envs = grouped(per_instance, &rows, unit);
    envs.values().flat_map(|units| units.values()).filter_map(of_unit).collect()
}

/// Adds a row for each unit of each group: its name, its number of instances, and the means of all their figures.
pub fn fill(units: &mut Table, per_instance: &Table, groups: &[String], unit: Unit) -> Result<()> {
    let ids = ["group", "run", "instance", "env"];
    let figures: Vec<&str> =
        per_instance.columns.iter().map(|(name, _)| name.as_str()).filter(|name| !ids.contains(name)).collect();
    for group in groups {
        for (env, members) in grouped(per_instance, &rows_of(per_instance, group), unit) {
            for (name, rows) in members {
                let of = |column: &&str| rows.iter().filter_map(|row| per_instance.real(column, *row)).collect::<Vec<_>>();
                let head = [
                    ("group", Cell::Text(group.clone())),
                    ("unit", Cell::Text(name)),
                    ("env", Cell::Text(env.to_string())),
                    ("instances", Cell::Whole(Some(rows.len() as u64))),
                ];
                let means = figures.iter().map(|column| (*column, Cell::Real(mean(&of(column)))));
                units.push(head.into_iter().chain(means).collect())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are (group, run, instance, value).
    fn table(rows: &[(&str, &str, u64, Option<f64>)]) -> Table {
        let mut table = Table::new("t");
        for &(group, run, instance, value) in rows {
            let ids = [("group", group), ("run", run)].map(|(name, text)| (name, Cell::Text(text.to_string())));
            let rest = [("instance", Cell::Whole(Some(instance))), ("env", Cell::Text("e".to_string()))];
            let values = [("x", Cell::Real(value)), ("progress", Cell::Real(Some(instance as f64)))];
            table.push(ids.into_iter().chain(rest).chain(values).collect()).expect("fits");
        }
        table
    }

    #[test]
    fn instances_of_a_run_are_one_unit_unless_said() {
        let table =
            table(&[("a", "r1", 0, Some(1.0)), ("a", "r1", 2, Some(3.0)), ("a", "r2", 0, Some(8.0)), ("b", "r3", 5, None)]);
        assert_eq!(pairs(&table, "a", "x", Unit::Run), [(2.0, 1.0), (8.0, 0.0)]);
        assert_eq!(pairs(&table, "a", "x", Unit::Instance), [(1.0, 0.0), (3.0, 2.0), (8.0, 0.0)]);
        assert_eq!(pairs(&table, "b", "x", Unit::Run), []);
        assert_eq!(sample(&table, &[0, 1, 2, 3], "x", Unit::Run).means(), [[2.0, 8.0]]);
        let mut units = Table::new("units");
        fill(&mut units, &table, &["b".to_string(), "a".to_string()], Unit::Run).expect("fits");
        let names: Vec<&str> = (0..units.rows()).map(|row| units.text("unit", row)).collect();
        assert_eq!(names, ["r3", "r1", "r2"]);
        assert_eq!((units.real("instances", 1), units.real("x", 1), units.real("x", 0)), (Some(2.0), Some(2.0), None));
        assert_eq!((Unit::Run.counted(1), Unit::Instance.counted(2)), ("1 run".to_string(), "2 instances".to_string()));
    }
}
