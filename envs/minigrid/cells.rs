//! The content of a cell as a one-byte code: class * 8 + colour. A table converts codes to MiniGrid's (object, colour, state).
//!
//! Codes 0 and 1 are special: 0 is unseen (it never occurs in a grid) and 1 is empty. The class of a box contains what the box hides.

pub const UNSEEN: u8 = 0;
pub const EMPTY: u8 = 1;

/// Classes; the colour is in the low three bits of the code.
pub mod class {
    pub const NOTHING: u8 = 0;
    pub const FLOOR: u8 = 1;
    pub const KEY: u8 = 2;
    pub const BALL: u8 = 3;
    pub const GOAL: u8 = 4;
    pub const LAVA: u8 = 5;
    pub const DOOR_OPEN: u8 = 6;
    pub const DOOR_CLOSED: u8 = 7;
    pub const DOOR_LOCKED: u8 = 8;
    pub const WALL: u8 = 9;
    /// A box with nothing in it.
    pub const BOX: u8 = 10;
    /// Boxes hiding a key of colour 0 to 5, then boxes hiding a ball of colour 0 to 5.
    pub const BOX_OF_KEY: u8 = 11;
    pub const BOX_OF_BALL: u8 = 17;
    pub const END: u8 = 23;
}

/// MiniGrid's colour numbers.
pub mod colour {
    pub const RED: u8 = 0;
    pub const GREEN: u8 = 1;
    pub const BLUE: u8 = 2;
    pub const PURPLE: u8 = 3;
    pub const YELLOW: u8 = 4;
    pub const GREY: u8 = 5;
    pub const COUNT: u8 = 6;
    pub const NAMES: [&str; 6] = ["red", "green", "blue", "purple", "yellow", "grey"];
    /// The colours in alphabetical order; the reference package draws an index into this list.
    pub const SORTED: [u8; 6] = [BLUE, GREEN, GREY, PURPLE, RED, YELLOW];
}

/// MiniGrid's object numbers.
pub mod object {
    pub const EMPTY: u8 = 1;
    pub const WALL: u8 = 2;
    pub const FLOOR: u8 = 3;
    pub const DOOR: u8 = 4;
    pub const KEY: u8 = 5;
    pub const BALL: u8 = 6;
    pub const BOX: u8 = 7;
    pub const GOAL: u8 = 8;
    pub const LAVA: u8 = 9;
    pub const AGENT: u8 = 10;
    pub const NAMES: [&str; 11] = ["unseen", "empty", "wall", "floor", "door", "key", "ball", "box", "goal", "lava", "agent"];
}

/// Codes from `CLOSED_FIRST` up to `WALL_END` (exclusive) block the view.
pub const CLOSED_FIRST: u8 = code(class::DOOR_CLOSED, 0);
pub const WALL_END: u8 = code(class::BOX, 0);

pub const WALL_GREY: u8 = code(class::WALL, colour::GREY);
pub const GOAL_GREEN: u8 = code(class::GOAL, colour::GREEN);
pub const LAVA_RED: u8 = code(class::LAVA, colour::RED);

pub const fn code(class: u8, colour: u8) -> u8 {
    class << 3 | colour
}

#[inline]
pub const fn class_of(code: u8) -> u8 {
    code >> 3
}

#[inline]
pub const fn colour_of(code: u8) -> u8 {
    code & 7
}

/// A box of `colour` hiding `inside`, which must be a key or a ball.
pub const fn box_of(colour: u8, inside: u8) -> u8 {
    let first = if class_of(inside) == class::KEY { class::BOX_OF_KEY } else { class::BOX_OF_BALL };
    code(first + colour_of(inside), colour)
}

/// Returns the code of what a box hides; [`EMPTY`] if it hides nothing.
#[inline]
pub const fn content(code_of_box: u8) -> u8 {
    match class_of(code_of_box) {
        c @ class::BOX_OF_KEY..class::BOX_OF_BALL => code(class::KEY, c - class::BOX_OF_KEY),
        c @ class::BOX_OF_BALL..class::END => code(class::BALL, c - class::BOX_OF_BALL),
        _ => EMPTY,
    }
}

#[inline]
pub const fn is_box(code: u8) -> bool {
    class_of(code) >= class::BOX
}

/// Whether the agent can carry an object with this code: a key, a ball or a box.
#[inline]
pub const fn can_be_carried(code: u8) -> bool {
    matches!(class_of(code), class::KEY | class::BALL) || is_box(code)
}

/// Whether the agent can enter a cell with this code.
#[inline]
pub const fn can_be_entered(code: u8) -> bool {
    matches!(class_of(code), class::NOTHING | class::FLOOR | class::GOAL | class::LAVA | class::DOOR_OPEN)
}

/// Bit of a [`TRIPLES`] entry: the cell blocks the view.
pub const OPAQUE: u32 = 1 << 24;

/// For every code: object | colour << 8 | state << 16, and [`OPAQUE`].
pub static TRIPLES: [u32; 256] = triples();

const fn triples() -> [u32; 256] {
    let mut table = [0; 256];
    table[EMPTY as usize] = object::EMPTY as u32;
    let mut at = 8;
    while at < class::END as usize * 8 {
        let (object, state, opaque) = match class_of(at as u8) {
            class::FLOOR => (object::FLOOR, 0, 0),
            class::KEY => (object::KEY, 0, 0),
            class::BALL => (object::BALL, 0, 0),
            class::GOAL => (object::GOAL, 0, 0),
            class::LAVA => (object::LAVA, 0, 0),
            class::DOOR_OPEN => (object::DOOR, 0, 0),
            class::DOOR_CLOSED => (object::DOOR, 1, OPAQUE),
            class::DOOR_LOCKED => (object::DOOR, 2, OPAQUE),
            class::WALL => (object::WALL, 0, OPAQUE),
            _ => (object::BOX, 0, 0),
        };
        if at & 7 < colour::COUNT as usize {
            table[at] = object as u32 | (at as u32 & 7) << 8 | state << 16 | opaque;
        }
        at += 1;
    }
    table
}

/// Returns the bytes (object, colour, state) of a code.
pub fn triple(code: u8) -> [u8; 3] {
    let word = TRIPLES[code as usize];
    [word as u8, (word >> 8) as u8, (word >> 16) as u8]
}

/// Returns the code of MiniGrid's (object, colour, state), interpreted like `Grid.decode`; None if there is no such object.
pub fn from_triple(triple: [u8; 3]) -> Option<u8> {
    let [thing, colour, state] = triple;
    if matches!(thing, 0 | object::EMPTY | object::AGENT) {
        return Some(EMPTY);
    }
    if colour >= colour::COUNT {
        return None;
    }
    let class = match (thing, state) {
        (object::WALL, _) => class::WALL,
        (object::FLOOR, _) => class::FLOOR,
        (object::DOOR, 0) => class::DOOR_OPEN,
        (object::DOOR, 2) => class::DOOR_LOCKED,
        (object::DOOR, _) => class::DOOR_CLOSED,
        (object::KEY, _) => class::KEY,
        (object::BALL, _) => class::BALL,
        (object::BOX, _) => class::BOX,
        (object::GOAL, _) => return Some(GOAL_GREEN),
        (object::LAVA, _) => return Some(LAVA_RED),
        _ => return None,
    };
    Some(code(class, colour))
}

/// Returns colour and object of a code, such as "blue key".
pub fn words(code: u8) -> String {
    let [thing, colour, _] = triple(code);
    match thing {
        0 | object::EMPTY => object::NAMES[thing as usize].to_string(),
        _ => format!("{} {}", colour::NAMES[colour as usize % colour::NAMES.len()], object::NAMES[thing as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_a_code_and_comes_back_from_its_triple() {
        let mut seen = 0;
        for at in (0..=255).filter(|&at| TRIPLES[at as usize] != 0) {
            let back = from_triple(triple(at)).expect("a code of the table");
            // In MiniGrid goals are always green and lava is always red, whatever colour the encoding has.
            let expected = match class_of(at) {
                class::GOAL => triple(GOAL_GREEN),
                class::LAVA => triple(LAVA_RED),
                _ => triple(at),
            };
            assert_eq!(triple(back), expected, "code {at}");
            seen += 1;
        }
        assert_eq!(seen, 1 + 6 * (usize::from(class::END) - 1));
    }

    #[test]
    fn boxes_give_back_what_they_hide() {
        for hidden in [code(class::KEY, colour::RED), code(class::BALL, colour::GREY), code(class::KEY, colour::GREY)] {
            let chest = box_of(colour::GREEN, hidden);
            assert!(is_box(chest) && can_be_carried(chest));
            assert_eq!((content(chest), triple(chest)), (hidden, [object::BOX, colour::GREEN, 0]));
        }
        assert_eq!(content(code(class::BOX, colour::RED)), EMPTY);
    }
}
