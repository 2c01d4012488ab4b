//! Plans that were started, rejected, copied or edited.

use anyprofile_sandbox::Fault;
use serde_json::Value;

use crate::{Run, Server, folder, plans::PLAN_ZOE, server};

/// A server, and a directory for the files and the state of one test.
struct Place {
    server: Server,
    folder: std::path::PathBuf,
}

impl Place {
    fn of(name: &str) -> Self {
        Self { server: server(10), folder: folder(name) }
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.server.command(arguments).env("HOME", &self.folder).output().unwrap().into()
    }

    fn apply(&self, name: &str) -> Run {
        self.run(&["apply", &self.file(name), "--yes", "-o", "ndjson"])
    }

    fn plan_zoe(&self) {
        let plan = self.run(&[&PLAN_ZOE[..], &["--out", &self.file("plan")]].concat());
        assert_eq!(plan.code, 0, "{}", plan.err);
    }

    fn copy(&self, name: &str) {
        std::fs::copy(self.file("plan"), self.file(name)).unwrap();
    }
}

#[test]
fn a_creation_that_was_refused_may_be_tried_again_and_no_copy_says_that_it_was_made() {
    let place = Place::of("apply-refused");
    place.plan_zoe();
    place.copy("copy");
    place.server.fault(Fault::new("users_create").first(2).respond(400));
    let refused = place.apply("plan");
    assert_eq!((refused.code, place.server.writes()), (2, 1), "{}", refused.err);
    assert!(refused.err.contains("run the same command again"), "{}", refused.err);
    let copy = place.apply("copy");
    assert_eq!((copy.code, place.server.writes()), (2, 2), "{}", copy.err);
    let made = place.apply("plan");
    assert_eq!((made.code, place.server.writes()), (0, 3), "{}", made.err);
    let copy = place.apply("copy");
    assert_eq!((copy.code, place.server.writes()), (0, 3), "{}", copy.err);
    assert!(copy.err.contains("already applied, from another file"), "{}", copy.err);
}

#[test]
fn of_a_creation_without_a_response_a_copy_of_the_plan_knows_no_more() {
    let place = Place::of("apply-unknown");
    place.plan_zoe();
    place.copy("copy");
    place.server.fault(Fault::new("users_create").first(1).respond(502).after_effect());
    assert_eq!(place.apply("plan").code, 4);
    for name in ["copy", "plan"] {
        let run = place.apply(name);
        assert_eq!((run.code, place.server.writes()), (4, 1), "{}", run.err);
        assert!(run.err.contains("the result is unknown"), "{}", run.err);
        assert!(run.out.contains("(new: zoe@example.com)"), "{}", run.out);
        assert_eq!(place.run(&["apply", &place.file(name), "--dry-run"]).code, 4);
    }
}

#[test]
fn nobody_gives_a_plan_more_time_and_no_edit_makes_another_one_of_it() {
    let place = Place::of("apply-edited");
    place.plan_zoe();
    let text = std::fs::read_to_string(place.file("plan")).unwrap();
    let year = |name: &str| {
        let place = text.find(name).unwrap() + name.len();
        format!("{}2099{}", &text[..place], &text[place + 4..])
    };
    std::fs::write(place.file("longer"), year("\"expires\": \"")).unwrap();
    let longer = place.apply("longer");
    assert_eq!((longer.code, place.server.writes()), (2, 0), "{}", longer.err);
    assert_eq!((place.apply("plan").code, place.server.writes()), (0, 1));
    let again = place.apply("longer");
    assert_eq!((again.code, place.server.writes()), (0, 1), "{}", again.err);
    assert!(again.err.contains("already applied"), "{}", again.err);
}

#[test]
fn what_was_written_before_is_shown_in_the_form_that_was_asked_for() {
    let place = Place::of("apply-json");
    let rows: Vec<_> = place.server.people("probely").iter().map(|id| format!("{id},Zoe\n")).collect();
    std::fs::write(place.file("rows.csv"), format!("id,name.display\n{}", rows.concat())).unwrap();
    let plan = ["plan", "update", "--from", &place.file("rows.csv"), "--out", &place.file("plan")];
    assert_eq!(place.run(&plan).code, 0);
    place.server.fault(Fault::new("users_partial_update").first(1).respond(403));
    assert_eq!(place.apply("plan").code, 4);
    for format in ["json", "ndjson"] {
        let dry = place.run(&["apply", &place.file("plan"), "--dry-run", "-o", format]);
        assert_eq!(dry.code, 0, "{}", dry.err);
        let shown: Vec<Value> = match format {
            "json" => serde_json::from_str(&dry.out).unwrap(),
            _ => dry.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        };
        assert_eq!(shown.len(), rows.len());
        assert_eq!(shown.iter().filter(|it| it["state"] == "written_before").count(), rows.len() - 1);
    }
}

#[test]
fn an_older_plan_is_not_left_where_a_new_one_was_asked_for_and_no_other_file_is_written_over() {
    let place = Place::of("apply-older");
    place.plan_zoe();
    let wrong = ["plan", "deactivate", "probely:probely/user/nobody", "--out", &place.file("plan")];
    assert_eq!(place.run(&wrong).code, 6);
    let nothing = place.apply("plan");
    assert_eq!((nothing.code, place.server.writes()), (0, 0), "{}", nothing.err);
    std::fs::write(place.file("thesis"), "chapter 1").unwrap();
    let refused = place.run(&[&PLAN_ZOE[..], &["--out", &place.file("thesis")]].concat());
    assert!(refused.code == 2 && refused.err.contains("not a saved plan"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(place.file("thesis")).unwrap(), "chapter 1");
}
