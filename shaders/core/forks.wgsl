// Forks: rows of buffers that are forked from instances, `rules.head.forks` of each, one after the other.

#import shaders/core/head.wgsl
#import shaders/shared/grid.wgsl

/// The instance that fork `f` was forked from.
fn forked_from(f: u32) -> u32 {
    return rules.head.first + f / rules.head.forks;
}
