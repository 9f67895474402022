// BeBold in its tabular form. Numbers: novelty, slots of the table of the episode.

#import shaders/bonus/transition.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table_read.wgsl
#import shaders/bonus/instance_table.wgsl

const NOVELTY_INVERSE: u32 = 0u;
const NOVELTY_SQRT: u32 = 1u;

fn bebold_slots() -> u32 {
    return parameter(1u);
}

/// Novelty of a state visited `n` times. A state without visits is as novel as one with a single visit.
fn bebold_nov(n: u32) -> u32 {
    if parameter(0u) == NOVELTY_INVERSE {
        return inv_q20(max(n, 1u));
    }
    return inv_sqrt_q20(max(n, 1u));
}

fn bebold_value(n: u32, n_before: u32) -> i32 {
    return max(i32(bebold_nov(n)) - i32(bebold_nov(n_before)), 0);
}

fn bonus_begin(what: Transition, at: u32) {
    instance_table_clear(at, bebold_slots());
    instance_table_add(at, bebold_slots(), what.key);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    if !instance_table_has_room(at, bebold_slots(), what.key) {
        return Outcome(0, FAULT_TABLE);
    }
    if instance_table_add(at, bebold_slots(), what.key) > 1u {
        return Outcome(0, 0u);
    }
    return Outcome(bebold_value(table_count(what.key), table_count(what.before)), 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    if instance_table_count(at, bebold_slots(), what.key) > 0u || all(what.key == what.before) {
        return 0;
    }
    return bebold_value(one_more(table_count(what.key)), table_count(what.before));
}
