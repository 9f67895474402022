//! Everything that can be done by a key, a button or the palette. Tooltips, the palette and the page of keys are made from this list.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::live::LivePlan;

/// Something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`Command::name` says what each does")]
pub enum Command {
    PlayPause,
    StepBack,
    StepForward,
    JumpBack,
    JumpForward,
    PreviousAchievement,
    NextAchievement,
    Start,
    End,
    RangeBegin,
    RangeEnd,
    ClearRange,
    Loop,
    Slower,
    Faster,
    PreviousEpisode,
    NextEpisode,
    LayerTerrain,
    LayerEntities,
    LayerTrail,
    LayerView,
    Heat,
    Fit,
    SourcesPanel,
    InspectorPanel,
    TimePanel,
    ResetLayout,
    Open,
    Palette,
    Keys,
    Theme,
    CloseSource,
    FullScreen,
    SavePicture,
    StartDemo,
    InspectPage,
    GridPage,
    ComparePage,
    Pin,
    WhoWentHere,
    Fork,
    TakeOver,
    HandBack,
    RecordHere,
    CurvesPage,
    MeasureAgain,
    FigureUnit,
    ExportFigures,
    EditPage,
    Save,
    Undo,
    Redo,
    PlayFromHere,
}

const PLAIN: Modifiers = Modifiers::NONE;
const CONTROL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const BOTH: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// A command with its name, a line about it, and its key.
type Entry = (Command, &'static str, &'static str, Option<(Modifiers, Key)>);

/// All commands, in the order of the palette.
const LIST: [Entry; 53] = [
    (Command::PlayPause, "Play or pause", "", Some((PLAIN, Key::Space))),
    (Command::StepForward, "One step forward", "", Some((CONTROL, Key::ArrowRight))),
    (Command::StepBack, "One step back", "", Some((CONTROL, Key::ArrowLeft))),
    (Command::JumpForward, "Forward by a tenth of the window", "", Some((SHIFT, Key::ArrowRight))),
    (Command::JumpBack, "Back by a tenth of the window", "", Some((SHIFT, Key::ArrowLeft))),
    (Command::NextAchievement, "Next achievement", "", Some((PLAIN, Key::N))),
    (Command::PreviousAchievement, "Previous achievement", "", Some((SHIFT, Key::N))),
    (Command::NextEpisode, "Next episode", "", Some((PLAIN, Key::ArrowRight))),
    (Command::PreviousEpisode, "Previous episode", "", Some((PLAIN, Key::ArrowLeft))),
    (Command::Start, "To the start", "", Some((PLAIN, Key::Home))),
    (Command::End, "To the end", "Follows a recording that is being written", Some((PLAIN, Key::End))),
    (Command::RangeBegin, "Range begins here", "", Some((PLAIN, Key::OpenBracket))),
    (Command::RangeEnd, "Range ends here", "", Some((PLAIN, Key::CloseBracket))),
    (
        Command::ClearRange,
        "Drop the range",
        "Closes the list of a cell first. Figures are of the episode up to the playhead again",
        Some((PLAIN, Key::Escape)),
    ),
    (Command::Loop, "Loop the range", "", Some((PLAIN, Key::L))),
    (Command::Slower, "Slower", "5 steps a second is the pace of people's studies", Some((PLAIN, Key::Comma))),
    (Command::Faster, "Faster", "5 steps a second is the pace of people's studies", Some((PLAIN, Key::Period))),
    (Command::LayerTerrain, "Terrain", "The ground", Some((PLAIN, Key::Num1))),
    (Command::LayerEntities, "Entities", "All that stands on the ground, the player too", Some((PLAIN, Key::Num2))),
    (Command::LayerTrail, "Trail", "Where the player was, older is fainter", Some((PLAIN, Key::Num3))),
    (Command::LayerView, "View", "The edge of what the player sees", Some((PLAIN, Key::Num4))),
    (Command::Heat, "Heat", "Switches between none, visits and the bonuses", Some((PLAIN, Key::H))),
    (Command::Fit, "Fit the map", "", Some((PLAIN, Key::F))),
    (Command::InspectPage, "Inspect", "One world, as large as it fits", Some((PLAIN, Key::I))),
    (Command::ComparePage, "Compare", "Two to four worlds side by side", Some((SHIFT, Key::C))),
    (Command::GridPage, "Grid", "All worlds of a source as thumbnails", Some((PLAIN, Key::G))),
    (Command::Pin, "Pin", "Takes the shown world into Compare, or out of it", Some((PLAIN, Key::C))),
    (
        Command::WhoWentHere,
        "Who went here",
        "Lists the episodes that went to the player's cell; a click on the map lists those of a cell",
        Some((PLAIN, Key::W)),
    ),
    (Command::Fork, "Fork", "Copies the shown state with its dice and runs the copy beside the original", Some((PLAIN, Key::B))),
    (Command::TakeOver, "Take over", "Play on from the shown state by keyboard, in a copy of it", Some((PLAIN, Key::P))),
    (Command::HandBack, "Hand back", "Ends your play: the agent plays on from where you are. Esc does so too", None),
    (Command::RecordHere, "Record from here", "A run goes on from the shown state in a new folder below runs, which stays", None),
    (Command::CurvesPage, "Curves", "Measures of all sources over steps, and their means", Some((PLAIN, Key::M))),
    (Command::MeasureAgain, "Measure again", "Reads the traces anew, for recordings that have grown", None),
    (Command::FigureUnit, "Runs or instances", "What intervals of figures treat as independent", None),
    (Command::ExportFigures, "Export tables of figures", "CSV files as `explorarium measure` writes them, in a new folder", None),
    (Command::EditPage, "Edit", "Paints a scenario or a world", Some((PLAIN, Key::E))),
    (Command::Save, "Save", "Writes what is painted to its file", Some((CONTROL, Key::S))),
    (Command::Undo, "Undo", "The last stroke or change of a form", Some((CONTROL, Key::Z))),
    (Command::Redo, "Redo", "What was undone; Ctrl+Y does it too", Some((BOTH, Key::Z))),
    (Command::PlayFromHere, "Play from here", "Starts a run with what is painted", None),
    (Command::SourcesPanel, "Sources panel", "", Some((BOTH, Key::B))),
    (Command::InspectorPanel, "Inspector panel", "", Some((BOTH, Key::S))),
    (Command::TimePanel, "Time panel", "", Some((BOTH, Key::T))),
    (Command::ResetLayout, "Reset the layout", "Panes and panels stand as at first", None),
    (
        Command::Open,
        "Open\u{2026}",
        "A run folder, a sweep or a trace: write its path, Enter opens a folder or shows what is in it",
        Some((CONTROL, Key::O)),
    ),
    (Command::Palette, "Do anything", "", Some((CONTROL, Key::K))),
    (Command::Keys, "Keys", "All keys and what they do", Some((PLAIN, Key::Questionmark))),
    (Command::Theme, "Light or dark", "", None),
    (
        Command::CloseSource,
        "Close the shown source",
        "Its files stay as they are; a live run ends, and its folder goes unless it is kept",
        None,
    ),
    (Command::FullScreen, "Full screen", "", Some((PLAIN, Key::F11))),
    (Command::SavePicture, "Save a picture of the window", "", Some((PLAIN, Key::F12))),
    (Command::StartDemo, "Start the live demo", "Crafter, played by an agent that looks for what is new", None),
];

/// Something that a live run shall do.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveRequest {
    /// Goes on.
    Run,
    /// Waits.
    Pause,
    /// Takes one step of each instance.
    Step,
    /// Takes so many steps a second; None for as fast as it goes.
    Rate(Option<f64>),
    /// Whether its folder stays when it is closed.
    Keep(bool),
    /// Pauses, and another run starts beside it.
    Start(Box<LivePlan>),
}

/// Things asked for in this frame.
#[derive(Debug, Default)]
pub struct Requests {
    /// Commands, in order.
    pub commands: Vec<Command>,
    /// A row to go to, and whether a slider is being dragged.
    pub row: Option<(u64, bool)>,
    /// A range to set.
    pub range: Option<Option<(u64, u64)>>,
    /// A source, an instance and a row to show.
    pub select: Option<(u64, u32, u64)>,
    /// A cell of the map that was clicked.
    pub picked: Option<(u32, u32)>,
    /// A path to open.
    pub open: Option<PathBuf>,
    /// A source to close.
    pub close: Option<u64>,
    /// Steps a second.
    pub speed: Option<f64>,
    /// What the live run of a source shall do.
    pub live: Option<(u64, LiveRequest)>,
}

impl Requests {
    /// Asks for a command.
    pub fn push(&mut self, command: Command) {
        self.commands.push(command);
    }
}

impl Command {
    /// All commands.
    pub fn all() -> impl Iterator<Item = Command> {
        LIST.iter().map(|(command, ..)| *command)
    }

    fn entry(self) -> &'static Entry {
        LIST.iter().find(|(command, ..)| *command == self).unwrap_or(&LIST[0])
    }

    /// Its name, for people.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// More about it; may be empty.
    pub fn about(self) -> &'static str {
        self.entry().2
    }

    /// Its key.
    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        self.entry().3.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key))
    }

    /// Its key in words.
    pub fn key(self) -> String {
        let Some(KeyboardShortcut { modifiers, logical_key }) = self.shortcut() else { return String::new() };
        let mut words = String::new();
        for (set, word) in [(modifiers.command, "Ctrl+"), (modifiers.shift, "Shift+")] {
            if set {
                words += word;
            }
        }
        words
            + match logical_key {
                Key::ArrowLeft => "Left",
                Key::ArrowRight => "Right",
                Key::OpenBracket => "[",
                Key::CloseBracket => "]",
                Key::Comma => ",",
                Key::Period => ".",
                Key::Questionmark => "?",
                Key::Escape => "Esc",
                key => key.name(),
            }
    }

    /// Whether it changes what is painted or its file.
    pub fn is_of_edit(self) -> bool {
        matches!(self, Command::Save | Command::Undo | Command::Redo | Command::PlayFromHere)
    }

    /// Whether its key works on the page Edit, which has neither a playhead nor layers.
    pub fn works_while_editing(self) -> bool {
        let pages = [Command::InspectPage, Command::ComparePage, Command::GridPage, Command::CurvesPage, Command::EditPage];
        let of_window = [Command::Fit, Command::Palette, Command::Keys, Command::FullScreen, Command::SavePicture];
        self.is_of_edit() || pages.contains(&self) || of_window.contains(&self)
    }

    /// Name and key in the first line, more in a second one.
    pub fn tooltip(self) -> String {
        let first = [self.name(), &self.key()].join("  ").trim_end().to_string();
        if self.about().is_empty() { first } else { format!("{first}\n{}", self.about()) }
    }
}

/// The commands whose keys were pressed, of those that `work` here. Controls that take text keep the keys.
pub fn pressed(ctx: &egui::Context, work: impl Fn(Command) -> bool) -> Vec<Command> {
    if ctx.text_edit_focused() {
        return Vec::new();
    }
    let mut found = Vec::new();
    // A focused control is pressed by Space, and arrows go to the next one.
    let focused = ctx.memory(|memory| memory.focused().is_some());
    let is_kept = |key: &KeyboardShortcut| {
        let belongs = matches!(key.logical_key, Key::Space | Key::ArrowLeft | Key::ArrowRight | Key::Escape);
        focused && belongs && key.modifiers.is_none()
    };
    // Keys with modifiers first: Left alone would take Ctrl+Left as well.
    let mut by_modifiers: Vec<Command> = Command::all().filter(|command| work(*command)).collect();
    by_modifiers.sort_by_key(|command| {
        command.shortcut().map_or(0, |key| -(i32::from(key.modifiers.command) + i32::from(key.modifiers.shift)))
    });
    ctx.input_mut(|input| {
        for command in by_modifiers {
            if let Some(shortcut) = command.shortcut()
                && !is_kept(&shortcut)
                && input.consume_shortcut(&shortcut)
            {
                found.push(command);
            }
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_commands_have_one_key_or_name() {
        for (k, a) in Command::all().enumerate() {
            for b in Command::all().skip(k + 1) {
                assert_ne!(a, b);
                assert_ne!(a.name(), b.name());
                assert!(a.shortcut().is_none() || a.shortcut() != b.shortcut(), "{a:?} and {b:?}");
            }
        }
        assert_eq!(Command::Heat.tooltip(), "Heat  H\nSwitches between none, visits and the bonuses");
        assert_eq!(Command::StepBack.key(), "Ctrl+Left");
    }
}
