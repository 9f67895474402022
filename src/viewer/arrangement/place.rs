//! An arrangement of panes as a file holds it, checked before it becomes tiles.

use egui_tiles::{Container, Linear, LinearDir, Tabs, Tile, TileId, Tiles, Tree};
use serde::{Deserialize, Serialize};

use super::pane_kind::PaneKind;

/// Containers inside containers. People nest a few.
const MAX_DEPTH: usize = 8;

/// A pane, or panes in a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A pane under its tab.
    Pane(PaneKind),
    /// Panes of which one is seen: its index, and all of them.
    Tabs(usize, Vec<Place>),
    /// Side by side, each with its share of the width. Beside the map, shares are points.
    Row(Vec<(f32, Place)>),
    /// One below the other, each with its share of the height.
    Column(Vec<(f32, Place)>),
}

impl Place {
    /// Checks that every pane is there once and that shares are numbers above 0.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let mut panes = Vec::new();
        self.collect(0, &mut panes)?;
        for kind in PaneKind::ALL {
            match panes.iter().filter(|known| **known == kind).count() {
                1 => {}
                n => return Err(format!("the pane {} is there {n} times", kind.name())),
            }
        }
        Ok(())
    }

    fn collect(&self, depth: usize, panes: &mut Vec<PaneKind>) -> Result<(), String> {
        if depth > MAX_DEPTH || panes.len() > PaneKind::ALL.len() {
            return Err("panes are nested too deep, or there are too many".to_string());
        }
        match self {
            Place::Pane(kind) => panes.push(*kind),
            Place::Tabs(_, list) if list.is_empty() => return Err("tabs without a pane".to_string()),
            Place::Tabs(_, list) => list.iter().try_for_each(|place| place.collect(depth + 1, panes))?,
            Place::Row(list) | Place::Column(list) => {
                if let Some((share, _)) = list.iter().find(|(share, _)| !(*share > 0.0 && share.is_finite())) {
                    return Err(format!("a share of {share}"));
                }
                list.iter().try_for_each(|(_, place)| place.collect(depth + 1, panes))?;
            }
        }
        Ok(())
    }

    /// The tiles of the arrangement.
    pub fn tree(&self, name: &str) -> Tree<PaneKind> {
        let mut tiles = Tiles::default();
        let root = self.insert(&mut tiles);
        Tree::new(egui::Id::unique(name), root, tiles)
    }

    fn insert(&self, tiles: &mut Tiles<PaneKind>) -> TileId {
        match self {
            Place::Pane(kind) => {
                let pane = tiles.insert_pane(*kind);
                tiles.insert_tab_tile(vec![pane])
            }
            Place::Tabs(active, list) => {
                let panes: Vec<TileId> = list
                    .iter()
                    .map(|place| if let Place::Pane(kind) = place { tiles.insert_pane(*kind) } else { place.insert(tiles) })
                    .collect();
                let mut tabs = Tabs::new(panes.clone());
                panes.get(*active).into_iter().for_each(|pane| tabs.set_active(*pane));
                tiles.insert_container(tabs)
            }
            Place::Row(list) => Place::insert_linear(LinearDir::Horizontal, list, tiles),
            Place::Column(list) => Place::insert_linear(LinearDir::Vertical, list, tiles),
        }
    }

    fn insert_linear(dir: LinearDir, list: &[(f32, Place)], tiles: &mut Tiles<PaneKind>) -> TileId {
        let children: Vec<TileId> = list.iter().map(|(_, place)| place.insert(tiles)).collect();
        let mut linear = Linear::new(dir, children.clone());
        children.into_iter().zip(list).for_each(|(child, (share, _))| linear.shares.set_share(child, *share));
        tiles.insert_container(linear)
    }

    /// The arrangement of tiles; None if they hold what no arrangement has.
    pub fn of(tree: &Tree<PaneKind>) -> Option<Place> {
        let place = Place::at(tree, tree.root()?, 0)?;
        place.check().is_ok().then_some(place)
    }

    fn at(tree: &Tree<PaneKind>, id: TileId, depth: usize) -> Option<Place> {
        if depth > MAX_DEPTH {
            return None;
        }
        let below = |child: &TileId| Place::at(tree, *child, depth + 1);
        match tree.tiles.get(id)? {
            Tile::Pane(kind) => Some(Place::Pane(*kind)),
            Tile::Container(Container::Tabs(tabs)) => {
                let list: Vec<Place> = tabs.children.iter().filter_map(below).collect();
                match &list[..] {
                    [alone] => Some(alone.clone()),
                    _ => Some(Place::Tabs(tabs.children.iter().position(|child| tabs.is_active(*child)).unwrap_or(0), list)),
                }
            }
            Tile::Container(Container::Linear(linear)) => {
                let share = |child: &TileId| Some((linear.shares[*child], below(child)?));
                let list = linear.children.iter().filter_map(share).collect();
                Some(if linear.dir == LinearDir::Horizontal { Place::Row(list) } else { Place::Column(list) })
            }
            Tile::Container(Container::Grid(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::arrangement::Arrangement;

    #[test]
    fn an_arrangement_comes_back_from_tiles_and_text() {
        let pane = Place::Pane;
        let odd = Place::Column(vec![
            (2.0, Place::Row(vec![(1.0, pane(PaneKind::Inspector)), (3.5, pane(PaneKind::World))])),
            (1.0, Place::Tabs(1, vec![pane(PaneKind::Sources), pane(PaneKind::Observation)])),
        ]);
        for place in [odd, Arrangement::wide(), Arrangement::medium()] {
            assert_eq!(place.check(), Ok(()));
            assert_eq!(Place::of(&place.tree("test")), Some(place.clone()));
            let text = serde_json::to_string(&place).expect("text");
            assert_eq!(serde_json::from_str::<Place>(&text).expect("read"), place);
        }
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        let all = || PaneKind::ALL.map(Place::Pane).to_vec();
        assert!(Place::Tabs(7, all()).check().is_ok(), "an active tab that is not there is the first one");
        assert!(Place::Tabs(0, all()[1..].to_vec()).check().is_err());
        assert!(Place::Tabs(0, [all(), all()].concat()).check().is_err());
        for share in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert!(Place::Row(all().into_iter().map(|place| (share, place)).collect()).check().is_err());
        }
        let deep = (0..100).fold(Place::Tabs(0, all()), |inner, _| Place::Column(vec![(1.0, inner)]));
        assert!(deep.check().is_err());
    }
}
