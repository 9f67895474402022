//! A window without a display that tests drive by keys, mouse and the names of controls.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use explorarium::scene::Theme;
use explorarium::viewer::App;

/// How long threads may take for what a test waits for.
const PATIENCE: Duration = Duration::from_secs(120);

/// A window in a test.
pub struct Story {
    pub harness: Harness<'static>,
    app: Rc<RefCell<Option<App>>>,
}

impl Story {
    /// A window of this size, in points, with `scale` pixels for each point.
    pub fn new(size: (f32, f32), scale: f32) -> Story {
        let app: Rc<RefCell<Option<App>>> = Rc::default();
        let (made, shown) = (app.clone(), app.clone());
        let harness = Harness::builder()
            .with_size(Vec2::new(size.0, size.1))
            .with_pixels_per_point(scale)
            .with_max_steps(200)
            .with_context_setup(move |ctx| *made.borrow_mut() = Some(App::new(ctx, Theme::Dark, "a test".to_string())))
            .build_ui(move |ui| {
                if let Some(app) = shown.borrow_mut().as_mut() {
                    app.ui(ui);
                }
            });
        Story { harness, app }
    }

    /// With these sources, once they are read.
    pub fn open(paths: &[&str]) -> Story {
        let mut story = Story::new((1600.0, 1000.0), 1.0);
        story.app(|app| paths.iter().for_each(|path| app.open(Path::new(path))));
        story.run_until_idle();
        story
    }

    pub fn app<T>(&self, see: impl FnOnce(&mut App) -> T) -> T {
        see(self.app.borrow_mut().as_mut().expect("made"))
    }

    /// Frames until everything that was asked for is shown.
    pub fn run_until_idle(&mut self) {
        self.wait("all is read and shown", |app| app.is_idle());
        self.harness.run_steps(3);
    }

    /// Frames until `done`.
    pub fn wait(&mut self, what: &str, done: impl Fn(&App) -> bool) {
        let began = Instant::now();
        loop {
            self.harness.step();
            if self.app(|app| done(app)) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "waited for this: {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_string()));
        self.harness.run_steps(2);
    }

    /// Clicks the control of this name.
    pub fn click(&mut self, name: &str) {
        let at = self.rect(name).center();
        self.click_at(at);
    }

    pub fn click_at(&mut self, at: Pos2) {
        self.button(at, true);
        self.button(at, false);
        self.harness.run_steps(2);
    }

    fn button(&mut self, pos: Pos2, pressed: bool) {
        self.harness.event(Event::PointerMoved(pos));
        let modifiers = Modifiers::NONE;
        self.harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        self.harness.step();
    }

    /// Drags from one place to another, in steps.
    pub fn drag(&mut self, from: Pos2, to: Pos2) {
        self.button(from, true);
        for k in 1..=8 {
            self.harness.event(Event::PointerMoved(from + (to - from) * (k as f32 / 8.0)));
            self.harness.step();
        }
        self.button(to, false);
        self.harness.run_steps(2);
    }

    /// Where the control of this name is.
    pub fn rect(&self, name: &str) -> Rect {
        self.harness.get_by_label(name).rect()
    }

    /// Where the first control is whose name begins like this.
    pub fn rect_of(&self, begin: &str) -> Rect {
        let found = self
            .harness
            .root()
            .children_recursive()
            .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with(begin)));
        found.unwrap_or_else(|| panic!("no control is called {begin}...: {:?}", self.names())).rect()
    }

    /// Whether there is a control of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names().iter().any(|known| known == name)
    }

    /// The names of all controls.
    pub fn names(&self) -> Vec<String> {
        let name = |node: egui_kittest::Node| node.accesskit_node().label().or(node.accesskit_node().value());
        self.harness.root().children_recursive().filter_map(name).collect()
    }

    /// All texts that are painted, with their rectangle and the part of the window that they may be painted in.
    pub fn texts(&self) -> Vec<(String, Rect, Rect, f32)> {
        let mut texts = Vec::new();
        for clipped in &self.harness.output().shapes {
            collect(&clipped.shape, clipped.clip_rect, &mut texts);
        }
        texts
    }

    /// Whether a text is painted.
    pub fn shows(&self, words: &str) -> bool {
        self.texts().iter().any(|(text, ..)| text.contains(words))
    }
}

pub fn collect(shape: &egui::Shape, clip: Rect, texts: &mut Vec<(String, Rect, Rect, f32)>) {
    match shape {
        egui::Shape::Vec(inner) => inner.iter().for_each(|shape| collect(shape, clip, texts)),
        egui::Shape::Text(text) => {
            let size = text.galley.job.sections.first().map_or(0.0, |section| section.format.font_id.size);
            let rect = text.galley.rect.translate(text.pos.to_vec2());
            texts.push((text.galley.text().to_string(), rect, clip, size));
        }
        _ => {}
    }
}
