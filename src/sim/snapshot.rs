//! An instance as bytes, and copies of instances: an instance is its words, nothing else.

use super::batch::Batch;
use crate::envs::Core;
use crate::error::{Error, Result};
use crate::shaders::shared::hash::hash_words;

/// Version of the snapshot format; older ones are refused with a message, never misread.
pub const SNAPSHOT_VERSION: u32 = 1;
const MAGIC: u32 = u32::from_le_bytes(*b"XPL1");

impl Batch {
    /// Every buffer of the batch with its words an instance, in snapshot order.
    fn buffers(&mut self) -> Vec<(&mut Vec<u32>, usize)> {
        let n = self.len();
        let mut all = vec![&mut self.core];
        all.extend(self.state.iter_mut());
        all.extend([&mut self.obs, &mut self.final_obs, &mut self.pixels, &mut self.tally, &mut self.visited]);
        all.into_iter().map(|words| (words.len() / n, words)).map(|(each, words)| (words, each)).collect()
    }

    /// Instance `i` as bytes: header (magic, version, number of buffers, words of each), the words, and a hash of them.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such instance.
    pub fn snapshot(&mut self, i: usize) -> Result<Vec<u8>> {
        self.check(i)?;
        let buffers = self.buffers();
        let mut words = vec![MAGIC, SNAPSHOT_VERSION, buffers.len() as u32];
        words.extend(buffers.iter().map(|(_, each)| *each as u32));
        for (buffer, each) in buffers {
            words.extend_from_slice(&buffer[i * each..(i + 1) * each]);
        }
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
        let buffers = self.buffers();
        let sizes: Vec<u32> = buffers.iter().map(|(_, each)| *each as u32).collect();
        if body[2] as usize != sizes.len() || body.get(3..3 + sizes.len()) != Some(&sizes[..]) {
            return wrong("it is of a world with other buffers (another ruleset, stream or kind of observation)");
        }
        let mut rest = &body[3 + sizes.len()..];
        for (buffer, each) in buffers {
            let (own, after) = rest.split_at(each);
            buffer[i * each..(i + 1) * each].copy_from_slice(own);
            rest = after;
        }
        Ok(())
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
        for (buffer, each) in self.buffers() {
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

    /// All instances as words, for a checkpoint: every buffer whole.
    pub fn dump(&mut self) -> Vec<u32> {
        let steps = self.steps;
        let mut words = vec![steps as u32, (steps >> 32) as u32];
        words.extend(self.buffers().into_iter().flat_map(|(buffer, _)| buffer.iter().copied()));
        words
    }

    /// Takes back what `dump` gave. `stats` are those of the moment of the dump.
    ///
    /// # Errors
    /// [`Error::Data`] if the words do not fit this batch.
    pub fn load(&mut self, words: &[u32], stats: super::Stats) -> Result<()> {
        let total: usize = self.buffers().iter().map(|(buffer, _)| buffer.len()).sum();
        if words.len() != total + 2 {
            return Err(Error::Data(format!("checkpoint of {} words does not fit a batch of {}", words.len(), total + 2)));
        }
        self.steps = u64::from(words[0]) | u64::from(words[1]) << 32;
        let mut rest = &words[2..];
        for (buffer, _) in self.buffers() {
            let (own, after) = rest.split_at(buffer.len());
            buffer.copy_from_slice(own);
            rest = after;
        }
        self.stats = stats;
        self.rows.clear();
        Ok(())
    }

    /// Episode of instance `i`.
    pub fn episode(&self, i: usize) -> u32 {
        self.core[i * Core::WORDS + Core::EPISODE]
    }
}
