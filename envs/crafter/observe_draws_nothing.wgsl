// The default: an observation draws no random numbers.

fn skip_noise(i: u32, n: u32) {}
