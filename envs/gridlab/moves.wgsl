// Where a move leads without slip and currents. An importing file declares `rules`, `grid`, and `base`, the index of the instance's first
// word in `grid`. The twins are in step.rs.

/// The cell under the player; a position outside counts as the nearest cell inside.
fn here() -> u32 {
    let x = min(grid[base + WORD_X], rules.width - 1u);
    let y = min(grid[base + WORD_Y], rules.height - 1u);
    return y * rules.width + x;
}

/// The cell that a move from `start` in direction `way` ends on.
fn go(start: u32, way: u32) -> u32 {
    let exits = rules.tables[rules.cells + start] & CELL_EXITS;
    if (exits >> way & 1u) == 0u {
        return start;
    }
    var to = start + rules.width;
    if way == WEST {
        to = start - 1u;
    } else if way == EAST {
        to = start + 1u;
    } else if way == NORTH {
        to = start - rules.width;
    }
    let there = rules.tables[rules.cells + to];
    if cell_kind(there) == KIND_DOOR && !passable(there) {
        return start;
    }
    return to;
}

/// Returns whether the player can pass a door: it has the key, or the door was opened.
fn passable(door: u32) -> bool {
    let opened = rules.spend_keys != 0u && (grid[base + WORD_OPENED] >> (cell_number(door) & 31u) & 1u) == 1u;
    return opened || (grid[base + WORD_CARRIED] >> cell_letter(door) & 1u) == 1u;
}
