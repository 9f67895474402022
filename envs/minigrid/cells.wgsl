// Access to the codes of cells; a word of `grid` holds four.

#import envs/minigrid/rules.wgsl

/// Index of this instance's first word in `grid`.
var<private> grid_base: u32;

fn cell_code(cell: u32) -> u32 {
    return grid[grid_base + cell / 4u] >> (cell % 4u * 8u) & 255u;
}

fn set_cell_code(cell: u32, code: u32) {
    let at = grid_base + cell / 4u;
    let shift = cell % 4u * 8u;
    grid[at] = (grid[at] & ~(255u << shift)) | code << shift;
}

fn class_of(code: u32) -> u32 {
    return code >> 3u;
}

fn code_of(kind: u32, colour: u32) -> u32 {
    return kind << 3u | colour;
}

/// Returns the code of what a box hides; CODE_EMPTY if it hides nothing.
fn content(box: u32) -> u32 {
    let kind = class_of(box);
    if kind >= CLASS_BOX_OF_KEY && kind < CLASS_BOX_OF_BALL {
        return code_of(CLASS_KEY, kind - CLASS_BOX_OF_KEY);
    }
    if kind >= CLASS_BOX_OF_BALL && kind < CLASS_END {
        return code_of(CLASS_BALL, kind - CLASS_BOX_OF_BALL);
    }
    return CODE_EMPTY;
}

/// Whether the agent can carry an object with this code: a key, a ball or a box.
fn can_be_carried(code: u32) -> bool {
    let kind = class_of(code);
    return kind == CLASS_KEY || kind == CLASS_BALL || kind >= CLASS_BOX;
}

/// Whether the agent can enter a cell with this code.
fn can_be_entered(code: u32) -> bool {
    let kind = class_of(code);
    return kind == CLASS_NOTHING || kind == CLASS_FLOOR || kind == CLASS_GOAL || kind == CLASS_LAVA || kind == CLASS_DOOR_OPEN;
}
