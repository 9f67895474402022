// A transition as a bonus gets it. Whoever imports this has `params`.

#import shaders/bonus/params.wgsl

struct Transition {
    // Key of the state arrived at, and of the one departed from; nothing if the bonus looks at observations.
    key: vec2<u32>,
    before: vec2<u32>,
    // What was done there.
    action: u32,
    // Where the observation of the state arrived at begins in `inputs`, if that is the observations.
    obs: u32,
}

/// What came of a visit: the bonus in units of 2^-20, and 0 or the number of a limit that was met.
struct Outcome {
    value: i32,
    fault: u32,
}
