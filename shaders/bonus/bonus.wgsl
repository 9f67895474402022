// The form of the file of each bonus. That file replaces this one, which is a bonus without effect. `at` is the index in `memory` of the
// first word that the bonus stores for the instance.

#import shaders/bonus/transition.wgsl

/// Begins an episode: clears what is stored for an episode, and records the state.
fn bonus_begin(what: Transition, at: u32) {
}

/// Returns the value of a transition, and updates the memory.
fn bonus_visit(what: Transition, at: u32) -> Outcome {
    return Outcome(0, 0u);
}

/// Returns what bonus_visit would return for a transition of a fork.
fn bonus_peek(what: Transition, at: u32) -> i32 {
    return 0;
}
