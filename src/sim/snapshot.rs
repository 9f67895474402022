//! An instance as bytes, and copies of instances: an instance is its words, nothing else.

use super::batch::Batch;
use super::card::Shape;
use crate::error::{Error, Result};
use crate::shaders::shared::hash::hash_words;

/// Version of the snapshot format; older ones are refused with a message, never misread.
pub const SNAPSHOT_VERSION: u32 = 2;
const MAGIC: u32 = u32::from_le_bytes(*b"XPL1");

impl Batch {
    /// Instance `i` as bytes: header (magic, version, number of buffers, words of each), the words, and a hash of them.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such instance.
    pub fn snapshot(&mut self, i: usize) -> Result<Vec<u8>> {
        self.check(i)?;
        let rows = self.words_of(i)?;
        let mut words = vec![MAGIC, SNAPSHOT_VERSION, rows.len() as u32];
        words.extend(rows.iter().map(|row| row.len() as u32));
        words.extend(rows.iter().flatten());
        let hash = hash_words(SNAPSHOT_VERSION, &words);
        words.extend([hash as u32, (hash >> 32) as u32]);
        Ok(words.iter().flat_map(|w| w.to_le_bytes()).collect())
    }

    /// Puts a snapshot into instance `i`.
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
        if words[1] != SNAPSHOT_VERSION {
            return wrong(&format!("version {} cannot be read, this program reads version {SNAPSHOT_VERSION}", words[1]));
        }
        let (body, hash) = words.split_at(words.len() - 2);
        if hash_words(SNAPSHOT_VERSION, body) != u64::from(hash[0]) | u64::from(hash[1]) << 32 {
            return wrong("damaged: the hash at its end does not fit");
        }
        let sizes = self.sizes();
        if body[2] as usize != sizes.len() || body.get(3..3 + sizes.len()) != Some(&sizes[..]) {
            return wrong("it is of a world with other buffers (another ruleset, stream or kind of observation)");
        }
        let stored = &body[3 + sizes.len()..];
        if stored.len() as u64 != sizes.iter().map(|each| u64::from(*each)).sum::<u64>() {
            return wrong("it holds more or fewer words than it says");
        }
        let mut rest = stored.iter().copied();
        let rows: Vec<Vec<u32>> = sizes.iter().map(|each| rest.by_ref().take(*each as usize).collect()).collect();
        self.set_words_of(i, &rows)
    }

    /// Words an instance of every buffer.
    fn sizes(&self) -> Vec<u32> {
        Shape::of(&**self.world(), self.config.beside.as_deref()).each().iter().map(|each| *each as u32).collect()
    }

    /// Copies instance `sources[k]` into `targets[k]`, dice included. All sources are read before any target is written.
    ///
    /// # Errors
    /// [`Error::Usage`] if the lists differ in length, name no instance, or name a target twice.
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
        if self.card.is_some() {
            return self.fork_on_card(sources, targets);
        }
        let n = self.len();
        for buffer in self.buffers.iter_mut().filter_map(|words| words.get_mut()) {
            let each = buffer.len() / n;
            let copies: Vec<u32> = sources.iter().flat_map(|s| buffer[s * each..(s + 1) * each].to_vec()).collect();
            for (copy, target) in copies.chunks(each.max(1)).zip(targets) {
                buffer[target * each..(target + 1) * each].copy_from_slice(copy);
            }
        }
        Ok(())
    }

    fn check(&self, i: usize) -> Result<()> {
        if i < self.len() { Ok(()) } else { Err(Error::Usage(format!("there is no instance {i}: the batch has {}", self.len()))) }
    }

    /// All instances as words, for a checkpoint: every buffer whole, then the tables of what runs beside, each with its length.
    ///
    /// # Errors
    /// [`Error::Gpu`] if the card fails.
    pub fn dump(&mut self) -> Result<Vec<u32>> {
        self.fetch_all()?;
        let mut words = vec![self.steps as u32, (self.steps >> 32) as u32];
        words.extend(self.buffers.iter().filter_map(|words| words.get()).flatten());
        if let Some(beside) = &self.config.beside {
            self.card.as_ref().map_or(Ok(()), |card| card.take_tables(&**beside))?;
            for table in beside.tables() {
                words.push(table.len() as u32);
                words.extend(table);
            }
        }
        Ok(words)
    }

    /// Takes back what `dump` gave. `stats` are those of the moment of the dump.
    ///
    /// # Errors
    /// [`Error::Data`] if the words do not fit this batch; [`Error::Gpu`] if the card fails.
    pub fn load(&mut self, words: &[u32], stats: super::Stats) -> Result<()> {
        let n = self.len();
        let total: usize = self.sizes().iter().map(|each| *each as usize * n).sum();
        let tables = self.config.beside.as_ref().map_or(0, |beside| beside.tables().len());
        if words.len() < total + 2 || tables == 0 && words.len() > total + 2 {
            return Err(Error::Data(format!("checkpoint of {} words does not fit a batch of {}", words.len(), total + 2)));
        }
        let steps = u64::from(words[0]) | u64::from(words[1]) << 32;
        if steps > (1 << 60) / n as u64 || !stats.is_possible(n) {
            return Err(Error::Data("checkpoint: sums that no play comes to".to_string()));
        }
        self.steps = steps;
        let mut rest = &words[2..];
        for (k, each) in self.sizes().into_iter().enumerate() {
            let (own, after) = rest.split_at(each as usize * n);
            self.buffers[k] = own.to_vec().into();
            rest = after;
        }
        if let Some(beside) = self.config.beside.clone().filter(|_| tables > 0) {
            let mut loaded = Vec::new();
            while let Some((len, after)) = rest.split_first() {
                let cut = || Error::Data("checkpoint: a table of counts is cut off".to_string());
                let table = after.get(..*len as usize).ok_or_else(cut)?;
                loaded.push(table.to_vec());
                rest = &after[table.len()..];
            }
            beside.set_tables(loaded)?;
        }
        self.stats = stats;
        self.rows.clear();
        self.put_on_card()
    }
}
