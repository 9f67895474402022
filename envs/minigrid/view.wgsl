// The agent's view: the codes of its cells, and which of them are hidden. The twin is observe.rs.
//
// In view cell (i, j), i counts from the agent's left to its right and j from far to near.

#import envs/minigrid/cells.wgsl

// Side of the largest view.
const MAX_SIDE: u32 = 11u;

var<private> viewer: Body;
/// Bit i of word j: cell (i, j) is seen.
var<private> seen_rows: array<u32, MAX_SIDE>;

/// Returns the code of a view cell; cells outside the map are walls.
fn view_code(i: u32, j: u32) -> u32 {
    let forward = i32(rules.view - 1u - j);
    let right = i32(i) - i32(rules.view / 2u);
    var at = vec2<i32>(i32(viewer.x), i32(viewer.y));
    switch viewer.dir {
        case 0u: { at += vec2<i32>(forward, right); }
        case 1u: { at += vec2<i32>(-right, forward); }
        case 2u: { at += vec2<i32>(-forward, -right); }
        default: { at += vec2<i32>(right, -forward); }
    }
    if at.x < 0 || at.y < 0 || at.x >= i32(rules.width) || at.y >= i32(rules.height) {
        return CODE_WALL_GREY;
    }
    return cell_code(u32(at.y) * rules.width + u32(at.x));
}

fn is_clear(code: u32) -> bool {
    return (rules.tables[rules.triples + code] & OPAQUE) == 0u;
}

/// Determines the cells that the agent sees. Visibility starts at the agent's cell. Row by row, from near to far, it spreads along the row
/// through clear cells (first to the right, then to the left), and from each of these to the next row: straight ahead and one cell aside.
fn look() {
    let side = rules.view;
    let every = (1u << side) - 1u;
    var lit = 1u << (side / 2u);
    for (var back = 0u; back < side; back++) {
        let j = side - 1u - back;
        if rules.see_through_walls != 0u {
            seen_rows[j] = every;
            continue;
        }
        var clear = 0u;
        for (var i = 0u; i < side; i++) {
            clear |= select(0u, 1u << i, is_clear(view_code(i, j)));
        }
        let to_right = spread_right(lit, clear) & every;
        let passed_right = to_right & clear & (every >> 1u);
        let row = to_right | spread_left(to_right, clear);
        let passed_left = row & clear & (every & ~1u);
        seen_rows[j] = row;
        lit = (passed_right | passed_right << 1u | passed_left | passed_left >> 1u) & every;
    }
}

/// Returns the cells reached from `lit` by steps to higher bits, each out of a clear cell.
fn spread_right(lit_first: u32, clear: u32) -> u32 {
    var lit = lit_first;
    var open = clear << 1u;
    for (var by = 1u; by < 16u; by *= 2u) {
        lit |= (lit << by) & open;
        open &= open << by;
    }
    return lit;
}

/// Returns the cells reached from `lit` by steps to lower bits, each out of a clear cell.
fn spread_left(lit_first: u32, clear: u32) -> u32 {
    var lit = lit_first;
    var open = clear >> 1u;
    for (var by = 1u; by < 16u; by *= 2u) {
        lit |= (lit >> by) & open;
        open &= open >> by;
    }
    return lit;
}

/// Returns the code that a view cell shows after `look`. Hidden cells are 0; the agent's cell holds what it carries.
fn shown_code(i: u32, j: u32) -> u32 {
    if i == rules.view / 2u && j == rules.view - 1u {
        return select(CODE_EMPTY, viewer.carrying, viewer.carrying != CODE_UNSEEN);
    }
    if (seen_rows[j] >> i & 1u) == 0u {
        return CODE_UNSEEN;
    }
    return view_code(i, j);
}
