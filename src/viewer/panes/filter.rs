//! The filter of the Sources pane: words that names contain, and comparisons of episodes.

use crate::viewer::sources::InstanceListing;

/// What a filter compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Achievements,
    Return,
    Steps,
    Episode,
}

/// How.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// A filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    words: Vec<String>,
    comparisons: Vec<(Figure, Order, f64)>,
}

const FIGURES: [(&str, Figure); 4] =
    [("ach", Figure::Achievements), ("return", Figure::Return), ("steps", Figure::Steps), ("episode", Figure::Episode)];
/// Longer signs first.
const ORDERS: [(&str, Order); 5] =
    [("<=", Order::AtMost), (">=", Order::AtLeast), ("<", Order::Less), (">", Order::More), ("=", Order::Equal)];

impl Filter {
    /// Reads a filter: parts separated by spaces, all of which must hold.
    ///
    /// # Errors
    /// A comparison that is none, with what can be compared.
    pub fn parse(text: &str) -> Result<Filter, String> {
        let mut filter = Filter::default();
        for part in text.split_whitespace() {
            let sign = ORDERS.iter().filter_map(|(sign, order)| Some((part.find(sign)?, *sign, *order)));
            // The first sign of the part; of two that begin there, the longer one.
            let Some((at, sign, order)) = sign.min_by_key(|(at, sign, _)| (*at, usize::MAX - sign.len())) else {
                filter.words.push(part.to_lowercase());
                continue;
            };
            let (name, value) = (&part[..at], &part[at + sign.len()..]);
            let figure = FIGURES.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure);
            match (figure, value.parse::<f64>()) {
                (Some(figure), Ok(value)) if value.is_finite() => filter.comparisons.push((figure, order, value)),
                (None, _) => {
                    let known: Vec<&str> = FIGURES.iter().map(|(name, _)| *name).collect();
                    return Err(format!("'{name}' cannot be compared; {} can", known.join(", ")));
                }
                _ => return Err(format!("'{value}' is not a number")),
            }
        }
        Ok(filter)
    }

    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.comparisons.is_empty()
    }

    /// Whether it compares episodes.
    pub fn is_about_episodes(&self) -> bool {
        !self.comparisons.is_empty()
    }

    /// Whether each word is part of one of the names.
    pub fn matches_name(&self, names: &[&str]) -> bool {
        self.words.iter().all(|word| names.iter().any(|name| name.to_lowercase().contains(word)))
    }

    /// Whether episode number `index` of an instance passes all comparisons. What is not known passes none.
    pub fn matches_episode(&self, instance: &InstanceListing, index: usize) -> bool {
        let Some(episode) = instance.episodes.get(index) else { return false };
        self.comparisons.iter().all(|(figure, order, value)| {
            let known = match figure {
                Figure::Achievements => instance.achieved.as_ref().and_then(|counts| counts.get(index)).map(|n| f64::from(*n)),
                Figure::Return => Some(episode.episode_return),
                Figure::Steps => Some(episode.steps as f64),
                Figure::Episode => Some(f64::from(episode.episode)),
            };
            known.is_some_and(|known| match order {
                Order::Less => known < *value,
                Order::AtMost => known <= *value,
                Order::Equal => known == *value,
                Order::AtLeast => known >= *value,
                Order::More => known > *value,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::cursor::{Begins, Episode};

    fn instance() -> InstanceListing {
        let episode = |episode: u32, steps: u64, episode_return: f64| Episode {
            instance: 0,
            episode,
            begins: Begins::Reset,
            first_row: 0,
            first_step: 0,
            rows: steps + 1,
            steps,
            episode_return,
            terminated: true,
            truncated: false,
            interrupted: false,
        };
        let episodes = vec![episode(1, 100, 1.5), episode(2, 250, -0.5)];
        InstanceListing { instance: 0, rows: 352, episodes, achieved: Some(vec![6, 3]) }
    }

    #[test]
    fn comparisons_hold_for_the_episodes_that_they_name() {
        let passing = |text: &str| {
            let filter = Filter::parse(text).expect(text);
            (0..2).filter(|k| filter.matches_episode(&instance(), *k)).collect::<Vec<_>>()
        };
        assert_eq!(passing(""), [0, 1]);
        assert_eq!(passing("ach>5"), [0]);
        assert_eq!(passing("ach>=3 steps>100"), [1]);
        assert_eq!(passing("return<0"), [1]);
        assert_eq!(passing("episode=2"), [1]);
        assert_eq!(passing("steps<=100"), [0]);
        let unknown = InstanceListing { achieved: None, ..instance() };
        assert!(!Filter::parse("ach>=0").expect("valid").matches_episode(&unknown, 0));
    }

    #[test]
    fn words_are_parts_of_names() {
        let filter = Filter::parse("Nov crafter").expect("valid");
        assert!(filter.matches_name(&["crafter-1", "novelty"]) && !filter.matches_name(&["crafter-1", "random"]));
        assert!(!filter.is_about_episodes() && !filter.is_empty());
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        assert!(Filter::parse("ach>>15").expect_err("no number").contains("'>15' is not a number"));
        assert!(Filter::parse("group<3").expect_err("no figure").contains("ach, return, steps, episode"));
        assert!(Filter::parse("ach>nan").is_err() && Filter::parse("ach>").is_err());
    }
}
