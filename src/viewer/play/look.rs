//! Sizes and colours of the pages that participants see. They are dark, whatever the theme of the desktop.

use egui::{Color32, CornerRadius, Rect, Response, Stroke, StrokeKind, Ui};

use crate::scene::Theme;
use crate::viewer::theme::{Tokens, contrast};

/// The ground of all pages and of play: one grey, so that what is shown has one luminance.
pub const GROUND: Color32 = Color32::from_rgb(0x11, 0x13, 0x17);
/// Smallest side of what can be hit on a page.
pub const TARGET: f32 = 48.0;
/// Widest column of text.
pub const COLUMN: f32 = 800.0;
/// Radius of keys and controls.
pub const RADIUS: CornerRadius = CornerRadius::same(8);
/// Space around the content of the window.
pub const MARGIN: f32 = 48.0;
/// The same where the window is small.
pub const SMALL_MARGIN: f32 = 24.0;
/// Height of a window from which on space is not saved.
const TALL: f32 = 800.0;

/// The colours.
pub fn tokens() -> &'static Tokens {
    Tokens::of(Theme::Dark)
}

/// Space around the content of a window of this height.
pub fn margin(height: f32) -> f32 {
    if height < TALL { SMALL_MARGIN } else { MARGIN }
}

/// The ring around a control that has the focus. Brings it into view when it gets it.
pub fn ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.gained_focus() {
        ui.scroll_to_rect(rect.expand(12.0), None);
    }
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens().t1);
        ui.painter().rect_stroke(rect.expand(4.0), CornerRadius::same(10), stroke, StrokeKind::Inside);
    }
}

/// The ink that is easier to read on a ground: dark or light.
pub fn ink_on(ground: Color32) -> Color32 {
    let (dark, light) = (Color32::BLACK, Color32::WHITE);
    if contrast(dark, ground) >= contrast(light, ground) { dark } else { light }
}

/// A colour with `share` of black mixed in.
pub fn darker(colour: Color32, share: f32) -> Color32 {
    let part = |byte: u8| (f32::from(byte) * (1.0 - share)).round() as u8;
    Color32::from_rgb(part(colour.r()), part(colour.g()), part(colour.b()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_keys_can_be_read() {
        let t = tokens();
        for (ink, ground) in
            [(t.t1, GROUND), (t.t2, GROUND), (t.t3, GROUND), (t.t2, t.bg2), (t.t1, t.bg2), (t.on_acc, t.acc), (t.err, GROUND)]
        {
            assert!(contrast(ink, ground) >= 4.5, "{ink:?} on {ground:?}");
        }
        assert!(contrast(t.ctl, GROUND) >= 3.0);
        for rgb in 0..512_u32 {
            let part = |shift: u32| ((rgb >> shift & 7) * 36) as u8;
            let ground = Color32::from_rgb(part(0), part(3), part(6));
            assert!(contrast(ink_on(ground), ground) >= 4.5, "{ground:?}");
        }
    }
}
