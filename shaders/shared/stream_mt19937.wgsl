// The random numbers of a step, from the instance's own MT19937. This file can replace stream_keyed.wgsl.

#import shaders/shared/mt19937.wgsl
#import shaders/shared/chance.wgsl

fn stream_begin(i: u32) {
    mt_base = i * (MT_N + 1u);
}

fn stream_end(i: u32) {}
