//! The built-in bonuses. To add one, add its WGSL file and its twin in `shaders/bonus`, and an entry here.

use super::empowerment::{MODES, NOISE_SAMPLES, ROLLOUTS};
use super::empowerment_bonus::HORIZON;
use super::entry::Entry;
use super::kind::{Factory, Kind, OptionDefault, OptionKind};
use crate::envs::{Key, Stochasticity, World};
use crate::error::{Error, Result};
use crate::shaders::bonus::bebold::{BeBold, Novelty};
use crate::shaders::bonus::count::{Count, Form};
use crate::shaders::bonus::e3b::{self, E3b};
use crate::shaders::bonus::entropy::{Entropy, Mode, VisitScope};
use crate::shaders::bonus::information_gain::{Gain, InformationGain};
use crate::shaders::bonus::knn::{self, Knn};
use crate::shaders::bonus::points::{Features, Points};
use crate::shaders::bonus::pseudo_count::{self, PseudoCount};
use crate::shaders::bonus::{Bonus, Scope};

/// Seed of the random projections of points. It is the same in every run, so that runs can be compared.
pub const PROJECTION_SEED: u64 = 0;
/// Largest ridge of `e3b`.
const MAX_RIDGE: f64 = 1e9;

/// Names of all values, in their order.
const fn names<const N: usize, T: Copy>(all: &[(&'static str, T); N]) -> [&'static str; N] {
    let (mut names, mut k) = ([""; N], 0);
    while k < N {
        names[k] = all[k].0;
        k += 1;
    }
    names
}

const SCOPES: [(&str, Scope); 3] = [("shared", Scope::Shared), ("instance", Scope::Instance), ("episode", Scope::Episode)];
/// Scopes of bonuses that use points: whether their stored data is cleared when an episode begins.
const OF_INSTANCE: [(&str, bool); 2] = [("instance", false), ("episode", true)];
const OF_EPISODE: [(&str, bool); 2] = [("episode", true), ("instance", false)];
const COUNTS: [(&str, Form); 4] =
    [("sqrt", Form::Sqrt), ("inverse", Form::Inverse), ("first-visit", Form::First), ("product", Form::Product)];
const NOVELTIES: [(&str, Novelty); 2] = [("inverse", Novelty::Inverse), ("sqrt", Novelty::Sqrt)];
const ENTROPIES: [(&str, Mode); 3] = [("delta", Mode::Delta), ("level", Mode::Level), ("surprisal", Mode::Surprisal)];
/// Only `entropy` has the scope of a window: the last transitions of an instance.
const ENTROPY_SCOPES: [&str; 4] = ["shared", "instance", "episode", WINDOW];
const WINDOW: &str = "window";
const GAINS: [(&str, Gain); 3] =
    [("belief", Gain::Belief), ("posterior-prior", Gain::PosteriorPrior), ("prior-posterior", Gain::PriorPosterior)];
const DISTANCES: [(&str, bool); 2] = [("nearest", false), ("mean", true)];

const SLOTS: OptionKind = OptionKind {
    name: "slots",
    old_name: None,
    default: OptionDefault::Whole(1024),
    about: "slots of a table that an instance owns",
};
const DIMS: OptionKind =
    OptionKind { name: "dims", old_name: None, default: OptionDefault::Whole(16), about: "integers of a point" };
const POINTS: OptionKind =
    OptionKind { name: "points", old_name: None, default: OptionDefault::Whole(256), about: "points that an instance keeps" };

const fn scope(names: &'static [&'static str]) -> OptionKind {
    OptionKind { name: "scope", old_name: None, default: OptionDefault::Name(names), about: "whose counts, or points" }
}

const fn form(names: &'static [&'static str]) -> OptionKind {
    OptionKind { name: "form", old_name: None, default: OptionDefault::Name(names), about: "what is made of them" }
}

const fn nearest(default: u32) -> OptionKind {
    OptionKind { name: "nearest", old_name: None, default: OptionDefault::Whole(default), about: "k" }
}

const fn number(name: &'static str, default: OptionDefault, about: &'static str) -> OptionKind {
    OptionKind { name, old_name: None, default, about }
}

fn counted(world: &dyn World) -> Key {
    world.default_keys().counts
}

fn signs(_: &dyn World) -> Key {
    const BITS: u32 = 32;
    Key::of_signs(BITS).unwrap_or(Key::of(&[]))
}

/// Base of the entries below: the bonus counts states, all values are exact, and no default depends on other options.
const PLAIN: Kind = Kind {
    name: "",
    about: "",
    formula: "",
    key: Some(counted),
    options: &[],
    complete: |_, _| {},
    is_exact: |_| true,
    factory: Factory::Reward,
};

/// All built-in bonuses.
pub const BUILTIN: &[Kind] = &[
    Kind {
        name: "count",
        about: "1 / sqrt(n) of the visits n of the state arrived at",
        formula: "1 / sqrt(n(s'))",
        options: &[scope(&names(&SCOPES)), form(&names(&COUNTS)), SLOTS],
        factory: Factory::Kernel(count),
        ..PLAIN
    },
    Kind {
        name: "simhash",
        about: "count over signs of random projections of the view",
        formula: "1 / sqrt(n(sign(A o)))",
        key: Some(signs),
        options: &[scope(&names(&SCOPES)), form(&names(&COUNTS)), SLOTS],
        factory: Factory::Kernel(count),
        ..PLAIN
    },
    Kind {
        name: "bebold",
        about: "how much newer the state is than the last, at its first visit in the episode",
        formula: "max(1 / n(s') - 1 / n(s), 0) at the first visit of s' in the episode",
        options: &[form(&names(&NOVELTIES)), SLOTS],
        factory: Factory::Kernel(bebold),
        ..PLAIN
    },
    Kind {
        name: "entropy",
        about: "what the entropy of the states visited has grown by, its level, or the surprisal",
        formula: "H(t) - H(t'), H = ln N - (sum of c ln c) / N",
        options: &[
            scope(&ENTROPY_SCOPES),
            form(&names(&ENTROPIES)),
            SLOTS,
            number(WINDOW, OptionDefault::NoWhole, "only the last so many visits of the instance count"),
        ],
        complete: |entry, _| {
            if entry.has(WINDOW) && !entry.has("scope") {
                entry.set("scope", WINDOW);
            }
        },
        factory: Factory::Kernel(entropy),
        ..PLAIN
    },
    Kind {
        name: "information-gain",
        about: "what the step teaches a Dirichlet model of transitions",
        formula: "KL(Dir(after) || Dir(before)) of the outcomes of (s, a)",
        options: &[
            scope(&names(&SCOPES)),
            form(&names(&GAINS)),
            SLOTS,
            number("outcomes", OptionDefault::Whole(8), "outcomes that an action is believed to have"),
        ],
        factory: Factory::Kernel(information_gain),
        ..PLAIN
    },
    Kind {
        name: "knn",
        about: "ln(1 + distance to the k-th nearest observation seen)",
        formula: "ln(1 + d_k / unit)",
        key: None,
        options: &[scope(&names(&OF_INSTANCE)), form(&names(&DISTANCES)), DIMS, POINTS, nearest(3)],
        factory: Factory::Kernel(near),
        ..PLAIN
    },
    Kind {
        name: "pseudo-count",
        about: "1 / sqrt of a kernel pseudo-count over near observations (NGU)",
        formula: "1 / (sqrt(sum of K(u)) + c) over the k nearest",
        key: None,
        options: &[scope(&names(&OF_EPISODE)), DIMS, POINTS, nearest(10)],
        is_exact: |_| false,
        factory: Factory::Kernel(kernel_count),
        ..PLAIN
    },
    Kind {
        name: "e3b",
        about: "elliptical bonus over fixed features of observations",
        formula: "h' inverse(ridge I + sum of h h') h",
        key: None,
        options: &[
            scope(&names(&OF_EPISODE)),
            DIMS,
            number("ridge", OptionDefault::Real(0.1), "of the matrix, times the identity"),
        ],
        is_exact: |_| false,
        factory: Factory::Kernel(elliptical),
        ..PLAIN
    },
    Kind {
        name: "empowerment",
        about: "how much can be brought about from the state arrived at, in bits, by forking",
        formula: "max over p of I(actions; end), in bits",
        key: Some(|world| world.default_keys().ends),
        options: &[
            form(&["level", "delta"]),
            number("horizon", OptionDefault::Whole(HORIZON), "actions of a sequence"),
            number("mode", OptionDefault::Name(&MODES), "how chance is dealt with"),
            OptionKind {
                old_name: Some("dreams"),
                ..number("noise_samples", OptionDefault::NoWhole, "noise indices of mode frozen, over which the mean is taken")
            },
            number("rollouts", OptionDefault::NoWhole, "sampled: forks for each sequence"),
            number("sequences", OptionDefault::NoWhole, "sampled: so many random sequences in place of all"),
        ],
        complete: complete_empowerment,
        is_exact: |entry| entry.text("mode") != "sampled",
        factory: Factory::ByForking,
    },
    Kind { name: "reward", about: "the reward of the environment itself", formula: "r", key: None, ..PLAIN },
];

fn complete_empowerment(entry: &mut Entry, world: &dyn World) {
    let sampled = entry.has("rollouts") || entry.has("sequences");
    if !entry.has("mode") && !sampled && world.stochasticity(entry.key) == Stochasticity::Always {
        // No state would be certain, so the default is the mode `frozen` with one noise index, which has the same values.
        entry.set("mode", "frozen");
        if !entry.has("noise_samples") {
            entry.set("noise_samples", 1);
        }
    }
    for (mode, option, default) in [("frozen", "noise_samples", NOISE_SAMPLES), ("sampled", "rollouts", ROLLOUTS)] {
        if entry.text("mode") == mode && !entry.has(option) {
            entry.set(option, i64::from(default));
        }
    }
}

fn wrong(entry: &Entry, why: &dyn std::fmt::Display) -> Error {
    Error::Usage(format!("bonus {}: {why}", entry.name))
}

fn count(entry: &Entry, _: &dyn World) -> Result<Box<dyn Bonus>> {
    let (form, scope, slots) = (entry.choice("form", &COUNTS)?, entry.choice("scope", &SCOPES)?, entry.whole("slots"));
    Ok(Box::new(Count::new(form, scope, slots, slots).map_err(|e| wrong(entry, &e))?))
}

fn bebold(entry: &Entry, _: &dyn World) -> Result<Box<dyn Bonus>> {
    let novelty = entry.choice("form", &NOVELTIES)?;
    Ok(Box::new(BeBold::new(novelty, entry.whole("slots")).map_err(|e| wrong(entry, &e))?))
}

fn entropy(entry: &Entry, _: &dyn World) -> Result<Box<dyn Bonus>> {
    let slots = entry.whole("slots");
    let over = match (entry.explicit(WINDOW), entry.text("scope")) {
        (Some(keys), WINDOW) => VisitScope::Window { keys },
        (Some(_), scope) => {
            return Err(wrong(entry, &format!("a window is over the instance's last visits, not over scope '{scope}'")));
        }
        (None, WINDOW) => return Err(wrong(entry, &"scope 'window' needs window = N")),
        (None, _) => match entry.choice("scope", &SCOPES)? {
            Scope::Shared => VisitScope::Shared,
            Scope::Instance => VisitScope::Instance { slots },
            Scope::Episode => VisitScope::Episode { slots },
        },
    };
    Ok(Box::new(Entropy::new(entry.choice("form", &ENTROPIES)?, over).map_err(|e| wrong(entry, &e))?))
}

fn information_gain(entry: &Entry, _: &dyn World) -> Result<Box<dyn Bonus>> {
    let (gain, scope) = (entry.choice("form", &GAINS)?, entry.choice("scope", &SCOPES)?);
    let made = InformationGain::new(gain, scope, entry.whole("outcomes"), entry.whole("slots"));
    Ok(Box::new(made.map_err(|e| wrong(entry, &e))?))
}

/// Points are projections of the bytes of the observation that `simhash` keys use.
fn points(entry: &Entry, world: &dyn World) -> Result<Points> {
    let dims = entry.whole("dims") as usize;
    let features =
        Features { first_byte: 0, n_bytes: world.simhash_bytes(), values: world.simhash_values(), dims, identity: false };
    Points::new(features, world.spec().obs_bytes, PROJECTION_SEED).map_err(|e| wrong(entry, &e))
}

fn near(entry: &Entry, world: &dyn World) -> Result<Box<dyn Bonus>> {
    let (episodic, mean) = (entry.choice("scope", &OF_INSTANCE)?, entry.choice("form", &DISTANCES)?);
    let (capacity, nearest) = (entry.whole("points") as usize, entry.whole("nearest") as usize);
    let options = knn::Options { capacity, nearest, mean, episodic, ..knn::Options::default() };
    Ok(Box::new(Knn::new(points(entry, world)?, options).map_err(|e| wrong(entry, &e))?))
}

fn kernel_count(entry: &Entry, world: &dyn World) -> Result<Box<dyn Bonus>> {
    let (capacity, nearest) = (entry.whole("points") as usize, entry.whole("nearest") as usize);
    let episodic = entry.choice("scope", &OF_EPISODE)?;
    let options = pseudo_count::Options { capacity, nearest, episodic, ..pseudo_count::Options::default() };
    Ok(Box::new(PseudoCount::new(points(entry, world)?, options).map_err(|e| wrong(entry, &e))?))
}

fn elliptical(entry: &Entry, world: &dyn World) -> Result<Box<dyn Bonus>> {
    // The ridge times the square of the unit of points must be a finite f32.
    let ridge = Some(entry.real("ridge")).filter(|ridge| *ridge > 0.0 && *ridge <= MAX_RIDGE);
    let ridge = ridge.ok_or_else(|| wrong(entry, &format!("ridge must be above 0 and at most {MAX_RIDGE:e}")))? as f32;
    let episodic = entry.choice("scope", &OF_EPISODE)?;
    Ok(Box::new(
        E3b::new(points(entry, world)?, e3b::Options { ridge, episodic, ..e3b::Options::default() })
            .map_err(|e| wrong(entry, &e))?,
    ))
}
