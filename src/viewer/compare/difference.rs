//! Where A was more than B: the difference of their shares of visits, over the terrain of A.

use egui::{Align2, CornerRadius, Painter, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::scene::{FittedScale, Ramp};
use crate::viewer::map::{
    Atlas, Camera, Difference, MapPaint, Projection, Rows, ScaledTiles, Uploaded, View, ramp_words, shares,
};
use crate::viewer::panes::{colour_words, ramp_bar};
use crate::viewer::shown::Shown;
use crate::viewer::theme::{Tokens, fonts, numbers};
use crate::viewer::widgets::text;

/// Opacity of the difference over the terrain.
const HEAT: f32 = 0.88;
/// Number of the pane for the map shader.
const PANE: u64 = 140;

/// An instance: its source, its index, the rows that count, and how many are read.
type Key = (u64, u32, Rows, u64);

/// What the pane keeps from frame to frame.
#[derive(Debug, Default)]
pub struct DifferencePane {
    atlas: Option<(u64, Atlas)>,
    scaled: ScaledTiles,
    /// The difference that was computed last.
    known: Option<([Key; 2], Difference, Uploaded)>,
    versions: u64,
}

impl DifferencePane {
    /// The difference of two shown worlds up to their rows; None if one of them is not read yet or has no positions.
    pub fn compute(&mut self, a: &Shown, b: &Shown) -> Option<Difference> {
        let size = a.state().map(|(_, state)| (state.map.width, state.map.height))?;
        let key = |shown: &Shown| {
            let (id, instance) = shown.of()?;
            Some((id, instance, shown.scope()?, shown.track?.rows()))
        };
        let keys: [Key; 2] = [key(a)?, key(b)?];
        if let Some((_, difference, _)) = self.known.as_ref().filter(|(known, ..)| *known == keys) {
            return Some(difference.clone());
        }
        let difference = Difference::between((a.track?, keys[0].2), (b.track?, keys[1].2), size)?;
        self.versions += 1;
        let words = difference.heat.as_ref().map_or_else(|| [0u32].into(), shares);
        self.known = Some((keys, difference.clone(), Uploaded { version: self.versions, words }));
        Some(difference)
    }

    /// Draws it over the terrain of A, as `camera` shows it.
    pub fn show(&mut self, ui: &Ui, t: &Tokens, a: &Shown, rect: Rect, camera: Option<Camera>) {
        let painter = &ui.painter_at(rect);
        if let Some(paint) = self.paint(ui, t, a, rect, camera) {
            painter.add(paint.shape(rect));
        } else {
            painter.rect_filled(rect, CornerRadius::ZERO, t.bg0);
        }
        if let Some((_, difference, _)) = &self.known {
            legend(painter, t, rect, difference.heat.as_ref().map(|heat| &heat.scale));
        }
    }

    fn paint(&mut self, ui: &Ui, t: &Tokens, a: &Shown, rect: Rect, camera: Option<Camera>) -> Option<MapPaint> {
        let ((source, state), world) = (a.state()?, a.world()?);
        if self.atlas.as_ref().is_none_or(|(known, _)| *known != source) {
            self.atlas = Some((source, Atlas::new(world.clone())));
        }
        let (_, atlas) = self.atlas.as_mut()?;
        atlas.set_light(crate::envs::Daylight::DAY, t.theme);
        let words: Vec<u32> = atlas.cells(&state.map).ok()?.into_iter().flatten().collect();
        let heat = self.known.as_ref().filter(|(_, difference, _)| difference.heat.is_some()).map(|(.., words)| words.clone());
        let size = (state.map.width, state.map.height);
        let scale = ui.ctx().pixels_per_point();
        let camera = camera.unwrap_or_else(|| Camera::fit(size, rect.size(), scale));
        let projection: Projection = camera.project(rect, scale);
        self.versions += 1;
        Some(self.scaled.apply(MapPaint {
            pane: PANE,
            views: vec![View { projection, size, first: 0, light: None }],
            cells: Uploaded { version: self.versions, words: words.into() },
            heat,
            atlas: Uploaded { version: source << 32 | atlas.version(), words: atlas.texels().into() },
            side: atlas.side(),
            ramp: ramp_words(Ramp::Difference, t.theme),
            heat_opacity: HEAT,
            terrain_only: true,
            terrain: true,
            outside: colour_words(t.bg0),
            bare: colour_words(t.bg2),
            scaled: false,
        }))
    }
}

/// Which colour means how much.
fn legend(painter: &Painter, t: &Tokens, pane: Rect, scale: Option<&FittedScale>) {
    let rect = Rect::from_min_size(pos2(pane.left() + 12.0, pane.bottom() - 74.0), vec2(264.0, 62.0));
    if rect.right() > pane.right() || rect.top() < pane.top() {
        return;
    }
    painter.rect(rect, CornerRadius::same(6), t.bg1, Stroke::new(1.0, t.line2), StrokeKind::Inside);
    let inner = rect.shrink2(vec2(12.0, 8.0));
    text::line(painter, inner.left_top(), Align2::LEFT_TOP, "Share of visits, A \u{2212} B", fonts::value(), t.t1);
    let Some(scale) = scale else {
        let at = pos2(inner.left(), inner.top() + 20.0);
        text::line(painter, at, Align2::LEFT_TOP, "No visits in these steps.", fonts::axis(), t.t2);
        return;
    };
    if scale.max == 0.0 && scale.min == 0.0 {
        let at = pos2(inner.left(), inner.top() + 20.0);
        text::line(painter, at, Align2::LEFT_TOP, "No difference in these steps.", fonts::axis(), t.t2);
        return;
    }
    text::line(painter, inner.right_top(), Align2::RIGHT_TOP, "root", fonts::small(), t.t2);
    let bar = Rect::from_min_size(pos2(inner.left(), inner.top() + 20.0), vec2(inner.width(), 8.0));
    ramp_bar(painter, t, bar, Ramp::Difference);
    let most = numbers::real(100.0 * scale.max.abs().max(scale.min.abs()), false);
    let below = bar.bottom() + 4.0;
    let words = [format!("\u{2212}{most} % more B"), "0".to_string(), format!("more A +{most} %")];
    let places = [(bar.left(), Align2::LEFT_TOP), (bar.center().x, Align2::CENTER_TOP), (bar.right(), Align2::RIGHT_TOP)];
    for (words, (x, anchor)) in words.iter().zip(places) {
        text::line(painter, pos2(x, below), anchor, words, fonts::axis(), t.t2);
    }
}
