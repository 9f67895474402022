//! Fixed levels: drawn in the ruleset, or taken from the array that MiniGrid's `grid.encode()` returns.
//!
//! A drawing has one character a cell. `#` is a grey wall, `.` or a space an empty cell, `G` a green goal, `~` lava, and `>`, `v`,
//! `<`, `^` the agent on an empty cell. The ruleset's legend adds characters: `k = "yellow key"`, `D = "locked yellow door"`,
//! `B = "green box with red key"`, `f = "blue floor"`.

use std::collections::BTreeMap;

use super::cells::{self, EMPTY, GOAL_GREEN, LAVA_RED, WALL_GREY, box_of, class, class_of, code, colour};
use super::layout::cell_word;
use super::npy;
use super::rules::Task;
use super::ruleset::{BoxContents, MAX_BALLS, MapLevel, Ruleset};

/// Characters of the agent, by direction.
pub const AGENTS: [char; 4] = ['>', 'v', '<', '^'];

/// A level that is the same in every episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedLevel {
    pub cells: Vec<u8>,
    pub agent: (u32, u32),
    pub direction: u32,
    /// Target words (see layout.rs).
    pub targets: [u32; 2],
    /// Cells of the balls that move.
    pub balls: Vec<u32>,
}

/// The name of a .npy file, and its content.
pub type Named<'a> = (&'a str, &'a [u8]);

/// Reads the level of a ruleset; `file` is its .npy file, if it names one.
///
/// # Errors
/// If the level is invalid; the text says what is wrong.
pub fn read(ruleset: &Ruleset, level: &MapLevel, file: Option<Named>) -> Result<FixedLevel, String> {
    let (cells, shown) = match (&level.map, file) {
        (Some(_), Some(_)) => return Err("level: give either map or npy, not both".into()),
        (None, None) => return Err("level: a map needs a drawing (map) or a file (npy)".into()),
        (Some(drawing), None) => from_drawing(drawing, &level.legend, ruleset.size)?,
        (None, Some((name, file))) => from_array(file, ruleset.size, &level.boxes).map_err(|why| format!("{name}: {why}"))?,
    };
    if file.is_none() && !level.boxes.is_empty() {
        return Err("boxes: they are for npy; in a drawing the legend says what a box hides".into());
    }
    let [width, height] = ruleset.size;
    let (agent, direction) = start(level, shown)?;
    let at = |[x, y]: [u32; 2]| -> Result<usize, String> {
        if x < width && y < height { Ok((y * width + x) as usize) } else { Err(format!("cell [{x}, {y}] is off the map")) }
    };
    if !cells::can_be_entered(cells[at(agent)?]) {
        return Err(format!("the agent cannot stand on a {}", cells::words(cells[at(agent)?])));
    }
    let task = ruleset.task;
    if level.targets.len() != task.n_targets() {
        return Err(format!("targets: this task needs {}, not {}", task.n_targets(), level.targets.len()));
    }
    let mut targets = [0; 2];
    for (n, &target) in level.targets.iter().enumerate() {
        let code = cells[at(target)?];
        targets[n] = target_word(task, n, target, code)?;
    }
    let balls = if task == Task::Avoid { balls(&cells, width)? } else { Vec::new() };
    Ok(FixedLevel { cells, agent: (agent[0], agent[1]), direction, targets, balls })
}

fn start(level: &MapLevel, shown: Option<([u32; 2], u32)>) -> Result<([u32; 2], u32), String> {
    match (level.agent, level.direction, shown) {
        (Some(agent), direction, None) if direction.unwrap_or(0) < 4 => Ok((agent, direction.unwrap_or(0))),
        (None, None, Some(shown)) => Ok(shown),
        (agent, direction, Some(shown))
            if level.npy.is_some() && agent.is_none_or(|a| a == shown.0) && direction.is_none_or(|d| d == shown.1) =>
        {
            Ok(shown)
        }
        (Some(_), _, None) => Err("direction: 0 to 3".into()),
        (_, _, Some(([x, y], direction))) if level.npy.is_some() => Err(format!(
            "the array shows the agent at [{x}, {y}] with direction {direction}, and agent or direction say otherwise; leave them out"
        )),
        (_, _, Some(_)) => Err("the drawing shows the agent; leave agent and direction out".into()),
        (None, ..) => Err("where does the agent start? Draw it as > v < or ^, or give agent = [x, y]".into()),
    }
}

fn target_word(task: Task, n: usize, [x, y]: [u32; 2], code: u8) -> Result<u32, String> {
    if task.target_is_object(n) {
        let carried = cells::can_be_carried(code);
        return if carried { Ok(code.into()) } else { Err(format!("target [{x}, {y}] is nothing that can be carried")) };
    }
    let is_door = matches!(class_of(code), class::DOOR_OPEN | class::DOOR_CLOSED | class::DOOR_LOCKED);
    if matches!(task, Task::Open | Task::OpenInOrder) && !is_door {
        return Err(format!("target [{x}, {y}] is not a door"));
    }
    Ok(cell_word(x, y))
}

fn balls(cells: &[u8], width: u32) -> Result<Vec<u32>, String> {
    let cell = |at: usize| cell_word(at as u32 % width, at as u32 / width);
    let balls: Vec<u32> =
        cells.iter().enumerate().filter(|(_, code)| class_of(**code) == class::BALL).map(|(at, _)| cell(at)).collect();
    if balls.is_empty() || balls.len() > MAX_BALLS as usize {
        return Err(format!("this task needs 1 to {MAX_BALLS} balls on the map"));
    }
    Ok(balls)
}

type Drawn = (Vec<u8>, Option<([u32; 2], u32)>);

fn from_drawing(drawing: &str, legend: &BTreeMap<String, String>, [width, height]: [u32; 2]) -> Result<Drawn, String> {
    let mut known = BTreeMap::from([('#', WALL_GREY), ('.', EMPTY), (' ', EMPTY), ('G', GOAL_GREEN), ('~', LAVA_RED)]);
    for (name, words) in legend {
        let mut characters = name.chars();
        let (Some(character), None) = (characters.next(), characters.next()) else {
            return Err(format!("legend: '{name}' is not one character"));
        };
        if AGENTS.contains(&character) {
            return Err(format!("legend: '{character}' is the agent"));
        }
        known.insert(character, from_words(words)?);
    }
    let rows: Vec<Vec<char>> = drawing.trim_matches(['\r', '\n']).lines().map(|row| row.chars().collect()).collect();
    if rows.len() != height as usize || rows.iter().any(|row| row.len() != width as usize) {
        let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
        return Err(format!("the drawing has {} rows of up to {widest} characters, size says {width} x {height}", rows.len()));
    }
    let mut agent = None;
    let mut cells = Vec::with_capacity(rows.len() * width as usize);
    for (y, row) in rows.iter().enumerate() {
        for (x, character) in row.iter().enumerate() {
            if let Some(direction) = AGENTS.iter().position(|agent| agent == character) {
                if agent.replace(([x as u32, y as u32], direction as u32)).is_some() {
                    return Err("the drawing shows more than one agent".into());
                }
                cells.push(EMPTY);
            } else {
                cells.push(*known.get(character).ok_or_else(|| format!("'{character}' is not in the legend"))?);
            }
        }
    }
    Ok((cells, agent))
}

/// Returns the code of words such as "locked yellow door", "green box with red key", "goal", "empty".
pub fn from_words(words: &str) -> Result<u8, String> {
    let unknown =
        || format!("'{words}' is no object: write [open|closed|locked] COLOUR OBJECT, or COLOUR box with COLOUR key|ball");
    if let Some((outer, inner)) = words.split_once(" with ") {
        let (outer, inner) = (from_words(outer)?, from_words(inner)?);
        let fits = class_of(outer) == class::BOX && matches!(class_of(inner), class::KEY | class::BALL);
        return if fits { Ok(box_of(colour_bits(outer), inner)) } else { Err(unknown()) };
    }
    let parts: Vec<&str> = words.split_whitespace().collect();
    let (state, parts) = match parts.as_slice() {
        [state @ ("open" | "closed" | "locked"), rest @ ..] => (*state, rest),
        parts => ("", parts),
    };
    let named = |name: &str| colour::NAMES.iter().position(|known| *known == name).map(|at| at as u8).ok_or_else(unknown);
    Ok(match (state, parts) {
        ("", ["empty"]) => EMPTY,
        ("", ["lava"]) => LAVA_RED,
        ("", ["goal"]) => GOAL_GREEN,
        ("", ["wall"]) => WALL_GREY,
        ("open", [colour, "door"]) => code(class::DOOR_OPEN, named(colour)?),
        ("" | "closed", [colour, "door"]) => code(class::DOOR_CLOSED, named(colour)?),
        ("locked", [colour, "door"]) => code(class::DOOR_LOCKED, named(colour)?),
        ("", [colour, thing]) => {
            let class = match *thing {
                "wall" => class::WALL,
                "floor" => class::FLOOR,
                "key" => class::KEY,
                "ball" => class::BALL,
                "box" => class::BOX,
                "goal" => class::GOAL,
                _ => return Err(unknown()),
            };
            code(class, named(colour)?)
        }
        _ => return Err(unknown()),
    })
}

fn colour_bits(code: u8) -> u8 {
    cells::colour_of(code)
}

/// Returns the words that [`from_words`] turns into this code.
pub fn to_words(code: u8) -> String {
    let state = match class_of(code) {
        class::NOTHING => return "empty".into(),
        class::LAVA => return "lava".into(),
        class::DOOR_OPEN => "open ",
        class::DOOR_LOCKED => "locked ",
        _ => "",
    };
    let hidden = cells::content(code);
    let with = if cells::is_box(code) && hidden != EMPTY { format!(" with {}", cells::words(hidden)) } else { String::new() };
    format!("{state}{}{with}", cells::words(code))
}

/// Returns the cells of MiniGrid's x-major (object, colour, state) array, and the agent if the array contains it: `grid.encode()` omits
/// it, the wrapper `FullyObsWrapper` includes it.
fn from_array(file: &[u8], size: [u32; 2], boxes: &[BoxContents]) -> Result<Drawn, String> {
    let array = npy::read(file)?;
    let ([columns, rows, channels], [width, height]) = (array.shape, size);
    if channels != 3 || columns != width as usize || rows != height as usize {
        return Err(format!(
            "the array is {columns} x {rows} x {channels}, size says {width} x {height} and three numbers a cell"
        ));
    }
    let mut agent = None;
    let mut cells = Vec::with_capacity(columns * rows);
    for (x, y) in (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))) {
        let at = (x * rows + y) * 3;
        let triple = [array.data[at], array.data[at + 1], array.data[at + 2]];
        if triple[0] == cells::object::AGENT {
            let shown = ([x as u32, y as u32], u32::from(triple[2]));
            if shown.1 >= AGENTS.len() as u32 {
                return Err(format!("cell [{x}, {y}]: the agent has direction {}; it is 0 to 3", shown.1));
            }
            if let Some(([x0, y0], _)) = agent.replace(shown) {
                return Err(format!("the agent stands on [{x0}, {y0}] and on [{x}, {y}]"));
            }
        }
        let code = cells::from_triple(triple);
        cells.push(code.ok_or_else(|| format!("cell [{x}, {y}] holds {triple:?}, which is no object"))?);
    }
    boxes.iter().try_for_each(|hidden| fill(&mut cells, size, hidden))?;
    Ok((cells, agent))
}

/// Sets what a box hides.
fn fill(cells: &mut [u8], [width, height]: [u32; 2], hidden: &BoxContents) -> Result<(), String> {
    let [x, y] = hidden.at;
    let there = if x < width && y < height { Some((y * width + x) as usize) } else { None };
    let Some(cell) = there.filter(|cell| cells::is_box(cells[*cell])) else {
        return Err(format!("boxes: there is no box at [{x}, {y}]"));
    };
    let inside = from_words(&hidden.holds).map_err(|why| format!("boxes: [{x}, {y}]: {why}"))?;
    let colour = colour_bits(cells[cell]);
    cells[cell] = match class_of(inside) {
        class::NOTHING => code(class::BOX, colour),
        class::KEY | class::BALL => box_of(colour, inside),
        _ => return Err(format!("boxes: [{x}, {y}] holds '{}'; a box holds a key, a ball or is empty", hidden.holds)),
    };
    Ok(())
}

/// Returns a note on the boxes of an array whose content the ruleset does not give; they are taken to be empty.
pub fn taken_for_granted(fixed: &FixedLevel, width: u32, level: &MapLevel) -> Option<String> {
    let place = |at: usize| [at as u32 % width, at as u32 / width];
    let said = |at: usize| level.boxes.iter().any(|hidden| hidden.at == place(at));
    let boxes = fixed.cells.iter().enumerate().filter(|(at, code)| cells::is_box(**code) && !said(*at));
    let unsaid: Vec<String> = boxes.map(|(at, _)| format!("{:?}", place(at))).collect();
    let name = level.npy.as_ref().filter(|_| !unsaid.is_empty())?;
    Some(format!(
        "{name}: the array does not say what boxes hide; {} of them ({}{}) are taken to be empty. To say it, write in [level] \
         boxes = [{{ at = {}, holds = \"red key\" }}], or holds = \"empty\"",
        unsaid.len(),
        unsaid[..unsaid.len().min(4)].join(", "),
        if unsaid.len() > 4 { ", ..." } else { "" },
        unsaid[0]
    ))
}

/// Returns the same level as a drawing with its own legend, so that a resolved ruleset needs no other file.
pub fn to_drawing(fixed: &FixedLevel, width: u32, level: &MapLevel) -> MapLevel {
    let free = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain('\u{c0}'..='\u{17f}').filter(|c| *c != 'G' && *c != 'v');
    let mut glyphs = BTreeMap::from([(WALL_GREY, '#'), (EMPTY, '.'), (GOAL_GREEN, 'G'), (LAVA_RED, '~')]);
    let mut free = free;
    let mut legend = BTreeMap::new();
    for &code in &fixed.cells {
        glyphs.entry(code).or_insert_with(|| {
            let glyph = free.next().unwrap_or('?');
            legend.insert(glyph.to_string(), to_words(code));
            glyph
        });
    }
    let rows: Vec<String> = fixed.cells.chunks(width as usize).map(|row| row.iter().map(|code| glyphs[code]).collect()).collect();
    MapLevel {
        map: Some(rows.join("\n")),
        npy: None,
        agent: Some([fixed.agent.0, fixed.agent.1]),
        direction: Some(fixed.direction),
        targets: level.targets.clone(),
        boxes: Vec::new(),
        legend,
    }
}
