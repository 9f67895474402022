// A transition as a bonus reads it. A kernel that imports this declares `params`.

#import shaders/bonus/params.wgsl

struct Transition {
    // Keys of the next state and of the previous state; 0 if the bonus reads observations.
    key: vec2<u32>,
    before: vec2<u32>,
    // The action taken in the previous state.
    action: u32,
    // Index in `inputs` of the observation of the next state, if `inputs` holds observations.
    obs: u32,
}

/// The result of a visit: the value in units of 2^-20, and 0 or a fault code.
struct Outcome {
    value: i32,
    fault: u32,
}
