//! How the window looks: colours, typefaces, icons, numbers as text.

pub mod fonts;
pub mod icons;
pub mod numbers;
mod style;
mod tokens;

pub use style::install;
pub use tokens::Tokens;
#[cfg(feature = "study")]
pub use tokens::contrast;
