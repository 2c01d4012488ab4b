//! The output of `list` is edited and used for `update`: unchanged fields are not written.

use std::{io::Write as _, path::Path, process::Stdio};

use anyprofile_sandbox::Fault;
use serde_json::Value;

use crate::{Run, Server, folder, server};

fn update(server: &Server, file: &Path, content: &[u8]) -> Run {
    std::fs::write(file, content).unwrap();
    server.run(&["update", "--from", file.to_str().unwrap(), "--yes", "-o", "csv"])
}

/// A csv listing as cells.
struct Table(Vec<csv::StringRecord>);

impl Table {
    fn of(listed: &str) -> Self {
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(listed.as_bytes());
        Self(reader.into_records().map(Result::unwrap).collect())
    }

    fn column(&self, name: &str) -> usize {
        self.0[0].iter().position(|column| column == name).unwrap()
    }

    /// Returns the lines of people that can be written.
    fn people(&self) -> Vec<usize> {
        let kind = self.column("kind");
        let is_person = |row: &csv::StringRecord| row[0].contains("/user/") && &row[kind] == "human";
        (0..self.0.len()).filter(|line| is_person(&self.0[*line])).collect()
    }

    fn set(&mut self, line: usize, column: &str, value: &str) {
        let column = self.column(column);
        let cells = self.0[line].iter().enumerate();
        self.0[line] = cells.map(|(place, cell)| if place == column { value } else { cell }).collect();
    }

    fn text(&self) -> Vec<u8> {
        let mut out = csv::Writer::from_writer(Vec::new());
        self.0.iter().for_each(|row| out.write_record(row).unwrap());
        out.into_inner().unwrap()
    }
}

#[test]
fn all_that_is_listed_may_be_given_back_and_only_what_was_edited_is_written() {
    let server = server(12);
    let folder = folder("back-all");
    for (account, more) in
        [("probely", &[][..]), ("upsun", &[]), ("upsun", &["--enrich"]), ("anthropic", &[])]
    {
        for format in ["csv", "ndjson"] {
            let list = ["list", "--account", account, "-o", format, "-q"];
            let listed = server.run(&[&list, more].concat()).out;
            let before = server.writes();
            let run = update(&server, &folder.join(format!("{account}.{format}")), listed.as_bytes());
            assert_eq!((run.code, server.writes()), (0, before), "{account} {format}: {}", run.err);
            assert!(run.err.contains("to write: 0 of 12 profiles"), "{account} {format}: {}", run.err);
        }
    }
    let mut table = Table::of(&server.run(&["list", "--account", "probely", "-o", "csv", "-q"]).out);
    let people = table.people();
    table.set(people[0], "name.display", "Ada");
    let run = update(&server, &folder.join("edited.csv"), &table.text());
    assert_eq!((run.code, server.writes()), (0, 1), "{}", run.err);
    assert_eq!(run.out.matches(",written,").count(), 1, "{}", run.out);
    // A field that cannot be written fails its row; the other rows are written.
    table.set(people[0], "kind", "service");
    table.set(people[1], "name.display", "Grace");
    let run = update(&server, &folder.join("wrong.csv"), &table.text());
    assert_eq!((run.code, server.writes()), (4, 2), "{}", run.err);
    let why = format!("line {}: nothing was sent: kind ", people[0] + 1);
    assert!(run.err.contains(&why) && run.err.contains("and the service shows another value"), "{}", run.err);
}

#[test]
fn nested_objects_are_edited_and_given_back() {
    let server = server(12);
    let folder = folder("back-nested");
    let listed = server.run(&["list", "--account", "probely", "-o", "ndjson", "-q"]).out;
    let mut profiles: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let is_person = |it: &&mut Value| it["kind"] == "human" && it["id"]["kind"] == "user";
    profiles.iter_mut().find(is_person).unwrap()["name"]["display"] = "Ada".into();
    let edited = profiles.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let run = update(&server, &folder.join("edited.ndjson"), edited.as_bytes());
    assert_eq!((run.code, server.writes()), (0, 1), "{}", run.err);
    let sent = server.requests().into_iter().find(|request| request.method == "PATCH").unwrap();
    assert_eq!(sent.body, r#"{"name":"Ada"}"#);
}

#[test]
fn a_name_that_looks_guarded_stays_what_it_is() {
    let server = server(12);
    let folder = folder("back-guard");
    for name in ["'=x", "=1+1", "''@x", "'x"] {
        let set = |record: &mut Value| record["name"] = name.into();
        server.fault(Fault::new("users_list").first(1).edit(move |page, _| {
            page["results"].as_array_mut().unwrap().iter_mut().for_each(set);
        }));
        server.fault(Fault::new("users_retrieve").first(24).edit(move |record, _| set(record)));
        let fields = ["--fields", "id,name.display", "--page-size", "20"];
        let listed =
            server.run(&[&["list", "--account", "probely", "-o", "csv", "-q"], &fields[..]].concat());
        let people: Vec<_> = listed.out.lines().filter(|line| line.contains("/user/")).take(3).collect();
        let content = format!("id,name.display\n{}\n", people.join("\n"));
        let run = update(&server, &folder.join("names.csv"), content.as_bytes());
        assert_eq!((run.code, server.writes()), (0, 0), "{name}: {content}{}", run.err);
    }
}

#[test]
fn changes_come_from_standard_input_where_a_journal_is_named() {
    let server = server(12);
    let folder = folder("back-stdin");
    let journal = folder.join("journal");
    let listed = server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "id,kind", "-q"]).out;
    let person = listed.lines().find_map(|line| line.strip_suffix(",human")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = server.command(&[&["update", "--from", "-", "--yes"], arguments].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let _ = writeln!(child.stdin.take().unwrap(), "ID;name.display\r\n{person};Ada\r\n;\r");
        Run::from(child.wait_with_output().unwrap())
    };
    let nameless = run(&[]);
    assert_eq!((nameless.code, server.writes()), (2, 0));
    assert!(nameless.err.contains("--journal FILE"), "{}", nameless.err);
    let done = run(&["--journal", journal.to_str().unwrap()]);
    assert_eq!((done.code, server.writes()), (0, 1), "{}", done.err);
}

#[test]
fn mistakes_are_told_with_line_and_column_a_line_each_and_no_more_than_twenty() {
    let server = server(5);
    let file = folder("back-mistakes").join("changes.csv");
    let rows: Vec<_> = (1..=25).map(|number| format!("probely:probely/user/u{number},astronaut")).collect();
    let run = update(&server, &file, format!("id,title\r\n{}\r\n", rows.join("\r\n\r\n")).as_bytes());
    assert_eq!((run.code, server.requests().len()), (2, 0), "{}", run.err);
    let lines: Vec<_> = run.err.lines().collect();
    assert_eq!(lines.len(), 22, "{}", run.err);
    assert!(lines[1].contains("changes.csv: line 4: title must be one of: "), "{}", run.err);
    assert!(lines[20].ends_with("changes.csv: and 5 more"), "{}", run.err);
    assert!(lines[21].contains("25 mistakes; nothing was sent"), "{}", run.err);
    for (content, told) in [
        (&b"id,title\r\nprobely:probely/user/u1\r\n"[..], "line 2: the row has 1 cell, but the header has 2"),
        (b"\xff\xfei\0d\0\n\0", "the file must be UTF-8, but it is UTF-16; save it as UTF-8"),
        (
            b"id,name.display\nx,Zo\xeb\n",
            "line 2, character 5 is not UTF-8; the file is probably windows-1252",
        ),
        (b"id,name\n", "line 1, column 'name': no such field; did you mean 'name.display'?"),
        (b"[{\"id\":1}]", "write one object per line, as `list -o ndjson` prints it"),
    ] {
        let run = update(&server, &file, content);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
    // The words of spreadsheets for true and false.
    let users = server.run(&["list", "--account", "upsun", "-o", "csv", "--fields", "id,kind", "-q"]).out;
    let user = users.lines().find_map(|line| line.strip_suffix(",human")).unwrap();
    for word in ["TRUE", "False"] {
        let run = update(&server, &file, format!("id,extension.marketing\n{user},{word}\n").as_bytes());
        assert_eq!(run.code, 0, "{}", run.err);
    }
}
