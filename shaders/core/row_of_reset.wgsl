// The moment after a reset.

const MOMENT: u32 = 1u;

fn is_recorded(i: u32) -> bool {
    let at = pace_at(i);
    let is_free = pace[at + PACE_STEPS] != rules.head.until && pace[at + PACE_STATUS] == PACE_FREE;
    return is_free && !is_cancelled(pace[LIST_ROUND]) && pace[at + PACE_BEGUN] == 1u;
}
