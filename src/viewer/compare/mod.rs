//! The Compare page: two to four worlds side by side at corresponding steps, and the difference of the first two.

mod difference;
mod page;
mod slot_bar;
mod slots;

pub use slots::{Compare, Slot};
