//! The pages of the window.

use super::command::Command;

/// What the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// One world, as large as it fits.
    #[default]
    Inspect,
    /// Two to four worlds side by side, and their difference.
    Compare,
    /// All worlds of a source as thumbnails, and one of them.
    Grid,
    /// Measures of all sources over steps, and a table of their means.
    Curves,
    /// A scenario or a world that is painted.
    Edit,
}

impl Page {
    /// All pages, in the order of their buttons.
    pub const ALL: [Page; 5] = [Page::Inspect, Page::Compare, Page::Grid, Page::Curves, Page::Edit];

    /// What shows the page.
    pub fn command(self) -> Command {
        match self {
            Page::Inspect => Command::InspectPage,
            Page::Compare => Command::ComparePage,
            Page::Grid => Command::GridPage,
            Page::Curves => Command::CurvesPage,
            Page::Edit => Command::EditPage,
        }
    }
}
