//! A PostgreSQL database, which keeps the snapshots of several runs in the schema `anyprofile`.
//!
//! All of a run is one transaction. The schema belongs to the user who writes the first run; nobody else can read it until that user
//! grants it. The column `profile` is `json` and not `jsonb`: `jsonb` sorts the keys and writes numbers anew, so that the profile would not
//! be as it was, and its hash would differ.

use std::{
    io,
    pin::pin,
    sync::atomic::{AtomicI64, Ordering},
};

use anyprofile_core::Profile;
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _, stream};
use tokio_postgres::{Client, NoTls, Statement};

use super::{
    Row, SnapshotStore,
    file::{manifest_of_text, not_begun},
    ndjson::profile_of,
    postgres_address::config_of,
    tables::{Cell, Dialect, PAGE, list_columns, profile_columns, tables, time_text},
    target::without_credentials,
};
use crate::{
    columns::COLUMNS,
    error::{Result, SnapshotError},
    manifest::{Manifest, SCHEMA_VERSION},
};

const DIALECT: Dialect = Dialect {
    prefix: "anyprofile.",
    integer: "bigint",
    numbered: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    time: "timestamptz",
    json: "json",
    days_90_before: "r.started - interval '90 days'",
};

/// The key of the lock under which the schema is created: `anyp`, in ASCII.
const LOCK: i64 = 0x616e_7970;

/// A database.
#[derive(Debug)]
pub(crate) struct PostgresStore {
    client: Connected,
    /// Without credentials.
    place: String,
    run: Option<Run>,
    /// The run that is read, once its manifest was; else 0. A later one does not take its place.
    read: AtomicI64,
}

/// A connection, which is closed with it.
struct Connected(Client);

impl std::fmt::Debug for Connected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Client").field("is_closed", &self.0.is_closed()).finish()
    }
}

/// A run that is being written.
struct Run {
    number: i64,
    position: i64,
    /// How the tables are written: the profiles, and each list.
    profiles: Statement,
    lists: Vec<Statement>,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Run")
            .field("number", &self.number)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects. A password that the address does not have is read from `PGPASSWORD`.
    ///
    /// # Errors
    /// If the address cannot be used, asks for TLS, or would send personal data over a network without TLS although it does not say so;
    /// and if the server cannot be reached or refuses the user.
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let place = without_credentials(url);
        let config = config_of(url, &place)?;
        // Without a runtime, the client would panic.
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
            SnapshotError::Refused(format!("{place}: a PostgreSQL database needs a Tokio runtime"))
        })?;
        let (client, connection) = config.connect(NoTls).await.map_err(|error| failed(&place, &error))?;
        // It ends with the client. What goes wrong is told by the client, too.
        runtime.spawn(async move {
            let _ = connection.await;
        });
        Ok(Self { client: Connected(client), place, run: None, read: AtomicI64::new(0) })
    }

    fn failed(&self) -> impl Fn(tokio_postgres::Error) -> SnapshotError + use<> {
        let place = self.place.clone();
        move |error| failed(&place, &error)
    }

    async fn execute(&self, sql: &str) -> Result<()> {
        self.client.0.batch_execute(sql).await.map_err(self.failed())
    }

    async fn number(&self, sql: &str) -> Result<Option<i64>> {
        let row = self.client.0.query_one(sql, &[]).await.map_err(self.failed())?;
        row.try_get(0).map_err(self.failed())
    }

    fn has_no_snapshot(&self) -> SnapshotError {
        SnapshotError::unreadable(&self.place, "the database has no snapshot")
    }

    /// Returns whether the tables exist.
    ///
    /// # Errors
    /// If they belong to a newer program.
    async fn has_tables(&self) -> Result<bool> {
        let exists =
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'anyprofile' AND tablename = 'schema_version'";
        if self.number(exists).await? != Some(1) {
            return Ok(false);
        }
        let version =
            self.number("SELECT max(version)::bigint FROM anyprofile.schema_version").await?.unwrap_or(0);
        if version > i64::from(SCHEMA_VERSION) {
            let why = format!(
                "its tables have version {version}, and this program knows versions up to {SCHEMA_VERSION}; use a newer program"
            );
            return Err(SnapshotError::unreadable(&self.place, why));
        }
        Ok(true)
    }

    /// Creates the tables, in a transaction of its own: two programs that do it at once wait for each other only that long.
    async fn create_tables(&self) -> Result<()> {
        self.execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK});")).await?;
        let is_there = self.has_tables().await;
        if matches!(is_there, Ok(false)) {
            let schema = DIALECT.schema();
            self.execute(&format!(
                "CREATE SCHEMA IF NOT EXISTS anyprofile;
CREATE TABLE anyprofile.schema_version (version integer NOT NULL);
INSERT INTO anyprofile.schema_version VALUES ({SCHEMA_VERSION});
{schema}"
            ))
            .await?;
        }
        self.execute("COMMIT").await?;
        is_there.map(drop)
    }

    async fn begin_run(&self, manifest: &Manifest) -> Result<Run> {
        if !self.has_tables().await? {
            self.create_tables().await?;
        }
        self.execute("BEGIN").await?;
        let sql = "INSERT INTO anyprofile.runs (started, ended, complete, rows, manifest, seal)
VALUES ($1::text::timestamptz, $2::text::timestamptz, FALSE, 0, '', '') RETURNING run";
        let times = (time_text(manifest.started), time_text(manifest.ended));
        let row = self.client.0.query_one(sql, &[&times.0, &times.1]).await.map_err(self.failed())?;
        let number = row.try_get(0).map_err(self.failed())?;
        let profiles = self.copy("profiles", &profile_columns()).await?;
        let mut lists = Vec::new();
        for list in tables() {
            lists.push(self.copy(list.name, &list_columns(list)).await?);
        }
        Ok(Run { number, position: 0, profiles, lists })
    }

    async fn copy(&self, table: &str, columns: &[&str]) -> Result<Statement> {
        let sql = format!("COPY anyprofile.{table} ({}) FROM STDIN", columns.join(", "));
        self.client.0.prepare(&sql).await.map_err(self.failed())
    }

    async fn send(&self, statement: &Statement, lines: String) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let sink = self.client.0.copy_in(statement).await.map_err(self.failed())?;
        let mut sink = pin!(sink);
        sink.send(io::Cursor::new(lines.into_bytes())).await.map_err(self.failed())?;
        sink.finish().await.map(drop).map_err(self.failed())
    }

    async fn write_rows(&self, run: &mut Run, rows: &[Row]) -> Result<()> {
        // A profile that comes again takes the place of the earlier one, whose lists go with it.
        let ids: Vec<_> =
            rows.iter().map(|row| row.profile.id.to_string()).map(|id| without_nul(&id)).collect();
        let last: std::collections::HashMap<_, _> =
            ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
        if run.position > 0 {
            let sql = "DELETE FROM anyprofile.profiles WHERE run = $1 AND id = ANY(ARRAY(SELECT json_array_elements_text($2::text::json)))";
            let ids = serde_json::to_string(&ids)
                .map_err(|_| SnapshotError::store(&self.place, "the ids cannot be written as JSON"))?;
            self.client.0.execute(sql, &[&run.number, &ids]).await.map_err(self.failed())?;
        }
        let mut profiles = String::new();
        let mut lists = vec![String::new(); run.lists.len()];
        for (place, (row, id)) in rows.iter().zip(&ids).enumerate() {
            let position = run.position;
            run.position += 1;
            if last.get(id) != Some(&place) {
                continue;
            }
            let keys = [Cell::Text(run.number.to_string().into()), Cell::Text(position.to_string().into())];
            let values = COLUMNS.iter().map(|column| column.value(row).into());
            push_line(&mut profiles, keys.into_iter().chain(values));
            for (list, lines) in tables().zip(&mut lists) {
                for (item, values) in list.rows(&row.profile).unwrap_or_default().into_iter().enumerate() {
                    let keys = [
                        Cell::Text(run.number.to_string().into()),
                        Cell::Text(id.as_str().into()),
                        Cell::Text(item.to_string().into()),
                    ];
                    push_line(lines, keys.into_iter().chain(values.into_iter().map(Into::into)));
                }
            }
        }
        self.send(&run.profiles, profiles).await?;
        for (statement, lines) in run.lists.iter().zip(lists) {
            self.send(statement, lines).await?;
        }
        Ok(())
    }

    async fn newest(&self) -> Result<i64> {
        if !self.has_tables().await? {
            return Err(self.has_no_snapshot());
        }
        self.number("SELECT max(run) FROM anyprofile.runs").await?.ok_or_else(|| self.has_no_snapshot())
    }

    /// Reads the profiles after a position, and returns them with the position of the last one; `None` after the last one.
    async fn page(&self, run: i64, after: i64) -> Result<Option<(Vec<Result<Profile>>, i64)>> {
        let sql = "SELECT position, profile::text FROM anyprofile.profiles WHERE run = $1 AND position > $2
ORDER BY position LIMIT $3";
        let rows = self.client.0.query(sql, &[&run, &after, &PAGE]).await.map_err(self.failed())?;
        let (mut profiles, mut last) = (Vec::with_capacity(rows.len()), after);
        for row in rows {
            last = row.try_get(0).map_err(self.failed())?;
            let json: &str = row.try_get(1).map_err(self.failed())?;
            profiles.push(profile_of(json).map_err(|why| {
                SnapshotError::unreadable(
                    format!("{}: run {run}", self.place),
                    format!("profile {last}: {why}"),
                )
            }));
        }
        Ok((!profiles.is_empty()).then_some((profiles, last)))
    }

    async fn run_to_read(&self) -> Result<i64> {
        match self.read.load(Ordering::Relaxed) {
            0 => self.newest().await,
            run => Ok(run),
        }
    }
}

/// Names the database in an error. What the server says may repeat a value, so only its code is shown.
fn failed(place: &str, error: &tokio_postgres::Error) -> SnapshotError {
    let Some(code) = error.code() else {
        let source = std::error::Error::source(error);
        let of_system = std::iter::successors(source, |inner| inner.source())
            .find_map(|inner| inner.downcast_ref::<io::Error>())
            .map(anyprofile_files::in_words);
        let (what, mut why) = (error.to_string(), of_system);
        if what == "invalid configuration" {
            // Such as `password missing`: a sentence of the client, without values.
            why = why.or_else(|| source.map(ToString::to_string));
        }
        return match why {
            Some(why) => SnapshotError::store(place, format!("{what}: {why}")),
            None => SnapshotError::store(place, what),
        };
    };
    let code = code.code();
    let why = match code {
        "3D000" => "the database does not exist",
        "42501" => {
            "the user lacks a permission: it must be able to create the schema `anyprofile` in the database, or to write to its tables"
        }
        "53100" => "the disk of the server is full",
        "22P05" | "22021" => "the database cannot store every character; create one with the encoding UTF8",
        _ => match &code[..2] {
            "28" => "the server refused the user or the password",
            "53" => "the server lacks resources",
            "57" => "the server ended the operation",
            "40" => "another program changed the same at once; try again",
            _ => "the server failed",
        },
    };
    SnapshotError::store(place, format!("{why} (SQLSTATE {code})"))
}

/// Adds a line in the text format of COPY.
fn push_line<'a>(lines: &mut String, cells: impl Iterator<Item = Cell<'a>>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            lines.push('\t');
        }
        match cell {
            Cell::Null => lines.push_str("\\N"),
            Cell::Bool(value) => lines.push(if value { 't' } else { 'f' }),
            Cell::Text(text) => push_escaped(lines, &text),
        }
    }
    lines.push('\n');
}

fn push_escaped(lines: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\\' => lines.push_str("\\\\"),
            '\t' => lines.push_str("\\t"),
            '\n' => lines.push_str("\\n"),
            '\r' => lines.push_str("\\r"),
            '\0' => lines.push(char::REPLACEMENT_CHARACTER),
            other => lines.push(other),
        }
    }
}

/// Replaces what no text of PostgreSQL can have. In the profile it is escaped, as JSON.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[async_trait]
impl SnapshotStore for PostgresStore {
    fn keeps_several(&self) -> bool {
        true
    }

    async fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        // What was begun before and not committed is rolled back. Without a transaction, this is a warning that nobody hears.
        self.run = None;
        self.execute("ROLLBACK").await?;
        self.run = Some(self.begin_run(manifest).await?);
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        let mut run = self.run.take().ok_or_else(not_begun)?;
        self.write_rows(&mut run, rows).await?;
        self.run = Some(run);
        Ok(())
    }

    async fn commit(&mut self, mut manifest: Manifest) -> Result<Manifest> {
        let run = self.run.take().ok_or_else(not_begun)?;
        manifest.files.clear();
        let as_json = |_| SnapshotError::store(&self.place, "the manifest cannot be written as JSON");
        let manifest = manifest.sealed().map_err(as_json)?;
        let text = manifest.text().map_err(as_json)?;
        let sql = "UPDATE anyprofile.runs SET started = $1::text::timestamptz, ended = $2::text::timestamptz,
complete = $3, rows = $4, manifest = $5, seal = $6 WHERE run = $7";
        let rows = i64::try_from(manifest.rows).unwrap_or(i64::MAX);
        let (started, ended) = (time_text(manifest.started), time_text(manifest.ended));
        self.client
            .0
            .execute(sql, &[&started, &ended, &manifest.complete, &rows, &text, &manifest.seal, &run.number])
            .await
            .map_err(self.failed())?;
        self.execute("COMMIT").await?;
        self.read.store(run.number, Ordering::Relaxed);
        Ok(manifest)
    }

    async fn manifest(&self) -> Result<Manifest> {
        let run = self.newest().await?;
        let sql = "SELECT manifest FROM anyprofile.runs WHERE run = $1";
        let row = self.client.0.query_opt(sql, &[&run]).await.map_err(self.failed())?;
        let row = row.ok_or_else(|| self.has_no_snapshot())?;
        let text: &str = row.try_get(0).map_err(self.failed())?;
        self.read.store(run, Ordering::Relaxed);
        manifest_of_text(text.as_bytes(), &self.place)
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        let pages = stream::try_unfold(None, move |state| async move {
            let (run, after) = match state {
                Some(state) => state,
                None => (self.run_to_read().await?, -1),
            };
            let page = self.page(run, after).await?;
            Ok::<_, SnapshotError>(page.map(|(profiles, last)| (profiles, Some((run, last)))))
        });
        pages.map_ok(stream::iter).try_flatten().boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tables::tests::{manifest, twice};

    #[tokio::test]
    #[ignore = "needs a PostgreSQL server; cargo xtask real snapshots"]
    async fn a_profile_that_comes_again_takes_the_place_of_the_earlier_one() {
        let url = std::env::var("ANYPROFILE_TEST_POSTGRES").unwrap();
        let store = PostgresStore::connect(&url).await.unwrap();
        let mut run = store.begin_run(&manifest()).await.unwrap();
        for rows in twice() {
            store.write_rows(&mut run, &rows).await.unwrap();
        }
        // Read before the commit, which never comes.
        let texts = async |sql: &str| {
            let rows = store.client.0.query(sql, &[&run.number]).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
        };
        let names =
            texts("SELECT display_name FROM anyprofile.profiles WHERE run = $1 ORDER BY position").await;
        assert_eq!(names, ["Grace", "Ada 4"]);
        let emails = texts("SELECT address FROM anyprofile.emails WHERE run = $1 ORDER BY address").await;
        assert_eq!(emails, ["4@example.org", "grace@example.org"]);
    }

    #[test]
    fn a_text_is_escaped_for_copy() {
        let mut line = String::new();
        let cells = [Cell::Null, Cell::Bool(true), Cell::Text("a\\.\tb\n\"c\"\r\0 é".into())];
        push_line(&mut line, cells.into_iter());
        assert_eq!(line, "\\N\tt\ta\\\\.\\tb\\n\"c\"\\r\u{fffd} é\n");
    }
}
