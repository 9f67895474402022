//! Arguments about the world that several subcommands share.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;

use super::{number, output};
use crate::envs::{Options, World, load};
use crate::error::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stream {
    /// The random stream of the reference package
    Numpy,
    /// A counter-based stream (Philox) without state; worlds and rules are the same, random outcomes in play differ
    Keyed,
}

#[derive(clap::Args, Clone, Debug)]
pub struct WorldArgs {
    /// Environment: an id (see `envs ls`) or the path of a TOML file
    #[arg(default_value = "crafter")]
    pub env: String,
    /// Random stream in play
    #[arg(long, value_enum, default_value_t = Stream::Numpy)]
    pub stream: Stream,
    /// Crafter: take the noise of the night picture from the random stream of the world, as the package does when it draws
    #[arg(long)]
    pub picture_noise: bool,
    /// Draw the RGB picture in every step
    #[arg(long)]
    pub pixels: bool,
    /// Folder of PNG tiles to draw with instead of the built-in ones
    #[arg(long, value_name = "DIR", requires = "pixels")]
    pub textures: Option<PathBuf>,
    /// Steps after which an episode is truncated; MiniGrid's reward for success, 1 - 0.9 x steps / STEPS, changes with it [default: from the
    /// ruleset]
    #[arg(long, value_name = "STEPS", value_parser = number::small)]
    pub length: Option<u32>,
    /// Size of the map in cells [default: from the ruleset]
    #[arg(long, num_args = 2, value_names = ["W", "H"], value_parser = number::small)]
    pub area: Option<Vec<u32>>,
}

impl WorldArgs {
    pub fn options(&self) -> Options {
        Options {
            keyed: self.stream == Stream::Keyed,
            picture_noise: self.picture_noise,
            pixels: self.pixels,
            textures: self.textures.clone(),
            length: self.length,
            area: self.area.as_deref().and_then(|a| Some((*a.first()?, *a.get(1)?))),
        }
    }

    /// # Errors
    /// If there is no such world or its ruleset is invalid.
    pub fn load(&self) -> Result<Arc<dyn World>, Error> {
        let world = load(&self.env, &self.options())?;
        for note in world.notes() {
            // A note that cannot be written is dropped.
            output::note(&format!("note: {note}"));
        }
        Ok(world)
    }
}
