// Empowerment as a bonus: `inputs` holds the value of the state that each instance or fork is in. Numbers: 1 if what a transition changed
// is paid, not the value itself; 1 if states are counted. The first word of its own is the value of the state that the instance is in; if
// states are counted, how many were measured and how many of them chance had a say in follow, two words each. The second half of `inputs` says
// which those are.

#import shaders/bonus/transition.wgsl

fn empowerment_value(what: Transition, at: u32) -> i32 {
    let value = bitcast<i32>(inputs[what.obs]);
    return select(value, value - bitcast<i32>(memory[at]), parameter(0u) == 1u);
}

/// The state that the instance is in now.
fn empowerment_update(what: Transition, at: u32) {
    memory[at] = inputs[what.obs];
    if parameter(1u) == 1u {
        empowerment_add(at + 1u, 1u);
        empowerment_add(at + 3u, inputs[arrayLength(&inputs) / 2u + what.obs]);
    }
}

/// So many more, 0 or 1, of what is counted in two words.
fn empowerment_add(at: u32, more: u32) {
    memory[at] += more;
    memory[at + 1u] += select(0u, 1u, memory[at] < more);
}

fn bonus_begin(what: Transition, at: u32) {
    empowerment_update(what, at);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    let value = empowerment_value(what, at);
    empowerment_update(what, at);
    return Outcome(value, 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    return empowerment_value(what, at);
}
