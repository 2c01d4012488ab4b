//! What a response does not say is not said.

use std::sync::Arc;

use anyprofile_core::{
    ErrorKind, FieldPath, FieldState, ListQuery, Profile, ProfileProvider, ProfileProviderExt as _,
};
use anyprofile_declared::{DeclaredConfig, MockService, RecordedResponses, Service};
use anyprofile_http::HttpOptions;

/// Returns a definition with these lines for the list and the fields.
pub(crate) fn definition(list: &str, map: &str, further: &str) -> String {
    format!(
        "format = 1\nname = \"acme\"\ndisplay_name = \"Acme\"\nsummary = \"members\"\nproof = \"a test\"\n\
         [api]\nbase_url = \"https://acme.example\"\n\
         [[auth]]\nkind = \"bearer\"\ncredentials = {{ token = \"a token\" }}\n\
         [[collections]]\nkind = \"user\"\nrequest = {{ operation = \"list\", path = \"/members\" }}\nrecords = \"/members\"\n{list}\n\
         {further}\n[map]\nid = \"/id\"\n{map}\n"
    )
}

/// Connects to recorded responses: their bodies, and the `Link` headers of the first.
pub(crate) fn connect(
    definition: &str,
    bodies: &[(&str, &str)],
    link: Option<&[u8]>,
) -> (tempfile::TempDir, impl ProfileProvider + use<>) {
    let service = Service::parse(definition, "acme.toml").unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, body) in bodies {
        // The status and the headers of a response, or its body.
        let file = if name.ends_with(".headers") { (*name).to_owned() } else { format!("{name}.json") };
        std::fs::write(folder.path().join(file), body).unwrap();
    }
    if let Some(link) = link {
        std::fs::write(folder.path().join("list.headers"), [b"HTTP/1.1 200 OK\nLink: ", link].concat())
            .unwrap();
    }
    let responses = Arc::new(RecordedResponses::open(folder.path(), &service).unwrap());
    let secrets = MockService::new(&service, 0).secrets();
    let config = DeclaredConfig::new("main".parse().unwrap(), service, secrets);
    (folder, config.with_http(HttpOptions::default().with_transport(responses)).connect().unwrap())
}

/// Lists everybody: the profiles, and whether the listing is complete.
pub(crate) async fn list(provider: &impl ProfileProvider) -> (Vec<Profile>, bool) {
    let mut listing = provider.list(ListQuery::new());
    let mut profiles = Vec::new();
    loop {
        match futures_util::TryStreamExt::try_next(&mut listing).await {
            Ok(Some(profile)) => profiles.push(profile),
            Ok(None) => return (profiles, listing.report().is_complete()),
            Err(_) => return (profiles, false),
        }
    }
}

#[tokio::test]
async fn what_leads_on_in_another_form_is_no_end() {
    let cursor = "paging = { style = \"cursor\", parameter = \"c\", next = \"/next\", more = \"/more\" }";
    let offset = "paging = { style = \"offset\", parameter = \"o\", more = \"/more\", end = \"empty\" }";
    let link = "paging = { style = \"link\", next = \"/next\" }";
    let ends = [
        (cursor, ""),
        (cursor, r#", "next": null"#),
        (cursor, r#", "next": "", "more": false"#),
        (cursor, r#", "more": 0"#),
        (link, r#", "next": null"#),
    ];
    for (paging, rest) in ends {
        let body = format!(r#"{{"members": [{{"id": "a"}}]{rest}}}"#);
        let (_folder, provider) = connect(&definition(paging, "", ""), &[("list", &body)], None);
        assert!(list(&provider).await.1, "{paging} {rest}");
    }
    let leads = [
        (cursor, r#", "next": {"cursor": "x"}"#),
        (cursor, r#", "next": true"#),
        (cursor, r#", "next": null, "more": "true""#),
        (cursor, r#", "more": 1"#),
        (cursor, r#", "more": {"page": 2}"#),
        (link, r#", "next": {"href": "https://acme.example/members?c=2"}"#),
    ];
    for (paging, rest) in leads {
        let body = format!(r#"{{"members": [{{"id": "a"}}]{rest}}}"#);
        let (_folder, provider) = connect(&definition(paging, "", ""), &[("list", &body)], None);
        assert!(!list(&provider).await.1, "{paging} {rest}");
    }
    let body = r#"{"members": [{"id": "a"}], "more": 1}"#;
    let pages = [("list", body), ("list.2", r#"{"members": [], "more": 1}"#)];
    let (_folder, provider) = connect(&definition(offset, "", ""), &pages, None);
    assert!(!list(&provider).await.1);
}

#[tokio::test]
async fn a_page_without_records_before_the_last_one_is_no_end() {
    let paging = "paging = { style = \"page\", parameter = \"page\", end = \"last\", last = \"/last\" }";
    let page = |ids: &str| format!(r#"{{"members": [{ids}], "last": 3}}"#);
    let (first, empty, third) = (page(r#"{"id": "a"}"#), page(""), page(r#"{"id": "b"}"#));
    let pages = [("list", &*first), ("list.2", &*empty), ("list.3", &*third)];
    let (_folder, provider) = connect(&definition(paging, "", ""), &pages, None);
    let (profiles, is_complete) = list(&provider).await;
    assert_eq!((profiles.len(), is_complete), (2, true));
    // Without the number of the last page, or a total, a page without records proves nothing.
    let total =
        "total = { at = \"/total\" }\npaging = { style = \"page\", parameter = \"page\", end = \"total\" }";
    for paging in [paging, total] {
        let pages = [("list", r#"{"members": [{"id": "a"}]}"#), ("list.2", r#"{"members": []}"#)];
        let (_folder, provider) = connect(&definition(paging, "", ""), &pages, None);
        assert!(!list(&provider).await.1, "{paging}");
    }
}

#[tokio::test]
async fn a_link_that_cannot_be_read_is_no_end() {
    let body = r#"{"members": [{"id": "a"}]}"#;
    let definition = definition("paging = { style = \"link\" }", "", "");
    for link in [
        &b"https://acme.example/members?c=2; rel=\"next\""[..],
        b"<https://acme.example/elsewhere>; title=\"\xe9\"; rel=\"next\"",
    ] {
        let (_folder, provider) = connect(&definition, &[("list", body)], Some(link));
        assert!(!list(&provider).await.1);
    }
    let (_folder, provider) =
        connect(&definition, &[("list", body)], Some(b"<https://acme.example/x>; rel=\"prev\""));
    assert!(list(&provider).await.1);
}

#[tokio::test]
async fn a_value_of_another_type_decides_nothing() {
    let map = "status = { first = [{ at = \"/off\", is = true, say = \"suspended\" }, { say = \"active\" }] }\n\
               security.mfa_enabled = { any = { of = \"/factors\", where = { \"/state\" = \"on\" } } }";
    let body = r#"{"members": [
        {"id": 1, "off": true, "factors": [{"state": "on"}, {}]},
        {"id": 2, "off": "true", "factors": [{"kind": "push"}]},
        {"id": 3, "off": 1, "factors": [null]},
        {"id": 4, "off": false, "factors": [{"state": "off"}]},
        {"id": 18446744073709551615, "off": {"by": "x"}, "factors": []}
    ]}"#;
    let (_folder, provider) =
        connect(&definition("paging = { style = \"none\" }", map, ""), &[("list", body)], None);
    let (profiles, is_complete) = list(&provider).await;
    assert!(is_complete);
    let ids: Vec<_> = profiles.iter().map(|profile| profile.id.native().to_owned()).collect();
    assert_eq!(ids, ["1", "2", "3", "4", "18446744073709551615"]);
    let state = |path: FieldPath| -> Vec<FieldState> {
        profiles.iter().map(|profile| profile.state(&path, provider.capabilities())).collect()
    };
    let (value, absent) = (FieldState::Value, FieldState::Absent);
    assert_eq!(state(FieldPath::STATUS), [value, absent, absent, value, absent]);
    assert_eq!(state(FieldPath::SECURITY_MFA_ENABLED), [value, absent, absent, value, value]);
    let mfa: Vec<_> =
        profiles.iter().filter_map(|profile| profile.security.mfa_enabled.value().copied()).collect();
    assert_eq!(mfa, [true, false, false]);
    // What decided nothing is kept.
    assert_eq!(profiles[1].unknown.get("off").unwrap().get(), "\"true\"");
}

#[tokio::test]
async fn a_response_of_another_shape_is_not_nobody() {
    let get = "[[get]]\nrequest = { operation = \"get\", path = \"/members/{id}\" }\nrecord = \"/member\"";
    let definition = definition("paging = { style = \"none\" }", "", get);
    for (body, kind) in
        [(r#"{"maintenance": true}"#, ErrorKind::Decode), (r#"{"member": null}"#, ErrorKind::NotFound)]
    {
        let (_folder, provider) =
            connect(&definition, &[("get", body), ("list", r#"{"members": []}"#)], None);
        let error = provider.get(&"acme:main/user/a".parse().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{body}");
    }
}

#[tokio::test]
async fn a_page_without_its_list_is_empty_only_where_it_is_known_as_a_page() {
    let list_of = |rest: &str| definition(&format!("{rest}\npaging = {{ style = \"none\" }}"), "", "");
    let known = list_of("empty_if = \"/kind\"");
    for (definition, body, is_complete) in [
        (&known, r#"{"kind": "members"}"#, true),
        (&known, r#"{"kind": "members", "members": null}"#, true),
        (&known, r#"{"kind": null}"#, false),
        (&known, r#"{"maintenance": true}"#, false),
        (&known, "{}", false),
        (&list_of(""), r#"{"kind": "members"}"#, false),
    ] {
        let (_folder, provider) = connect(definition, &[("list", body)], None);
        assert_eq!(list(&provider).await.1, is_complete, "{body}");
    }
    for place in ["/members", "/members/0/id", "", "kind"] {
        let flawed = list_of(&format!("empty_if = \"{place}\""));
        let flaws = Service::parse(&flawed, "acme.toml").unwrap_err().to_string();
        assert!(flaws.contains("empty_if"), "{flaws}");
    }
}

#[tokio::test]
async fn an_element_that_does_not_say_what_it_is_makes_the_others_a_part() {
    let body = r#"{"members": [
        {"id": "a", "teams": [{"id": 1, "lead": true}, {"id": 2, "lead": false}], "mails": [{"to": "a@example.com", "ok": true}]},
        {"id": "b", "teams": [{"id": 1, "lead": true}, {"id": 2}], "mails": [{"to": "b@example.com", "ok": true}, {"to": "c@example.com"}]},
        {"id": "c", "teams": [{"id": 1, "lead": "true"}], "mails": []}
    ]}"#;
    let lists = async |further: &str| {
        let map = format!(
            "roles = [{{ each = \"/teams\", where = {{ \"/lead\" = true }}, id = \"/id\"{further} }}]\n\
             emails = [{{ each = \"/mails\", where = {{ \"/ok\" = true }}, at = \"/to\"{further} }}]"
        );
        let (_folder, provider) =
            connect(&definition("paging = { style = \"none\" }", &map, ""), &[("list", body)], None);
        let (profiles, is_complete) = list(&provider).await;
        assert!(is_complete);
        let counts =
            |profile: &Profile| (profile.roles.value().map(Vec::len), profile.emails.value().map(Vec::len));
        profiles.iter().map(counts).collect::<Vec<_>>()
    };
    assert_eq!(lists("").await, [(Some(1), Some(1)), (None, None), (None, Some(0))]);
    let documented = ", absent_is_no = true, because = \"sent only if it is true\"";
    assert_eq!(lists(documented).await, [(Some(1), Some(1)), (Some(1), Some(1)), (Some(0), Some(0))]);
}

#[tokio::test]
async fn what_an_element_has_besides_is_kept_with_its_list() {
    let map = "groups = [{ each = \"/teams\", id = \"/id\", name = \"/of/name\" }]\n\
               labels = [{ each = \"/more/tags\", name = \"\" }]\n\
               access.owner = { any = { of = \"/teams\", where = { \"/lead\" = true } } }\n\
               title = { pick = { from = \"/more\", at = \"/title\" } }";
    let body = r#"{"members": [
        {"id": 1, "teams": [{"id": 4, "of": {"name": "ops"}}], "more": {"tags": ["a", "b"]}},
        {"id": 2, "teams": [{"id": 4, "of": null}, {"id": 5, "of": {"name": "docs", "lead": "x"}}]},
        {"id": 3, "teams": [{"id": 4, "of": "ops", "lead": true}], "more": {"tags": [{"name": "a"}]}},
        {"id": 4, "teams": ["ops", "\ud800"]},
        {"id": 5, "teams": {"id": 4}, "more": {"tags": "a"}}
    ]}"#;
    let (_folder, provider) =
        connect(&definition("paging = { style = \"none\" }", map, ""), &[("list", body)], None);
    let (profiles, is_complete) = list(&provider).await;
    assert!(is_complete);
    let names = |profile: &Profile| -> Option<Vec<Option<String>>> {
        let groups = profile.groups.value()?;
        Some(groups.iter().map(|group| group.name.value().cloned()).collect())
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(
        profiles.iter().map(names).collect::<Vec<_>>(),
        [
            Some(vec![some("ops")]),
            Some(vec![None, some("docs")]),
            Some(vec![None]),
            Some(vec![None, None]),
            None
        ]
    );
    let labels = |profile: &Profile| profile.labels.value().map(Vec::len);
    assert_eq!(profiles.iter().map(labels).collect::<Vec<_>>(), [Some(2), None, Some(1), None, None]);
    let owner: Vec<_> = profiles.iter().map(|profile| profile.access.owner.value().copied()).collect();
    assert_eq!(owner, [None, None, Some(true), None, None]);
    let kept = |profile: &Profile| serde_json::to_value(&profile.extension).unwrap()["teams"].is_array();
    assert_eq!(profiles.iter().map(kept).collect::<Vec<_>>(), [false, true, true, true, false]);
    assert_eq!(profiles[4].unknown.get("teams").unwrap().get(), r#"{"id": 4}"#);
}

#[tokio::test]
async fn a_list_that_rules_of_its_elements_read_is_there_for_others_too() {
    let map = "groups = [{ each = \"/ids\", id = \"/provider\" }]\nusername = \"/ids/0/name\"\n\
               security.sso = { at = \"/ids/0/provider\", values = { saml = true }, otherwise = false }";
    let body =
        r#"{"members": [{"id": 1, "ids": [{"provider": "saml", "name": "ada"}]}, {"id": 2, "ids": []}]}"#;
    let (_folder, provider) =
        connect(&definition("paging = { style = \"none\" }", map, ""), &[("list", body)], None);
    let (profiles, _) = list(&provider).await;
    let of = |profile: &Profile| (profile.security.sso.value().copied(), profile.username.value().cloned());
    assert_eq!(
        profiles.iter().map(of).collect::<Vec<_>>(),
        [(Some(true), Some("ada".to_owned())), (None, None)]
    );
}

#[tokio::test]
async fn what_is_there_and_not_read_is_kept_and_never_none() {
    let map = "emails = [{ each = \"/mails\", where = { \"/kind\" = \"work\" }, at = \"/to\", verified = \"/ok\" }]\n\
               mfa_methods = { each = \"/factors\", where = { \"/on\" = true }, id = \"/type\" }\n\
               labels = [{ each = \"/tags\", name = \"\" }]\nphones = [{ id = \"/mobile\" }]";
    let body = r#"{"members": [
        {"id": 1, "mails": [{"kind": "work", "to": "a@example.com"}, {"kind": "home", "to": "b@example.com"}], "tags": ["a"]},
        {"id": 2, "factors": [{"on": true}], "tags": [5, true, 1.5], "mobile": true},
        {"id": 3, "factors": [{"on": true, "type": "app"}], "mails": [{"kind": "work", "to": "c@example.com", "ok": "yes"}]},
        {"id": 4, "mails": [{"kind": "work"}, {"kind": "work", "to": "d@example.com"}, null]},
        {"id": 6, "factors": [{"on": true, "type": null}, {"on": true, "type": "app"}], "tags": [null, "a"]},
        {"id": 5, "mails": [null, {"kind": "work", "to": "e@example.com"}]}
    ]}"#;
    let (_folder, provider) =
        connect(&definition("paging = { style = \"none\" }", map, ""), &[("list", body)], None);
    let (profiles, is_complete) = list(&provider).await;
    assert!(is_complete);
    let kept = |profile: &Profile| serde_json::to_string(&(&profile.extension, &profile.unknown)).unwrap();
    let [one, two, three, four, six, five] = &profiles[..] else { panic!("{profiles:?}") };
    assert!(kept(one).contains("b@example.com") && !kept(one).contains("tags"), "{}", kept(one));
    assert!(two.security.mfa_methods.is_absent(), "a factor is there that nobody can name");
    assert!(kept(two).contains("[5, true, 1.5]") && kept(two).contains("\"mobile\":true"), "{}", kept(two));
    assert_eq!(three.security.mfa_methods.items(), ["app"]);
    assert!(kept(three).contains("\"yes\"") && !kept(three).contains("factors"), "{}", kept(three));
    assert!(four.emails.is_absent() && kept(four).contains("d@example.com"), "{}", kept(four));
    assert!(six.security.mfa_methods.is_absent() && kept(six).contains("app"), "{}", kept(six));
    assert_eq!(six.labels.items().len(), 1);
    assert_eq!((five.emails.items().len(), kept(five).contains("mails")), (1, false));
}

#[tokio::test]
async fn two_records_of_one_person_in_a_joined_list_say_what_both_say() {
    let join = "[[joins]]\nview = \"keys\"\nrequest = { operation = \"keys\", path = \"/keys\" }\nrecords = \"/keys\"\n\
                empty_if = \"/page\"\npaging = { style = \"none\" }\nkey = \"/of\"\n\
                map = { security.mfa_enabled = \"/on\", title = \"/title\", groups = [{ each = \"/teams\", id = \"\" }] }\n\
                [[get]]\nrequest = { operation = \"get\", path = \"/members/{id}\" }";
    let definition = definition("with = [\"keys\"]\npaging = { style = \"none\" }", "", join);
    let people = r#"{"members": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}"#;
    let keys = r#"{"keys": [{"of": "a", "on": true, "title": "x", "teams": ["t"]}, {"of": "b", "on": true},
        {"of": "a", "on": false, "title": "x", "teams": ["u"], "more": 1}, {"of": "b", "teams": ["t"]}, {"of": "a"}]}"#;
    let (_folder, provider) = connect(&definition, &[("list", people), ("keys", keys)], None);
    let (profiles, _) = list(&provider).await;
    let mfa: Vec<_> = profiles.iter().map(|it| it.security.mfa_enabled.value().copied()).collect();
    assert_eq!(mfa, [None, Some(true), None]);
    assert_eq!(
        (profiles[0].title.value().map(String::as_str), profiles[0].groups.is_absent()),
        (Some("x"), true)
    );
    // Once, and nothing is lost.
    let noted = profiles[0].notes.iter().filter(|note| note.field == FieldPath::SECURITY_MFA_ENABLED);
    assert_eq!(noted.count(), 1, "{:?}", profiles[0].notes);
    let unknown = serde_json::to_string(&profiles[0].unknown).unwrap();
    assert!(
        unknown.contains("\"security.mfa_enabled\":[true,false]") && unknown.contains("\"more\":1"),
        "{unknown}"
    );
    // What only one of them says is not contradicted.
    assert_eq!(profiles[1].groups.items().len(), 1);
    // One profile has what the list has.
    let (_folder, provider) =
        connect(&definition, &[("get", r#"{"id": "b"}"#), ("list", people), ("keys", keys)], None);
    let alone = provider.get(&"acme:main/user/b".parse().unwrap()).await.unwrap();
    assert!(alone.security.mfa_enabled.is_known_to_be(&true));
    // A list that is left out, since it is empty, is one.
    let (_folder, provider) = connect(&definition, &[("list", people), ("keys", r#"{"page": {}}"#)], None);
    assert!(list(&provider).await.1);
    // One that cannot be read is asked for once.
    let (folder, provider) = connect(&definition, &[("list", people), ("keys", "[]")], None);
    let (profiles, _) = list(&provider).await;
    assert!(profiles.iter().all(|it| it.security.mfa_enabled.is_absent()), "{folder:?}");
}

#[tokio::test]
async fn a_list_with_secrets_that_no_rule_reads_is_not_kept() {
    let secrets = "secrets = [\"/keys/*/code\", \"/code\"]\n";
    let definition = secrets.to_owned() + &definition("paging = { style = \"none\" }", "", "");
    let body =
        r#"{"members": [{"id": "a", "keys": [{"code": "S1"}, {"code": "S2"}], "code": "S3", "desk": 1}]}"#;
    let (_folder, provider) = connect(&definition, &[("list", body)], None);
    let (profiles, _) = list(&provider).await;
    let text = serde_json::to_string(&profiles).unwrap();
    assert!(!text.contains("\"S") && text.contains("desk"), "{text}");
}

#[test]
fn a_definition_with_a_secret_or_with_what_nothing_uses_is_refused() {
    let flaw = |list: &str, map: &str, further: &str| {
        Service::parse(&definition(list, map, further), "acme.toml").unwrap_err().to_string()
    };
    let none = "paging = { style = \"none\" }";
    let action = |body: &str| {
        format!(
            "[actions.off]\nrequest = {{ operation = \"off\", method = \"POST\", path = \"/x/{{id}}\", body = {body} }}\n"
        )
    };
    let end = "[[deactivate]]\nactions = [\"off\"]";
    for (further, said) in [
        (action("{ a = { client_secret = \"zz\" } }") + end, "a definition holds no secret"),
        (action("{ x = \"Bearer eyJabc\" }") + end, "a definition holds no secret"),
        (action("{}"), "no write uses it"),
        ("[variables.tenant]\ndoc = \"a tenant\"".to_owned(), "no text uses it"),
    ] {
        let flaws = flaw(none, "", &further);
        assert!(flaws.contains(said), "{said}: {flaws}");
    }
    assert!(
        flaw(none, "status = { at = \"/s\", values = { a = \"suspend\" } }", "")
            .contains("\"suspend\" is no status")
    );
    let update = "[[get]]\nrequest = { operation = \"get\", path = \"/x/{id}\" }\n[[update]]\n\
                  request = { operation = \"put\", method = \"PUT\", path = \"/x/{id}\" }\n";
    for (field, said) in [
        ("fields.title = { at = \"/jobs/0/title\" }", "an element of a list cannot be written by itself"),
        (
            "keep = { values = { \"/a/0\" = \"/a\" } }\nfields.title = { at = \"/t\" }",
            "cannot be written by itself",
        ),
    ] {
        let flaws = flaw(none, "", &(update.to_owned() + field));
        assert!(flaws.contains(said), "{said}: {flaws}");
    }
    for map in ["owner = { at = \"boss\" }", "manager = { id = \"boss/id\" }"] {
        assert!(flaw(none, map, "").contains("is no JSON pointer"), "{map}");
    }
    let of_part = "parts = [{ map = { roles = [{ name = { constant = \"a\" } }] } }, {}]\npaging = { style = \"none\" }\n\
                   filters.role = { query = { role = \"{value}\" }, covers_parts = true }";
    assert!(flaw(of_part, "", "").contains("not for everybody whom the filter finds"));
    let url = definition(none, "", "").replace("https://acme", "https://user:password@acme");
    assert!(Service::parse(&url, "acme.toml").unwrap_err().to_string().contains("no user and no password"));
}
