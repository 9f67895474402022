//! How much a study plan may hold, so that a plan that nobody meant is refused at once.

/// Bytes of the file.
pub const MAX_PLAN: u64 = 1 << 20;
/// Stages of a plan.
pub const MAX_STAGES: usize = 1000;
/// Languages of a plan.
pub const MAX_LANGUAGES: usize = 20;
/// Conditions of a plan.
pub const MAX_CONDITIONS: usize = 100;
/// Participants of a block.
pub const MAX_BLOCK: i64 = 10_000;
/// Cohorts of a plan.
pub const MAX_COHORTS: usize = 100;
/// Characters of a text in paragraphs.
pub const MAX_TEXT_CHARS: usize = 20_000;
/// Characters of a title or a label.
pub const MAX_LABEL_CHARS: usize = 500;
/// Characters of an id.
pub const MAX_ID_CHARS: usize = 64;
/// Boxes of a consent, pages of instructions, questions of a survey, options of a question, each.
pub const MAX_PARTS: usize = 200;
/// Seeds of a list.
pub const MAX_SEEDS: usize = 1000;
/// The seeds of worlds lie from minus this to this: JSON and most tools hold such numbers exactly.
pub const MAX_SEED: i64 = 1 << 53;
/// Difference of the greatest and the least seed of a list.
pub const MAX_SEED_SPREAD: i64 = (1 << 31) - 1;
/// Episodes of a play stage.
pub const MAX_EPISODES: i64 = 100_000;
/// Steps of a play stage.
pub const MAX_STEPS: i64 = 1_000_000_000;
/// Seconds of a duration.
pub const MAX_SECONDS: u64 = 24 * 3600;
/// Steps a second.
pub const MAX_PACE: f64 = 60.0;
/// Least steps a second.
pub const MIN_PACE: f64 = 0.1;
/// Seconds of a countdown.
pub const MAX_COUNTDOWN: i64 = 60;
/// Numbers of a scale.
pub const MAX_SCALE: i64 = 21;
/// Keys of an action.
pub const MAX_KEYS: usize = 8;
/// Bytes of a picture.
pub const MAX_PICTURE: u64 = 8 << 20;
/// Bytes of all pictures of a plan.
pub const MAX_PICTURES: u64 = 64 << 20;
/// Width and height of a picture.
pub const MAX_SIDE: u32 = 4096;
