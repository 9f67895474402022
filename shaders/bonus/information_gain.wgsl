// The information that a transition gives about a tabular model of transitions. Numbers: gain, scope, outcomes, slots of the instance's
// table.

#import shaders/bonus/transition.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table_read.wgsl
#import shaders/bonus/instance_table.wgsl

const GAIN_BELIEF: u32 = 0u;
const GAIN_POSTERIOR_PRIOR: u32 = 1u;

fn gain_kind() -> u32 {
    return parameter(0u);
}

fn gain_scope() -> u32 {
    return parameter(1u);
}

fn gain_slots() -> u32 {
    return parameter(3u);
}

/// The value with `n` transitions like this one among `all_of_choice` of the same choice.
fn gain_value(n: u32, all_of_choice: u32) -> i32 {
    let one = vec2<u32>(1u, 0u);
    let alpha = one_more(n);
    let outcomes = parameter(2u);
    let mass = select(all_of_choice + outcomes, 0xffffffffu, all_of_choice + outcomes < outcomes);
    if gain_kind() == GAIN_BELIEF {
        return q30_to_q20(i32(gain_q30(alpha)) - i32(gain_q30(mass)));
    }
    if gain_kind() == GAIN_POSTERIOR_PRIOR {
        let product = mul_64(add_64(vec2<u32>(alpha, 0u), one), vec2<u32>(step_q30(alpha), 0u));
        let mean = div_64(product, add_64(vec2<u32>(mass, 0u), one)).x;
        return q30_to_q20(i32(mean) - i32(step_q30(mass)));
    }
    let mean = div_64(mul_wide(alpha, step_q30(alpha)), vec2<u32>(mass, 0u)).x;
    return q30_to_q20(i32(step_q30(mass)) - i32(mean));
}

fn bonus_begin(what: Transition, at: u32) {
    // No action led to the first state, so there is nothing to learn.
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    let choice = choice_key(what.before, what.action);
    let transition = transition_key(what.before, what.action, what.key);
    if gain_scope() == SCOPE_SHARED {
        return Outcome(gain_value(table_count(transition), table_count(choice)), 0u);
    }
    let n = instance_table_count(at, gain_slots(), transition);
    let all_of_choice = instance_table_count(at, gain_slots(), choice);
    if !instance_table_has_room_for(at, gain_slots(), select(0u, 1u, n == 0u) + select(0u, 1u, all_of_choice == 0u)) {
        return Outcome(0, FAULT_TABLE);
    }
    instance_table_add(at, gain_slots(), choice);
    instance_table_add(at, gain_slots(), transition);
    return Outcome(gain_value(n, all_of_choice), 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    let choice = choice_key(what.before, what.action);
    let transition = transition_key(what.before, what.action, what.key);
    if gain_scope() == SCOPE_SHARED {
        return gain_value(table_count(transition), table_count(choice));
    }
    return gain_value(instance_table_count(at, gain_slots(), transition), instance_table_count(at, gain_slots(), choice));
}
