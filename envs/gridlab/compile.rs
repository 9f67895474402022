//! Converts a ruleset into the tables that the step reads, and checks the ruleset.

use super::map::{self, Map};
use super::rules::{
    ANYWHERE, CurrentRule, LETTERS, MAX_COLOURS, MAX_DOORS, MAX_KEYS, MAX_TVS, Rules, TvRule, act, cell, kind, on, solid,
};
use super::ruleset::{ActionSet, Direction, On, Ruleset, Start, Tv};
use crate::shaders::shared::chance::at_least;

/// Largest |reward| of a cell or an action, in units.
const MAX_UNITS: f64 = 1e9;
/// Maximum distance of a reward from a whole number of units, in units.
const ROUNDING: f64 = 1e-6;

impl Rules {
    /// Makes the tables.
    ///
    /// # Errors
    /// One sentence that says why the ruleset is impossible.
    pub fn new(rules: &Ruleset, map: &Map) -> Result<Self, String> {
        let (actions, ways) = acts(rules.actions);
        let mut made = Rules {
            width: map.width as u32,
            height: map.height as u32,
            max_steps: rules.max_steps,
            facing: way_of(rules.facing),
            slip: at_least(probability("slip", rules.slip)?),
            ways,
            spend_keys: rules.spend_keys,
            action_rewards: vec![0; actions.len()],
            actions,
            starts: Vec::new(),
            cells: vec![0; map.glyphs.len()],
            rewards: vec![0; map.glyphs.len()],
            currents: [CurrentRule::default(); 4],
            has_currents: !rules.current.is_empty(),
            tvs: Vec::new(),
            keys_of: [0; LETTERS],
            doors_of: [0; LETTERS],
            n_keys: 0,
            n_doors: 0,
        };
        for at in 0..map.glyphs.len() {
            made.add_cell(rules, map, at)?;
        }
        made.add_exits(map);
        made.add_currents(rules)?;
        made.add_rewards(rules, map)?;
        check(rules, map, &made)?;
        Ok(made)
    }

    fn add_cell(&mut self, rules: &Ruleset, map: &Map, at: usize) -> Result<(), String> {
        let glyph = map.glyphs[at];
        let (kind, number, letter) = match glyph {
            '.' | 'S' => (kind::FLOOR, 0, 0),
            '#' => (kind::WALL, 0, 0),
            '*' => (kind::GOAL, 0, 0),
            '~' => (kind::LAVA, 0, 0),
            '%' => (kind::ICE, 0, 0),
            '<' => (kind::ONE_WAY, 0, map::W),
            '>' => (kind::ONE_WAY, 0, map::E),
            '^' => (kind::ONE_WAY, 0, map::N),
            'v' => (kind::ONE_WAY, 0, map::S),
            'a'..='h' => self.add_key(glyph)?,
            'A'..='H' => self.add_door(glyph)?,
            'i'..='z' => (kind::MARK, 0, glyph as u32 - 'a' as u32),
            '0'..='9' => self.add_tv(rules, map, at)?,
            _ => {
                let place = map.place(rules.layout, at);
                return Err(format!("map: unknown glyph '{glyph}' at {place}; the legend is in envs/gridlab/README.md"));
            }
        };
        if glyph == 'S' && rules.start == Start::Marked || kind == kind::FLOOR && rules.start == Start::Anywhere {
            self.starts.push(at as u32);
        }
        let terminal = if rules.terminal.contains(&glyph) { cell::TERMINAL } else { 0 };
        self.cells[at] = kind << cell::KIND_SHIFT | number << cell::NUMBER_SHIFT | letter << cell::LETTER_SHIFT | terminal;
        Ok(())
    }

    fn add_key(&mut self, glyph: char) -> Result<(u32, u32, u32), String> {
        if self.n_keys == MAX_KEYS {
            return Err(format!("map: more than {MAX_KEYS} keys"));
        }
        let (number, letter) = (self.n_keys as u32, glyph as u32 - 'a' as u32);
        self.n_keys += 1;
        self.keys_of[letter as usize] |= 1 << number;
        Ok((kind::KEY, number, letter))
    }

    fn add_door(&mut self, glyph: char) -> Result<(u32, u32, u32), String> {
        if self.n_doors == MAX_DOORS {
            return Err(format!("map: more than {MAX_DOORS} doors"));
        }
        let (number, letter) = (self.n_doors as u32, glyph as u32 - 'A' as u32);
        self.n_doors += 1;
        self.doors_of[letter as usize] |= 1 << number;
        Ok((kind::DOOR, number, letter))
    }

    fn add_tv(&mut self, rules: &Ruleset, map: &Map, at: usize) -> Result<(u32, u32, u32), String> {
        let glyph = map.glyphs[at];
        let Some(tv) = rules.tv.get(&glyph) else {
            return Err(format!("map: TV '{glyph}' at {} has no table [tv.{glyph}]", map.place(rules.layout, at)));
        };
        if self.tvs.len() == MAX_TVS {
            return Err(format!("map: more than {MAX_TVS} TVs"));
        }
        self.tvs.push(tv_rule(glyph, tv, rules.actions, at)?);
        Ok((kind::TV, self.tvs.len() as u32 - 1, u32::from(tv.solid)))
    }

    /// Sets the exit bits of all cells from lines, borders, solid cells and one-way cells.
    fn add_exits(&mut self, map: &Map) {
        for at in 0..self.cells.len() {
            let exits = (0..4).filter(|&way| self.leads(map, at, way)).map(|way| 1 << way).sum::<u32>();
            self.cells[at] |= exits;
        }
    }

    fn leads(&self, map: &Map, at: usize, way: u32) -> bool {
        let Some(next) = map.next(at, way) else { return false };
        let fits = |word: u32| cell::kind(word) != kind::ONE_WAY || cell::letter(word) == way;
        let (here, there) = (self.cells[at], self.cells[next]);
        map.open[at] >> way & 1 == 1 && !solid(here) && !solid(there) && fits(here) && fits(there)
    }

    fn add_currents(&mut self, rules: &Ruleset) -> Result<(), String> {
        for current in &rules.current {
            let way = way_of(current.against);
            let name = format!("current against {:?}", current.against);
            if self.ways >> way & 1 == 0 || matches!(rules.actions, ActionSet::Turn | ActionSet::Dive) {
                return Err(format!("{name}: the actions have no such move"));
            }
            let stay = probability(&name, current.stay)?;
            probability(&name, current.back)?;
            let back = probability(&format!("{name}: stay + back"), current.stay + current.back)?;
            let rule = &mut self.currents[way as usize];
            if *rule != CurrentRule::default() {
                return Err(format!("{name} is given twice"));
            }
            *rule = CurrentRule { stay: at_least(stay), back: at_least(back) };
        }
        if self.has_currents && rules.slip > 0.0 {
            return Err("slip and current cannot be combined".into());
        }
        Ok(())
    }

    fn add_rewards(&mut self, rules: &Ruleset, map: &Map) -> Result<(), String> {
        if rules.reward_denominator == 0 {
            return Err("reward_denominator is 0".into());
        }
        for (glyph, &reward) in &rules.rewards {
            let units = units(&format!("reward of '{glyph}'"), reward, rules.reward_denominator)?;
            if !map.glyphs.contains(glyph) {
                return Err(format!("rewards: there is no '{glyph}' on the map"));
            }
            for (at, _) in map.glyphs.iter().enumerate().filter(|(_, found)| *found == glyph) {
                self.rewards[at] = units;
            }
        }
        for (name, &reward) in &rules.action_rewards {
            let units = units(&format!("reward of action '{name}'"), reward, rules.reward_denominator)?;
            self.action_rewards[action_id(rules.actions, name)?] = units;
        }
        Ok(())
    }
}

fn way_of(direction: Direction) -> u32 {
    match direction {
        Direction::W => map::W,
        Direction::E => map::E,
        Direction::N => map::N,
        Direction::S => map::S,
    }
}

/// Returns the `act` word of each action of a set, and the directions of its moves as bits.
fn acts(set: ActionSet) -> (Vec<u32>, u32) {
    let go = |way: u32| act::MOVE | way << act::WAY_SHIFT;
    let dive = |way: u32| act::DIVE | way << act::WAY_SHIFT;
    match set {
        ActionSet::Stay => (vec![go(map::N), go(map::S), go(map::E), go(map::W), act::STAY], 15),
        ActionSet::Compass => (vec![go(map::N), go(map::S), go(map::E), go(map::W)], 15),
        ActionSet::Line => (vec![go(map::W), go(map::E)], 1 << map::W | 1 << map::E),
        ActionSet::Turn => (vec![act::TURN_LEFT, act::TURN_RIGHT, act::FORWARD], 15),
        ActionSet::Dive => (vec![dive(map::W), dive(map::E)], 1 << map::W | 1 << map::E),
    }
}

fn action_id(set: ActionSet, name: &str) -> Result<usize, String> {
    let names = set.names();
    names
        .iter()
        .position(|n| *n == name)
        .ok_or_else(|| format!("there is no action '{name}'; the actions are {}", names.join(", ")))
}

fn tv_rule(glyph: char, tv: &Tv, set: ActionSet, at: usize) -> Result<TvRule, String> {
    if !(2..=MAX_COLOURS).contains(&tv.colours) {
        return Err(format!("TV '{glyph}': colours is {}, it must be 2 to {MAX_COLOURS}", tv.colours));
    }
    let mut rule = TvRule { cell: at as u32, colours: tv.colours, sight: tv.sight.unwrap_or(ANYWHERE), ..TvRule::default() };
    match (tv.on, &tv.action, tv.probability) {
        (On::Always, None, None) => rule.on = on::ALWAYS,
        (On::Action, Some(name), None) => {
            rule.on = on::ACTION;
            rule.action = action_id(set, name).map_err(|why| format!("TV '{glyph}': {why}"))? as u32;
        }
        (On::Chance, None, Some(p)) => {
            rule.on = on::CHANCE;
            rule.below = at_least(probability(&format!("TV '{glyph}': probability"), p)?);
        }
        _ => {
            return Err(format!(
                "TV '{glyph}': on = \"action\" needs `action`, on = \"chance\" needs `probability`, and neither goes with another"
            ));
        }
    }
    Ok(rule)
}

fn probability(what: &str, p: f64) -> Result<f64, String> {
    if (0.0..=1.0).contains(&p) { Ok(p) } else { Err(format!("{what} is {p}, a probability is 0 to 1")) }
}

/// Converts a reward to a whole number of units.
fn units(what: &str, reward: f64, denominator: u32) -> Result<i32, String> {
    let units = reward * f64::from(denominator);
    if !units.is_finite() || units.abs() > MAX_UNITS {
        return Err(format!("{what} is {reward}, at most {MAX_UNITS} / reward_denominator is possible"));
    }
    if (units - units.round()).abs() > ROUNDING {
        return Err(format!("{what} is {reward}, which is no multiple of 1 / {denominator}; raise reward_denominator"));
    }
    Ok(units.round() as i32)
}

/// Checks the conditions that involve several parts of the ruleset.
fn check(rules: &Ruleset, map: &Map, made: &Rules) -> Result<(), String> {
    if made.starts.is_empty() {
        return Err(match rules.start {
            Start::Marked => "the map has no start: mark at least one cell 'S', or set start = \"anywhere\"".into(),
            Start::Anywhere => "the map has no floor cell to start on".into(),
        });
    }
    if let Some(glyph) = rules.tv.keys().find(|glyph| !map.glyphs.contains(glyph)) {
        return Err(format!("[tv.{glyph}]: there is no '{glyph}' on the map"));
    }
    if let Some(glyph) = rules.terminal.iter().find(|glyph| matches!(glyph, '#' | 'S' | '.')) {
        return Err(format!("terminal: '{glyph}' cannot end an episode"));
    }
    if let Some(glyph) = rules.rewards.keys().find(|glyph| **glyph == '#') {
        return Err(format!("rewards: nobody can stand on '{glyph}'"));
    }
    let has = |wanted: u32| made.cells.iter().any(|&word| cell::kind(word) == wanted);
    if rules.actions == ActionSet::Dive && (has(kind::ICE) || has(kind::DOOR)) {
        return Err("ice and doors have no meaning with actions = \"dive\"".into());
    }
    Ok(())
}
