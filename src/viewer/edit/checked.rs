//! The first state of a document, as the page shows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::envs::{Block, Core, Daylight, Family, LayerNames, Layers, TileMap, World};
use crate::sim::Replay;

/// What the player can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Cells that can be reached from any start, with all doors open.
    pub cells: usize,
    /// Cells of the map that are no wall.
    pub free: usize,
    /// Goals that can be reached.
    pub goals: usize,
    /// Goals on the map.
    pub all_goals: usize,
}

/// The first state of a document.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The world.
    pub world: Arc<dyn World>,
    /// Its names.
    pub names: LayerNames,
    /// The map as tiles.
    pub map: TileMap,
    /// The different tiles of the map, and for each cell the indices of its ground and of all that is on it; for the GPU.
    pub slots: (Vec<u32>, Arc<[u32]>),
    /// The contents of the map.
    pub layers: Layers,
    /// A scenario: the contents before it is applied.
    pub first: Option<Arc<Layers>>,
    /// The light.
    pub daylight: Daylight,
    /// The step counter.
    pub step: u32,
    /// What can be reached; None where nothing is known about it.
    pub reach: Option<Reach>,
}

impl Checked {
    /// The first state of the next episode of `replay`, from a scenario if there is one.
    ///
    /// # Errors
    /// If the scenario does not fit.
    pub fn look(world: &Arc<dyn World>, replay: &mut Replay, scenario: Option<&Value>) -> Result<Checked, String> {
        replay.reset(scenario).map_err(|why| why.to_string())?;
        let mut found = None;
        replay.look(&mut |own, block| found = Some(Checked::of_state(world.clone(), own, block)));
        found.ok_or_else(|| "the state was not shown".to_string())
    }

    fn of_state(world: Arc<dyn World>, own: &dyn World, block: &Block) -> Checked {
        let layers = own.layers(0, block);
        let names = own.layer_names();
        let reach = (world.spec().family != Family::Crafter).then(|| {
            let within = own.within_reach(0, block);
            let is = |cell: usize, name: &str| names.terrain.get(usize::from(layers.terrain[cell])).is_some_and(|n| n == name);
            let count = |counts: &dyn Fn(usize) -> bool| (0..layers.terrain.len()).filter(|cell| counts(*cell)).count();
            Reach {
                cells: within.iter().filter(|is| **is).count(),
                free: count(&|cell| !is(cell, "wall")),
                goals: count(&|cell| is(cell, "goal") && within[cell]),
                all_goals: count(&|cell| is(cell, "goal")),
            }
        });
        Checked {
            names,
            map: own.tile_map(0, block),
            slots: (Vec::new(), Arc::new([])),
            daylight: own.daylight(0, block),
            step: block.core_of(0)[Core::STEP],
            first: None,
            reach,
            layers,
            world,
        }
    }

    /// Numbers the tiles that the map has, so that the window need not.
    pub fn number_tiles(&mut self) {
        let (mut distinct, mut known) = (Vec::new(), BTreeMap::new());
        let numbers = self.map.ground.iter().zip(&self.map.cells).flat_map(|(ground, whole)| [*ground, *whole]);
        let mut slot = |number: u32| {
            *known.entry(number).or_insert_with(|| {
                distinct.push(number);
                distinct.len() as u32 - 1
            })
        };
        let slots: Arc<[u32]> = numbers.map(&mut slot).collect();
        self.slots = (distinct, slots);
    }
}
