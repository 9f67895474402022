// The pattern that the file of each bonus follows, which takes the place of this one: a bonus that is nothing. `at` is where the
// words of its own that the bonus keeps for the instance begin in `memory`.

#import shaders/bonus/transition.wgsl

/// An episode begins: what is kept for an episode is cleared, the state is recorded.
fn bonus_begin(what: Transition, at: u32) {
}

/// The bonus of a transition, which is taken in.
fn bonus_visit(what: Transition, at: u32) -> Outcome {
    return Outcome(0, 0u);
}

/// What bonus_visit would give for a transition of a fork.
fn bonus_peek(what: Transition, at: u32) -> i32 {
    return 0;
}
