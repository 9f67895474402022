//! Code points of the icon fonts `assets/fonts/Phosphor.ttf` and `Phosphor-Fill.ttf`.
//!
//! `scripts/fonts.py` reads this page and makes the fonts: an icon that has a line here is in them.

#![allow(dead_code, reason = "the page lists what the fonts have, not what is used")]

/// Reset: the world starts anew.
pub const ARROW_COUNTER_CLOCKWISE: char = '\u{E038}';
/// Goes to the next page of a study.
pub const ARROW_RIGHT: char = '\u{E06C}';
/// Swaps the slots A and B.
pub const ARROWS_LEFT_RIGHT: char = '\u{E0A0}';
/// Full screen; opens what is shown small.
pub const ARROWS_OUT: char = '\u{E0A2}';
/// A live source; starts the demo.
pub const BROADCAST: char = '\u{E0F2}';
/// Saves a picture of a pane.
pub const CAMERA: char = '\u{E10E}';
/// An open section; a button that opens a list.
pub const CARET_DOWN: char = '\u{E136}';
/// One step back; the previous page.
pub const CARET_LEFT: char = '\u{E138}';
/// One step on; a closed section or row.
pub const CARET_RIGHT: char = '\u{E13A}';
/// A list that opens upwards; sorted from the smallest.
pub const CARET_UP: char = '\u{E13C}';
/// Curves.
pub const CHART_LINE: char = '\u{E154}';
/// Writes an annotation; what was said.
pub const CHAT_TEXT: char = '\u{E17A}';
/// What is chosen in a list; a ticked box.
pub const CHECK: char = '\u{E182}';
/// An exact replay, where it is not a state chip.
pub const CHECK_CIRCLE: char = '\u{E184}';
/// A row that is being read.
pub const CIRCLE_NOTCH: char = '\u{EB44}';
/// Compare.
pub const COLUMNS: char = '\u{E546}';
/// Copies text.
pub const COPY: char = '\u{E1CA}';
/// Fits the whole map.
pub const CORNERS_OUT: char = '\u{E1D0}';
/// The processor or graphics card that computes.
pub const CPU: char = '\u{E610}';
/// The cell under the pointer.
pub const CROSSHAIR: char = '\u{E1D6}';
/// A study.
pub const DATABASE: char = '\u{E1DE}';
/// More commands of a pane.
pub const DOTS_THREE: char = '\u{E1FE}';
/// The place to drop files.
pub const DOWNLOAD_SIMPLE: char = '\u{E20C}';
/// Exports what is shown.
pub const EXPORT: char = '\u{EAF0}';
/// A trace or recording.
pub const FILE: char = '\u{E230}';
/// A damaged file.
pub const FILE_X: char = '\u{E23C}';
/// A marked event.
pub const FLAG: char = '\u{E244}';
/// A run folder.
pub const FOLDER: char = '\u{E24A}';
/// Opens files.
pub const FOLDER_OPEN: char = '\u{E256}';
/// The layer of the field of view.
pub const FRAME_CORNERS: char = '\u{E626}';
/// Filters sources or worlds.
pub const FUNNEL: char = '\u{E266}';
/// Play.
pub const GAME_CONTROLLER: char = '\u{E26E}';
/// The speed of playback.
pub const GAUGE: char = '\u{E628}';
/// Settings.
pub const GEAR: char = '\u{E270}';
/// Forks the shown state into a branch.
pub const GIT_FORK: char = '\u{E27E}';
/// The action do.
pub const HAND: char = '\u{E298}';
/// Exports a picture.
pub const IMAGE: char = '\u{E2CA}';
/// A note beside a setting.
pub const INFO: char = '\u{E2CE}';
/// The page of keys.
pub const KEYBOARD: char = '\u{E2D8}';
/// The presets as a menu, where the window is narrow.
pub const LIST: char = '\u{E2F0}';
/// Finds; the palette.
pub const MAGNIFYING_GLASS: char = '\u{E30C}';
/// Zooms the time out.
pub const MAGNIFYING_GLASS_MINUS: char = '\u{E30E}';
/// Zooms the time in.
pub const MAGNIFYING_GLASS_PLUS: char = '\u{E310}';
/// The small map of the whole world.
pub const MAP_PIN: char = '\u{E316}';
/// Map of a measure.
pub const MAP_TRIFOLD: char = '\u{E31A}';
/// The level of the microphone; consent to audio.
pub const MICROPHONE: char = '\u{E326}';
/// Zooms the world out.
pub const MINUS: char = '\u{E32A}';
/// The dark theme; changes to it.
pub const MOON: char = '\u{E330}';
/// The layer of the terrain.
pub const MOUNTAINS: char = '\u{E7AE}';
/// The colours of a layer.
pub const PALETTE: char = '\u{E6C8}';
/// The layer of the trail.
pub const PATH: char = '\u{E39C}';
/// Pauses, where it is not transport.
pub const PAUSE: char = '\u{E39E}';
/// The layer of the entities.
pub const PAW_PRINT: char = '\u{E648}';
/// Edits an annotation or world.
pub const PENCIL_SIMPLE: char = '\u{E3B4}';
/// Plays, where it is not transport.
pub const PLAY: char = '\u{E3D0}';
/// Adds a source; zooms the world in.
pub const PLUS: char = '\u{E3D4}';
/// Pins a source for Compare.
pub const PUSH_PIN: char = '\u{E3E2}';
/// Not checked; help.
pub const QUESTION: char = '\u{E3E8}';
/// Loops the range.
pub const REPEAT: char = '\u{E3F6}';
/// An agent.
pub const ROBOT: char = '\u{E762}';
/// Chooses and orders the lanes.
pub const ROWS: char = '\u{E5A2}';
/// Shows or hides the left panel.
pub const SIDEBAR_SIMPLE: char = '\u{EC24}';
/// Shows or hides the panel of time. Made from `SIDEBAR_SIMPLE`: Phosphor has none.
pub const SIDEBAR_SIMPLE_BOTTOM: char = '\u{F002}';
/// Shows or hides the right panel. Made from `SIDEBAR_SIMPLE`: Phosphor has none.
pub const SIDEBAR_SIMPLE_RIGHT: char = '\u{F001}';
/// The start, where it is not transport.
pub const SKIP_BACK: char = '\u{E5A4}';
/// The end, where it is not transport.
pub const SKIP_FORWARD: char = '\u{E5A6}';
/// Sorts, the largest first.
pub const SORT_DESCENDING: char = '\u{E446}';
/// Grid.
pub const SQUARES_FOUR: char = '\u{E464}';
/// The layer of the heat.
pub const STACK: char = '\u{E466}';
/// Stops, where it is not transport.
pub const STOP: char = '\u{E46C}';
/// The light theme; changes to it.
pub const SUN: char = '\u{E472}';
/// Exports a table.
pub const TABLE: char = '\u{E476}';
/// The command of the terminal that does the same.
pub const TERMINAL_WINDOW: char = '\u{EAE8}';
/// The language of a study.
pub const TRANSLATE: char = '\u{E4A2}';
/// Removes an annotation.
pub const TRASH: char = '\u{E4A6}';
/// People; a group of sources.
pub const USERS: char = '\u{E4D6}';
/// Something is missing, where it is not a state.
pub const WARNING: char = '\u{E4E0}';
/// Something differs, where it is not a state.
pub const WARNING_CIRCLE: char = '\u{E4E2}';
/// Closes; drops the range; clears a field.
pub const X: char = '\u{E4F6}';

/// Filled icons, for states and transport.
pub mod fill {
    /// An exact replay; done.
    pub const CHECK_CIRCLE: char = '\u{E184}';
    /// Live; the microphone is on.
    pub const CIRCLE: char = '\u{E18A}';
    /// The action do, on the page of play.
    pub const HAND: char = '\u{E298}';
    /// A message that is no warning.
    pub const INFO: char = '\u{E2CE}';
    /// The microphone is on.
    pub const MICROPHONE: char = '\u{E326}';
    /// The player sleeps, or it is night.
    pub const MOON: char = '\u{E330}';
    /// Pauses.
    pub const PAUSE: char = '\u{E39E}';
    /// Plays.
    pub const PLAY: char = '\u{E3D0}';
    /// A pinned source.
    pub const PUSH_PIN: char = '\u{E3E2}';
    /// Not checked.
    pub const QUESTION: char = '\u{E3E8}';
    /// The chosen answer.
    pub const RADIO_BUTTON: char = '\u{EB08}';
    /// Goes to the start.
    pub const SKIP_BACK: char = '\u{E5A4}';
    /// Goes to the end.
    pub const SKIP_FORWARD: char = '\u{E5A6}';
    /// The swatch of a group.
    pub const SQUARE: char = '\u{E45E}';
    /// A best value.
    pub const STAR: char = '\u{E46A}';
    /// Stops.
    pub const STOP: char = '\u{E46C}';
    /// Something is missing or not recorded.
    pub const WARNING: char = '\u{E4E0}';
    /// Something differs, or is damaged.
    pub const WARNING_CIRCLE: char = '\u{E4E2}';
}
