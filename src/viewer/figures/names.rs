//! Names of figures for people, and what they are counted in.

use crate::measures::{Progress, unit_of};

/// Figures as the tables name them, their names in the window, and whether they are shown before all are asked for.
const NAMES: [(&str, &str, bool); 18] = [
    ("entropy_nats", "State entropy", true),
    ("entropy_miller_madow_nats", "State entropy, Miller-Madow", false),
    ("entropy_over_ln_visits", "Entropy / ln visits", false),
    ("entropy_over_ln_states", "Entropy / ln states", false),
    ("information_gain_nats", "Information gain", true),
    ("information_gain_counted_nats", "Information gain, true counts", false),
    ("action_information_bits", "Action information", false),
    ("action_information_shuffled_bits", "Action information, shuffled", false),
    ("action_information_excess_bits", "Action inf., excess", true),
    ("action_entropy_bits", "Action entropy", false),
    ("transitions_seen_once", "Transitions seen once", false),
    ("unique_states", "States visited", true),
    ("coverage", "Coverage", true),
    ("coverage_area", "Coverage, mean over steps", false),
    ("states_per_termination", "States per termination", true),
    ("achievements", "Achievements", true),
    ("score_percent", "Crafter score", true),
    ("mean_return", "Mean return", true),
];

/// The name of a figure for people.
pub fn figure_words(figure: &str, progress: Progress) -> String {
    if figure == "progress" {
        return progress.title().trim_end_matches(" (%)").to_string();
    }
    let known = NAMES.iter().find(|(known, ..)| *known == figure);
    known.map_or_else(|| figure.replace('_', " "), |(_, name, _)| (*name).to_string())
}

/// Whether a figure is shown before all are asked for.
pub fn is_main(figure: &str) -> bool {
    figure == "progress" || NAMES.iter().any(|(known, _, main)| *known == figure && *main)
}

/// What a figure is counted in; empty for plain numbers.
pub(super) fn unit_words(figure: &str, progress: Progress, achievements: usize) -> String {
    match (figure, progress) {
        ("achievements", _) => format!("of {achievements}"),
        ("score_percent", _) | ("progress", Progress::Score) => "%".to_string(),
        ("coverage" | "coverage_area" | "transitions_seen_once", _) => "share".to_string(),
        _ => unit_of(figure).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_names_and_units() {
        assert_eq!(figure_words("unique_states", Progress::Return), "States visited");
        assert_eq!(figure_words("a_new_one", Progress::Return), "a new one");
        assert_eq!(figure_words("progress", Progress::Score), "Crafter score");
        assert!(is_main("progress") && is_main("entropy_nats") && !is_main("action_entropy_bits") && !is_main("a_new_one"));
        assert_eq!(unit_words("entropy_nats", Progress::Return, 0), "nats");
        assert_eq!(unit_words("achievements", Progress::Achievements, 22), "of 22");
        assert_eq!(unit_words("progress", Progress::Return, 0), "");
    }
}
