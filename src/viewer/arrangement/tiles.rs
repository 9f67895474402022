//! How panes and their tabs look, for the tiling library.

use egui::{Align2, Color32, Id, Rect, Response, Role, Sense, Stroke, Style, Ui, Visuals, WidgetInfo, pos2, vec2};
use egui_tiles::{
    Behavior, Container, EditAction, ResizeState, SimplificationOptions, TabState, Tabs, Tile, TileId, Tiles, UiResponse,
};

use super::pane_kind::PaneKind;
use crate::viewer::theme::{Tokens, fonts};
use crate::viewer::widgets::{focus_ring, text};

/// Height of a bar with tabs.
pub const TABS: f32 = 32.0;
/// Before the first tab.
const BEFORE: f32 = 4.0;

/// Draws a pane, or the buttons at the right end of its bar.
type Draw<'a> = &'a mut dyn FnMut(&mut Ui, PaneKind, PanePart);

/// What is to be drawn of a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanePart {
    /// All below its bar.
    Body,
    /// The buttons in its bar, from the right to the left.
    Buttons,
}

/// The panes of a frame.
pub struct PaneTiles<'a> {
    /// The colours.
    pub t: &'static Tokens,
    /// Draws a pane.
    pub draw: Draw<'a>,
    /// Whether panes were moved.
    pub edited: bool,
}

impl std::fmt::Debug for PaneTiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PaneTiles({})", self.edited)
    }
}

/// Number of visible tabs in the bar of a tile.
fn tabs_beside(tiles: &Tiles<PaneKind>, id: TileId) -> usize {
    let parent = tiles.parent_of(id).and_then(|parent| tiles.get(parent));
    let Some(Tile::Container(Container::Tabs(tabs))) = parent else { return 1 };
    tabs.children.iter().filter(|child| tiles.is_visible(**child)).count()
}

impl Behavior<PaneKind> for PaneTiles<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _: TileId, pane: &mut PaneKind) -> UiResponse {
        ui.spacing_mut().item_spacing.y = 0.0;
        (self.draw)(ui, *pane, PanePart::Body);
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &PaneKind) -> egui::WidgetText {
        pane.name().into()
    }

    fn tab_ui(&mut self, tiles: &mut Tiles<PaneKind>, ui: &mut Ui, id: Id, tile: TileId, state: &TabState) -> Response {
        let t = self.t;
        let title = self.tab_title_for_tile(tiles, tile);
        let width = text::layout(ui, title.text(), fonts::strong()).size().x + 16.0;
        let (_, rect) = ui.allocate_space(vec2(width, ui.available_height()));
        let response = ui.interact(rect, id, Sense::click_and_drag()).on_hover_cursor(self.tab_hover_cursor_icon());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, state.active, title.text()));
        if state.is_being_dragged {
            return response;
        }
        let ink = if state.active { t.t1 } else { t.t2 };
        text::line(ui.painter(), rect.center(), Align2::CENTER_CENTER, title.text(), fonts::strong(), ink);
        if state.active && tabs_beside(tiles, tile) > 1 {
            let line = Rect::from_min_max(pos2(rect.left() + 8.0, rect.bottom() - 2.0), pos2(rect.right() - 8.0, rect.bottom()));
            ui.painter().rect_filled(line, 0.0, t.t1);
        }
        focus_ring(ui, rect.shrink(2.0), &response, t);
        response
    }

    fn tab_bar_left_ui(&mut self, _: &Tiles<PaneKind>, ui: &mut Ui, _: TileId, _: &Tabs) {
        ui.add_space(BEFORE);
    }

    fn top_bar_right_ui(&mut self, tiles: &Tiles<PaneKind>, ui: &mut Ui, _: TileId, tabs: &Tabs, _: &mut f32) {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.add_space(4.0);
        let active = tabs.active.and_then(|active| tiles.get_pane(&active));
        if let Some(pane) = active {
            (self.draw)(ui, *pane, PanePart::Buttons);
        }
    }

    /// Panes are moved by their tabs, not by the empty part of a bar.
    fn is_tile_draggable(&self, tiles: &Tiles<PaneKind>, id: TileId) -> bool {
        tiles.get_pane(&id).is_some()
    }

    fn tab_bar_height(&self, _: &Style) -> f32 {
        TABS
    }

    fn gap_width(&self, _: &Style) -> f32 {
        1.0
    }

    fn min_size(&self) -> f32 {
        96.0
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }

    fn resize_stroke(&self, _: &Style, state: ResizeState) -> Stroke {
        match state {
            ResizeState::Idle => Stroke::new(1.0, self.t.line),
            ResizeState::Hovering => Stroke::new(2.0, self.t.ctl),
            ResizeState::Dragging => Stroke::new(2.0, self.t.acc),
        }
    }

    fn tab_bar_color(&self, _: &Visuals) -> Color32 {
        self.t.bg1
    }

    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::new(1.0, self.t.line)
    }

    fn drag_preview_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::new(2.0, self.t.acc)
    }

    fn drag_preview_color(&self, _: &Visuals) -> Color32 {
        self.t.acc.gamma_multiply(0.25)
    }

    fn on_edit(&mut self, _: EditAction) {
        self.edited = true;
    }
}
