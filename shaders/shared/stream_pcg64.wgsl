// The random numbers of a step, from the instance's own PCG64. This file can replace stream_keyed.wgsl.

#import shaders/shared/pcg64.wgsl
#import shaders/shared/chance.wgsl

const PCG_WORDS: u32 = 10u;

fn stream_begin(i: u32) {
    pcg_load(i * PCG_WORDS);
}

fn stream_end(i: u32) {
    pcg_store(i * PCG_WORDS);
}
