//! The area that figures are drawn on.

use plotters::coord::Shift;
use plotters::prelude::*;

/// The area that figures are drawn on. All lengths are in units times a scale.
pub(super) type Area<'a, DB> = DrawingArea<DB, Shift>;
pub(super) type Drawn<DB> = std::result::Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;
