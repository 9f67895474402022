// The pattern that the file of each bonus follows, which takes the place of this one: a bonus that is nothing. `at` is where the
// words of its own that the bonus keeps for the instance begin in `memory`.

#import shaders/bonus/arrival.wgsl

/// An episode begins: what is kept for an episode is cleared, the state is recorded.
fn bonus_begin(what: Arrival, at: u32) {
}

/// The bonus of an arrival, which is taken in.
fn bonus_visit(what: Arrival, at: u32) -> Outcome {
    return Outcome(0, 0u);
}

/// What bonus_visit would give for a transition of a fork.
fn bonus_peek(what: Arrival, at: u32) -> i32 {
    return 0;
}
