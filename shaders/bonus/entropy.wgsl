// Plug-in entropy of the states visited. Numbers: mode, scope, slots of the table or keys of the window.

#import shaders/bonus/transition.wgsl
#import shaders/bonus/scope.wgsl
#import shaders/bonus/fixed.wgsl
#import shaders/bonus/table_read.wgsl
#import shaders/bonus/instance_table.wgsl

const MODE_DELTA: u32 = 1u;
const MODE_SURPRISAL: u32 = 2u;

const SCOPE_WINDOW: u32 = 3u;

// A window: number of keys in it, index of the next, the sum of c ln c (low, high); then the keys.
const WINDOW_FILLED: u32 = 0u;
const WINDOW_NEXT: u32 = 1u;
const WINDOW_SUM: u32 = 2u;
const WINDOW_HEAD: u32 = 4u;

/// The number of visits, their sum of c ln c, and the count of the next state.
struct Visits {
    n: vec2<u32>,
    sum: vec2<u32>,
    count: u32,
}

fn entropy_mode() -> u32 {
    return parameter(0u);
}

fn entropy_scope() -> u32 {
    return parameter(1u);
}

fn entropy_size() -> u32 {
    return parameter(2u);
}

/// The visits with one more visit of the state.
fn entropy_grown(now: Visits) -> Visits {
    let count = one_more(now.count);
    let more = sub_64(c_ln_c_q24(count), c_ln_c_q24(now.count));
    return Visits(add_64(now.n, vec2<u32>(1u, 0u)), add_64(now.sum, more), count);
}

/// H, in units of 2^-24.
fn entropy_level(now: Visits) -> i32 {
    if now.n.x == 0u && now.n.y == 0u {
        return 0;
    }
    return i32(ln_wide_q24(now.n)) - i32(div_64(now.sum, now.n).x);
}

fn entropy_value(level_before: i32, after: Visits) -> i32 {
    if entropy_mode() == MODE_SURPRISAL {
        let n = select(after.n, vec2<u32>(1u, 0u), after.n.x == 0u && after.n.y == 0u);
        return q24_to_q20(i32(ln_wide_q24(n)) - i32(ln_q24(max(after.count, 1u))));
    }
    if entropy_mode() == MODE_DELTA {
        return q24_to_q20(entropy_level(after) - level_before);
    }
    return q24_to_q20(entropy_level(after));
}

fn entropy_of_shared(key: vec2<u32>) -> Visits {
    return Visits(table_total(), table_sum_c_ln_c(), table_count(key));
}

fn entropy_of_table(at: u32, key: vec2<u32>) -> Visits {
    return Visits(instance_table_total(at), instance_table_sum(at), instance_table_count(at, entropy_size(), key));
}

fn entropy_add(at: u32, key: vec2<u32>) {
    let before = instance_table_count(at, entropy_size(), key);
    let after = instance_table_add(at, entropy_size(), key);
    if after > 0u {
        instance_table_grow_sum(at, before, after);
    }
}

fn window_key(at: u32, k: u32) -> vec2<u32> {
    return vec2<u32>(memory[at + WINDOW_HEAD + 2u * k], memory[at + WINDOW_HEAD + 2u * k + 1u]);
}

fn window_count(at: u32, key: vec2<u32>) -> u32 {
    var count = 0u;
    for (var k = 0u; k < memory[at + WINDOW_FILLED]; k++) {
        if all(window_key(at, k) == key) {
            count += 1u;
        }
    }
    return count;
}

fn entropy_of_window(at: u32, key: vec2<u32>) -> Visits {
    let sum = vec2<u32>(memory[at + WINDOW_SUM], memory[at + WINDOW_SUM + 1u]);
    return Visits(vec2<u32>(memory[at + WINDOW_FILLED], 0u), sum, window_count(at, key));
}

/// The visits of the window with `key` added, and without the oldest one if the window is full.
fn window_after(at: u32, key: vec2<u32>) -> Visits {
    var now = entropy_of_window(at, key);
    if memory[at + WINDOW_FILLED] == entropy_size() {
        let oldest = window_key(at, memory[at + WINDOW_NEXT]);
        let left = window_count(at, oldest);
        now.sum = add_64(now.sum, sub_64(c_ln_c_q24(left - 1u), c_ln_c_q24(left)));
        now.n.x -= 1u;
        if all(oldest == key) {
            now.count -= 1u;
        }
    }
    return entropy_grown(now);
}

fn window_push(at: u32, key: vec2<u32>, after: Visits) {
    let place = at + WINDOW_HEAD + 2u * memory[at + WINDOW_NEXT];
    memory[place] = key.x;
    memory[place + 1u] = key.y;
    memory[at + WINDOW_FILLED] = after.n.x;
    memory[at + WINDOW_NEXT] = (memory[at + WINDOW_NEXT] + 1u) % entropy_size();
    memory[at + WINDOW_SUM] = after.sum.x;
    memory[at + WINDOW_SUM + 1u] = after.sum.y;
}

fn bonus_begin(what: Transition, at: u32) {
    if entropy_scope() == SCOPE_SHARED {
        return;
    }
    if entropy_scope() == SCOPE_WINDOW {
        let after = window_after(at, what.key);
        window_push(at, what.key, after);
        return;
    }
    if entropy_scope() == SCOPE_EPISODE {
        instance_table_clear(at, entropy_size());
    }
    entropy_add(at, what.key);
}

fn bonus_visit(what: Transition, at: u32) -> Outcome {
    if entropy_scope() == SCOPE_SHARED {
        let after = entropy_of_shared(what.key);
        var before = 0;
        if entropy_mode() == MODE_DELTA {
            before = i32(memory[at]);
            memory[at] = u32(entropy_level(after));
        }
        return Outcome(entropy_value(before, after), 0u);
    }
    if entropy_scope() == SCOPE_WINDOW {
        let before = entropy_of_window(at, what.key);
        let after = window_after(at, what.key);
        window_push(at, what.key, after);
        return Outcome(entropy_value(entropy_level(before), after), 0u);
    }
    if !instance_table_has_room(at, entropy_size(), what.key) {
        return Outcome(0, FAULT_TABLE);
    }
    let before = entropy_of_table(at, what.key);
    entropy_add(at, what.key);
    return Outcome(entropy_value(entropy_level(before), entropy_grown(before)), 0u);
}

fn bonus_peek(what: Transition, at: u32) -> i32 {
    if entropy_scope() == SCOPE_SHARED {
        let now = entropy_of_shared(what.key);
        var before = 0;
        if entropy_mode() == MODE_DELTA {
            before = i32(memory[at]);
        }
        return entropy_value(before, entropy_grown(now));
    }
    if entropy_scope() == SCOPE_WINDOW {
        return entropy_value(entropy_level(entropy_of_window(at, what.key)), window_after(at, what.key));
    }
    let before = entropy_of_table(at, what.key);
    return entropy_value(entropy_level(before), entropy_grown(before));
}
