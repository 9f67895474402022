// Which counts a bonus reads.

const SCOPE_SHARED: u32 = 0u;
const SCOPE_INSTANCE: u32 = 1u;
const SCOPE_EPISODE: u32 = 2u;

const BONUS_ONE: i32 = 1048576;

/// n + 1, saturating.
fn one_more(n: u32) -> u32 {
    return select(n + 1u, n, n == 0xffffffffu);
}
