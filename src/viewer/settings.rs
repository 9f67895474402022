//! What the window remembers: theme, open panels, where panes stand.

use std::path::{Path, PathBuf};

use egui::Context;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::arrangement::{Arrangement, Place};
use super::panels::{Panels, Remembered};
use crate::files::{read_text, write_bytes};
use crate::scene::Theme;

/// Version of the file.
const VERSION: u32 = 1;
/// Most bytes of the file.
const MOST: u64 = 1 << 16;

/// The content of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    version: u32,
    light: bool,
    sources: bool,
    inspector: bool,
    time: bool,
    wide: Place,
    medium: Place,
}

/// Where the window of this user remembers its settings; None if the system has no such place.
pub fn settings_file() -> Option<PathBuf> {
    dirs::config_dir().map(|folder| folder.join("explorarium").join("window.json"))
}

/// Reads the file; None if there is none.
fn read(path: &Path) -> Result<Option<Settings>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read_text(path, MOST).map_err(|why| why.to_string())?;
    let version = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|json| json.get("version")?.as_u64());
    if let Some(version) = version.filter(|version| *version > u64::from(VERSION)) {
        return Err(format!("it is of a newer version of the program ({version}; this one knows {VERSION})"));
    }
    let settings: Settings = serde_json::from_str(&text).map_err(|why| why.to_string())?;
    settings.wide.check()?;
    settings.medium.check()?;
    Ok(Some(settings))
}

impl App {
    /// Takes over what a file remembers, and remembers changes there. A file that cannot be read is left as it is.
    pub fn remember(&mut self, ctx: &Context, path: &Path) {
        match read(path) {
            Ok(Some(settings)) => self.take_settings(ctx, &settings),
            Ok(None) => {}
            Err(why) => {
                let path = path.display();
                return self
                    .say(format!("{path} cannot be read, so the layout is as at first: {why}. Delete it to have a new one."));
            }
        }
        self.remembered = Some(Remembered { path: path.to_path_buf(), known: self.setting_key() });
    }

    fn take_settings(&mut self, ctx: &Context, settings: &Settings) {
        let Settings { light, sources, inspector, time, .. } = *settings;
        self.set_theme(ctx, if light { Theme::Light } else { Theme::Dark });
        self.panels = Panels { sources, inspector, time };
        if let Err(why) = self.arrangement.set(&settings.wide, &settings.medium) {
            self.say(format!("The panes stand as at first: {why}."));
        }
    }

    fn setting_key(&self) -> (Theme, Panels, u64) {
        (self.theme, self.panels, self.arrangement.version)
    }

    fn settings(&self) -> Option<Settings> {
        let Panels { sources, inspector, time } = self.panels;
        let wide = Place::of(&self.arrangement.wide)?;
        let medium = Place::of(&self.arrangement.medium)?;
        Some(Settings { version: VERSION, light: self.theme == Theme::Light, sources, inspector, time, wide, medium })
    }

    /// Writes what has changed, once nothing is being dragged.
    pub(super) fn keep_settings(&mut self, ctx: &Context) {
        let key = self.setting_key();
        let Some(remembered) = self.remembered.as_ref().filter(|remembered| remembered.known != key) else { return };
        if ctx.input(|input| input.pointer.any_down()) {
            return;
        }
        let path = remembered.path.clone();
        // In the frame in which a pane is dropped its old place is still there, empty: it is gone in the next one.
        let Some(settings) = self.settings() else { return };
        self.remembered = Some(Remembered { path: path.clone(), known: key });
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.map_err(|why| why.to_string()).and_then(|()| {
            let text = serde_json::to_string_pretty(&settings).map_err(|why| why.to_string())?;
            write_bytes(&path, text.as_bytes()).map_err(|why| why.to_string())
        });
        if let Err(why) = written {
            self.remembered = None;
            self.say(format!("The layout is not remembered: {why}"));
        }
    }

    /// Panes and panels as at first.
    pub(super) fn reset_layout(&mut self) {
        let version = self.arrangement.version + 1;
        self.arrangement = Arrangement { version, ..Arrangement::default() };
        self.panels = Panels { sources: true, inspector: true, time: true };
    }
}
