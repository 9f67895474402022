// Empowerment as a bonus: `inputs` holds the value of the current state of each instance or fork. Numbers: 1 if the value of the bonus is
// the change in a transition, not the empowerment itself; 1 if states are counted. The first word of the memory is the value of the current
// state. If states are counted, the numbers of states measured and of uncertain ones follow, two words each. The second half of `inputs`
// says which states are uncertain.

#import shaders/bonus/transition.wgsl

fn empowerment_value(what: Transition, at: u32) -> i32 {
    let value = bitcast<i32>(inputs[what.obs]);
    return select(value, value - bitcast<i32>(memory[at]), parameter(0u) == 1u);
}

/// Updates the memory with the current state of the instance.
fn empowerment_update(what: Transition, at: u32) {
    memory[at] = inputs[what.obs];
    if parameter(1u) == 1u {
        empowerment_add(at + 1u, 1u);
        empowerment_add(at + 3u, inputs[arrayLength(&inputs) / 2u + what.obs]);
    }
}

/// Adds `more`, 0 or 1, to a count of two words.
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
