//! The content of a world as numbers, for programs that draw it themselves.

/// Direction in which something looks, the same in all families. Its number is the bit in [`Layers::walls`].
/// [`super::world::Pose::facing`] has the numbers of the family.
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
    /// The facing with this number; South for all larger numbers.
    pub fn of(number: u32) -> Facing {
        match number {
            0 => Facing::West,
            1 => Facing::East,
            2 => Facing::North,
            _ => Facing::South,
        }
    }
}

/// An item that is carried, or hidden in a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Index in [`LayerNames::items`].
    pub kind: u16,
    /// Index in [`LayerNames::colours`]; None for an item without a colour.
    pub colour: Option<u8>,
    /// How many.
    pub count: u32,
}

/// Something on a cell that moves, can be taken, opens or changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Index in [`LayerNames::entities`].
    pub kind: u16,
    /// Column, from the left.
    pub x: u32,
    /// Row, from the top.
    pub y: u32,
    /// Direction in which it looks; None if it has none.
    pub facing: Option<Facing>,
    /// Health; None if it has none.
    pub health: Option<u32>,
    /// Index in [`LayerNames::states`].
    pub state: u16,
    /// Index in [`LayerNames::colours`]; None if it has no colour.
    pub colour: Option<u8>,
    /// Crafter: cooldown of a zombie, reload of a skeleton, age of a plant, in steps; else 0.
    pub counter: u32,
    /// The item in a box of MiniGrid.
    pub inside: Option<Item>,
}

/// The agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLayer {
    /// Column, from the left.
    pub x: u32,
    /// Row, from the top.
    pub y: u32,
    /// Direction in which it looks.
    pub facing: Facing,
    /// Its items in the order of [`LayerNames::items`], without counts of 0. In Crafter health, food, drink and energy are items too.
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
    /// `[height, width]`: terrain of each cell, as an index in [`LayerNames::terrain`].
    pub terrain: Vec<u16>,
    /// `[height, width]`: colour of the terrain as an index in [`LayerNames::colours`], or [`NO_COLOUR`].
    pub colours: Vec<u8>,
    /// The entities on the cells, at most one on each; the agent may stand on the same cell.
    pub entities: Vec<Entity>,
    /// The agent.
    pub agent: AgentLayer,
    /// `[height, width]`: whether the observation shows the cell. Crafter: the window around the player. MiniGrid: the part of the view
    /// that is not hidden. Gridlab: the player's cell, keys, doors that stay open, and TVs in sight.
    pub field_of_view: Vec<bool>,
    /// `[height, width]`: bit d is set if a wall between cells blocks the move from the cell in direction d ([`Facing`]).
    pub walls: Vec<u8>,
}

/// [`Layers::colours`] of terrain without a colour.
pub const NO_COLOUR: u8 = 255;
/// [`Entity::state`] of entities without states.
pub const NO_STATE: u16 = 0;

/// The names of the numbers of [`Layers`] in a world. Some names belong to numbers that the family does not use; no cell has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerNames {
    /// Crafter: materials. MiniGrid: its objects, by its numbers. Gridlab: kinds of cells, by the numbers of its observation, then one-way
    /// cells by direction.
    pub terrain: Vec<String>,
    /// Crafter: kinds of objects. MiniGrid: its objects, by its numbers. Gridlab: kinds of cells.
    pub entities: Vec<String>,
    /// The first name is for entities without states.
    pub states: Vec<String>,
    /// MiniGrid: its colours. Gridlab: letters, then colours of TVs. Crafter has none.
    pub colours: Vec<String>,
    /// Crafter: items of the inventory. MiniGrid: its objects. Gridlab: the key.
    pub items: Vec<String>,
}

/// Converts names to owned strings.
pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
