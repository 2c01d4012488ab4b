//! Files with personal data: permissions, links, and full disks.
#![cfg(unix)]

use std::{
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use anyprofile_sandbox::Fault;

use crate::{Run, Server, folder, server};

fn mode(file: &Path) -> u32 {
    file.metadata().unwrap().permissions().mode() & 0o777
}

/// A file that all users can read.
fn open_to_all(file: &Path, content: &str) {
    std::fs::write(file, content).unwrap();
    std::fs::set_permissions(file, PermissionsExt::from_mode(0o644)).unwrap();
}

fn sorted(file: &Path) -> Vec<String> {
    let mut lines: Vec<_> = std::fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

/// Runs the command with a maximum file size, in blocks of 512 bytes.
fn with_small_files(server: &Server, blocks: u32, arguments: &[&str]) -> Run {
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &limited, env!("CARGO_BIN_EXE_anyprofile")]).args(arguments).env_clear();
    command.envs(server.environment.iter().map(|(name, value)| (*name, value)));
    command.output().unwrap().into()
}

#[test]
fn what_holds_people_is_read_by_nobody_else_also_where_the_file_was_there_before() {
    let server = server(60);
    let folder = folder("files-private");
    let [file, report, journal] = ["all.ndjson", "report.json", "done"].map(|name| folder.join(name));
    for file in [&file, &report, &journal] {
        open_to_all(file, "");
    }
    let export = ["export", "--to", file.to_str().unwrap(), "--concurrency", "1", "--page-size", "20"];
    let with_report = [&export[..], &["--report", report.to_str().unwrap()]].concat();
    server.fault(Fault::new("users_list").on_attempts(2..=4).respond(500));
    let cut = server.run(&with_report);
    assert_eq!(cut.code, 4, "{}", cut.err);
    let partial = folder.join("all.ndjson.partial");
    let checkpoint = folder.join("all.ndjson.partial.checkpoint");
    for file in [&partial, &report, &checkpoint] {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    // The files were made readable in the meantime.
    for file in [&partial, &report, &checkpoint] {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o666)).unwrap();
    }
    assert_eq!(server.run(&with_report).code, 0);
    assert_eq!((mode(&file), mode(&report)), (0o600, 0o600));

    let users = server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "id", "-q"]).out;
    let changes = folder.join("changes.csv");
    std::fs::write(&changes, format!("id,name.display\n{},Ada\n", users.lines().nth(1).unwrap())).unwrap();
    let run = server.run(&[
        "update",
        "--from",
        changes.to_str().unwrap(),
        "--journal",
        journal.to_str().unwrap(),
        "--yes",
    ]);
    assert_eq!((run.code, mode(&journal)), (0, 0o600), "{}", run.err);
}

#[test]
fn no_planted_link_is_written_through() {
    let server = server(60);
    let folder = folder("files-links");
    let victim = folder.join("victim");
    std::fs::write(&victim, "precious\n").unwrap();
    let is_unharmed = || std::fs::read_to_string(&victim).unwrap() == "precious\n";
    let file = folder.join("all.ndjson");
    let export = ["export", "--to", file.to_str().unwrap(), "--account", "probely", "--page-size", "20"];

    // The name of the temporary file of the checkpoint can be guessed.
    symlink(&victim, folder.join("all.ndjson.partial.checkpoint.new")).unwrap();
    let run = server.run(&export);
    assert_eq!((run.code, is_unharmed()), (0, true), "{}", run.err);
    std::fs::remove_file(&file).unwrap();

    for (link, arguments) in [
        ("all.ndjson", &[][..]),
        ("all.ndjson.partial", &[]),
        ("all.ndjson.partial.checkpoint", &[]),
        ("report.json", &["--report", "REPORT"]),
    ] {
        let link = folder.join(link);
        // A dangling link would create a file at a place chosen by another user.
        for target in [&victim, &folder.join("nothing")] {
            symlink(target, &link).unwrap();
            let report = folder.join("report.json");
            let arguments: Vec<_> = arguments
                .iter()
                .map(|it| if *it == "REPORT" { report.to_str().unwrap() } else { it })
                .collect();
            let run = server.run(&[&export[..], &arguments].concat());
            assert_ne!(run.code, 0, "{}", run.err);
            let told = ["a symbolic link", "it exists", "the file no longer exists"];
            assert!(told.iter().any(|told| run.err.contains(told)), "{}", run.err);
            assert!(is_unharmed() && !folder.join("nothing").exists());
            std::fs::remove_file(&link).unwrap();
            let _ = std::fs::remove_file(&file);
        }
    }
}

#[test]
fn a_full_disk_is_told_as_such_and_the_next_run_goes_on() {
    let server = server(400);
    let folder = folder("files-full");
    let [whole, file] = ["whole.ndjson", "part.ndjson"].map(|name| folder.join(name));
    assert_eq!(server.run(&["export", "--to", whole.to_str().unwrap()]).code, 0);
    let export = ["export", "--to", file.to_str().unwrap(), "--page-size", "20"];
    let full = with_small_files(&server, 128, &export);
    assert_eq!(full.code, 4, "{}", full.err);
    let why = "part.ndjson.partial: the file exceeds the size limit; raise the limit; then run the same command again";
    assert!(full.err.contains(why), "{}", full.err);
    assert!(folder.join("part.ndjson.partial.checkpoint").exists());
    let rest = server.run(&export);
    assert_eq!(rest.code, 0, "{}", rest.err);
    assert!(rest.err.contains("it already holds"), "what was written is not asked for again: {}", rest.err);
    assert_eq!(sorted(&file), sorted(&whole));
}

#[test]
fn a_report_that_cannot_be_written_is_told_with_its_name() {
    let server = server(5);
    let full = server.run(&["list", "--report", "/dev/full", "-o", "ndjson", "-q"]);
    assert_eq!(full.code, 4, "{}", full.err);
    assert!(full.err.contains("/dev/full: no space left on the device"), "{}", full.err);
    let pipe = server.run(&["list", "--report", "/dev/stderr", "-o", "ndjson", "-q"]);
    assert_eq!(pipe.code, 0, "{}", pipe.err);
    assert!(pipe.err.starts_with("{\"accounts\":"), "{}", pipe.err);
}

#[test]
fn a_journal_that_is_a_device_or_a_link_is_told_before_anything_is_asked() {
    let server = server(5);
    let folder = folder("files-journal");
    let (file, linked) = (folder.join("changes.csv"), folder.join("linked"));
    std::fs::write(&file, "id,name.display\nprobely:probely/user/a,Ada\n").unwrap();
    symlink(folder.join("elsewhere"), &linked).unwrap();
    for (journal, why) in
        [(Path::new("/dev/full"), "it is not a regular file"), (&linked, "it is a symbolic link")]
    {
        let from = ["update", "--from", file.to_str().unwrap(), "--yes", "--journal"];
        let run = server.run(&[&from[..], &[journal.to_str().unwrap()]].concat());
        assert_eq!((run.code, server.requests().len()), (2, 0), "{}", run.err);
        assert!(run.err.contains(why), "{}", run.err);
    }
    assert!(!folder.join("elsewhere").exists());
}
