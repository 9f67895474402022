//! Snapshots of instances as bytes, and copies of instances. An instance consists of its words only.

use std::sync::OnceLock;

use super::batch::Batch;
use super::buffer::Buffer;
use crate::envs::shared::lists::HASHED;
use crate::envs::shared::stored::relaid;
use crate::error::{Error, Result};
use crate::shaders::core::copy::copy;
use crate::shaders::shared::hash::hash_words;

/// Version of the snapshot format. Version 2, without the last state of the previous episode, can still be read. Other versions are
/// refused with a message.
pub const SNAPSHOT_VERSION: u32 = 3;
const MAGIC: u32 = u32::from_le_bytes(*b"XPL1");
/// The previous version.
const WITHOUT_LAST: u32 = 2;

/// All instances of a batch as words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Number of steps, every whole buffer, then the tables of the plugin, each with its length.
    pub words: Vec<u32>,
    /// Number of words of an instance in every buffer; empty in files of older versions.
    pub sizes: Vec<u32>,
}

/// Number of words of an instance in a buffer, in a file.
#[derive(Clone, Copy)]
enum Size {
    Stored(usize),
    /// The buffer is not in this file; its words are 0.
    Absent(usize),
}

impl Batch {
    /// Instance `i` as bytes: header (magic, version, number of buffers, words of each), the words, and a hash of them.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such instance.
    pub fn snapshot(&mut self, i: usize) -> Result<Vec<u8>> {
        self.check(i)?;
        let rows = self.plain(self.rows_of(&[i])?.swap_remove(0));
        let mut words = vec![MAGIC, SNAPSHOT_VERSION, rows.len() as u32];
        words.extend(rows.iter().map(|row| row.len() as u32));
        words.extend(rows.iter().flatten());
        let hash = hash_words(SNAPSHOT_VERSION, &words);
        words.extend([hash as u32, (hash >> 32) as u32]);
        Ok(words.iter().flat_map(|w| w.to_le_bytes()).collect())
    }

    /// Restores a snapshot into instance `i`.
    ///
    /// # Errors
    /// [`Error::Data`] if the bytes are damaged, of another version, or of a world with other buffers. Nothing is changed then.
    pub fn restore(&mut self, i: usize, bytes: &[u8]) -> Result<()> {
        self.check(i)?;
        let words: Vec<u32> = bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        let wrong = |why: &str| Err(Error::Data(format!("snapshot: {why}")));
        if words.len() < 5 || !bytes.len().is_multiple_of(4) || words[0] != MAGIC {
            return wrong("this is no snapshot, or it is cut off");
        }
        if words[1] != SNAPSHOT_VERSION && words[1] != WITHOUT_LAST {
            return wrong(&format!("version {} cannot be read, this program reads version {SNAPSHOT_VERSION}", words[1]));
        }
        let (body, hash) = words.split_at(words.len() - 2);
        if hash_words(words[1], body) != u64::from(hash[0]) | u64::from(hash[1]) << 32 {
            return wrong("damaged: the hash at its end does not fit");
        }
        let said = body.get(3..3usize.saturating_add(body[2] as usize)).unwrap_or_default();
        let sizes = match self.sizes(said, words[1] == WITHOUT_LAST) {
            Ok(sizes) => sizes,
            Err(why) => {
                return wrong(&format!(
                    "it is of a world with other buffers (another ruleset, stream or kind of observation): {why}"
                ));
            }
        };
        let stored = &body[3 + said.len()..];
        if stored.len() as u64 != said.iter().map(|each| u64::from(*each)).sum::<u64>() {
            return wrong("it holds more or fewer words than it says");
        }
        let mut rest = stored.iter().copied();
        let mut rows: Vec<Vec<u32>> = Vec::new();
        for size in sizes {
            rows.push(match size {
                Size::Stored(words) => rest.by_ref().take(words).collect(),
                Size::Absent(words) => vec![0; words],
            });
        }
        for (b, lists) in self.world().spec().growing() {
            if let Some(why) = lists.misfit(&rows[1 + b]) {
                return wrong(&why);
            }
            if words[1] == SNAPSHOT_VERSION && rows[1 + b] != lists.plain(&rows[1 + b]) {
                return wrong("it has more room than it needs");
            }
        }
        self.set_rows_of(&[i], vec![rows])
    }

    /// The words of an instance. Growing buffers get room for their used entries only, but at least for [`HASHED`] entries.
    fn plain(&self, mut rows: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
        for (b, lists) in self.world().spec().growing() {
            rows[1 + b] = lists.plain(&rows[1 + b]);
        }
        rows
    }

    /// Checks that `said` are the sizes of this batch, except those of growing buffers, and returns the number of words of an instance in
    /// every buffer. `older`: buffers that old versions did not store are absent.
    ///
    /// # Errors
    /// The first buffer that differs.
    fn sizes(&self, said: &[u32], older: bool) -> std::result::Result<Vec<Size>, String> {
        let mut said = said.iter().map(|words| *words as usize);
        let mut sizes = Vec::new();
        for entry in self.layout.entries() {
            if older && entry.buffer == Buffer::Last {
                sizes.push(Size::Absent(entry.words));
                continue;
            }
            let (name, words) = (entry.name, entry.words);
            let there = said.next().ok_or_else(|| format!("'{name}' is missing"))?;
            if there != words && self.layout.lists_of(entry.buffer).is_none() || there == 0 && words > 0 {
                return Err(format!("'{name}' has {there} words an instance, not {words}"));
            }
            sizes.push(Size::Stored(there));
        }
        match said.count() {
            0 => Ok(sizes),
            more => Err(format!("it has {more} buffers more")),
        }
    }

    /// Copies instance `sources[k]` into `targets[k]`, including its random stream. All sources are read before any target is written.
    ///
    /// # Errors
    /// [`Error::Usage`] if the lists differ in length, name an instance that does not exist, or name a target twice.
    pub fn fork(&mut self, sources: &[usize], targets: &[usize]) -> Result<()> {
        if sources.len() != targets.len() {
            return Err(Error::Usage(format!("fork: {} sources for {} targets", sources.len(), targets.len())));
        }
        for i in sources.iter().chain(targets) {
            self.check(*i)?;
        }
        let mut sorted = targets.to_vec();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(Error::Usage(format!("fork: target {} is named twice", pair[0])));
        }
        if self.backend.is_some() {
            return self.fork_on_gpu(sources, targets);
        }
        let n = self.len();
        for buffer in self.buffers.iter_mut().filter_map(|words| words.get_mut()) {
            let each = buffer.len() / n;
            let mut copies = vec![0; sources.len() * each];
            copy(each, sources.iter().enumerate().map(|(k, source)| (*source, Some(k))), buffer, &mut copies);
            copy(each, targets.iter().enumerate().map(|(k, target)| (k, Some(*target))), &copies, buffer);
        }
        Ok(())
    }

    pub(super) fn check(&self, i: usize) -> Result<()> {
        if i < self.len() { Ok(()) } else { Err(Error::Usage(format!("there is no instance {i}: the batch has {}", self.len()))) }
    }

    /// All instances as words, for a checkpoint. Growing buffers have the room that the fullest instance needs, and at least that for
    /// [`HASHED`] entries.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the GPU fails.
    pub fn dump(&mut self) -> Result<Dump> {
        self.fetch_all()?;
        let (n, mut sizes) = (self.len(), self.each());
        let mut words = vec![self.steps as u32, (self.steps >> 32) as u32];
        let growing = self.growing();
        for (k, own) in self.buffers.iter().enumerate() {
            let own = own.get().map_or(&[][..], |words| words);
            match growing.iter().find(|(b, _, _)| 1 + b == k) {
                None => words.extend(own),
                Some((_, lists, each)) => {
                    let most = own.chunks_exact(*each).map(|row| row[0] as usize).max().unwrap_or(0).max(HASHED);
                    sizes[k] = lists.words(most);
                    words.extend(relaid(own, *lists, n, sizes[k]));
                }
            }
        }
        if let Some(plugin) = &self.config.plugin {
            self.backend.as_ref().map_or(Ok(()), |backend| backend.take_tables(&**plugin))?;
            for table in plugin.tables() {
                words.push(table.len() as u32);
                words.extend(table);
            }
        }
        Ok(Dump { words, sizes: sizes.into_iter().map(|size| size as u32).collect() })
    }

    /// The sizes in files of an older version, in which no buffer grew.
    fn older_sizes(&self) -> Vec<u32> {
        let older = self.layout.entries().iter().filter(|entry| entry.buffer != Buffer::Last);
        let words = older.map(|entry| match self.layout.lists_of(entry.buffer) {
            Some(lists) => lists.words(lists.room(entry.words, 1)),
            None => entry.words,
        });
        words.map(|words| words as u32).collect()
    }

    /// Restores what `dump` returned. `stats` are those at the time of the dump.
    ///
    /// # Errors
    /// [`Error::Data`] if the words do not fit this batch; [`Error::Gpu`] if the GPU fails.
    pub fn load(&mut self, dump: &Dump, stats: super::Stats) -> Result<()> {
        let (n, words, said) = (self.len(), &dump.words, &dump.sizes);
        let odd = |why: String| Error::Data(format!("checkpoint: it is of a batch with other buffers: {why}"));
        let sizes = if said.is_empty() { self.sizes(&self.older_sizes(), true) } else { self.sizes(said, false) }.map_err(odd)?;
        let total = sizes.iter().fold(0usize, |sum, size| match size {
            Size::Stored(each) => sum.saturating_add(each.saturating_mul(n)),
            Size::Absent(_) => sum,
        });
        let tables = self.config.plugin.as_ref().map_or(0, |plugin| plugin.tables().len());
        if words.len() < total.saturating_add(2) || tables == 0 && words.len() > total + 2 {
            return Err(Error::Data(format!(
                "checkpoint of {} words does not fit a batch of {}",
                words.len(),
                total.saturating_add(2)
            )));
        }
        let steps = u64::from(words[0]) | u64::from(words[1]) << 32;
        if steps > (1 << 60) / n as u64 || !stats.is_possible(n) {
            return Err(Error::Data("checkpoint: sums that no play comes to".to_string()));
        }
        let mut rest = &words[2..];
        let mut buffers = Vec::new();
        for size in sizes {
            buffers.push(match size {
                Size::Absent(each) => vec![0; each * n],
                Size::Stored(each) => {
                    let (own, after) = rest.split_at(each * n);
                    rest = after;
                    own.to_vec()
                }
            });
        }
        for (b, lists) in self.world().spec().growing() {
            let words = &buffers[1 + b];
            if let Some(why) = words.chunks_exact(words.len() / n).find_map(|row| lists.misfit(row)) {
                return Err(Error::Data(format!("checkpoint: {why}")));
            }
        }
        self.steps = steps;
        self.buffers = buffers.into_iter().map(OnceLock::from).collect();
        self.make_room_for_all()?;
        if let Some(plugin) = self.config.plugin.clone().filter(|_| tables > 0) {
            let mut loaded = Vec::new();
            while let Some((len, after)) = rest.split_first() {
                let cut = || Error::Data("checkpoint: a table of counts is cut off".to_string());
                let table = after.get(..*len as usize).ok_or_else(cut)?;
                loaded.push(table.to_vec());
                rest = &after[table.len()..];
            }
            plugin.set_tables(loaded)?;
        }
        self.stats = stats;
        self.rows.clear();
        self.put_on_gpu()
    }
}
