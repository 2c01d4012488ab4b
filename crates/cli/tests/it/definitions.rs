//! Services from files: a definition is drafted, checked, served and used.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Stdio},
};

use crate::{Run, anyprofile, folder, run};

/// A definition of an invented service.
const ACME: &str = r#"
format = 1
name = "acme"
display_name = "Acme"
summary = "members of a workspace"
proof = "a test"

[api]
base_url = "https://api.acme.example"

[[auth]]
kind = "bearer"
credentials = { token = "a token" }

[[collections]]
kind = "user"
request = { operation = "listMembers", path = "/members", query = { limit = "{page_size}" } }
records = "/members"
page_size = { default = 2 }
paging = { style = "cursor", parameter = "after", next = "/next" }

[map]
id = "/id"
status = { at = "/state", values = { on = "active", off = "suspended" } }
roles = [{ name = "/role" }]

[[get]]
request = { operation = "getMember", path = "/members/{id}" }

[[update]]
request = { operation = "updateMember", method = "PATCH", path = "/members/{id}" }
answers = "nothing"
fields.status = { at = "/state", values = { active = "on", suspended = "off" } }

[[deactivate]]
status = "suspended"
"#;

/// A server of a definition, as a process.
struct Served {
    process: Child,
    config: String,
    token: String,
}

impl Served {
    fn start(folder: &Path, definition: &str) -> Self {
        let mut command = anyprofile(&["definition", "serve", definition, "--profiles", "3", "-o", "json"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let account: serde_json::Value = serde_json::from_str(&line).unwrap();
        let config = folder.join("mock.toml");
        fs::write(&config, account["account"].as_str().unwrap()).unwrap();
        let token = account["variables"]["ACME_TOKEN"].as_str().unwrap().to_owned();
        Self { process, config: config.to_str().unwrap().to_owned(), token }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = anyprofile(arguments);
        command.args(["--config", &self.config]).env("ACME_TOKEN", &self.token);
        command.output().unwrap().into()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_served_definition_is_listed_and_written() {
    let folder = folder("served-definition");
    let served = Served::start(&folder, &written(&folder, "acme.toml", ACME));
    let list = served.run(&["list", "-o", "csv", "--fields", "id,status", "-q"]);
    assert_eq!((list.code, list.out.lines().count()), (0, 4), "{}{}", list.out, list.err);
    let active = list.out.lines().find_map(|line| line.strip_suffix(",active")).unwrap();
    let deactivate = ["deactivate", active, "--yes"];
    let done = served.run(&deactivate);
    assert!(done.code == 0 && done.err.ends_with("1 of 1 deactivated\n"), "{}", done.err);
    // Whoever reads the summary twice does not count a person twice.
    let again = served.run(&deactivate);
    assert!(
        again.code == 0 && again.err.ends_with("1 of 1 deactivated, 1 of them before\n"),
        "{}",
        again.err
    );
}

#[test]
fn a_flawed_definition_is_refused_with_every_line_and_key() {
    let folder = folder("flawed-definition");
    let check = |text: &str| run(&["definition", "check", &written(&folder, "acme.toml", text), "-o", "csv"]);
    let unknown = check(&ACME.replace("answers", "answer"));
    assert_eq!(unknown.code, 2, "{}", unknown.err);
    assert!(unknown.out.contains("acme.toml,32,update.answer,"), "{}", unknown.out);
    let places = check(&ACME.replace("id = \"/id\"", "id = \"id\"").replace("\"/next\"", "\"next\""));
    assert!(places.out.contains("acme.toml,20,collections[0].paging.next,"), "{}", places.out);
    assert!(
        places.out.contains("acme.toml,23,map.id,") && places.out.contains("\"\"/next\"\""),
        "{}",
        places.out
    );
}

#[test]
fn a_definition_is_tried_with_recorded_responses() {
    let folder = folder("recorded-definition");
    let definition = written(&folder, "acme.toml", ACME);
    let responses = folder.join("responses");
    fs::create_dir(&responses).unwrap();
    let page = |name: &str, text: &str| written(&responses, name, text);
    page("listMembers.json", r#"{"members": [{"id": 1, "state": "on", "desk": 4}], "next": "b"}"#);
    let check = ["definition", "check", &definition, "--fixture", responses.to_str().unwrap()];
    let missing = run(&check);
    assert!(missing.code != 0 && missing.err.contains("listMembers.2.json"), "{}", missing.err);
    page("listMembers.2.json", r#"{"members": [{"id": 2, "state": "away"}], "next": null}"#);
    let whole = run(&check);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let said = whole.out + &whole.err;
    assert!(said.contains("unknown.desk") && said.contains("complete"), "{said}");
}

#[test]
fn a_draft_is_the_same_from_json_and_from_yaml() {
    let folder = folder("drafted-definition");
    let yaml = "\
openapi: 3.0.3
info: {title: Acme, version: '1'}
servers:
  - url: https://api.acme.example/v1
paths:
  /users:
    get:
      operationId: listUsers
      parameters:
        - {name: page, in: query, schema: {type: integer}}
      responses:
        200:
          description: a page
          content:
            application/json:
              schema:
                type: object
                properties:
                  users:
                    type: array
                    items: &user
                      type: object
                      properties:
                        id: {type: string}
                        email: {type: string, format: email}
                  total: {type: integer}
  /users/{id}:
    get:
      operationId: getUser
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: one user
          content: {application/json: {schema: *user}}
";
    let user = r#"{"type":"object","properties":{"id":{"type":"string"},"email":{"type":"string","format":"email"}}}"#;
    let json = r#"{"openapi":"3.0.3","info":{"title":"Acme","version":"1"},"servers":[{"url":"https://api.acme.example/v1"}],
        "paths":{"/users":{"get":{"operationId":"listUsers","parameters":[{"name":"page","in":"query","schema":{"type":"integer"}}],
        "responses":{"200":{"description":"a page","content":{"application/json":{"schema":{"type":"object","properties":{
        "users":{"type":"array","items":USER},"total":{"type":"integer"}}}}}}}}},
        "/users/{id}":{"get":{"operationId":"getUser","parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],
        "responses":{"200":{"description":"one user","content":{"application/json":{"schema":USER}}}}}}}}"#
        .replace("USER", user);
    let draft = |name: &str, text: &str| {
        run(&["definition", "from-openapi", &written(&folder, name, text), "--path", "/users"])
    };
    let (of_yaml, of_json) = (draft("openapi.yaml", yaml), draft("openapi.json", &json));
    assert_eq!((of_yaml.code, of_json.code), (0, 0), "{}{}", of_yaml.err, of_json.err);
    assert_eq!(of_yaml.out, of_json.out);
    assert!(
        of_yaml.out.contains("operation = \"getUser\"") && of_yaml.out.contains("# doubt:"),
        "{}",
        of_yaml.out
    );
    let broken = draft("broken.yaml", "paths: [");
    assert!(broken.code == 2 && broken.err.contains("broken.yaml"), "{}", broken.err);
}

#[test]
fn the_catalog_is_shown() {
    let list = run(&["definition", "list", "-o", "csv"]);
    assert!(list.code == 0 && list.out.lines().count() > 30, "{}", list.err);
    let example = run(&["definition", "example", "gitea", "--base-url", "https://git.example.com/api/v1"]);
    assert!(example.out.contains("base_url = \"https://git.example.com/api/v1\""), "{}", example.out);
    assert!(example.out.contains("env = "), "{}", example.out);
    let unknown = run(&["definition", "show", "gitaa"]);
    assert!(unknown.code == 2 && unknown.err.contains("gitea"), "{}", unknown.err);
}
