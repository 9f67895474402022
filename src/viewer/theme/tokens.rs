//! The colours of the window, by their use. `ctl`, `acc` and others are the names of the design.

use egui::Color32;

use crate::scene::Theme;

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// The theme.
    pub theme: Theme,
    /// Gaps, canvas outside the map.
    pub bg0: Color32,
    /// Panes.
    pub bg1: Color32,
    /// Fields, hovered rows.
    pub bg2: Color32,
    /// Buttons, key caps.
    pub bg3: Color32,
    /// Pressed and on; tracks of bars.
    pub bg4: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Outlines of cards and fields.
    pub line2: Color32,
    /// Outlines that must be seen.
    pub ctl: Color32,
    /// Values, titles.
    pub t1: Color32,
    /// Labels.
    pub t2: Color32,
    /// Units, counts; only on `bg1` and `bg2`.
    pub t3: Color32,
    /// What is selected, focused, or the primary action.
    pub acc: Color32,
    /// Text on `acc`.
    pub on_acc: Color32,
    /// Ground of selected rows.
    pub accbg: Color32,
    /// Live, exact.
    pub ok: Color32,
    /// Its ground.
    pub okbg: Color32,
    /// Gaps, not recorded.
    pub warn: Color32,
    /// Its ground.
    pub warnbg: Color32,
    /// Damaged, differs.
    pub err: Color32,
    /// Its ground.
    pub errbg: Color32,
    /// Hues of sources, in the order in which they appear; the ninth takes the eighth.
    pub groups: [Color32; 8],
    /// Kinds of actions.
    pub actions: ActionColours,
}

/// The colours of the kinds of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionColours {
    /// Moves.
    pub walk: Color32,
    /// Uses what is faced.
    pub interact: Color32,
    /// Places something.
    pub place: Color32,
    /// Makes something.
    pub make: Color32,
    /// Sleeps.
    pub sleep: Color32,
}

const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// Light text on a dark ground.
pub const DARK: Tokens = Tokens {
    theme: Theme::Dark,
    bg0: hex(0x0D_0E11),
    bg1: hex(0x15_171B),
    bg2: hex(0x1B_1E23),
    bg3: hex(0x24_282F),
    bg4: hex(0x2F_343D),
    line: hex(0x26_2A31),
    line2: hex(0x3A_404B),
    ctl: hex(0x6B_7382),
    t1: hex(0xEC_EEF2),
    t2: hex(0xAE_B5C1),
    t3: hex(0x83_8B9A),
    acc: hex(0x8E_8BFF),
    on_acc: hex(0x0D_0E11),
    accbg: hex(0x2A_2A55),
    ok: hex(0x4C_C38A),
    okbg: hex(0x16_302A),
    warn: hex(0xF2_B84B),
    warnbg: hex(0x38_2B14),
    err: hex(0xFF_7F73),
    errbg: hex(0x3B_1D1C),
    groups: [
        hex(0xF0_932B),
        hex(0x4A_8CF0),
        hex(0x79_E6B3),
        hex(0xF0_A3F0),
        hex(0xF2_D94E),
        hex(0xEC_5048),
        hex(0xA3_709E),
        hex(0xA3_A9B2),
    ],
    actions: ActionColours {
        walk: hex(0x5F_6C7E),
        interact: hex(0xD5_DCE6),
        place: hex(0x3F_A9A1),
        make: hex(0xE3_B341),
        sleep: hex(0x6C_63D9),
    },
};

/// Dark text on a light ground.
pub const LIGHT: Tokens = Tokens {
    theme: Theme::Light,
    bg0: hex(0xE7_E9ED),
    bg1: hex(0xFF_FFFF),
    bg2: hex(0xF6_F7F9),
    bg3: hex(0xEC_EEF2),
    bg4: hex(0xDD_E1E8),
    line: hex(0xE2_E5EA),
    line2: hex(0xC3_C9D3),
    ctl: hex(0x86_8E9B),
    t1: hex(0x16_191F),
    t2: hex(0x47_4F5D),
    t3: hex(0x66_6E7C),
    acc: hex(0x4F_46D8),
    on_acc: hex(0xFF_FFFF),
    accbg: hex(0xE7_E6FC),
    ok: hex(0x0F_7A4B),
    okbg: hex(0xE2_F3EA),
    warn: hex(0x8F_5D00),
    warnbg: hex(0xFB_F0D9),
    err: hex(0xC0_271B),
    errbg: hex(0xFC_E8E6),
    groups: [
        hex(0xB0_650A),
        hex(0x2C_73D8),
        hex(0x0D_5A36),
        hex(0x8A_0F92),
        hex(0x70_6010),
        hex(0x85_1D02),
        hex(0x3A_2A58),
        hex(0x5A_626C),
    ],
    actions: ActionColours {
        walk: hex(0x87_919F),
        interact: hex(0x39_424F),
        place: hex(0x17_837C),
        make: hex(0xB9_8500),
        sleep: hex(0x5A_50CC),
    },
};

impl Tokens {
    /// The colours of a theme.
    pub fn of(theme: Theme) -> &'static Tokens {
        match theme {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }

    /// The hue of source number `n`, from 0.
    pub fn group(&self, n: usize) -> Color32 {
        self.groups[n.min(self.groups.len() - 1)]
    }
}

/// The contrast of two opaque colours, 1 to 21, as WCAG 2 defines it.
#[expect(clippy::disallowed_methods, reason = "a choice of ink and a check of colours; nothing else is decided by it")]
#[cfg(any(test, feature = "study"))]
pub fn contrast(a: Color32, b: Color32) -> f64 {
    let light = |colour: Color32| {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read() {
        for t in [DARK, LIGHT] {
            let grounds = [t.bg1, t.bg2, t.bg3, t.bg4, t.accbg];
            for ground in grounds {
                assert!(contrast(t.t1, ground) >= 7.0 && contrast(t.t2, ground) >= 4.5, "{:?} on {ground:?}", t.theme);
            }
            let pairs = [
                (t.t3, t.bg1),
                (t.t3, t.bg2),
                (t.on_acc, t.acc),
                (t.ok, t.okbg),
                (t.warn, t.warnbg),
                (t.err, t.errbg),
                (t.warn, t.bg1),
                (t.err, t.bg1),
            ];
            for (text, ground) in pairs {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}: {}", contrast(text, ground));
            }
            for mark in t.groups.into_iter().chain([t.ctl, t.acc]) {
                assert!(contrast(mark, t.bg1) >= 3.0, "{mark:?}: {}", contrast(mark, t.bg1));
            }
        }
    }

    #[test]
    fn contrast_by_hand() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        assert!((contrast(Color32::WHITE, Color32::WHITE) - 1.0).abs() < 1e-9);
    }
}
