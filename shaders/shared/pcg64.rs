//! numpy `Generator(PCG64)` and `SeedSequence`.
