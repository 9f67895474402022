//! The toolbar of the World pane: layers, heat, scale, zoom.

use egui::{CornerRadius, Sense, Stroke, Ui, vec2};

use super::world::{LayerOptions, WorldPane};
use crate::scene::Scale;
use crate::viewer::command::{Command, Requests};
use crate::viewer::map::HeatOf;
use crate::viewer::shown::Shown;
use crate::viewer::sources::bonus_name;
use crate::viewer::theme::{Tokens, fonts, icons};
use crate::viewer::widgets::{Button, Look, text};

const TOOLBAR: f32 = 36.0;
/// Width of the buttons that zoom.
const ZOOM: f32 = 116.0;
/// More actions than this are many: sequences of them are tried on every cell.
const MANY_ACTIONS: u32 = 8;
/// The longest sequence that is offered; the command line takes any.
const MOST_ACTIONS: u32 = 8;

impl WorldPane {
    pub(super) fn toolbar(
        &mut self,
        ui: &mut Ui,
        t: &Tokens,
        shown: &Shown,
        options: &mut LayerOptions,
        requests: &mut Requests,
    ) {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), TOOLBAR), Sense::hover());
        ui.painter().rect_filled(rect, CornerRadius::ZERO, t.bg0);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
        let mut bar = ui.new_child(
            egui::UiBuilder::new()
                .max_rect(rect.shrink2(vec2(8.0, 4.0)))
                .layout(egui::Layout::left_to_right(egui::Align::Center)),
        );
        bar.spacing_mut().item_spacing.x = 4.0;
        let wide = rect.width() >= 560.0;
        for (command, icon, name) in [
            (Command::LayerTerrain, icons::MOUNTAINS, "Terrain"),
            (Command::LayerEntities, icons::PAW_PRINT, "Entities"),
            (Command::LayerTrail, icons::PATH, "Trail"),
            (Command::LayerView, icons::FRAME_CORNERS, "View"),
        ] {
            let on = match command {
                Command::LayerTerrain => options.terrain,
                Command::LayerEntities => options.entities,
                Command::LayerTrail => options.trail,
                _ => options.view,
            };
            let tooltip = command.tooltip();
            let button = if wide { Button::text(name).with_icon(icon) } else { Button::icon(icon, &tooltip) };
            if button.on(on).tooltip(&tooltip).show(&mut bar, t).clicked() {
                requests.push(command);
            }
        }
        bar.add_space(4.0);
        heat_menu(&mut bar, t, shown, options);
        // A difference has a scale of its own: the same for more and for less.
        if options.heat.as_ref().is_some_and(|heat| *heat != HeatOf::Difference) {
            scale_menu(&mut bar, t, options);
        }
        if options.heat == Some(HeatOf::Empowerment) {
            horizon_menu(&mut bar, t, shown, options);
        }
        bar.with_layout(egui::Layout::right_to_left(egui::Align::Center), |bar| {
            bar.spacing_mut().item_spacing.x = 2.0;
            if Button::icon(icons::CORNERS_OUT, &Command::Fit.tooltip()).show(bar, t).clicked() {
                requests.push(Command::Fit);
            }
            if wide && bar.available_width() >= ZOOM {
                self.zoom_buttons(bar, t, shown);
            }
        });
    }

    fn zoom_buttons(&mut self, bar: &mut Ui, t: &Tokens, shown: &Shown) {
        let tile = self.atlas.as_ref().map_or(16, |(_, atlas)| atlas.side()) as f32;
        let mut zoom = None;
        if Button::icon(icons::PLUS, "Zoom in\nOr turn the wheel over the map").show(bar, t).clicked() {
            zoom = Some(true);
        }
        let percent = self.camera.map_or(100.0, |camera| camera.cell / tile * 100.0);
        let galley = text::layout(bar, &format!("{percent:.0}%"), fonts::small());
        let (rect, _) = bar.allocate_exact_size(vec2(40.0, 24.0), Sense::hover());
        bar.painter().galley(rect.center() - galley.size() / 2.0, galley, t.t2);
        if Button::icon(icons::MINUS, "Zoom out\nOr turn the wheel over the map").show(bar, t).clicked() {
            zoom = Some(false);
        }
        if let (Some(up), Some(camera)) = (zoom, self.camera)
            && shown.step.is_some()
        {
            (self.camera, self.fitted) = (Some(camera.step(up)), false);
        }
    }
}

/// The choice of heat.
fn heat_menu(bar: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions) {
    let name = match &options.heat {
        None => "No heat".to_string(),
        Some(HeatOf::Visits) => "Visits".to_string(),
        Some(HeatOf::Bonus(name)) => format!("Bonus {}", bonus_name(name)),
        Some(HeatOf::Empowerment) => "Empowerment".to_string(),
        Some(HeatOf::Difference) => "Difference".to_string(),
    };
    let tooltip = "Heat  H\nChoose: visits, a recorded bonus, empowerment, or the difference to another world";
    let button = Button::text(&name).with_icon(icons::STACK).on(options.heat.is_some()).tooltip(tooltip).arrow();
    let response = button.show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        let mut choices = vec![(None, "No heat".to_string()), (Some(HeatOf::Visits), "Visits".to_string())];
        let bonuses = shown.track.map(|track| &track.bonuses[..]).unwrap_or_default();
        choices
            .extend(bonuses.iter().map(|(name, _)| (Some(HeatOf::Bonus(name.clone())), format!("Bonus {}", bonus_name(name)))));
        choices.push((Some(HeatOf::Empowerment), "Empowerment".to_string()));
        choices.push((Some(HeatOf::Difference), "Difference of visits to another world".to_string()));
        for (heat, name) in choices {
            if ui.selectable_label(options.heat == heat, name).clicked() {
                (options.heat, options.scale) = (heat, None);
                ui.close();
            }
        }
    });
}

/// Actions in a sequence at first: few where there are many actions and many cells.
pub fn first_horizon(shown: &Shown) -> u32 {
    let actions = shown.world().map_or(1, |world| world.spec().num_actions());
    if actions > MANY_ACTIONS { 1 } else { 3 }
}

/// The choice of a horizon.
fn horizon_menu(bar: &mut Ui, t: &Tokens, shown: &Shown, options: &mut LayerOptions) {
    let now = options.horizon.unwrap_or_else(|| first_horizon(shown));
    let tooltip = "Horizon\nActions in a sequence; each more takes several times as long";
    let words = now.to_string();
    let response = Button::text(&words).label("Horizon").look(Look::Quiet).tooltip(tooltip).arrow().show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        for horizon in 1..=MOST_ACTIONS {
            if ui.selectable_label(now == horizon, format!("{horizon} actions")).clicked() {
                options.horizon = Some(horizon);
                ui.close();
            }
        }
    });
}

/// The choice of a scale.
fn scale_menu(bar: &mut Ui, t: &Tokens, options: &mut LayerOptions) {
    let now = options.scale.unwrap_or_else(|| options.heat.as_ref().map_or(Scale::Linear, HeatOf::scale));
    let button = Button::text(now.name()).look(Look::Quiet).tooltip("Scale\nHow values become colours");
    let response = button.arrow().show(bar, t);
    egui::Popup::menu(&response).show(|ui| {
        for scale in [Scale::Linear, Scale::Log, Scale::Rank] {
            if ui.selectable_label(now == scale, scale.name()).clicked() {
                options.scale = Some(scale);
                ui.close();
            }
        }
    });
}
