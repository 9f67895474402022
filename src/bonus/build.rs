//! Bonuses made of their configuration.

use super::config::Entry;
use super::forks::Forked;
use super::kept::Paying;
use crate::envs::World;
use crate::error::{Error, Result};
use crate::shaders::bonus::bebold::{BeBold, Novelty};
use crate::shaders::bonus::count::{Count, Form};
use crate::shaders::bonus::e3b::{self, E3b};
use crate::shaders::bonus::entropy::{Entropy, Mode, Over};
use crate::shaders::bonus::information_gain::{Gain, InformationGain};
use crate::shaders::bonus::knn::{self, Knn};
use crate::shaders::bonus::points::{Features, Points};
use crate::shaders::bonus::pseudo_count::{self, PseudoCount};
use crate::shaders::bonus::{Bonus, Scope};

/// Seed of the projections that points are made with: the same in every run, so that runs can be compared.
pub const PROJECTION_SEED: u64 = 0;

/// Largest ridge of `e3b`.
const MOST_RIDGE: f32 = 1e9;

/// The bonus of a resolved entry.
///
/// # Errors
/// [`Error::Usage`] if an option has a value that it cannot have.
pub fn bonus(entry: &Entry, world: &dyn World) -> Result<Paying> {
    if entry.name == "empowerment" {
        return Ok(Paying::Forks(Box::new(Forked::new(entry, world)?)));
    }
    kernel(entry, world).map(Paying::Kernel)
}

fn kernel(entry: &Entry, world: &dyn World) -> Result<Box<dyn Bonus>> {
    let wrong = |why: String| Error::Usage(format!("bonus {}: {why}", entry.name));
    let slots = entry.slots.unwrap_or_default();
    Ok(match entry.name.as_str() {
        "count" | "simhash" => {
            let form = form(
                entry,
                &[("sqrt", Form::Sqrt), ("inverse", Form::Inverse), ("first-visit", Form::First), ("product", Form::Product)],
            )?;
            Box::new(Count::new(form, scope(entry)?, slots, slots).map_err(wrong)?)
        }
        "bebold" => {
            let novelty = form(entry, &[("inverse", Novelty::Inverse), ("sqrt", Novelty::Sqrt)])?;
            Box::new(BeBold::new(novelty, slots).map_err(wrong)?)
        }
        "entropy" => {
            let mode = form(entry, &[("level", Mode::Level), ("delta", Mode::Delta), ("surprisal", Mode::Surprisal)])?;
            Box::new(Entropy::new(mode, over(entry)?).map_err(wrong)?)
        }
        "information-gain" => {
            let kinds =
                [("belief", Gain::Belief), ("posterior-prior", Gain::PosteriorPrior), ("prior-posterior", Gain::PriorPosterior)];
            let gain = form(entry, &kinds)?;
            Box::new(InformationGain::new(gain, scope(entry)?, entry.outcomes.unwrap_or_default(), slots).map_err(wrong)?)
        }
        _ => over_points(entry, world)?,
    })
}

/// A bonus over points of what is seen.
fn over_points(entry: &Entry, world: &dyn World) -> Result<Box<dyn Bonus>> {
    let wrong = |why: &dyn std::fmt::Display| Error::Usage(format!("bonus {}: {why}", entry.name));
    let dims = entry.dims.unwrap_or_default();
    let features =
        Features { first_byte: 0, n_bytes: world.simhash_bytes(), values: world.simhash_values(), dims, identity: false };
    let points = Points::new(features, world.spec().obs_bytes, PROJECTION_SEED).map_err(|e| wrong(&e))?;
    let episodic = match entry.scope.as_deref() {
        Some("episode") => true,
        Some("instance") => false,
        other => return Err(wrong(&format!("scope '{}'; it is instance or episode", other.unwrap_or_default()))),
    };
    let (capacity, nearest) = (entry.points.unwrap_or_default(), entry.nearest.unwrap_or_default());
    Ok(match entry.name.as_str() {
        "knn" => {
            let mean = form(entry, &[("nearest", false), ("mean", true)])?;
            let options = knn::Options { capacity, nearest, mean, episodic, ..knn::Options::default() };
            Box::new(Knn::new(points, options).map_err(|e| wrong(&e))?)
        }
        "pseudo-count" => {
            let options = pseudo_count::Options { capacity, nearest, episodic, ..pseudo_count::Options::default() };
            Box::new(PseudoCount::new(points, options).map_err(|e| wrong(&e))?)
        }
        "e3b" => {
            // Times the square of the unit of points it must stay a finite f32.
            let ridge = entry.ridge.filter(|ridge| *ridge > 0.0 && *ridge <= MOST_RIDGE);
            let ridge = ridge.ok_or_else(|| wrong(&format!("ridge must be above 0 and at most {MOST_RIDGE:e}")))?;
            Box::new(E3b::new(points, e3b::Options { ridge, episodic, ..e3b::Options::default() }).map_err(|e| wrong(&e))?)
        }
        other => return Err(Error::Usage(format!("bonus {other} cannot be made here"))),
    })
}

/// Whether the values of a bonus are equal on every backend in every bit; those of the others are floats within a bound.
pub fn is_exact(entry: &Entry) -> bool {
    !matches!(entry.name.as_str(), "pseudo-count" | "e3b") && entry.mode.as_deref() != Some("sampled")
}

fn form<T: Copy>(entry: &Entry, all: &[(&str, T)]) -> Result<T> {
    let said = entry.form.as_deref().unwrap_or_default();
    let found = all.iter().find(|(name, _)| *name == said).map(|(_, form)| *form);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        Error::Usage(format!("bonus {}: form '{said}'; there are {}", entry.name, names.join(", ")))
    })
}

fn scope(entry: &Entry) -> Result<Scope> {
    match entry.scope.as_deref().unwrap_or_default() {
        "shared" => Ok(Scope::Shared),
        "instance" => Ok(Scope::Instance),
        "episode" => Ok(Scope::Episode),
        other => Err(Error::Usage(format!("bonus {}: scope '{other}'; there are shared, instance, episode", entry.name))),
    }
}

fn over(entry: &Entry) -> Result<Over> {
    let slots = entry.slots.unwrap_or_default();
    match (entry.window, entry.scope.as_deref()) {
        (Some(keys), None | Some("window")) => Ok(Over::Window { keys }),
        (Some(_), Some(scope)) => {
            Err(Error::Usage(format!("bonus entropy: a window is over the instance's last arrivals, not over scope '{scope}'")))
        }
        (None, Some("window")) => Err(Error::Usage("bonus entropy: scope 'window' needs window = N".to_string())),
        (None, _) => Ok(match scope(entry)? {
            Scope::Shared => Over::Shared,
            Scope::Instance => Over::Instance { slots },
            Scope::Episode => Over::Episode { slots },
        }),
    }
}
