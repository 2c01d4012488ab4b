//! A SQLite database, which keeps the snapshots of several runs.
//!
//! All of a run is one transaction. The rollback journal is used, and not the write-ahead log: a database that is handed over is one
//! file, and can be read where nothing can be written. In return, who reads while a large run is written may have to wait for its end.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use anyprofile_core::Profile;
use anyprofile_files::{Disk as _, FileError, SystemDisk, check_writable, folder_of};
use async_trait::async_trait;
use futures_core::stream::BoxStream;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Statement, params};

use super::{
    Row, SnapshotStore,
    file::{self, Profiles, profiles},
    ndjson::profile_of,
    tables::{Cell, Dialect, PAGE, list_columns, profile_columns, tables, time_text},
};
use crate::{
    columns::COLUMNS,
    error::{Result, SnapshotError, at},
    manifest::{Manifest, SCHEMA_VERSION},
    snapshot::account_of,
};

const DIALECT: Dialect = Dialect {
    prefix: "",
    integer: "integer",
    // The number of a run that was deleted is not used again.
    numbered: "integer PRIMARY KEY AUTOINCREMENT",
    time: "text",
    json: "text",
    days_90_before: "strftime('%Y-%m-%dT%H:%M:%f000Z', r.started, '-90 days')",
};

/// Marks a database as ours: `anyp`, in ASCII.
const APPLICATION: i32 = 0x616e_7970;

/// How long another program that writes or reads the database is waited for.
const BUSY: Duration = Duration::from_secs(30);

/// A database.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    path: PathBuf,
    run: Option<Run>,
    /// The run that is read, once its manifest was; else 0. A later one does not take its place.
    read: AtomicI64,
}

/// A run that is being written.
#[derive(Debug)]
struct Run {
    /// A connection is not `Sync`. Nobody ever waits here.
    connection: Mutex<Connection>,
    number: i64,
    position: i64,
}

impl SqliteStore {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), run: None, read: AtomicI64::new(0) }
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> SnapshotError + use<> {
        let path = self.path.clone();
        move |error| failed(&path, &error)
    }

    fn connect(&self, path: &Path) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags).map_err(self.failed())?;
        connection.busy_timeout(BUSY).map_err(self.failed())?;
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;")
            .map_err(self.failed())?;
        Ok(connection)
    }

    /// Opens the database to write to it, and creates it so that nobody else can read it.
    fn connect_to_write(&self) -> Result<Connection> {
        check_writable(&self.path).map_err(at(&self.path))?;
        if SystemDisk.exists(&self.path) {
            // Not opened here: closing a file ends the locks that this process has on it.
            make_private(&self.path).map_err(at(&self.path))?;
        } else {
            SystemDisk.open(&self.path).map_err(at(&self.path))?;
            SystemDisk.sync_folder(folder_of(&self.path)).map_err(at(&self.path))?;
        }
        // SQLite would also refuse a symbolic link among the folders above, which are not ours.
        let folder = folder_of(&self.path).canonicalize().map_err(at(&self.path))?;
        self.connect(&folder.join(self.path.file_name().unwrap_or_default()))
    }

    fn connect_to_read(&self) -> Result<Connection> {
        let path = self.path.canonicalize().map_err(at(&self.path))?;
        // Not opened as read-only: what an interrupted run left is rolled back first.
        let connection = self.connect(&path)?;
        connection.execute_batch("PRAGMA query_only = ON;").map_err(self.failed())?;
        if !self.has_tables(&connection)? {
            return Err(self.has_no_snapshot());
        }
        Ok(connection)
    }

    fn has_no_snapshot(&self) -> SnapshotError {
        SnapshotError::unreadable(self.path.display(), "the database has no snapshot")
    }

    /// Returns whether the tables exist.
    ///
    /// # Errors
    /// If the database belongs to another program, or a newer one.
    fn has_tables(&self, connection: &Connection) -> Result<bool> {
        let number =
            |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0)).map_err(self.failed());
        let unreadable = |why: String| Err(SnapshotError::unreadable(self.path.display(), why));
        if number("SELECT count(*) FROM sqlite_schema")? == 0 {
            return Ok(false);
        }
        if number("PRAGMA application_id")? != i64::from(APPLICATION) {
            return unreadable("it is the database of another program; name another file".to_owned());
        }
        let version = number("PRAGMA user_version")?;
        if version > i64::from(SCHEMA_VERSION) {
            return unreadable(format!(
                "its tables have version {version}, and this program knows versions up to {SCHEMA_VERSION}; use a newer program"
            ));
        }
        Ok(true)
    }

    /// Returns the number of the newest run.
    fn newest(&self, connection: &Connection) -> Result<i64> {
        let run = connection.query_row("SELECT max(run) FROM runs", (), |row| row.get::<_, Option<i64>>(0));
        run.map_err(self.failed())?.ok_or_else(|| self.has_no_snapshot())
    }

    /// Returns the number of the run whose manifest was read, or that of the newest one.
    fn run_to_read(&self, connection: &Connection) -> Result<i64> {
        match self.read.load(Ordering::Relaxed) {
            0 => self.newest(connection),
            run => Ok(run),
        }
    }

    fn begin_run(&self, manifest: &Manifest) -> Result<Run> {
        let connection = self.connect_to_write()?;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(self.failed())?;
        if !self.has_tables(&connection)? {
            // The tables and the first run become visible together.
            let marks =
                format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA_VERSION};");
            connection.execute_batch(&(DIALECT.schema() + &marks)).map_err(self.failed())?;
        }
        connection
            .execute(
                "INSERT INTO runs (started, ended, complete, rows, manifest, seal) VALUES (?1, ?2, FALSE, 0, '', '')",
                params![time_text(manifest.started), time_text(manifest.ended)],
            )
            .map_err(self.failed())?;
        let number = connection.last_insert_rowid();
        Ok(Run { connection: Mutex::new(connection), number, position: 0 })
    }

    fn open_to_read(&self) -> Result<Profiles> {
        let connection = self.connect_to_read()?;
        let run = self.run_to_read(&connection)?;
        let path = self.path.clone();
        Ok(Box::new(SqliteProfiles {
            path,
            connection,
            run,
            after: -1,
            page: VecDeque::new(),
            is_over: false,
        }))
    }
}

impl SqliteStore {
    /// Compares the tables of the run with what its profiles make of them, and the views with those that it was given. Whoever reads the
    /// database reads these.
    fn check_tables(&self, manifest: &Manifest) -> Result<Vec<String>> {
        let folder = tempfile::Builder::new().prefix("anyprofile-").tempdir().map_err(at(&self.path))?;
        let copy = Self::new(&folder.path().join("copy.db"));
        let mut again = copy.begin_run(manifest)?;
        let capabilities: Vec<_> =
            manifest.accounts.iter().map(|account| Arc::new(account.capabilities.clone())).collect();
        let mut rows = Vec::new();
        for profile in self.open_to_read()? {
            // What is no profile is found when the profiles are read.
            let Ok(profile) = profile else { return Ok(Vec::new()) };
            let Some(account) = account_of(manifest, &profile.id) else { return Ok(Vec::new()) };
            rows.push(Row::new(account, profile, Arc::clone(&capabilities[account]))?);
            if rows.len() == BATCH {
                again.write(&rows).map_err(copy.failed())?;
                rows.clear();
            }
        }
        again.write(&rows).map_err(copy.failed())?;
        let text = manifest.text().map_err(io::Error::from).map_err(at(&self.path))?;
        again.commit(manifest, &text).map_err(copy.failed())?;
        self.differences(&copy)
    }

    /// Returns what differs between the run that is read and the only one of a copy.
    fn differences(&self, copy: &Self) -> Result<Vec<String>> {
        let connection = copy.connect(&copy.path)?;
        let path = self.path.canonicalize().map_err(at(&self.path))?;
        let Some(path) = path.to_str() else { return Ok(Vec::new()) };
        connection.execute("ATTACH ?1 AS given", [path]).map_err(self.failed())?;
        let given = self.run_to_read(&self.connect_to_read()?)?;
        let mut findings = Vec::new();
        let count =
            |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0)).map_err(self.failed());
        let run_columns = vec!["started", "ended", "complete", "rows", "manifest", "seal"];
        let lists = tables().map(|list| (list.name, list_columns(list)));
        for (table, columns) in
            [("runs", run_columns), ("profiles", profile_columns())].into_iter().chain(lists)
        {
            let columns: Vec<_> = columns.into_iter().filter(|column| *column != "run").collect();
            let columns = columns.join(", ");
            let ours = format!("SELECT {columns} FROM main.{table} WHERE run = 1");
            let theirs = format!("SELECT {columns} FROM given.{table} WHERE run = {given}");
            let changed = count(&format!("SELECT count(*) FROM ({ours} EXCEPT {theirs})"))?
                + count(&format!("SELECT count(*) FROM ({theirs} EXCEPT {ours})"))?;
            if changed > 0 {
                findings.push(format!(
                    "the table {table} was changed, or another version of this program made it: it is not what the profiles and the manifest say"
                ));
            }
        }
        let views = "SELECT name, sql FROM main.sqlite_schema WHERE type IN ('view', 'table') EXCEPT SELECT name, sql FROM given.sqlite_schema";
        if count(&format!("SELECT count(*) FROM ({views})"))? > 0 {
            findings.push(
                "a table or a view was redefined, or is gone, unless another version of this program made it"
                    .to_owned(),
            );
        }
        Ok(findings)
    }
}

/// How many profiles are written at once.
const BATCH: usize = 1024;

/// Makes a file private that may have been created by another program.
fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if path.symlink_metadata()?.permissions().mode() & 0o177 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    let _ = fs::metadata(path)?;
    Ok(())
}

/// Names the database in an error. What SQLite says names tables and columns, and no values.
fn failed(path: &Path, error: &rusqlite::Error) -> SnapshotError {
    let of_kind = |kind: io::ErrorKind| FileError::new(path, kind.into()).into();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => of_kind(io::ErrorKind::StorageFull),
        Some(ErrorCode::PermissionDenied) => of_kind(io::ErrorKind::PermissionDenied),
        Some(ErrorCode::NotADatabase) => {
            SnapshotError::unreadable(path.display(), "it is not a SQLite database")
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            SnapshotError::unreadable(path.display(), "the database is damaged")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => SnapshotError::store(
            path.display(),
            "another program uses the database; try again when it has ended",
        ),
        Some(ErrorCode::ReadOnly) => SnapshotError::store(path.display(), "the database cannot be written"),
        _ => SnapshotError::store(path.display(), format!("SQLite failed: {error}")),
    }
}

impl Run {
    fn write(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        let Self { connection, number, position } = self;
        let connection = connection.get_mut().unwrap_or_else(PoisonError::into_inner);
        // A profile that comes again takes the place of the earlier one, whose lists go with it.
        let mut profile = connection.prepare(&insert("profiles", &profile_columns()))?;
        let lists =
            tables().map(|list| Ok((list, connection.prepare(&insert(list.name, &list_columns(list)))?)));
        let mut lists: Vec<_> = lists.collect::<rusqlite::Result<_>>()?;
        for row in rows {
            profile.raw_bind_parameter(1, *number)?;
            profile.raw_bind_parameter(2, *position)?;
            for (place, column) in COLUMNS.iter().enumerate() {
                bind(&mut profile, place + 3, &column.value(row).into())?;
            }
            profile.raw_execute()?;
            *position += 1;
            let id = row.profile.id.to_string();
            for (list, statement) in &mut lists {
                for (item, values) in list.rows(&row.profile).unwrap_or_default().into_iter().enumerate() {
                    statement.raw_bind_parameter(1, *number)?;
                    statement.raw_bind_parameter(2, &id)?;
                    statement.raw_bind_parameter(3, i64::try_from(item).unwrap_or(i64::MAX))?;
                    for (place, value) in values.into_iter().enumerate() {
                        bind(statement, place + 4, &value.into())?;
                    }
                    statement.raw_execute()?;
                }
            }
        }
        Ok(())
    }

    fn commit(self, manifest: &Manifest, text: &str) -> rusqlite::Result<()> {
        let connection = self.connection.into_inner().unwrap_or_else(PoisonError::into_inner);
        connection.execute(
            "UPDATE runs SET started = ?1, ended = ?2, complete = ?3, rows = ?4, manifest = ?5, seal = ?6 WHERE run = ?7",
            params![
                time_text(manifest.started),
                time_text(manifest.ended),
                manifest.complete,
                i64::try_from(manifest.rows).unwrap_or(i64::MAX),
                text,
                manifest.seal,
                self.number
            ],
        )?;
        connection.execute_batch("COMMIT")?;
        connection.close().map_err(|(_, error)| error)
    }
}

fn insert(table: &str, columns: &[&str]) -> String {
    let values = vec!["?"; columns.len()].join(", ");
    format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({values})", columns.join(", "))
}

fn bind(statement: &mut Statement<'_>, place: usize, cell: &Cell<'_>) -> rusqlite::Result<()> {
    match cell {
        Cell::Null => statement.raw_bind_parameter(place, rusqlite::types::Null),
        Cell::Text(text) => statement.raw_bind_parameter(place, &**text),
        Cell::Bool(value) => statement.raw_bind_parameter(place, value),
    }
}

#[async_trait]
impl SnapshotStore for SqliteStore {
    fn keeps_several(&self) -> bool {
        true
    }

    async fn begin(&mut self, manifest: &Manifest) -> Result<()> {
        // What was begun before and not committed is rolled back.
        self.run = None;
        self.run = Some(self.begin_run(manifest)?);
        Ok(())
    }

    async fn write(&mut self, rows: &[Row]) -> Result<()> {
        let failed = self.failed();
        self.run.as_mut().ok_or_else(file::not_begun)?.write(rows).map_err(failed)
    }

    async fn commit(&mut self, mut manifest: Manifest) -> Result<Manifest> {
        let run = self.run.take().ok_or_else(file::not_begun)?;
        manifest.files.clear();
        let manifest = file::sealed(manifest, &self.path)?;
        let text = manifest.text().map_err(io::Error::from).map_err(at(&self.path))?;
        let number = run.number;
        run.commit(&manifest, &text).map_err(self.failed())?;
        self.read.store(number, Ordering::Relaxed);
        Ok(manifest)
    }

    async fn manifest(&self) -> Result<Manifest> {
        let connection = self.connect_to_read()?;
        let run = self.newest(&connection)?;
        let text = connection
            .query_row("SELECT manifest FROM runs WHERE run = ?1", [run], |row| row.get::<_, String>(0));
        let text = text.optional().map_err(self.failed())?.ok_or_else(|| self.has_no_snapshot())?;
        self.read.store(run, Ordering::Relaxed);
        file::manifest_of_text(text.as_bytes(), &self.path.display())
    }

    fn read(&self) -> BoxStream<'_, Result<Profile>> {
        profiles(self.open_to_read())
    }

    async fn check_files(&self, manifest: &Manifest) -> Result<Vec<String>> {
        self.check_tables(manifest)
    }
}

/// The profiles of a run, some at a time.
struct SqliteProfiles {
    path: PathBuf,
    connection: Connection,
    run: i64,
    /// The position of the last profile that was read.
    after: i64,
    page: VecDeque<(i64, String)>,
    is_over: bool,
}

impl SqliteProfiles {
    fn read_page(&mut self) -> rusqlite::Result<()> {
        let sql = "SELECT position, profile FROM profiles WHERE run = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([self.run, self.after, PAGE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            self.page.push_back(row?);
        }
        self.is_over = self.page.is_empty();
        Ok(())
    }
}

impl Iterator for SqliteProfiles {
    type Item = Result<Profile>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.is_empty()
            && !self.is_over
            && let Err(error) = self.read_page()
        {
            self.is_over = true;
            return Some(Err(failed(&self.path, &error)));
        }
        let (position, json) = self.page.pop_front()?;
        self.after = position;
        let place = || format!("{}: run {}", self.path.display(), self.run);
        Some(
            profile_of(&json)
                .map_err(|why| SnapshotError::unreadable(place(), format!("profile {position}: {why}"))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tables::tests::{manifest, twice};

    #[test]
    fn a_profile_that_comes_again_takes_the_place_of_the_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::new(&folder.path().join("reviews.db"));
        let mut run = store.begin_run(&manifest()).unwrap();
        for rows in twice() {
            run.write(&rows).unwrap();
        }
        let connection = run.connection.get_mut().unwrap();
        let texts = |sql: &str| {
            let mut statement = connection.prepare(sql).unwrap();
            statement.query_map((), |row| row.get(0)).unwrap().collect::<Result<Vec<String>, _>>().unwrap()
        };
        assert_eq!(texts("SELECT display_name FROM profiles ORDER BY position"), ["Grace", "Ada 4"]);
        assert_eq!(
            texts("SELECT address FROM emails ORDER BY address"),
            ["4@example.org", "grace@example.org"]
        );
    }
}
