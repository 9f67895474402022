//! Gives egui the colours, sizes and fonts of this program.

use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Visuals, vec2};

use super::{Tokens, fonts};
use crate::scene::Theme;

/// Seconds until a tooltip appears.
const TOOLTIP_DELAY: f32 = 0.4;

/// Sets fonts and both styles, and selects `theme`.
pub fn install(ctx: &Context, theme: Theme) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(egui::Theme::Dark, style(Tokens::of(Theme::Dark)));
    ctx.set_style_of(egui::Theme::Light, style(Tokens::of(Theme::Light)));
    ctx.set_theme(if theme == Theme::Dark { egui::Theme::Dark } else { egui::Theme::Light });
}

fn style(t: &Tokens) -> Style {
    let mut style = Style { animation_time: 0.0, visuals: visuals(t), ..Style::default() };
    style.text_styles = [
        (TextStyle::Heading, fonts::heading()),
        (TextStyle::Body, fonts::body()),
        (TextStyle::Button, fonts::button()),
        (TextStyle::Small, fonts::small()),
        (TextStyle::Monospace, fonts::mono()),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 4.0);
    style.spacing.button_padding = vec2(8.0, 4.0);
    style.spacing.interact_size = vec2(28.0, 24.0);
    style.spacing.menu_margin = Margin::same(4);
    style.interaction.tooltip_delay = TOOLTIP_DELAY;
    style.interaction.selectable_labels = false;
    style
}

fn visuals(t: &Tokens) -> Visuals {
    let mut v = if t.theme == Theme::Dark { Visuals::dark() } else { Visuals::light() };
    let radius = CornerRadius::same(4);
    let state = |ground: Color32, line: Color32, text: Color32| egui::style::WidgetVisuals {
        bg_fill: ground,
        weak_bg_fill: ground,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    v.widgets.noninteractive = state(t.bg1, t.line, t.t2);
    v.widgets.inactive = state(t.bg3, Color32::TRANSPARENT, t.t1);
    v.widgets.hovered = state(t.bg4, Color32::TRANSPARENT, t.t1);
    v.widgets.active = state(t.bg4, t.line2, t.t1);
    v.widgets.open = state(t.bg4, t.line2, t.t1);
    v.selection.bg_fill = t.accbg;
    v.selection.stroke = Stroke::new(2.0, t.acc);
    v.panel_fill = t.bg1;
    v.window_fill = t.bg1;
    v.window_stroke = Stroke::new(1.0, t.line2);
    v.window_corner_radius = CornerRadius::same(6);
    v.menu_corner_radius = CornerRadius::same(6);
    v.extreme_bg_color = t.bg2;
    v.text_edit_bg_color = Some(t.bg2);
    v.faint_bg_color = t.bg2;
    v.hyperlink_color = t.acc;
    v.warn_fg_color = t.warn;
    v.error_fg_color = t.err;
    let shade = if t.theme == Theme::Dark {
        Color32::from_black_alpha(128)
    } else {
        Color32::from_rgba_unmultiplied(0x16, 0x19, 0x1F, 41)
    };
    let shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: shade };
    v.window_shadow = shadow;
    v.popup_shadow = shadow;
    v
}
