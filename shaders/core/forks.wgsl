// Forks: rows of buffers that are forked from instances. Each instance has `rules.head.forks` of them, one after the other.

#import shaders/core/head.wgsl
#import shaders/shared/grid.wgsl

/// The instance that fork `f` was forked from.
fn forked_from(f: u32) -> u32 {
    return rules.head.first + f / rules.head.forks;
}
