//! What is in a world, in numbers: for a program that draws it itself.

/// Where somebody looks, in all families. The number is the bit of [`Layers::walls`]; [`super::world::Pose::facing`] counts as the family does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facing {
    /// To the left.
    West = 0,
    /// To the right.
    East = 1,
    /// Up.
    North = 2,
    /// Down.
    South = 3,
}

impl Facing {
    /// The facing of that number; the last one for all that are none.
    pub fn of(number: u32) -> Facing {
        match number {
            0 => Facing::West,
            1 => Facing::East,
            2 => Facing::North,
            _ => Facing::South,
        }
    }
}

/// Something that is carried, or hidden in a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Index in [`LayerNames::items`].
    pub kind: u16,
    /// Index in [`LayerNames::colours`]; None for what has no colour.
    pub colour: Option<u8>,
    /// How many.
    pub count: u32,
}

/// Something on a cell that moves, is taken, opens or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Index in [`LayerNames::entities`].
    pub kind: u16,
    /// Column, from the left.
    pub x: u32,
    /// Row, from the top.
    pub y: u32,
    /// Where it looks; None for what looks nowhere.
    pub facing: Option<Facing>,
    /// Health; None for what has none.
    pub health: Option<u32>,
    /// Index in [`LayerNames::states`].
    pub state: u16,
    /// Index in [`LayerNames::colours`]; None for what has no colour.
    pub colour: Option<u8>,
    /// Crafter: cooldown of a zombie, reload of a skeleton, age of a plant, in steps; else 0.
    pub counter: u32,
    /// What a box of MiniGrid hides.
    pub inside: Option<Item>,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLayer {
    /// Column, from the left.
    pub x: u32,
    /// Row, from the top.
    pub y: u32,
    /// Where it looks.
    pub facing: Facing,
    /// All that it has, in the order of [`LayerNames::items`], counts of 0 left out. In Crafter health, food, drink and energy are items too.
    pub carrying: Vec<Item>,
    /// Whether it sleeps (Crafter).
    pub asleep: bool,
}

/// One state of a world. Cells are `y * width + x`, from the top left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers {
    /// Columns of cells.
    pub width: u32,
    /// Rows of cells.
    pub height: u32,
    /// `[height, width]`: what each cell is made of, as an index in [`LayerNames::terrain`].
    pub terrain: Vec<u16>,
    /// `[height, width]`: colour of the terrain as an index in [`LayerNames::colours`], or [`NO_COLOUR`].
    pub colours: Vec<u8>,
    /// What stands on the cells, at most one on each; the agent may stand on the same cell.
    pub entities: Vec<Entity>,
    /// Who acts.
    pub agent: AgentLayer,
    /// `[height, width]`: whether the observation shows the cell. Crafter: the window around the player. MiniGrid: the part of the view that
    /// is not hidden. Gridlab: the player's cell, keys, doors that stay open, and TVs in sight.
    pub field_of_view: Vec<bool>,
    /// `[height, width]`: bit d is set if a wall without a cell of its own keeps from leaving the cell in direction d ([`Facing`]).
    pub walls: Vec<u8>,
}

/// [`Layers::colours`] of terrain without a colour.
pub const NO_COLOUR: u8 = 255;
/// [`Entity::state`] of what has no states.
pub const NO_STATE: u16 = 0;

/// What the numbers of [`Layers`] mean in a world. Names that no cell ever has stand for numbers that the family does not use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerNames {
    /// Crafter: materials. MiniGrid: its objects, by its numbers. Gridlab: kinds of cells, by the numbers of its observation, then one-way
    /// cells by direction.
    pub terrain: Vec<String>,
    /// Crafter: kinds of objects. MiniGrid: its objects, by its numbers. Gridlab: kinds of cells.
    pub entities: Vec<String>,
    /// The first is that of what has no states.
    pub states: Vec<String>,
    /// MiniGrid: its colours. Gridlab: letters, then colours of TVs. Crafter has none.
    pub colours: Vec<String>,
    /// Crafter: items of the inventory. MiniGrid: its objects. Gridlab: the key.
    pub items: Vec<String>,
}

/// Names as texts of their own.
pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
