//! The batch: many instances of one world, stepped together.
