//! Captures what graphics drivers write to stderr. It is hidden by default, shown with `-v`, and part of the error if no adapter opens. For
//! example, Mesa's layers complain about the missing desktop of every server.

use std::io::Write;

use crate::gpu::GpuError;

/// Runs `job`, which calls drivers. Returns its result and what the drivers wrote to stderr.
///
/// Only the output of foreign code is captured. Writes through Rust's standard library wait, on any thread, until the job is done.
#[cfg(unix)]
pub fn listening<T>(job: impl FnOnce() -> T) -> (T, String) {
    let lock = std::io::stderr().lock();
    let Ok(redirected) = redirect::Redirected::new() else { return (job(), String::new()) };
    let done = job();
    let text = redirected.end();
    drop(lock);
    (done, text)
}

#[cfg(not(unix))]
pub fn listening<T>(job: impl FnOnce() -> T) -> (T, String) {
    (job(), String::new())
}

/// Runs `job`. `verbose` is the number of `-v`. With `-v` the output of drivers is shown; without it, the output is part of the error if
/// there is no adapter.
pub fn quietly<T>(verbose: u8, job: impl FnOnce() -> Result<T, GpuError>) -> Result<T, GpuError> {
    let (done, text) = listening(job);
    if verbose > 0 && !text.is_empty() {
        // A closed stderr must not stop the program.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    match done {
        Err(GpuError::NoAdapter(why)) if verbose == 0 && !text.is_empty() => {
            Err(GpuError::NoAdapter(format!("{why}\n  the drivers reported: {}", lines(&text).join("; "))))
        }
        done => done,
    }
}

/// Returns every distinct line once, in order.
pub fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

#[cfg(unix)]
mod redirect {
    use std::io::{self, PipeReader, Read, Write};
    use std::os::fd::{AsFd, OwnedFd};
    use std::sync::mpsc::{self, Receiver};
    use std::time::Duration;

    /// Largest number of bytes that is kept, since a driver may never stop writing.
    const MAX: u64 = 64 << 10;
    /// How long to wait for the end of the output, if another process holds the writing end of the pipe.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// Redirects stderr into a pipe until this is ended or dropped.
    pub struct Redirected {
        before: Option<OwnedFd>,
        text: Receiver<String>,
    }

    impl Redirected {
        pub fn new() -> io::Result<Redirected> {
            let before = io::stderr().as_fd().try_clone_to_owned()?;
            let (reader, writer) = io::pipe()?;
            let (sender, text) = mpsc::channel();
            std::thread::Builder::new().name("drivers".to_string()).spawn(move || {
                // The receiver is gone if this took too long.
                let _ = sender.send(read(reader));
            })?;
            rustix::stdio::dup2_stderr(&writer)?;
            Ok(Redirected { before: Some(before), text })
        }

        /// Restores stderr and returns what was written meanwhile.
        pub fn end(mut self) -> String {
            self.restore();
            self.text.recv_timeout(PATIENCE).unwrap_or_default()
        }

        fn restore(&mut self) {
            if let Some(before) = self.before.take() {
                // A descriptor that was open before can be restored.
                let _ = rustix::stdio::dup2_stderr(before);
            }
        }
    }

    impl Drop for Redirected {
        /// Runs after a panic: the panic message went into the pipe, and is passed on.
        fn drop(&mut self) {
            if self.before.is_some() {
                self.restore();
                let text = self.text.recv_timeout(PATIENCE).unwrap_or_default();
                let _ = io::stderr().write_all(text.as_bytes());
            }
        }
    }

    /// Reads to the end, so that no driver blocks. Output beyond [`MAX`] is dropped.
    fn read(mut reader: PipeReader) -> String {
        let mut kept = Vec::new();
        let _ = reader.by_ref().take(MAX).read_to_end(&mut kept);
        let _ = io::copy(&mut reader, &mut io::sink());
        String::from_utf8_lossy(&kept).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_repeated_is_told_once() {
        assert_eq!(lines("error: a\n\nerror: a\n b \nerror: a\n"), ["error: a", "b"]);
        assert!(lines("").is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn foreign_words_are_kept_and_stderr_comes_back() {
        // Writes to the descriptor and bypasses the standard library, as a driver does.
        let foreign = |text: &'static [u8]| {
            let stderr = std::os::fd::AsFd::as_fd(&std::io::stderr()).try_clone_to_owned().expect("a descriptor");
            std::fs::File::from(stderr).write_all(text).expect("written");
        };
        let (done, text) = listening(|| {
            foreign(b"error: no desktop\n");
            // More than a pipe holds, so it must be read meanwhile.
            (0..40).for_each(|_| foreign(&[b'x'; 8192]));
            7
        });
        assert_eq!(done, 7);
        assert!(text.starts_with("error: no desktop\nxxx") && text.len() == 64 << 10, "{}", text.len());
        let caught = std::panic::catch_unwind(|| listening(|| panic!("on purpose")));
        assert!(caught.is_err());
        assert_eq!(listening(|| foreign(b"again")).1, "again", "what a panic left behind is undone");
    }
}
