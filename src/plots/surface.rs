//! What can be drawn on.

use plotters::coord::Shift;
use plotters::prelude::*;

/// What can be drawn on: everything in units, times a scale.
pub(super) type Area<'a, DB> = DrawingArea<DB, Shift>;
pub(super) type Drawn<DB> = std::result::Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
