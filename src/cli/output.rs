//! All output of the program: results on stdout, everything else on stderr. No other code writes to either.
//!
//! No output channel may stop the work. What cannot be written to stderr is dropped. A failed write to stdout is an error, but by then the
//! results are in the files that the command makes. It is not an error if the reader of a pipe has closed it.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

/// A failed write to stdout, for the end of the program: [`is_gone`] says whether it can be ignored.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to stdout")]
pub struct Unwritten(#[source] io::Error);

/// Buffered stdout for many writes. [`Results::finish`] writes out the buffer.
pub struct Results(BufWriter<StdoutLock<'static>>);

impl Results {
    pub fn open() -> Results {
        Results(BufWriter::new(io::stdout().lock()))
    }

    /// # Errors
    /// [`Unwritten`].
    pub fn finish(mut self) -> anyhow::Result<()> {
        Ok(self.0.flush().map_err(Unwritten)?)
    }
}

impl Write for Results {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(marked)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(marked)
    }
}

/// Marks `error` as one of stdout, so that [`is_gone`] does not take another broken pipe for it.
fn marked(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), Unwritten(error))
}

/// Writes a whole text to stdout.
///
/// # Errors
/// [`Unwritten`].
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    Ok(out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Unwritten)?)
}

/// Writes a line to stderr, in one write. It is dropped if it cannot be written.
pub fn note(text: &str) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Whether stderr is a terminal.
pub fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Whether `error` only means that the reader of stdout has closed it.
pub fn is_gone(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| match (cause.downcast_ref::<Unwritten>(), cause.downcast_ref::<io::Error>()) {
        (Some(Unwritten(inner)), _) => broken(inner),
        (None, Some(outer)) => {
            outer.get_ref().and_then(|inner| inner.downcast_ref::<Unwritten>()).is_some_and(|Unwritten(e)| broken(e))
        }
        (None, None) => false,
    })
}

/// Prints help, the version or a mistake on the command line as clap formats it. Returns the exit code.
pub fn usage(error: &clap::Error) -> u8 {
    let text = error.render();
    if error.use_stderr() {
        let shown = if is_watched() { text.ansi().to_string() } else { text.to_string() };
        let _ = io::stderr().write_all(shown.as_bytes());
        return error.exit_code() as u8;
    }
    let shown = if io::stdout().is_terminal() { text.ansi().to_string() } else { text.to_string() };
    match print(&shown) {
        Err(error) if !is_gone(&error) => {
            note(&format!("error: {error:#}"));
            1
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stdout_without_reader_is_no_error() {
        let of = |kind: io::ErrorKind| anyhow::Error::from(Unwritten(kind.into()));
        assert!(is_gone(&of(io::ErrorKind::BrokenPipe)) && !is_gone(&of(io::ErrorKind::StorageFull)));
        let through = |kind: io::ErrorKind| anyhow::Error::from(marked(kind.into()));
        assert!(is_gone(&through(io::ErrorKind::BrokenPipe)) && !is_gone(&through(io::ErrorKind::StorageFull)));
        let of_a_file = crate::Error::io("a", io::ErrorKind::BrokenPipe.into());
        assert!(!is_gone(&of_a_file.into()), "a broken pipe under a file's name is a failure");
    }
}
