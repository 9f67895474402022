//! Documents to begin with, as people choose them.

use std::path::PathBuf;

use super::blank::{ROOM, of_level, of_world, room};
use super::document::Document;
use super::drawing::Form;
use super::jobs::Outcome;
use super::scenario::Scenario;
use super::{files, take_over};
use crate::envs::{Family, Options, World, catalog, load};
use crate::viewer::shown::Shown;
use crate::viewer::sources::ShownState;

/// What a document begins with.
#[derive(Clone, Debug)]
pub enum Start {
    /// A file, and world and seed of the scenario that it may be.
    File(PathBuf, (String, i64)),
    /// An empty scenario over a world and a seed.
    Scenario(String, i64),
    /// A room with nothing in it.
    Room(Form),
    /// The drawing of a world.
    World(String),
    /// The shown state.
    Shown(Box<ShownWorld>),
}

/// A world as it is shown, with its seed.
#[derive(Clone, Debug)]
pub struct ShownWorld {
    world: std::sync::Arc<dyn World>,
    seed: i64,
    state: ShownState,
    step: u32,
}

impl Start {
    /// The shown world; None if none is shown or its rules are not known here.
    pub fn shown(shown: &Shown) -> Option<Start> {
        let (world, state) = (shown.world()?.clone(), shown.state()?.1.clone());
        let step = shown.step_of(shown.step?.position.row).unwrap_or(0);
        Some(Start::Shown(Box::new(ShownWorld { world, seed: seed_of(shown)?, state, step })))
    }

    /// What the page begins with: the world and the seed that are shown, or the first world of Crafter.
    pub fn first(shown: &Shown) -> Start {
        let world = shown.world().filter(|world| world.spec().family == Family::Crafter);
        match (world, seed_of(shown)) {
            (Some(world), Some(seed)) => Start::Scenario(world.spec().id.clone(), seed),
            _ => Start::shown(shown).unwrap_or_else(|| Start::Scenario("crafter".to_string(), 0)),
        }
    }

    /// All starts that need nothing that is open, with their names.
    pub fn all() -> Vec<(String, Start)> {
        let mut all = vec![
            ("Crafter scenario".to_string(), Start::Scenario("crafter".to_string(), 0)),
            ("Blank room".to_string(), Start::Room(Form::Cells)),
            ("Blank room with thin walls".to_string(), Start::Room(Form::ThinWalls)),
            ("Blank MiniGrid level".to_string(), Start::Room(Form::MiniGrid)),
        ];
        let entry = catalog::FAMILIES.iter().find(|entry| entry.family == Family::GridLab);
        let worlds = entry.map_or(&[][..], |entry| entry.builtin).iter();
        all.extend(worlds.map(|(id, _)| ((*id).to_string(), Start::World((*id).to_string()))));
        all
    }

    /// Makes the document.
    pub fn begin(self) -> Outcome {
        let unsaved = |document: Result<Document, String>| document.map(|document| (Box::new(document), None));
        Outcome::Document(match self {
            Start::File(path, (world, seed)) => {
                files::open(&path, (&world, seed)).map(|(document, on_disk)| (Box::new(document), Some(on_disk)))
            }
            Start::Scenario(world, seed) => unsaved(Ok(Document::Scenario(Scenario::new(&world, seed)))),
            Start::Room(form) => unsaved(room(form, ROOM).map(Document::Drawing)),
            Start::World(id) => unsaved(of_world(&id, 0).map(Document::Drawing)),
            Start::Shown(shown) => unsaved(of_shown(&shown)),
        })
    }
}

/// The seed of the shown instance.
fn seed_of(shown: &Shown) -> Option<i64> {
    let meta = shown.listing?.meta.as_ref()?;
    Some(meta.seed.wrapping_add(i64::from(shown.instance?.instance)))
}

fn of_shown(shown: &ShownWorld) -> Result<Document, String> {
    let spec = shown.world.spec();
    match spec.family {
        Family::Crafter => {
            let known = load(&spec.id, &Options::default()).map_err(|why| why.to_string())?;
            if known.spec().toml != spec.toml {
                return Err(format!("The shown world has other rules than {}, over which the scenario would be played", spec.id));
            }
            take_over::scenario((&spec.id, shown.seed), &shown.state.layers, shown.step).map(Document::Scenario)
        }
        Family::MiniGrid => {
            let mut drawing = of_level(&*shown.world, &shown.state.layers)?;
            drawing.seed = shown.seed;
            Ok(Document::Drawing(drawing))
        }
        Family::GridLab => super::drawing::Drawing::parse(&spec.id, shown.seed, &spec.toml).map(Document::Drawing),
    }
}
