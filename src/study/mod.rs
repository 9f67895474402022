//! Human play: studies in which people play and answer, recorded so that nothing is lost.
//!
//! A [`plan::StudyPlan`] says what a participant goes through. A session takes a participant through it and writes every item of it into the
//! study database before it goes on.

pub mod assignment;
pub mod database;
pub mod export;
pub mod keys;
pub mod plan;
pub mod rehearsal;
pub mod session;
