//! Reads the bytes of a Parquet file in bounded pieces through one open file. Distinguishes errors of the operating system from damage.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result as Parquet};
use parquet::file::reader::{ChunkReader, Length};

use crate::error::{Error, Result};

/// An open file that many columns read from.
#[derive(Clone, Debug)]
pub struct Source {
    file: Arc<Mutex<File>>,
    length: u64,
    /// The last error of the operating system. The Parquet reader above passes on only its text.
    failed: Arc<Mutex<Option<io::Error>>>,
}

impl Source {
    /// # Errors
    /// [`Error::Io`] if it cannot be opened.
    pub fn open(path: &Path) -> Result<Source> {
        let file = File::open(path).map_err(|e| Error::io(path, e))?;
        let about = file.metadata().map_err(|e| Error::io(path, e))?;
        if about.is_dir() {
            return Err(Error::io(path, io::Error::from(io::ErrorKind::IsADirectory)));
        }
        Ok(Source { file: Arc::new(Mutex::new(file)), length: about.len(), failed: Arc::default() })
    }

    /// Returns the error for a failed read of `path`: the system's if there was one, otherwise that the file is damaged, as `why` says.
    pub fn error(&self, path: &Path, why: String) -> Error {
        let system = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        system.map_or_else(|| Error::Data(format!("{}: {why}", path.display())), |e| Error::io(path, e))
    }

    fn read_at(&self, at: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read(out));
        if let Err(e) = &read {
            let kept = e.raw_os_error().map_or_else(|| io::Error::from(e.kind()), io::Error::from_raw_os_error);
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        read
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

/// A position in a [`Source`].
#[derive(Debug)]
pub struct SourceReader {
    source: Source,
    at: u64,
}

impl Read for SourceReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(self.at, out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl ChunkReader for Source {
    type T = io::BufReader<SourceReader>;

    fn get_read(&self, start: u64) -> Parquet<Self::T> {
        Ok(io::BufReader::new(SourceReader { source: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Parquet<Bytes> {
        // A damaged file may state a wrong length, so the length is checked before memory is allocated.
        let left = self.length.saturating_sub(start);
        if length as u64 > left {
            return Err(ParquetError::EOF(format!("{length} bytes should follow, but {left} are left")));
        }
        let mut bytes = Vec::with_capacity(length);
        SourceReader { source: self.clone(), at: start }.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length { Err(ParquetError::EOF("the file ends early".to_string())) } else { Ok(bytes.into()) }
    }
}
