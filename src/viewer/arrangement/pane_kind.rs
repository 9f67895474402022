//! The panes that can be moved.

use serde::{Deserialize, Serialize};

/// A pane that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaneKind {
    /// What is open.
    Sources,
    /// The map.
    World,
    /// What the agent sees.
    Observation,
    /// The record of the step.
    Inspector,
}

impl PaneKind {
    /// All panes.
    pub const ALL: [PaneKind; 4] = [PaneKind::Sources, PaneKind::World, PaneKind::Observation, PaneKind::Inspector];

    /// Its title.
    pub fn name(self) -> &'static str {
        match self {
            PaneKind::Sources => "Sources",
            PaneKind::World => "World",
            PaneKind::Observation => "Observation",
            PaneKind::Inspector => "Inspector",
        }
    }

    /// Its width beside the map at first, in points.
    pub(super) fn width(self) -> f32 {
        match self {
            PaneKind::Sources => 264.0,
            PaneKind::World => 640.0,
            PaneKind::Observation => 320.0,
            PaneKind::Inspector => 304.0,
        }
    }
}
