//! What the crate proves about MiniGrid on its own; equality with the package is proven by the parity tests.
