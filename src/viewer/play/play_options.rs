//! How to open the window of `play`.

use crate::error::Result;
use crate::study::database::{Boot, Wake};
use crate::study::session::{Session, SessionProgress};

/// Begins the session, once it is known on what it is shown.
pub type BeginSession = Box<dyn FnOnce(Boot, Wake) -> Result<Session>>;

/// Is told how far a session is.
pub type TellProgress = Box<dyn FnMut(&SessionProgress)>;

/// How to open the window.
pub struct PlayOptions {
    /// Part of the adapter's name, or its number.
    pub adapter: Option<String>,
    /// Size in points; None: the whole screen.
    pub size: Option<(f32, f32)>,
    /// Title of the window.
    pub title: String,
    /// Begins the session.
    pub begin: BeginSession,
    /// Is told how far the session is, whenever that changed.
    pub progress: Option<TellProgress>,
}

impl std::fmt::Debug for PlayOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "PlayOptions({:?}, {:?})", self.adapter, self.size)
    }
}
