//! The command, as it is typed.
#![allow(clippy::unwrap_used, reason = "tests")]

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anyprofile-sql"));
    // Nothing of the person who runs the tests.
    command.env_clear().env("HOME", "/nonexistent").args(arguments);
    command
}

fn sandbox(arguments: &[&str]) -> Output {
    command(&["--sandbox"]).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const COUNTED: &str = "select service, count(*) as people from live.profiles group by 1 order by 1";

#[test]
fn each_format_has_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let table = sandbox(&[COUNTED]);
    assert!(table.status.success() && out(&table).contains("| probely   | 20     |"), "{}", out(&table));
    assert!(out(&table).ends_with("4 rows\n"));
    let json: serde_json::Value = serde_json::from_str(&out(&sandbox(&[COUNTED, "-o", "json"]))).unwrap();
    assert_eq!(json[1], serde_json::json!({"service": "probely", "people": 20}));
    let ndjson = out(&sandbox(&[COUNTED, "-o", "ndjson"]));
    assert_eq!(ndjson.lines().nth(1), Some(r#"{"service":"probely","people":20}"#));
    assert_eq!(out(&sandbox(&[COUNTED, "-o", "csv"])).lines().nth(2), Some("probely,20"));
    let file = folder.path().join("counted.parquet");
    let written = sandbox(&[COUNTED, "-o", "parquet", "--to", file.to_str().unwrap()]);
    assert!(written.status.success() && written.stdout.is_empty(), "{}", errors(&written));
    assert!(is_private(&file));
    let refused = sandbox(&[COUNTED, "-o", "parquet", "--to", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(errors(&refused).contains("nothing is replaced"));
    let read = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&file).unwrap()).unwrap();
    let rows: usize = read.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 4);
    let twice =
        sandbox(&[COUNTED, COUNTED, "-o", "csv", "--to", folder.path().join("twice.csv").to_str().unwrap()]);
    assert!(errors(&twice).contains("--to takes the rows of one statement"), "{}", errors(&twice));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing that is not whole is left");
    let nowhere = sandbox(&[COUNTED, "-o", "parquet"]);
    assert!(errors(&nowhere).contains("-o parquet needs --to FILE"));
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().unwrap().permissions().mode().trailing_zeros() >= 6
}

#[cfg(not(unix))]
fn is_private(_: &Path) -> bool {
    true
}

#[test]
fn nobody_is_a_header_or_an_empty_array() {
    let nobody = "select id from profiles where account = 'nobody'";
    assert_eq!(out(&sandbox(&[nobody, "-o", "json"])), "[]\n");
    assert_eq!(out(&sandbox(&[nobody, "-o", "csv"])), "id\n");
    assert_eq!(out(&sandbox(&[nobody, "-o", "ndjson"])), "");
    assert!(out(&sandbox(&[nobody])).contains("0 rows"));
}

#[test]
fn a_cell_is_no_formula_and_a_list_is_json() {
    let cells =
        "select '=1+1' as a, [1, 2] as b, arrow_cast('@x', 'Dictionary(Int32, Utf8)') as c, null as d";
    assert_eq!(out(&sandbox(&[cells, "-o", "csv"])), "a,b,c,d\n'=1+1,\"[1,2]\",'@x,\n");
    let hostile = out(&sandbox(&["select chr(27) || '[31m' || chr(8238) || 'x' as a"]));
    assert!(!hostile.contains('\u{1b}') && !hostile.contains('\u{202e}'));
}

#[test]
fn statements_come_from_arguments_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.sql");
    std::fs::write(&file, "select 1 as a; -- one;\nselect 2 as a").unwrap();
    let both = sandbox(&["select 0 as a", "-f", file.to_str().unwrap(), "-o", "ndjson"]);
    assert_eq!(out(&both), "{\"a\":0}\n{\"a\":1}\n{\"a\":2}\n");
    let mut child =
        command(&["--sandbox", "-o", "ndjson"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"select 3 as a;").unwrap();
    assert_eq!(out(&child.wait_with_output().unwrap()), "{\"a\":3}\n");
    std::fs::write(&file, "\u{feff}select 4 as a;\r\n").unwrap();
    assert_eq!(out(&sandbox(&["-f", file.to_str().unwrap(), "-o", "ndjson"])), "{\"a\":4}\n");
    let none = sandbox(&["-f", "no such file"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn a_failure_says_what_to_do_and_has_its_exit_code() {
    let none = command(&["select 1"]).output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(errors(&none).contains("no account is configured"), "{}", errors(&none));
    let wrong = sandbox(&["select nothing from live.profiles"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        errors(&wrong).starts_with("error: ") && !errors(&wrong).contains("caused by"),
        "{}",
        errors(&wrong)
    );
    let refused = command(&["--env", "select count(*) from profiles"])
        .env("PROBELY_API_KEY", "x")
        .env("PROBELY_API_BASE_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(5), "{}", errors(&refused));
    let partial = command(&["--env", "--allow-partial", "select count(*) from profiles"])
        .env("PROBELY_API_KEY", "x")
        .env("PROBELY_API_BASE_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(partial.status.code(), Some(4));
    assert!(errors(&partial).contains("warning: probely"), "{}", errors(&partial));
    assert!(errors(&sandbox(&["--set", "x", "select 1"])).contains("it must be NAME=VALUE"));
    assert!(errors(&sandbox(&["--snapshot", "nowhere", "select 1"])).contains("nowhere"));
}

#[test]
fn nothing_is_written_but_with_to() {
    for sql in ["copy (select 1) to 'x.csv'", "create table t as select 1", "drop table live.profiles"] {
        let refused = sandbox(&[sql]);
        assert_eq!(refused.status.code(), Some(2), "{sql}");
    }
    let rows = out(&sandbox(&["select 'a' || chr(10) || 'b' as c"]));
    assert!(rows.contains("a\u{fffd}b"), "{rows}");
    assert!(
        errors(&sandbox(&["--snapshot", "Q3=people", "select 1"])).contains("is not the name of a schema")
    );
    let left_out = sandbox(&["select count(*) from profiles where account = 'upsun' and status = 'active'"]);
    assert!(errors(&left_out).contains("note: upsun: 20 were left out"), "{}", errors(&left_out));
}
