//! Exports that are interrupted at any moment.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyprofile_sandbox::Fault;
use serde_json::Value;

use crate::{Server, folder, server};

/// What an export that is not over has read.
fn partial(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// The profiles of a snapshot, or of an export that is not over.
fn lines(file: &Path) -> Vec<String> {
    let partial = partial(file);
    std::fs::read_to_string(if file.exists() { file } else { &partial })
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn report(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn export<'a>(to: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    [&["export", "--to", to.to_str().unwrap(), "--page-size", "20"], more].concat()
}

/// An export that requests one page after another, so that a fault hits the intended page.
fn one_by_one<'a>(to: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    export(to, &[&["--concurrency", "1"], more].concat())
}

/// The second page of Probely's users fails, at all attempts of one run that requests one page after another.
fn second_page_fails() -> Fault {
    Fault::new("users_list").on_attempts(2..=4).respond(500)
}

/// Returns everything, exported in one run.
fn whole(server: &Server, folder: &Path) -> Vec<String> {
    let file = folder.join("whole.ndjson");
    let run = server.run(&export(&file, &[]));
    assert_eq!(run.code, 0, "{}", run.err);
    lines(&file)
}

#[test]
fn killed_at_any_moment_it_ends_with_the_same_profiles() {
    let server = server(800);
    let folder = folder("killed");
    let whole = whole(&server, &folder);
    assert_eq!(whole.len(), 3200);
    let file = folder.join("broken.ndjson");
    let report_file = folder.join("report.json");
    let arguments = export(&file, &["--report", report_file.to_str().unwrap()]);
    let mut kills = 0;
    for requests in (1..).map(|number| number * 7 % 31 + 3) {
        let before = server.requests().len();
        let mut command = server.command(&arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if kills < 8 && server.requests().len() >= before + requests {
                break None;
            }
        };
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 4, "{kills}");
    assert_eq!(lines(&file), whole);
    assert!(!folder.join("broken.ndjson.partial.checkpoint").exists(), "there is nothing to go on with");
    assert!(!partial(&file).exists());
    let report = report(&report_file);
    assert_eq!((&report["complete"], &report["accounts"][0]["seen"]), (&true.into(), &800.into()));
    let collection = &report["accounts"][0]["collections"][""];
    assert_eq!((&collection["seen"], &collection["declared"]), (&800.into(), &800.into()));
    assert!(report["accounts"][0].get("cursor").is_none(), "where to go on is nobody's matter");
    // The export has finished, so the file is not overwritten.
    let again = server.run(&arguments);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("it exists"), "{}", again.err);
}

#[test]
fn an_export_in_any_order_goes_on_from_both_ends() {
    let server = server(200);
    let folder = folder("unordered");
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    let account = ["--account", "anthropic"];
    let whole_file = folder.join("whole.ndjson");
    assert_eq!(server.run(&export(&whole_file, &account)).code, 0);
    for failing in 2..=9 {
        let file = folder.join(format!("{failing}.ndjson"));
        let arguments = export(&file, &[&account[..], &["--unordered"]].concat());
        // All attempts of one page, and the pages that are requested concurrently.
        server.fault(Fault::new("BetaListUserProfiles").on_attempts(failing..=failing + 5).respond(500));
        let failed = server.run(&arguments);
        assert_eq!(failed.code, 4, "{}", failed.err);
        let before = lines(&file).len();
        assert!((1..200).contains(&before), "{before}");
        let mut rest = server.run(&arguments);
        for _ in 0..5 {
            if rest.code == 0 {
                break;
            }
            rest = server.run(&arguments);
        }
        assert_eq!(rest.code, 0, "{}", rest.err);
        assert_eq!(sorted(lines(&file)), sorted(lines(&whole_file)), "from page {failing}");
    }
}

#[test]
fn a_page_that_fails_is_asked_for_again_by_the_next_run() {
    let server = server(60);
    let folder = folder("failing");
    let whole = whole(&server, &folder);
    let file = folder.join("part.ndjson");
    let report_file = folder.join("report.json");
    let arguments = one_by_one(&file, &["--report", report_file.to_str().unwrap()]);
    server.fault(second_page_fails());
    let failed = server.run(&arguments);
    assert_eq!(failed.code, 4, "{}", failed.err);
    assert!(failed.err.contains("incomplete\nrun the same command again to resume\n"), "{}", failed.err);
    let told = report(&report_file);
    assert_eq!(told["complete"], false);
    assert_eq!(
        (&told["accounts"][1]["failure"], &told["accounts"][1]["complete"]),
        (&"upstream".into(), &false.into())
    );
    assert_eq!(told["accounts"][2]["complete"], true, "the others are whole");
    let rest = server.run(&arguments);
    assert_eq!(rest.code, 0, "{}", rest.err);
    assert!(rest.err.contains("it already holds "), "{}", rest.err);
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(lines(&file)), sorted(whole));
}

#[test]
fn what_lacks_is_told_over_all_runs() {
    let server = server(60);
    let folder = folder("lacking");
    let file = folder.join("part.ndjson");
    let report_file = folder.join("report.json");
    let arguments = one_by_one(&file, &["--account", "probely", "--report", report_file.to_str().unwrap()]);
    // A record is lost in the first run, and the second run fails once.
    for fault in Fault::named("record-left-out-once").unwrap() {
        server.fault(fault);
    }
    server.fault(Fault::new("users_list").on_attempts(3..=5).respond(500));
    assert_eq!(server.run(&arguments).code, 4);
    let rest = server.run(&arguments);
    assert_eq!(rest.code, 4, "{}", rest.err);
    assert!(rest.err.contains("1 missing"), "{}", rest.err);
    assert_eq!(report(&report_file)["accounts"][0]["missing"], 1);
}

#[test]
fn another_export_is_not_gone_on_with() {
    let server = server(60);
    let folder = folder("another");
    let file = folder.join("part.ndjson");
    server.fault(second_page_fails());
    assert_eq!(server.run(&one_by_one(&file, &["--account", "probely"])).code, 4);
    let length = std::fs::metadata(partial(&file)).unwrap().len();
    for (other, reason) in [
        (&["--account", "anthropic"][..], "it was started with other accounts; export to another file"),
        (&["--account", "probely", "--status", "active"], "another query"),
        (&[], "other accounts"),
        (
            &["--account", "probely", "--report", file.to_str().unwrap()],
            "--report must not be the file of the export",
        ),
        (&["--account", "probely", "-o", "csv"], "omit -o"),
    ] {
        let refused = server.run(&one_by_one(&file, other));
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(refused.err.contains(reason), "{reason}: {}", refused.err);
    }
    assert_eq!(server.run(&["export", "--to", "-", "--account", "probely"]).code, 2);
    assert_eq!(std::fs::metadata(partial(&file)).unwrap().len(), length);
    std::fs::write(partial(&file), "").unwrap();
    let shorter = server.run(&one_by_one(&file, &["--account", "probely"]));
    assert_eq!(shorter.code, 2);
    assert!(shorter.err.contains("the file is shorter than "), "{}", shorter.err);
    let checkpoint = folder.join("part.ndjson.partial.checkpoint");
    let text = std::fs::read_to_string(&checkpoint).unwrap();
    std::fs::write(&checkpoint, text.replace("\"version\":2", "\"version\":9")).unwrap();
    let newer = server.run(&one_by_one(&file, &["--account", "probely"]));
    assert!(newer.err.contains("has version 9"), "{}", newer.err);
}

#[test]
fn where_no_total_is_declared_that_and_an_empty_page_are_told() {
    let server = server(60);
    let file = folder("empty").join("all.ndjson");
    for fault in Fault::named("empty-page-once").unwrap() {
        server.fault(fault);
    }
    let told = server.run(&one_by_one(&file, &["--account", "anthropic", "--report", "-"]));
    assert!(
        told.err.contains("no total declared") && told.err.contains("1 empty page before the end"),
        "{}",
        told.err
    );
    assert!(told.err.contains("\"empty_pages\":1") && told.err.contains("\"missing\":null"), "{}", told.err);
}

#[test]
fn a_report_is_not_written_over_the_export_however_it_is_spelled() {
    let server = server(10);
    let folder = folder("over");
    let file = folder.join("all.ndjson");
    let name = folder.file_name().unwrap();
    let spelled = folder.join(".").join("..").join(name).join("all.ndjson");
    let mut reports = vec![file.clone(), spelled, folder.join("all.ndjson.partial.checkpoint")];
    #[cfg(unix)]
    {
        let link = folder.join("link.json");
        std::os::unix::fs::symlink("all.ndjson", &link).unwrap();
        reports.push(link);
    }
    for report in &reports {
        let refused = server.run(&one_by_one(&file, &["--report", report.to_str().unwrap()]));
        assert_eq!(refused.code, 2, "{}: {}", report.display(), refused.err);
        assert!(refused.err.contains("--report must not be the file of the export"), "{}", refused.err);
        assert!(!file.exists());
    }
    // A second name of the file of an interrupted export.
    server.fault(Fault::new("users_list").on_attempts(1..=3).respond(500));
    assert_eq!(server.run(&one_by_one(&file, &[])).code, 4);
    let length = std::fs::metadata(partial(&file)).unwrap().len();
    let twin = folder.join("twin.json");
    std::fs::hard_link(partial(&file), &twin).unwrap();
    assert_eq!(server.run(&one_by_one(&file, &["--report", twin.to_str().unwrap()])).code, 2);
    assert_eq!(std::fs::metadata(partial(&file)).unwrap().len(), length);
}

#[test]
fn what_is_wrong_with_the_files_is_told_and_nothing_is_made() {
    let server = server(60);
    let folder = folder("files");
    let file = folder.join("part.ndjson");
    let checkpoint = folder.join("part.ndjson.partial.checkpoint");
    server.fault(second_page_fails());
    let cut = server.run(&one_by_one(&file, &["--account", "probely", "--report", "-"]));
    assert_eq!(cut.code, 4);
    assert!(cut.err.contains("at least ") && cut.err.contains("\"missing\":null"), "{}", cut.err);

    let kept = std::fs::read(&checkpoint).unwrap();
    std::fs::write(&checkpoint, b"\xff\x00").unwrap();
    let garbage = server.run(&one_by_one(&file, &["--account", "probely"]));
    assert_eq!(garbage.code, 2);
    assert!(garbage.err.contains("its checkpoint cannot be read; export to another file"), "{}", garbage.err);
    std::fs::write(&checkpoint, kept).unwrap();

    let moved = folder.join("moved.ndjson");
    std::fs::rename(partial(&file), &moved).unwrap();
    let gone = server.run(&one_by_one(&file, &["--account", "probely"]));
    assert_eq!(gone.code, 2);
    assert!(gone.err.contains("the file no longer exists") && !partial(&file).exists(), "{}", gone.err);
    std::fs::rename(&moved, partial(&file)).unwrap();
    assert_eq!(server.run(&one_by_one(&file, &["--account", "probely"])).code, 0);
}

#[test]
fn a_service_that_leads_back_is_not_followed_in_the_next_run_either() {
    let server = server(60);
    let folder = folder("cycle");
    let file = folder.join("part.ndjson");
    let report_file = folder.join("report.json");
    let arguments = one_by_one(&file, &["--account", "upsun", "--report", report_file.to_str().unwrap()]);
    for fault in Fault::named("cursor-cycle-of-two").unwrap() {
        server.fault(fault);
    }
    for _ in 0..2 {
        let stuck = server.run(&arguments);
        assert_eq!(stuck.code, 4, "{}", stuck.err);
        assert!(stuck.err.contains("the export cannot be resumed; export to another file"), "{}", stuck.err);
        let ids: std::collections::BTreeSet<_> = lines(&file).into_iter().collect();
        assert_eq!((ids.len(), lines(&file).len()), (60, 60), "nobody is there twice");
        assert_eq!(report(&report_file)["complete"], false);
    }
}

#[test]
fn a_limit_of_one_service_is_told_before_anything_is_written() {
    let server = server(10);
    let folder = folder("limit");
    let file = folder.join("all.ndjson");
    let refused = server.run(&["export", "--to", file.to_str().unwrap(), "--page-size", "1000"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
    assert!(refused.err.contains("page_size must be at most 100"), "{}", refused.err);
    assert!(!file.exists() && server.requests().is_empty());
}

#[test]
fn who_comes_again_in_another_run_is_told() {
    let server = server(60);
    let folder = folder("again");
    let file = folder.join("part.ndjson");
    let report_file = folder.join("report.json");
    let arguments = one_by_one(&file, &["--account", "probely", "--report", report_file.to_str().unwrap()]);
    server.fault(second_page_fails());
    assert_eq!(server.run(&arguments).code, 4);
    // The first record of the first page appears on a later page too, and another record on no page.
    let first: Value = serde_json::from_str(&lines(&file)[0]).unwrap();
    let id = first["id"]["native"].as_str().unwrap().to_owned();
    server.fault(
        Fault::new("users_list").first(1).edit(move |page, _| page["results"][0]["id"] = id.clone().into()),
    );
    let rest = server.run(&arguments);
    assert_eq!(rest.code, 4, "{}", rest.err);
    let told = report(&report_file);
    assert_eq!((&told["accounts"][0]["duplicates"], &told["accounts"][0]["missing"]), (&1.into(), &1.into()));
}

#[test]
fn an_own_profile_that_cannot_be_read_for_a_moment_is_not_somebody_else() {
    let server = server(60);
    let folder = folder("owner");
    for (name, fails_at_first) in [("first.ndjson", true), ("second.ndjson", false)] {
        let file = folder.join(name);
        let arguments = one_by_one(&file, &["--account", "probely"]);
        let own_fails = || Fault::new("profile_list").first(3).respond(500);
        if fails_at_first {
            server.fault(own_fails());
        }
        server.fault(second_page_fails());
        let cut = server.run(&arguments);
        assert_eq!(cut.code, 4, "{}", cut.err);
        assert_eq!(
            cut.err.contains("the owner of the credential could not be read (upstream)"),
            fails_at_first
        );
        if !fails_at_first {
            server.fault(own_fails());
        }
        let rest = server.run(&arguments);
        assert_eq!((rest.code, lines(&file).len()), (0, 60), "{}", rest.err);
    }
    // A known owner is compared.
    let file = folder.join("third.ndjson");
    let arguments = one_by_one(&file, &["--account", "probely"]);
    server.fault(second_page_fails());
    assert_eq!(server.run(&arguments).code, 4);
    server.fault(Fault::new("profile_list").first(1).edit(|profile, _| profile["id"] = "somebody".into()));
    let other = server.run(&arguments);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("it was started with credentials of another owner"), "{}", other.err);
}

#[test]
fn a_checkpoint_with_a_digit_changed_is_refused_with_what_to_do() {
    let server = server(60);
    let folder = folder("digit");
    let file = folder.join("part.ndjson");
    let arguments = one_by_one(&file, &["--account", "probely"]);
    server.fault(second_page_fails());
    assert_eq!(server.run(&arguments).code, 4);
    let checkpoint = folder.join("part.ndjson.partial.checkpoint");
    let text = std::fs::read_to_string(&checkpoint).unwrap();
    let changed = text.replace("\"seen\":20", "\"seen\":10").replace("/n2", "/n1");
    assert_ne!(text, changed);
    std::fs::write(&checkpoint, changed).unwrap();
    let refused = server.run(&arguments);
    assert_eq!((refused.code, lines(&file).len()), (2, 20), "{}", refused.err);
    let why = "its checkpoint is damaged or was edited: the checksum does not match; export to another file, or remove this file and ";
    assert!(refused.err.contains(why), "{}", refused.err);
    std::fs::write(&checkpoint, text).unwrap();
    assert_eq!((server.run(&arguments).code, lines(&file).len()), (0, 60));
}

#[test]
fn an_export_of_changes_says_at_its_end_that_it_is_over() {
    let server = server(500);
    let file = folder("since").join("changes.ndjson");
    let listed =
        server.run(&["list", "--account", "probely", "-o", "csv", "--fields", "times.updated", "-q"]).out;
    let mut times: Vec<_> = listed.lines().filter(|line| line.starts_with('2')).collect();
    times.sort_unstable();
    let since = times[times.len() - 5];
    let run = server.run(&one_by_one(&file, &["--account", "probely", "--updated-since", since]));
    assert_eq!((run.code, lines(&file).len()), (0, 5), "{}", run.err);
    assert!(run.err.ends_with("5 profiles of 1 account: complete\n"), "{}", run.err);
}

#[test]
fn a_filter_that_the_service_misreads_is_told_at_the_end() {
    let server = server(60);
    let folder = folder("misread");
    let export = folder.join("all.ndjson");
    let filter = ["--account", "probely", "--status", "active"];
    for command in [one_by_one(&export, &filter), [&["list", "-o", "ndjson"], &filter[..]].concat()] {
        // The first page contains a profile that the filter excludes.
        let inactive = |page: &mut Value, _| page["results"][0]["active"] = false.into();
        server.fault(Fault::new("users_list").first(1).edit(inactive));
        let run = server.run(&command);
        let told =
            "the service misread --status: all profiles were requested, and the filter was applied locally";
        assert!(run.err.contains(told), "{}", run.err);
    }
    // On a later page it is too late: profiles may be missing.
    let inactive = |page: &mut Value, _| page["results"][0]["active"] = false.into();
    let later = folder.join("later.ndjson");
    for command in [
        one_by_one(&later, &filter),
        [&["list", "-o", "ndjson", "--page-size", "20", "--concurrency", "1"], &filter[..]].concat(),
    ] {
        server.fault(Fault::new("users_list").on_attempts(2..=2).edit(inactive));
        let run = server.run(&command);
        assert_eq!(run.code, 4, "{}", run.err);
        let told = "the service misread --status on a later page: profiles may be missing";
        assert!(run.err.contains(told) && run.err.contains("incomplete"), "{}", run.err);
    }
}

#[test]
fn cut_off_while_a_list_that_changed_is_read_again_it_goes_on_and_nobody_is_there_twice() {
    let folder = folder("read-again");
    for (name, failing) in [("first.ndjson", 4..=6), ("second.ndjson", 5..=7), ("last.ndjson", 6..=8)] {
        let server = server(50);
        let file = folder.join(name);
        let report_file = folder.join("report.json");
        let arguments =
            one_by_one(&file, &["--account", "probely", "--report", report_file.to_str().unwrap()]);
        // Three pages, of which the second has a new profile; and three pages of the second read.
        let added = |page: &mut Value, _| page["results"][0]["changed"] = "2026-10-21T07:28:00Z".into();
        server.fault(Fault::new("users_list").on_attempts(2..=2).edit(added));
        server.fault(Fault::new("users_list").header("date", "Wed, 21 Oct 2026 07:28:00 GMT"));
        server.fault(Fault::new("users_list").on_attempts(failing).respond(500));
        let cut = server.run(&arguments);
        assert_eq!(cut.code, 4, "{}", cut.err);
        assert!(cut.err.ends_with("run the same command again to resume\n"), "{name}: {}", cut.err);
        let rest = server.run(&arguments);
        let ids: std::collections::BTreeSet<_> = lines(&file)
            .into_iter()
            .map(|line| serde_json::from_str::<Value>(&line).unwrap()["id"].to_string())
            .collect();
        assert_eq!((ids.len(), lines(&file).len()), (50, 50), "{name}: {}", rest.err);
        let told = &report(&report_file)["accounts"][0];
        assert_eq!((&told["seen"], &told["duplicates"]), (&50.into(), &0.into()), "{name}: {told}");
        assert_eq!(rest.code, 0, "{name}: {}", rest.err);
    }
}
