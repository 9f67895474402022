// Empowerment as a bonus: `seen` holds the value of the state that each instance or fork is in. Numbers: 1 if what an arrival changed
// is paid, not the value itself. The word of its own is the value of the state that the instance is in.
// Twin: src/bonus/forks.rs

#import shaders/bonus/arrival.wgsl

fn empowerment_value(what: Arrival, at: u32) -> i32 {
    let value = bitcast<i32>(seen[what.obs]);
    return select(value, value - bitcast<i32>(own[at]), parameter(0u) == 1u);
}

fn bonus_begin(what: Arrival, at: u32) {
    own[at] = seen[what.obs];
}

fn bonus_visit(what: Arrival, at: u32) -> Outcome {
    let value = empowerment_value(what, at);
    own[at] = seen[what.obs];
    return Outcome(value, 0u);
}

fn bonus_peek(what: Arrival, at: u32) -> i32 {
    return empowerment_value(what, at);
}
