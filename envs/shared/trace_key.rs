//! Keys of recorded states: which states of a recorded trajectory count as the same. Each family lists the parts that such a key may
//! have. The words of a part are read from the columns of a trace, or from the observation of a replayed state.

use super::spec::WorldSpec;

/// Prefix of the names of columns with the count of an item.
pub const INVENTORY: &str = "inventory_";
/// Prefix of the names of columns with the count of an achievement.
pub const ACHIEVEMENT: &str = "achievement_";

/// A part of a trace key.
#[derive(Debug)]
pub struct TracePart {
    /// Its name on the command line.
    pub name: &'static str,
    /// Description of the part, for help texts.
    pub about: &'static str,
    /// Source of the words that are hashed for it.
    pub words: PartWords,
}

/// Source of the words of a part.
#[derive(Debug)]
pub enum PartWords {
    /// From columns of the trace, in this order.
    Columns(&'static [ColumnWords]),
    /// From the view and the facing of the state; the trace must be replayed to get them.
    State(fn(&View, u32, &mut Vec<u32>)),
}

/// Columns that a part reads.
#[derive(Debug)]
pub struct ColumnWords {
    /// Names of the columns.
    pub columns: Columns,
    /// Larger values count as this one.
    pub max: u32,
}

/// Names of columns.
#[derive(Debug)]
pub enum Columns {
    /// The column of exactly this name.
    One(&'static str),
    /// All columns whose names begin with the prefix, except those whose rest of the name is in `except`.
    Prefix {
        /// Prefix of the names of the columns.
        prefix: &'static str,
        /// Names, without the prefix, that are left out.
        except: &'static [&'static str],
    },
}

impl ColumnWords {
    /// The column `name`, with its values unchanged.
    pub const fn one(name: &'static str) -> ColumnWords {
        ColumnWords { columns: Columns::One(name), max: u32::MAX }
    }
}

impl Columns {
    /// Returns the matching columns of `there`, in their order. The name of a single column is returned whether it is there or not.
    pub fn among(&self, there: &[String]) -> Vec<String> {
        match self {
            Columns::One(name) => vec![(*name).to_string()],
            Columns::Prefix { prefix, except } => {
                let wanted = |name: &&String| name.strip_prefix(prefix).is_some_and(|rest| !except.contains(&rest));
                there.iter().filter(wanted).cloned().collect()
            }
        }
    }
}

impl TracePart {
    /// Whether the part is not in the columns of a trace, but only in the state.
    pub fn needs_replay(&self) -> bool {
        matches!(self.words, PartWords::State(_))
    }
}

/// The keys that recorded trajectories of one family may have.
#[derive(Debug)]
pub struct TraceKeys {
    /// All parts that a key may have. Help texts list them in this order.
    pub parts: &'static [&'static TracePart],
    /// The parts of the default key.
    pub default: &'static [&'static TracePart],
    /// A name for [`TraceKeys::default`], if it has one.
    pub default_name: Option<&'static str>,
    /// Prefixes of column names that occur only in traces of this family.
    pub columns: &'static [&'static str],
}

impl TraceKeys {
    /// Whether a key of this family may have `part`; parts are compared by name.
    pub fn has(&self, part: &TracePart) -> bool {
        self.parts.iter().any(|known| known.name == part.name)
    }
}

/// The cells that an observation shows, as ids. In a Crafter view the player is in the middle.
#[derive(Debug)]
pub struct View<'a> {
    /// `[height, width]`, or the bytes of the first part of the observation if it has another shape.
    pub cells: &'a [u8],
    /// Rows of cells; 0 if the first part of the observation has no shape.
    pub height: usize,
    /// Columns of cells; 0 if the first part of the observation has fewer than two dimensions.
    pub width: usize,
}

impl<'a> View<'a> {
    /// The first part of the observation `obs` of a world of `spec`.
    pub fn of(spec: &WorldSpec, obs: &'a [u8]) -> View<'a> {
        let shape = spec.obs_parts.first().map_or(&[][..], |(_, shape, _)| &shape[..]);
        let cells = &obs[..shape.iter().product::<usize>().min(obs.len())];
        View { cells, height: shape.first().copied().unwrap_or(0), width: shape.get(1).copied().unwrap_or(0) }
    }

    /// The id `dx` to the right of the middle and `dy` below; 0, as outside the map, if that is out of view.
    pub fn at(&self, dx: isize, dy: isize) -> u8 {
        let x = (self.width / 2).checked_add_signed(dx).filter(|x| *x < self.width);
        let y = (self.height / 2).checked_add_signed(dy).filter(|y| *y < self.height);
        x.zip(y).and_then(|(x, y)| self.cells.get(y * self.width + x)).copied().unwrap_or(0)
    }
}

/// x and y.
pub static POSITION: TracePart =
    TracePart { name: "position", about: "x and y", words: PartWords::Columns(&[ColumnWords::one("x"), ColumnWords::one("y")]) };
/// The direction.
pub static FACING: TracePart =
    TracePart { name: "facing", about: "the direction", words: PartWords::Columns(&[ColumnWords::one("facing")]) };
/// All cells in view.
pub static VIEW: TracePart = TracePart {
    name: "view",
    about: "Crafter, MiniGrid: everything in view (by replay)",
    words: PartWords::State(|view, _, out| out.extend(view.cells.iter().map(|byte| u32::from(*byte)))),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_player_is_read_off_the_view() {
        // 5 x 3 cells, the player at (2, 1).
        let cells = [0, 1, 2, 3, 4, 5, 6, 13, 8, 9, 10, 11, 12, 1, 2];
        let view = View { cells: &cells, height: 3, width: 5 };
        assert_eq!((view.at(0, 0), view.at(-1, 0), view.at(1, 1), view.at(-1, 1)), (13, 6, 1, 11));
        assert_eq!((view.at(0, -2), view.at(3, 0)), (0, 0), "out of view");
    }

    #[test]
    fn columns_are_chosen_by_name() {
        let there = ["x", "inventory_wood", "inventory_food", "achievement_wake_up"].map(str::to_string);
        let items = Columns::Prefix { prefix: INVENTORY, except: &["food"] };
        assert_eq!(items.among(&there), ["inventory_wood"]);
        assert_eq!(Columns::One("y").among(&there), ["y"]);
    }
}
