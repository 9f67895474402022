//! What a legend says: the keys of each action, moves together.

use egui::Color32;

use crate::study::plan::PlayStage;

/// The keys that form a cross: up, left, down, right.
const CROSSES: [[&str; 4]; 2] = [["KeyW", "KeyA", "KeyS", "KeyD"], ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"]];
/// Colour of keys that have none: of moves, and of others.
const PLAIN: (Color32, Color32) = (Color32::from_rgb(0xEC, 0xEE, 0xF2), Color32::from_rgb(0xB4, 0xB9, 0xC2));

/// A key of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendKey {
    /// Its code.
    pub code: String,
    /// Its colour.
    pub colour: Color32,
    /// Whether its action is pressed.
    pub lit: bool,
}

/// A row of the legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendRow {
    /// Its keys; of a cross up, left, down, right, perhaps twice.
    pub keys: Vec<LegendKey>,
    /// Whether the keys form crosses.
    pub cross: bool,
    /// Name of the action in the world, which tells its picture.
    pub action: String,
    /// What it does, in words.
    pub words: String,
}

/// The rows for a stage. `pressed` are the actions whose keys are down.
pub fn legend_rows(stage: &PlayStage, actions: &[String], language: &str, pressed: &[u32], walk: &str) -> Vec<LegendRow> {
    let key = |action: usize, code: &str, plain: Color32| LegendKey {
        code: code.to_string(),
        colour: stage
            .colors
            .get(action)
            .copied()
            .flatten()
            .map_or(plain, |rgb| Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)),
        lit: pressed.iter().any(|one| *one as usize == action),
    };
    let action_of = |code: &str| stage.keys.iter().position(|keys| keys.iter().any(|key| key == code));
    let mut rows = Vec::new();
    let mut in_cross: Vec<usize> = Vec::new();
    let mut crossed = Vec::new();
    for codes in CROSSES {
        let found: Vec<usize> = codes.iter().filter_map(|code| action_of(code)).collect();
        let moves = found.len() == 4 && found.iter().all(|action| actions.get(*action).is_some_and(|name| is_move(name)));
        if moves && (in_cross.is_empty() || in_cross == found) {
            crossed.extend(codes.iter().zip(&found).map(|(code, action)| key(*action, code, PLAIN.0)));
            in_cross = found;
        }
    }
    if !crossed.is_empty() {
        rows.push(LegendRow { keys: crossed, cross: true, action: String::new(), words: walk.to_string() });
    }
    for (action, name) in actions.iter().enumerate() {
        let codes = stage.keys.get(action).map(Vec::as_slice).unwrap_or_default();
        if codes.is_empty() || in_cross.contains(&action) {
            continue;
        }
        let label = stage.labels.get(action).map(|label| label.get(language)).unwrap_or_default();
        let words = if label.is_empty() { name.replace('_', " ") } else { label.to_string() };
        let plain = if is_move(name) { PLAIN.0 } else { PLAIN.1 };
        let keys = codes.iter().map(|code| key(action, code, plain)).collect();
        rows.push(LegendRow { keys, cross: false, action: name.clone(), words });
    }
    rows
}

fn is_move(action: &str) -> bool {
    action.starts_with("move_") || ["N", "S", "W", "E", "up", "down", "left", "right", "forward"].contains(&action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_form_a_cross_and_actions_without_a_key_are_left_out() {
        let actions: Vec<String> = ["noop", "move_left", "move_right", "move_up", "move_down", "do"].map(String::from).to_vec();
        let keys = ["", "KeyA ArrowLeft", "KeyD ArrowRight", "KeyW ArrowUp", "KeyS ArrowDown", "Space"];
        let mut stage = crate::study::plan::PlayStage {
            practice: false,
            env: String::new(),
            ruleset: String::new(),
            actions: actions.clone(),
            seeds: crate::study::plan::Seeds::Fixed(0),
            ends: crate::study::plan::Ends::default(),
            pace: crate::study::plan::PlayPace::WaitForKey { held: false },
            keys: keys.iter().map(|keys| keys.split_whitespace().map(String::from).collect()).collect(),
            colors: vec![None; 6],
            labels: Vec::new(),
            shown: crate::study::plan::ShownParts::default(),
            countdown: 0,
        };
        let rows = legend_rows(&stage, &actions, "en", &[2], "move");
        let shown: Vec<String> = rows.iter().map(|row| format!("{} {} {}", row.words, row.cross, row.keys.len())).collect();
        assert_eq!(shown, ["move true 8", "do false 1"]);
        let lit: Vec<&str> = rows[0].keys.iter().filter(|key| key.lit).map(|key| key.code.as_str()).collect();
        assert_eq!(lit, ["KeyD", "ArrowRight"]);
        stage.keys = vec![vec![], vec!["KeyA".to_string()]];
        assert_eq!(
            legend_rows(&stage, &actions, "en", &[], "move").iter().map(|row| &row.words[..]).collect::<Vec<_>>(),
            ["move left"]
        );
    }
}
