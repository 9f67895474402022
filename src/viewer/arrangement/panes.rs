//! Where panes stand.

use egui_tiles::{Container, LinearDir, Tile, TileId, Tree};

use super::pane_kind::PaneKind;
use super::place::Place;

/// Least width of the map, and of what stands beside it, in points.
const LEAST: f32 = 120.0;

/// Where panes stand, in wide windows and in others.
#[derive(Debug)]
pub struct Arrangement {
    /// For windows with room for the agent's view beside the map.
    pub wide: Tree<PaneKind>,
    /// For smaller ones.
    pub medium: Tree<PaneKind>,
    /// Changes when panes are moved.
    pub version: u64,
}

impl Default for Arrangement {
    fn default() -> Arrangement {
        Arrangement { wide: Arrangement::wide().tree("wide panes"), medium: Arrangement::medium().tree("panes"), version: 0 }
    }
}

impl Arrangement {
    /// All panes side by side.
    pub fn wide() -> Place {
        Place::Row(PaneKind::ALL.map(|kind| (kind.width(), Place::Pane(kind))).to_vec())
    }

    /// The agent's view as a tab beside the map.
    pub fn medium() -> Place {
        let of = |kind: PaneKind| (kind.width(), Place::Pane(kind));
        let middle = Place::Tabs(0, vec![Place::Pane(PaneKind::World), Place::Pane(PaneKind::Observation)]);
        Place::Row(vec![of(PaneKind::Sources), (PaneKind::World.width(), middle), of(PaneKind::Inspector)])
    }

    /// Takes over arrangements of a file.
    ///
    /// # Errors
    /// What is wrong with them; nothing is changed then.
    pub fn set(&mut self, wide: &Place, medium: &Place) -> Result<(), String> {
        wide.check()?;
        medium.check()?;
        (self.wide, self.medium) = (wide.tree("wide panes"), medium.tree("panes"));
        Ok(())
    }
}

/// Shows or hides a pane.
pub fn set_visible(tree: &mut Tree<PaneKind>, kind: PaneKind, visible: bool) {
    if let Some(id) = tree.tiles.find_pane(&kind) {
        tree.set_visible(id, visible);
    }
}

/// Panes beside the map keep their widths when the window changes: the map takes the rest.
pub fn keep_widths(tree: &mut Tree<PaneKind>, width: f32) {
    let Some(root) = tree.root() else { return };
    let Some(Tile::Container(Container::Linear(row))) = tree.tiles.get(root) else { return };
    if row.dir != LinearDir::Horizontal {
        return;
    }
    let children: Vec<TileId> = row.children.clone();
    let shown: Vec<TileId> = children.iter().copied().filter(|child| tree.is_visible_in_layout(*child)).collect();
    let Some(map) = children.iter().copied().find(|child| panes(tree, *child).contains(&PaneKind::World)) else { return };
    let widths: Vec<(TileId, f32)> = children
        .iter()
        .filter(|child| **child != map)
        .map(|child| {
            let first = panes(tree, *child).first().map_or(LEAST, |kind| kind.width());
            (*child, if row.shares[*child] < LEAST { first } else { row.shares[*child] })
        })
        .collect();
    let others: f32 = widths.iter().filter(|(child, _)| shown.contains(child)).map(|(_, width)| width).sum();
    let gaps = shown.len().saturating_sub(1) as f32;
    let Some(Tile::Container(Container::Linear(row))) = tree.tiles.get_mut(root) else { return };
    widths.into_iter().for_each(|(child, width)| row.shares.set_share(child, width));
    row.shares.set_share(map, (width - gaps - others).max(LEAST));
}

/// The panes in a tile, in order.
fn panes(tree: &Tree<PaneKind>, id: TileId) -> Vec<PaneKind> {
    match tree.tiles.get(id) {
        Some(Tile::Pane(kind)) => vec![*kind],
        Some(Tile::Container(container)) => container.children().flat_map(|child| panes(tree, *child)).collect(),
        None => Vec::new(),
    }
}
