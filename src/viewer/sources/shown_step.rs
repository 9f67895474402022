//! One row of a recording as panes show it.

use std::sync::atomic::AtomicBool;

use crate::envs::{Block, Daylight, Layers, Light, Picture, Pose, TileMap, World};
use crate::error::{Error, Result};
use crate::traces::cursor::{Agreement, Position};
use crate::traces::{Cursor, OwnedValue};

/// Pixels of a cell in the picture of the agent's view.
pub const VIEW_TILE: u32 = 32;

/// A row with its state.
#[derive(Clone, Debug)]
pub struct ShownStep {
    /// Where it is.
    pub position: Position,
    /// The row that was asked for; while a slider is dragged the nearest keyframe is shown instead.
    pub wanted: u64,
    /// The columns of the row as recorded, in the order of the file.
    pub recorded: Vec<(String, OwnedValue)>,
    /// Its state; None if another program wrote the recording.
    pub state: Option<ShownState>,
}

/// A replayed state.
#[derive(Clone, Debug)]
pub struct ShownState {
    /// The whole map.
    pub map: TileMap,
    /// The map's content.
    pub layers: Layers,
    /// The light.
    pub daylight: Daylight,
    /// The player.
    pub pose: Pose,
    /// The agent's view as a picture, [`VIEW_TILE`] pixels a cell; None if it cannot be drawn.
    pub view: Option<Picture>,
    /// The symbolic observation.
    pub observation: Vec<u8>,
    /// Sum of the rewards of the episode up to here.
    pub episode_return: f64,
    /// Bit a: achievement a was unlocked in the episode up to here.
    pub unlocked: u32,
    /// The values of the world's columns.
    pub columns: Vec<u32>,
    /// Different cells on which the player was in the episode up to here.
    pub cells: u32,
    /// Whether recorded and replayed rows are equal; None for a glance, which compares nothing.
    pub agreement: Option<Agreement>,
}

impl ShownStep {
    /// Whether this is the row that was asked for.
    pub fn is_exact(&self) -> bool {
        self.position.row == self.wanted
    }

    /// A recorded value.
    pub fn value(&self, column: &str) -> Option<&OwnedValue> {
        self.recorded.iter().find(|(name, _)| name == column).map(|(_, value)| value)
    }

    /// A recorded number.
    pub fn number(&self, column: &str) -> Option<f64> {
        match self.value(column)? {
            OwnedValue::Whole(whole) => Some(*whole as f64),
            OwnedValue::Real(real) => Some(*real),
            _ => None,
        }
    }

    /// The row at which the cursor is.
    ///
    /// # Errors
    /// What the replay reports, or that a part cannot be read.
    pub fn of(cursor: &mut Cursor, wanted: u64) -> Result<ShownStep> {
        let position = cursor.position().ok_or_else(|| Error::Usage("no row is shown".to_string()))?;
        let recorded = cursor.recorded()?.values().map(|(name, value)| (name, value.into())).collect();
        let state = cursor.world().is_some().then(|| ShownState::of(cursor)).transpose()?;
        Ok(ShownStep { position, wanted, recorded, state })
    }

    /// A row of any instance, beside the row at which the cursor is, without its recorded columns.
    ///
    /// # Errors
    /// As [`Cursor::glance`].
    pub fn glance(cursor: &mut Cursor, instance: u32, row: u64, stop: &AtomicBool) -> Result<ShownStep> {
        let state = cursor.glance((instance, row), stop, |glanced| {
            let mut seen = None;
            let observation = glanced.replay.observation().to_vec();
            let (sum, cells) = (glanced.replay.episode_return(), glanced.replay.cells_visited());
            glanced.replay.look(&mut |world, block| {
                seen = Some(ShownState::seen(world, block, observation.clone(), (sum, cells)));
            });
            seen
        })?;
        let none = || Error::Data("the state was not shown".to_string());
        let position = cursor.position_of(instance, row)?;
        Ok(ShownStep { position, wanted: row, recorded: Vec::new(), state: Some(state.ok_or_else(none)?) })
    }
}

impl ShownState {
    fn of(cursor: &mut Cursor) -> Result<ShownState> {
        let observation = cursor.observation()?.to_vec();
        let (sum, cells, agreement) = (cursor.episode_return()?, cursor.cells_visited()?, cursor.agreement()?);
        let state = cursor.look(|world, block| ShownState {
            view: world.draw_view(0, block, VIEW_TILE, Light::Now).ok(),
            ..ShownState::seen(world, block, observation, (sum, cells))
        })?;
        Ok(ShownState { agreement: Some(agreement), ..state })
    }

    /// What a state shows: no picture, and nothing compared.
    fn seen(world: &dyn World, block: &Block, observation: Vec<u8>, (episode_return, cells): (f64, u32)) -> ShownState {
        let mut columns = Vec::new();
        world.columns(0, block, &mut columns);
        ShownState {
            map: world.tile_map(0, block),
            layers: world.layers(0, block),
            daylight: world.daylight(0, block),
            pose: world.pose(0, block),
            view: None,
            observation,
            episode_return,
            unlocked: world.unlocked(0, block),
            columns,
            cells,
            agreement: None,
        }
    }
}
