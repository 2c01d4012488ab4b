//! Whoever is somewhere is found.

use anyprofile_core::{FindKey, ProfileProvider, ProfileProviderExt as _, query::FilterPart};
use anyprofile_declared::Service;

use crate::statements::{connect, definition};

const NONE: &str = "paging = { style = \"none\" }";
const MAP: &str = "emails = [{ at = \"/mail\" }]\nusername = \"/name\"";
const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\ncontent-type: application/json\n";

/// Finds by a key; returns the ids, and whether everybody was looked at.
async fn find(provider: &impl ProfileProvider, key: FindKey) -> (Vec<String>, bool) {
    let found = provider.find_by(&key).await.unwrap();
    (found.profiles.iter().map(|it| it.id.native().to_owned()).collect(), found.is_complete)
}

fn email(address: &str) -> FindKey {
    FindKey::Email(address.to_owned())
}

#[tokio::test]
async fn who_is_in_another_list_is_found_by_a_request_for_users_too() {
    let invites = "[[collections]]\nkind = \"invite\"\nrequest = { operation = \"invites\", path = \"/invites\" }\nrecords = \"/invites\"\n\
                   paging = { style = \"none\" }\n[find.email]\n\
                   request = { operation = \"find\", path = \"/find\", query = { mail = \"{value}\" } }\nrecord = \"/members/0\"\n\
                   [errors]\nform = [\"/error\"]";
    let definition = definition(NONE, MAP, invites);
    let bodies = [
        ("list", r#"{"members": [{"id": "u", "mail": "u@example.com"}]}"#),
        (
            "invites",
            r#"{"invites": [{"id": "i", "mail": "i@example.com"}, {"id": "j", "mail": "u@example.com"}]}"#,
        ),
        ("find", r#"{"members": []}"#),
    ];
    let (_folder, provider) = connect(&definition, &bodies, None);
    assert_eq!(find(&provider, email("i@example.com")).await, (vec!["i".to_owned()], true));
    // A person may have a profile and an invitation. The list of the users is not read for it.
    let found = [bodies[1], ("find", r#"{"members": [{"id": "u", "mail": "u@example.com"}]}"#)];
    let (_folder, provider) = connect(&definition, &found, None);
    assert_eq!(find(&provider, email("u@example.com")).await, (vec!["u".to_owned(), "j".to_owned()], true));
}

#[tokio::test]
async fn whom_a_request_leaves_out_is_found_in_the_list() {
    let get = "[[get]]\nrequest = { operation = \"get\", path = \"/members/{id}\" }\nby_username = true\nleaves_out = \"deleted people\"\n\
               [errors]\nform = [\"/error\"]";
    let definition = definition(NONE, MAP, get);
    let people = r#"{"members": [{"id": "z", "name": "zoe", "mail": "z@example.com"}]}"#;
    let bodies = [
        ("list", people),
        // The first one proves that the account is there.
        ("list.2", people),
        ("get", r#"{"error": "not_found"}"#),
        ("get.headers", NOT_FOUND),
    ];
    for key in
        [FindKey::NativeId("z".to_owned()), FindKey::Username("zoe".to_owned()), email("z@example.com")]
    {
        let (_folder, provider) = connect(&definition, &bodies, None);
        assert_eq!(find(&provider, key).await, (vec!["z".to_owned()], true));
    }
    // An address that no profile can have is refused, and says as little.
    let refused = NOT_FOUND.replace("404 Not Found", "400 Bad Request");
    let bodies = [bodies[0], bodies[1], bodies[2], ("get.headers", &*refused)];
    let (_folder, provider) = connect(&definition, &bodies, None);
    assert_eq!(find(&provider, FindKey::Username("zoe".to_owned())).await, (vec!["z".to_owned()], true));
    let (_folder, provider) = connect(&definition, &bodies, None);
    let error = provider.get(&"acme:main/user/z".parse().unwrap()).await.unwrap_err();
    assert!(error.hint().unwrap().contains("deleted people"), "{error:?}");
}

#[tokio::test]
async fn an_id_that_is_the_name_of_somebody_else_is_no_id() {
    let get = "[[get]]\nrequest = { operation = \"get\", path = \"/members/{id}\" }\nby_username = true";
    let definition = definition(NONE, MAP, get);
    let zoe = r#"{"id": "z", "name": "zoe"}"#;
    let everybody = r#"{"members": [{"id": "z", "name": "zoe"}]}"#;
    let bodies = [("get", zoe), ("list", everybody)];
    let (_folder, provider) = connect(&definition, &bodies, None);
    assert_eq!(find(&provider, FindKey::NativeId("zoe".to_owned())).await, (vec![], true));
    let (_folder, provider) = connect(&definition, &bodies, None);
    assert_eq!(find(&provider, FindKey::Username("zoe".to_owned())).await.0, ["z"]);
}

#[tokio::test]
async fn a_search_that_finds_several_or_somebody_else_is_no_answer() {
    let search = "[find.email]\nrequest = { operation = \"find\", path = \"/find\", query = { q = \"{value}\" } }\nrecord = \"/members/0\"";
    let definition = definition(NONE, MAP, search);
    let everybody =
        r#"{"members": [{"id": "a", "mail": "a@example.com"}, {"id": "b", "mail": "A@example.com"}]}"#;
    for found in [everybody, r#"{"members": [{"id": "c", "mail": "a@example.com.invalid"}]}"#] {
        let (_folder, provider) = connect(&definition, &[("list", everybody), ("find", found)], None);
        assert_eq!(find(&provider, email("a@example.com")).await.0, ["a", "b"]);
    }
    // The only one that has it.
    let only = r#"{"members": [{"id": "a", "mail": "a@example.com"}]}"#;
    let (_folder, provider) = connect(&definition, &[("find", only), ("list", only)], None);
    assert_eq!(find(&provider, email("a@example.com")).await.0, ["a"]);
}

#[test]
fn a_status_is_left_to_the_service_only_where_each_list_with_such_filters_has_it() {
    let further = "[[collections]]\nkind = \"guest\"\nrequest = { operation = \"guests\", path = \"/guests\" }\nrecords = \"/guests\"\n\
                   paging = { style = \"none\" }\nfilters.status.active = { query = { s = \"on\" } }";
    let list = "paging = { style = \"none\" }\nfilters.status.suspended = { query = { s = \"off\" } }\n\
                filters.status.active = { query = { s = \"on\" } }";
    let text = definition(
        list,
        "status = { at = \"/s\", values = { on = \"active\", off = \"suspended\" } }",
        further,
    );
    assert!(Service::parse(&text, "acme.toml").is_ok());
    let (_folder, provider) = connect(&text, &[("list", "{}")], None);
    let listing = &provider.capabilities().listing;
    assert!(listing.filters.contains(&FilterPart::Status));
    assert_eq!(
        listing.filter_statuses.iter().map(anyprofile_core::Status::as_str).collect::<Vec<_>>(),
        ["active"]
    );
}
