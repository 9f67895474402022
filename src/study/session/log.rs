//! Numbers the items of a session and has them written.

use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};
use crate::study::database::{Entered, Item, ItemBody, Position, Wake, Writer, Written, insert};

/// Where items go.
#[derive(Debug)]
enum Sink {
    /// To the thread that writes the study file.
    File(Writer),
    /// Into a database in memory, at once.
    Memory { connection: Box<Connection>, position: Position, ended: Option<String> },
}

/// The items of a session, in order.
#[derive(Debug)]
pub struct Log {
    sink: Sink,
    pending: Vec<Item>,
    n: u64,
}

impl Log {
    /// Goes on with the items of `entered`.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub fn begin(entered: &mut Entered, wake: Wake) -> Result<Log> {
        let position = entered.position.clone();
        let n = position.n;
        let sink = match (&entered.path, entered.memory.take()) {
            (Some(path), _) => Sink::File(Writer::begin(path, position, wake)?),
            (None, Some(connection)) => Sink::Memory { connection: Box::new(connection), position, ended: None },
            (None, None) => return Err(Error::Usage("nothing to write into".to_string())),
        };
        Ok(Log { sink, pending: Vec::new(), n })
    }

    /// Adds an item. Returns its number.
    pub fn add(&mut self, at_us: u64, body: ItemBody) -> u64 {
        self.pending.push(Item { at_us, body });
        self.n += 1;
        self.n
    }

    /// Gives all items that were added since to be written.
    pub fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let items = std::mem::take(&mut self.pending);
        match &mut self.sink {
            Sink::File(writer) => writer.send(items),
            Sink::Memory { connection, position, ended } => match insert(connection, &items, position) {
                Ok(next) => *position = next,
                Err(why) => *ended = Some(why.to_string()),
            },
        }
    }

    /// Number of the last item.
    pub fn last(&self) -> u64 {
        self.n
    }

    /// What is written.
    pub fn written(&self) -> Written {
        match &self.sink {
            Sink::File(writer) => writer.written(),
            Sink::Memory { position, ended, .. } => Written { committed: position.n, ended: ended.clone(), ..Written::default() },
        }
    }

    /// Gives everything to be written and waits for it, at most for `patience`.
    pub fn finish(&mut self, patience: Duration) -> Written {
        self.flush();
        match &self.sink {
            Sink::File(writer) => writer.wait_for(self.n, patience),
            Sink::Memory { .. } => self.written(),
        }
    }

    /// The database in memory, if items go there.
    pub fn memory(&self) -> Option<&Connection> {
        match &self.sink {
            Sink::Memory { connection, .. } => Some(connection),
            Sink::File(_) => None,
        }
    }
}
