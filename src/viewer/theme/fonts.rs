//! Typefaces and sizes of text.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

/// Family names. Inter has three weights, Phosphor two.
const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";
const ICONS: &str = "icons";
const ICONS_FILL: &str = "icons-fill";

/// The fonts of the window.
pub fn definitions() -> FontDefinitions {
    let files: [(&str, &[u8]); 6] = [
        ("regular", include_bytes!("../../../assets/fonts/Inter-Regular.ttf")),
        (MEDIUM, include_bytes!("../../../assets/fonts/Inter-Medium.ttf")),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf")),
        ("mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
        (ICONS, include_bytes!("../../../assets/fonts/Phosphor.ttf")),
        (ICONS_FILL, include_bytes!("../../../assets/fonts/Phosphor-Fill.ttf")),
    ];
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_string(), Arc::new(data(name, bytes)));
        let family = match name {
            "regular" => FontFamily::Proportional,
            "mono" => FontFamily::Monospace,
            name => FontFamily::Name(name.into()),
        };
        // What a face lacks is looked up in the regular one.
        let others = match name {
            "regular" => vec!["mono".to_string()],
            "mono" => vec!["regular".to_string()],
            _ => vec!["regular".to_string(), "mono".to_string()],
        };
        fonts.families.insert(family, [vec![name.to_string()], others].concat());
    }
    fonts
}

/// Width of the narrow spaces of Inter, in normal spaces; egui does not take it from the font.
const THIN_SPACE: f32 = 0.65;

/// A font file. Outlines are drawn as they are: hinting moves the parts of icons.
fn data(name: &str, bytes: &'static [u8]) -> FontData {
    let mut tweak = egui::FontTweak::default();
    if name != "mono" {
        tweak.thin_space_width = THIN_SPACE;
    }
    tweak.hinting = Some(false);
    FontData::from_static(bytes).tweak(tweak)
}

/// Headings, the step in the inspector.
pub fn heading() -> FontId {
    FontId::new(20.0, FontFamily::Name(SEMIBOLD.into()))
}

/// The name of the program.
pub fn lead() -> FontId {
    FontId::new(15.0, FontFamily::Name(SEMIBOLD.into()))
}

/// Text.
pub fn body() -> FontId {
    FontId::new(13.0, FontFamily::Proportional)
}

/// Titles of panes and sections.
pub fn strong() -> FontId {
    FontId::new(13.0, FontFamily::Name(SEMIBOLD.into()))
}

/// Rows and values.
pub fn small() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

/// Buttons.
pub fn button() -> FontId {
    FontId::new(12.0, FontFamily::Name(MEDIUM.into()))
}

/// Values that matter in a row.
pub fn value() -> FontId {
    FontId::new(12.0, FontFamily::Name(SEMIBOLD.into()))
}

/// Ticks of axes, heads of columns.
pub fn axis() -> FontId {
    FontId::new(11.0, FontFamily::Proportional)
}

/// Hashes, paths, commands.
pub fn mono() -> FontId {
    FontId::new(12.0, FontFamily::Monospace)
}

/// Titles of the pages that participants see.
#[cfg(feature = "study")]
pub fn page_title() -> FontId {
    page_strong(28.0)
}

/// Text of these pages: 14, 16 or 18 points.
#[cfg(feature = "study")]
pub fn page_text(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Headings, buttons and keys of these pages.
#[cfg(feature = "study")]
pub fn page_strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Icons of `size` points.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

/// Filled icons: states and transport.
pub fn icon_fill(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS_FILL.into()))
}
