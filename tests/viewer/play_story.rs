//! `play` without a display: a participant who goes through a plan by keys, mouse and the names of controls.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use egui::{Event, Key, Modifiers, PointerButton, Rect, Vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{Harness, HarnessBuilder};
use explorarium::study::database::{Boot, Who, create_in_memory, enter_in_memory};
use explorarium::study::plan::StudyPlan;
use explorarium::study::session::{Clock, Input, Screen, Session};
use explorarium::viewer::PlayWindow;

use serde_json::Value;

use super::story::collect;

/// The plan of most tests: one to copy, which comes with the program.
pub fn simple_crafter() -> StudyPlan {
    let text = include_str!("../../assets/studies/simple-crafter.toml");
    StudyPlan::parse(text, None).expect("a plan")
}

/// A participant before a window.
pub struct PlayStory {
    pub harness: Harness<'static>,
    pub clock: Clock,
    state: Rc<RefCell<State>>,
}

struct State {
    window: Option<PlayWindow>,
    session: Session,
    /// What the window asked for, in order.
    inputs: Vec<Input>,
}

impl PlayStory {
    /// A session of a plan in memory, in a window of this size in points, with `scale` pixels for each point.
    pub fn new(plan: &StudyPlan, size: (f32, f32), scale: f32) -> PlayStory {
        PlayStory::with(plan, Harness::builder(), size, scale)
    }

    /// The same; the builder says what a letter leads to that the program has no typeface for.
    pub fn with(plan: &StudyPlan, builder: HarnessBuilder, size: (f32, f32), scale: f32) -> PlayStory {
        let who = Who { participant: "P08".to_string(), cohort: plan.cohorts.first().cloned() };
        let memory = create_in_memory(&plan.name).expect("memory");
        let entered = enter_in_memory(memory, plan, &who, &Boot::default()).expect("entered");
        let clock = Clock::still();
        let session = Session::begin(plan, entered, clock.clone(), Arc::new(|| ())).expect("a session");
        let state = Rc::new(RefCell::new(State { window: None, session, inputs: Vec::new() }));
        let (made, shown, time) = (state.clone(), state.clone(), clock.clone());
        let harness = builder
            .with_size(Vec2::new(size.0, size.1))
            .with_pixels_per_point(scale)
            .with_max_steps(200)
            .with_context_setup(move |ctx| made.borrow_mut().window = Some(PlayWindow::new(ctx)))
            .build_ui(move |ui| {
                let state = &mut *shown.borrow_mut();
                let Some(window) = &mut state.window else { return };
                let mut inputs = Vec::new();
                window.ui(ui, &state.session.screen(), &mut inputs);
                for input in inputs {
                    state.session.input(input.clone(), time.now_us());
                    state.inputs.push(input);
                }
            });
        let mut story = PlayStory { harness, clock, state };
        story.harness.run_steps(4);
        story
    }

    pub fn session<T>(&self, see: impl FnOnce(&mut Session) -> T) -> T {
        see(&mut self.state.borrow_mut().session)
    }

    /// What the window has asked for since the last call.
    pub fn inputs(&self) -> Vec<Input> {
        std::mem::take(&mut self.state.borrow_mut().inputs)
    }

    /// Lets time pass.
    pub fn pass(&mut self, us: u64) {
        self.clock.set(self.clock.now_us() + us);
        let now = self.clock.now_us();
        self.session(|session| session.advance(now));
        self.harness.run_steps(3);
    }

    /// A key goes down and up, as the window passes it on: to the session, and on pages to egui.
    pub fn key(&mut self, code: &str) {
        let now = self.clock.now_us();
        for down in [true, false] {
            self.session(|session| session.input(Input::Key { code: code.to_string(), down, repeated: false }, now));
        }
        self.harness.run_steps(3);
    }

    pub fn press(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::NONE, key);
        self.harness.run_steps(2);
    }

    pub fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_string()));
        self.harness.run_steps(2);
    }

    pub fn click(&mut self, name: &str) {
        let pos = self.harness.get_by_label(name).rect().center();
        for pressed in [true, false] {
            self.harness.event(Event::PointerMoved(pos));
            let modifiers = Modifiers::NONE;
            self.harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
            self.harness.step();
        }
        self.harness.run_steps(2);
    }

    /// The name of the control that has the focus.
    pub fn focused(&self) -> Option<String> {
        let mut all = self.harness.root().children_recursive();
        all.find(|node| node.accesskit_node().is_focused()).and_then(|node| node.accesskit_node().label())
    }

    pub fn names(&self) -> Vec<String> {
        let name = |node: egui_kittest::Node| node.accesskit_node().label().or(node.accesskit_node().value());
        self.harness.root().children_recursive().filter_map(name).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.names().iter().any(|known| known == name)
    }

    /// Id of the stage that is shown.
    pub fn stage(&self) -> String {
        match self.session(|session| session.screen()) {
            Screen::Page(view) => view.stage.id.clone(),
            Screen::Play(view) => view.stage.id.clone(),
            Screen::Trouble { details } => panic!("{details}"),
            Screen::Closed => "closed".to_string(),
        }
    }

    /// All texts that are painted, with their rectangle, the part of the window that they may be painted in, and their size.
    pub fn texts(&self) -> Vec<(String, Rect, Rect, f32)> {
        let mut texts = Vec::new();
        for clipped in &self.harness.output().shapes {
            collect(&clipped.shape, clipped.clip_rect, &mut texts);
        }
        texts
    }

    /// The values of one column of the session's database.
    pub fn rows(&self, query: &str) -> Vec<String> {
        self.session(|session| {
            let memory = session.memory().expect("in memory");
            let mut statement = memory.prepare(query).expect("a query");
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
            rows.map(|row| row.expect("text")).collect()
        })
    }

    /// From the consent to a page by what a participant would do.
    pub fn go_to(&mut self, stage: &str) {
        for _ in 0..100 {
            if self.stage() == stage {
                return;
            }
            let now = self.clock.now_us();
            match self.session(|session| session.screen()) {
                Screen::Page(view) => {
                    let n = view.boxes.len();
                    self.session(|session| {
                        (0..n).for_each(|index| session.input(Input::Box { index, given: true }, now));
                        for (index, value) in
                            [5.into(), 3.into(), Value::from("few")].into_iter().enumerate().take(view.answers.len())
                        {
                            session.input(Input::Answer { index, value: Some(value) }, now);
                        }
                        session.input(Input::Next, now);
                    });
                }
                Screen::Play(_) => self.session(|session| session.input(Input::EndStage, now)),
                _ => break,
            }
            self.harness.run_steps(2);
        }
        assert_eq!(self.stage(), stage);
    }
}
