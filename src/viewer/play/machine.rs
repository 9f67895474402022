//! What the window asks of the machine: its size, what is known of display and clock, names of keys.

use winit::dpi::LogicalSize;
use winit::event_loop::ActiveEventLoop;
use winit::keyboard::PhysicalKey;
use winit::window::{Fullscreen, Window, WindowAttributes};

use crate::study::database::Boot;
use crate::study::session::clock_step_ns;
use crate::viewer::display::Display;

/// A window of this size in points; None: the whole screen.
pub fn attributes(events: &ActiveEventLoop, title: String, size: Option<(f32, f32)>) -> WindowAttributes {
    let attributes = Window::default_attributes().with_title(title);
    if let Some((width, height)) = size {
        return attributes.with_inner_size(LogicalSize::new(width, height));
    }
    // Where nothing manages windows, one that wants the whole screen is given the size it asks for.
    let whole = attributes.with_fullscreen(Some(Fullscreen::Borderless(None)));
    match events.primary_monitor().or_else(|| events.available_monitors().next()) {
        Some(monitor) => whole.with_inner_size(monitor.size()).with_position(monitor.position()),
        None => whole,
    }
}

/// What is known of the machine.
pub fn boot(display: &Display, adapter: String) -> Boot {
    let monitor = display.window.current_monitor();
    let hertz = monitor.and_then(|monitor| monitor.refresh_rate_millihertz()).map(|rate| f64::from(rate) / 1000.0);
    let size = display.size().map(|[width, height]| format!("{width}x{height} {}", display.window.scale_factor()));
    Boot {
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        adapter: Some(adapter),
        display_hz: hertz,
        clock_step_ns: clock_step_ns(),
        window: size,
        language: None,
    }
}

/// The code of a key by its place, as the W3C names it.
pub fn code_of(key: PhysicalKey) -> String {
    match key {
        PhysicalKey::Code(code) => match format!("{code:?}").as_str() {
            "SuperLeft" => "MetaLeft".to_string(),
            "SuperRight" => "MetaRight".to_string(),
            name => name.to_string(),
        },
        PhysicalKey::Unidentified(_) => "Unidentified".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use winit::keyboard::KeyCode;

    use super::*;

    #[test]
    fn codes_are_those_of_the_w3c() {
        let code = |key: KeyCode| code_of(PhysicalKey::Code(key));
        let codes = [KeyCode::KeyW, KeyCode::ArrowLeft, KeyCode::Digit1, KeyCode::Space, KeyCode::SuperLeft, KeyCode::Numpad0];
        assert_eq!(codes.map(code), ["KeyW", "ArrowLeft", "Digit1", "Space", "MetaLeft", "Numpad0"]);
    }
}
