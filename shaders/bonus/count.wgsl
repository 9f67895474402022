// Bonuses from visit counts. Numbers: form, scope, slots of the first table, slots of the second.

#import shaders/bonus/transition.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table_read.wgsl
#import shaders/bonus/instance_table.wgsl

const FORM_SQRT: u32 = 0u;
const FORM_INVERSE: u32 = 1u;
const FORM_FIRST: u32 = 2u;
const FORM_PRODUCT: u32 = 3u;

fn count_form() -> u32 {
    return parameter(0u);
}

fn count_scope() -> u32 {
    return parameter(1u);
}

fn count_slots() -> u32 {
    return parameter(2u);
}

fn count_lifelong() -> u32 {
    return parameter(3u);
}

fn count_value(n: u32) -> i32 {
    if count_form() == FORM_INVERSE {
        return i32(inv_q20(n));
    }
    if count_form() == FORM_FIRST {
        return select(0, BONUS_ONE, n == 1u);
    }
    return i32(inv_sqrt_q20(n));
}

fn bonus_begin(what: Transition, at: u32) {
    if count_form() == FORM_PRODUCT || count_scope() == SCOPE_EPISODE {
        instance_table_clear(at, count_slots());
    }
    if count_form() == FORM_PRODUCT || count_scope() != SCOPE_SHARED {
        instance_table_add(at, count_slots(), what.key);
    }
    if count_form() == FORM_PRODUCT && count_scope() == SCOPE_INSTANCE {
        instance_table_add(at + instance_table_words_of(count_slots()), count_lifelong(), what.key);
    }
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    if count_form() != FORM_PRODUCT && count_scope() == SCOPE_SHARED {
        return Outcome(count_value(max(table_count(what.key), 1u)), 0u);
    }
    if !instance_table_has_room(at, count_slots(), what.key) {
        return Outcome(0, FAULT_TABLE);
    }
    if count_form() != FORM_PRODUCT {
        return Outcome(count_value(instance_table_add(at, count_slots(), what.key)), 0u);
    }
    let second = at + instance_table_words_of(count_slots());
    var n = 0u;
    if count_scope() == SCOPE_INSTANCE {
        if !instance_table_has_room(second, count_lifelong(), what.key) {
            return Outcome(0, FAULT_TABLE);
        }
        n = instance_table_add(second, count_lifelong(), what.key);
    } else {
        n = max(table_count(what.key), 1u);
    }
    if instance_table_add(at, count_slots(), what.key) > 1u {
        return Outcome(0, 0u);
    }
    return Outcome(count_value(n), 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    var n = 0u;
    if count_form() == FORM_PRODUCT && count_scope() == SCOPE_INSTANCE {
        n = instance_table_count(at + instance_table_words_of(count_slots()), count_lifelong(), what.key);
    } else if count_scope() == SCOPE_SHARED {
        n = table_count(what.key);
    } else {
        n = instance_table_count(at, count_slots(), what.key);
    }
    if count_form() == FORM_PRODUCT && instance_table_count(at, count_slots(), what.key) > 0u {
        return 0;
    }
    return count_value(one_more(n));
}
