//! The rows of a play, as they were recorded, read from its file in pieces.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::SchemaRef;
use rusqlite::Connection;
use serde_json::Value as Json;

use super::chain::Chain;
use super::file::StudyFile;
use super::happenings::read_on;
use super::plays::StudyPlay;
use super::state::{array, world_values};
use crate::envs::World;
use crate::error::{Error, Result};
use crate::traces::format::{CHECKSUM, COMMON, columns, kind_of_world};
use crate::traces::stored::StoredRows;
use crate::traces::timeline::Timeline;
use crate::traces::values::Kind;

/// The number of the item of every so many rows is kept, so that a row is found without reading all before it.
const STRIDE: u64 = 256;

/// The rows of a play that were committed when they were listed.
#[derive(Debug)]
pub struct StudyRows {
    /// The file.
    pub file: Arc<StudyFile>,
    /// The play.
    pub play: StudyPlay,
    world: Arc<dyn World>,
    schema: SchemaRef,
    /// Numbers of the items of rows 0, `STRIDE`, 2 `STRIDE`, ...
    marks: Vec<i64>,
    rows: u64,
    /// Number of the item of the last row.
    last: i64,
    /// How far the items of the session are checked.
    chain: Chain,
    /// What the last call of [`StoredRows::grown`] found out about the items, if there was no new row.
    checked: Mutex<Option<Chain>>,
}

impl StudyRows {
    /// Lists the rows of a play whose session was checked.
    ///
    /// # Errors
    /// As [`StudyFile::open`].
    pub fn list(file: Arc<StudyFile>, play: StudyPlay, world: Arc<dyn World>, chain: Chain) -> Result<StudyRows> {
        let schema = columns(&*world, &[], &[])?.schema();
        let rows = StudyRows {
            file,
            play,
            world,
            schema,
            marks: Vec::new(),
            rows: 0,
            last: 0,
            chain: Chain::default(),
            checked: Mutex::default(),
        };
        rows.more(chain)
    }

    /// Number of rows.
    pub fn count(&self) -> u64 {
        self.rows
    }

    /// These rows, with those that follow in the items that `chain` has checked.
    fn more(&self, chain: Chain) -> Result<StudyRows> {
        let (mut marks, mut rows, mut last) = (self.marks.clone(), self.rows, self.last);
        let end = i64::try_from(chain.items).unwrap_or(i64::MAX);
        self.file.with(|connection| {
            let select = "SELECT n FROM steps WHERE session = ?1 AND play = ?2 AND n > ?3 AND n <= ?4 ORDER BY n";
            let mut select = connection.prepare(select)?;
            let mut found = select.query([self.play.session, i64::from(self.play.name.play), self.last, end])?;
            while let Some(row) = found.next()? {
                last = row.get(0)?;
                if rows.is_multiple_of(STRIDE) {
                    marks.push(last);
                }
                rows += 1;
            }
            Ok(())
        })?;
        let (file, play, world, schema) = (self.file.clone(), self.play.clone(), self.world.clone(), self.schema.clone());
        Ok(StudyRows { file, play, world, schema, marks, rows, last, chain, checked: Mutex::default() })
    }

    /// Reads values: for each column those of all rows.
    fn values(&self, first: u64, n: u64) -> Result<Vec<Vec<Json>>> {
        let names: Vec<String> = self.world.spec().columns.iter().map(|column| column.name.clone()).collect();
        let width = COMMON.len() + names.len() + 1;
        let mut columns: Vec<Vec<Json>> = vec![Vec::with_capacity(n as usize); width];
        let read = self.file.with(|connection| self.read_values(connection, (first, n), &names, &mut columns))?;
        read.map_err(|(k, why)| self.wrong(first + k, &why))?;
        if (columns[0].len() as u64) < n {
            return Err(self.missing());
        }
        Ok(columns)
    }

    fn read_values(
        &self,
        connection: &Connection,
        (first, n): (u64, u64),
        names: &[String],
        columns: &mut [Vec<Json>],
    ) -> rusqlite::Result<std::result::Result<(), (u64, String)>> {
        let mark = usize::try_from(first / STRIDE).ok().and_then(|k| self.marks.get(k)).copied().unwrap_or(i64::MAX);
        let common = COMMON.map(|(name, _)| name).join(", ");
        let select = format!(
            "SELECT {common}, checksum, state FROM steps WHERE session = ?1 AND play = ?2 AND n >= ?3 AND n <= ?4 \
             ORDER BY n LIMIT ?5 OFFSET ?6"
        );
        let mut select = connection.prepare(&select)?;
        let (play, limit) = (i64::from(self.play.name.play), i64::try_from(n).unwrap_or(i64::MAX));
        let mut rows = select.query([self.play.session, play, mark, self.last, limit, (first % STRIDE).cast_signed()])?;
        let mut k = 0;
        while let Some(row) = rows.next()? {
            for (c, (name, kind)) in COMMON.iter().enumerate() {
                columns[c].push(match kind {
                    Kind::F64 => Json::from(row.get::<_, f64>(c)?),
                    Kind::U32 if *name == "action" => row.get::<_, Option<i64>>(c)?.map_or(Json::Null, Json::from),
                    _ => Json::from(row.get::<_, i64>(c)?),
                });
            }
            let checksum = row.get::<_, Option<i64>>(COMMON.len())?;
            let state = row.get_ref(COMMON.len() + 1)?.as_str()?;
            match world_values(state, names) {
                Ok(values) => values.into_iter().enumerate().for_each(|(c, value)| columns[COMMON.len() + c].push(value)),
                Err(why) => return Ok(Err((k, why))),
            }
            columns[COMMON.len() + names.len()].push(checksum.map_or(Json::Null, |sum| Json::from(sum.cast_unsigned())));
            k += 1;
        }
        Ok(Ok(()))
    }

    fn kind(&self, column: usize) -> Kind {
        let own = &self.world.spec().columns;
        match COMMON.get(column) {
            Some((_, kind)) => *kind,
            None => own.get(column - COMMON.len()).map_or(Kind::U64, |column| kind_of_world(column.kind)),
        }
    }

    fn wrong(&self, row: u64, why: &str) -> Error {
        Error::Data(format!("{}: row {row}: {why}", self.play.name.path(&self.file.path).display()))
    }

    /// Why rows that were there are not there any more.
    fn missing(&self) -> Error {
        let participant = &self.play.name.participant;
        let name = self.play.name.path(&self.file.path);
        let why = || Error::Data(format!("{}: its records are no longer there", name.display()));
        self.file.check_not_erased(participant).err().unwrap_or_else(why)
    }
}

impl StoredRows for StudyRows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn read(&self, first: u64, n: u64, names: Option<&[&str]>) -> Result<RecordBatch> {
        let values = self.values(first, n)?;
        let mut named: Vec<(String, ArrayRef, bool)> = Vec::new();
        for (c, (field, values)) in self.schema.fields().iter().zip(&values).enumerate() {
            if names.is_some_and(|names| !names.contains(&field.name().as_str())) {
                continue;
            }
            let array = array(self.kind(c), values)
                .map_err(|(k, why)| self.wrong(first + k as u64, &format!("column '{}': {why}", field.name())))?;
            named.push((field.name().clone(), array, true));
        }
        debug_assert!(names.is_some() || named.last().is_some_and(|(name, ..)| name == CHECKSUM));
        RecordBatch::try_from_iter_with_nullable(named).map_err(|e| self.wrong(first, &e.to_string()))
    }

    fn grown(&self) -> Result<Option<(Arc<dyn StoredRows>, u64)>> {
        if !self.file.path.exists() {
            return Err(self.file.wrong("the file is gone"));
        }
        self.file.check_not_erased(&self.play.name.participant)?;
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let chain = self.file.check_items(self.play.session, checked.as_ref().unwrap_or(&self.chain))?;
        let more = self.more(chain.clone())?;
        *checked = Some(chain);
        let rows = more.rows;
        Ok((rows > self.rows).then(|| (Arc::new(more) as Arc<dyn StoredRows>, rows)))
    }

    fn timeline(&self, known: &mut Timeline) -> Result<bool> {
        read_on(&self.file, &self.play, known)
    }
}
