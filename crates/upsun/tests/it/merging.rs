//! Profiles from several records: enrichment, organizations, members.

use anyprofile_core::{
    ErrorKind, FieldPath, FieldState, FindKey, GetOptions, ListQuery, Profile, ProfileProvider,
    ProfileProviderExt,
    listing::{Cursor, Pages},
    profile::{MissingReason, NoteKind},
};
use anyprofile_engine::Connection;
use anyprofile_upsun::{ListedOrganizations, UpsunExtension};

use crate::{
    ORGANIZATION, USER, config, id, provider,
    support::{Response, Script, Sent, json, response},
};

const NATIVE: &str = "01HZX3K8Q0T7V9W2B4N6M8P0RS";
const PROFILE: &str = r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","username":"ada","display_name":"Ada",
    "email":"ada@example.com","type":"user","picture":"","company_name":null,"created_at":"2020-01-01T00:00:00Z"}"#;
const PERSON: &str = r#"{"id":"3c90c3cc-0d44-4b50-8888-8dd25736052a","deactivated":false,"username":"ada",
    "email":"Ada@Example.com","email_verified":true,"first_name":"Ada","last_name":"Lovelace","company":"Engines",
    "country":"GB","mfa_enabled":false,"created_at":"2019-01-01T00:00:00Z","shoe":44}"#;
const ADDRESS: &str = r#"{"country":"GB","name_line":"Ada Lovelace","thoroughfare":"12 St James's Square","premise":"",
    "sub_premise":null,"locality":"London","postal_code":1815,"administrative_area":"",
    "metadata":{"required_fields":["locality"],"field_labels":[],"show_vat":true}}"#;
const BELONGINGS: &[(&str, &str)] = &[
    (
        "/teams",
        r#"{"items":[{"id":"01JTEAM0000000000000000001","organization_id":"01HZX3K8Q0T7V9W2B4N6M8P0RS","label":"Core"}],
        "_links":{}}"#,
    ),
    (
        "/api-tokens",
        r#"[{"id":"t-1","name":"deploy","created_at":"2024-05-01T10:00:00Z","last_used_at":null},
        {"id":"t-2","name":"","created_at":"2024-05-02T10:00:00Z","last_used_at":"2026-01-02T03:04:05Z"}]"#,
    ),
    (
        "/connections",
        r#"[{"provider":"okta-acme","provider_type":"okta","subject":"00u1","created_at":"2023-01-01T00:00:00Z"}]"#,
    ),
];
const MOVED: &str = r#"{"title":"This organization profile has moved to the billing profile.","status":403,"detail":"Forbidden."}"#;

fn enriched() -> GetOptions {
    GetOptions::new().with_enrich(true)
}

fn organization(native: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{native}","type":"flexible","owner_id":"u-1","name":"acme","label":"Acme","status":"{status}",
        "billing_legacy":false,"created_at":"2020-01-01T00:00:00Z","updated_at":"2021-01-01T00:00:00Z"}}"#
    )
}

fn targets(script: &Script) -> Vec<String> {
    script.sent().iter().map(|sent| sent.target().to_owned()).collect()
}

/// Responds by the end of the path, in whatever order the requests arrive.
fn by_path(responses: impl Fn(&str) -> Option<Response> + Send + 'static) -> std::sync::Arc<Script> {
    Script::by(move |sent: &Sent| {
        let path = sent.target().split('?').next().unwrap_or_default();
        responses(path).unwrap_or_else(|| panic!("not expected: {path}")).into()
    })
}

#[tokio::test]
async fn an_enriched_user_says_what_came_from_where() {
    let script = by_path(|path| {
        Some(if path.ends_with("/address") {
            json(200, ADDRESS)
        } else if let Some((_, list)) = BELONGINGS.iter().find(|(end, _)| path.ends_with(end)) {
            json(200, *list)
        } else if path.starts_with("/users") {
            json(200, PERSON)
        } else {
            json(200, PROFILE)
        })
    });
    let provider = provider(&script);
    let plain = provider.get(&id(USER)).await.unwrap();
    assert_eq!(script.sent().len(), 1);
    let mfa = &FieldPath::SECURITY_MFA_ENABLED;
    assert_eq!(plain.state(mfa, provider.capabilities()), FieldState::Unsupported, "not in this record");
    let profile = provider.get_opts(&id(USER), &enriched()).await.unwrap();
    assert_eq!(profile.security.mfa_enabled, false.into());
    assert_eq!(profile.name.display, "Ada".into(), "the service's word, not the one that we put together");
    assert_eq!(profile.emails.items().len(), 1, "the same address in other letters");
    assert!(profile.notes.iter().all(|note| note.kind != NoteKind::RecordsDiffer), "{:?}", profile.notes);
    let extension = profile.extension_as::<UpsunExtension>().unwrap();
    assert_eq!(extension.address.value().unwrap().locality, "London".into());
    insta::assert_json_snapshot!(serde_json::to_value(&profile).unwrap());

    // The same for the token's own user, whose first record is the other one.
    let own = provider.current_opts(&enriched()).await.unwrap();
    assert_eq!(own.origin_of(mfa).unwrap().as_str(), "user");
    assert_eq!(own.name.display, "Ada".into(), "the same whichever record was first");
    assert_eq!(own.origin_of(&FieldPath::NAME_DISPLAY).unwrap().as_str(), "profile");
    assert_eq!(own.billing.address.value().unwrap().postal_code, "1815".into());
}

#[tokio::test]
async fn a_belonging_that_cannot_be_read_is_not_left_out_in_silence() {
    let script = by_path(|path| {
        Some(match path.rsplit('/').next() {
            Some("api-tokens") => json(200, r#"[{"id":"t-1"},7]"#),
            Some("connections") => json(200, "[]"),
            Some("teams") => json(200, r#"{"items":[],"_links":{}}"#),
            Some("address") => json(200, ADDRESS),
            _ if path.starts_with("/users") => json(200, PERSON),
            _ => json(200, PROFILE),
        })
    });
    let failed = provider(&script).get_opts(&id(USER), &enriched()).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Decode);
    assert!(failed.message().contains("an API token cannot be read"), "{failed}");
}

#[tokio::test]
async fn only_the_records_that_show_the_wanted_fields_are_read() {
    let script = by_path(|path| Some(json(200, if path.starts_with("/users") { PERSON } else { PROFILE })));
    let options = enriched().with_fields([FieldPath::SECURITY_MFA_ENABLED]);
    let profile = provider(&script).get_opts(&id(USER), &options).await.unwrap();
    assert_eq!(profile.security.mfa_enabled, false.into());
    assert_eq!(script.sent().len(), 2);
}

#[tokio::test]
async fn a_record_that_may_not_be_seen_costs_no_profile_and_a_failure_does() {
    let refuse = |status: u16| {
        by_path(move |path| {
            Some(if path.starts_with("/users") {
                json(status, r#"{"error":"no"}"#)
            } else if path.ends_with("/address") {
                json(404, r#"{"title":"Not Found","status":404}"#)
            } else {
                json(200, PROFILE)
            })
        })
    };
    let withheld = provider(&refuse(403));
    let profile = withheld.get_opts(&id(USER), &enriched()).await.unwrap();
    let state = |path| profile.state(path, withheld.capabilities());
    assert_eq!(state(&FieldPath::SECURITY_MFA_ENABLED), FieldState::Withheld);
    assert_eq!(state(&FieldPath::CREDENTIALS), FieldState::Withheld, "not known to have none");
    assert_eq!(state(&FieldPath::BILLING_ADDRESS), FieldState::Absent, "the service has it, for others");
    let missing: Vec<_> =
        profile.origin.unwrap().missing.iter().map(|it| (it.view.to_string(), it.reason.clone())).collect();
    assert_eq!(
        missing,
        [
            ("user".to_owned(), MissingReason::Withheld),
            ("address".to_owned(), MissingReason::NotThere),
            ("teams".to_owned(), MissingReason::Withheld),
            ("credentials".to_owned(), MissingReason::Withheld),
        ]
    );

    let failed = provider(&refuse(503)).get_opts(&id(USER), &enriched()).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Upstream);
}

#[tokio::test]
async fn a_moved_organization_is_still_there_with_what_remains() {
    let script = by_path(|path| {
        Some(match path.rsplit('/').next() {
            Some("profile") => json(403, MOVED),
            Some("address") => json(200, r#"{"country":"FR"}"#),
            _ => json(200, organization(NATIVE, "restricted")),
        })
    });
    let provider = provider(&script);
    let plain = provider.get(&id(ORGANIZATION)).await.unwrap();
    assert_eq!(plain.status.value().unwrap().as_str(), "restricted");
    let profile = provider.get_opts(&id(ORGANIZATION), &enriched()).await.unwrap();
    assert_eq!(profile.id, id(ORGANIZATION));
    assert_eq!(profile.status.value().unwrap().as_str(), "restricted");
    insta::assert_json_snapshot!(profile.origin, @r#"
    {
      "view": "organization",
      "merged": [
        "address"
      ],
      "fields": {
        "billing.address": "address",
        "extension.address": "address"
      },
      "missing": [
        {
          "view": "organization_profile",
          "reason": "unsupported"
        }
      ]
    }
    "#);
}

async fn all(
    provider: &Connection,
    query: ListQuery,
) -> (Vec<Profile>, anyprofile_core::listing::ListReport) {
    let mut pages = provider.pages(query);
    let mut profiles = Vec::new();
    while let Some(page) = pages.next_page().await {
        profiles.extend(page.unwrap().items);
    }
    (profiles, pages.report().clone())
}

fn listing(organizations: ListedOrganizations) -> (std::sync::Arc<Script>, Connection) {
    let script = by_path(|path| {
        Some(match path {
            "/profiles" => json(200, format!(r#"{{"count":1,"profiles":[{PROFILE}],"_links":[]}}"#)),
            "/users/me" => json(200, r#"{"id":"u-1"}"#),
            "/users/u-1/organizations" => json(
                200,
                format!(
                    r#"{{"items":[{},{},{{"id":[]}}],"_links":{{}}}}"#,
                    organization("01A", "active"),
                    organization("01B", "suspended")
                ),
            ),
            "/organizations/01A" => json(200, organization("01A", "active")),
            "/organizations/01A/profile" => {
                json(200, r#"{"id":"x","company_name":"Acme","vat_number":"NO1"}"#)
            }
            "/organizations/01B/profile" => json(403, MOVED),
            _ => json(404, r#"{"title":"Not Found","status":404}"#),
        })
    });
    let provider = config(&script).with_organizations(organizations).connect().unwrap();
    (script, provider)
}

#[tokio::test]
async fn discovered_organizations_are_listed_behind_the_profiles() {
    let (script, provider) = listing(ListedOrganizations::Discovered);
    let (profiles, report) = all(&provider, ListQuery::new()).await;
    let ids: Vec<_> = profiles.iter().map(|profile| profile.id.to_string()).collect();
    assert_eq!(ids, [USER, "upsun:acme/organization/01A", "upsun:acme/organization/01B"]);
    assert_eq!(
        targets(&script),
        [
            "/profiles",
            "/users/me",
            "/users/u-1/organizations?page%5Bsize%5D=25",
            "/organizations/01A/profile",
            "/organizations/01B/profile"
        ]
    );
    assert_eq!((report.requests, report.retries(), report.quarantined), (5, 0, 1));
    assert_eq!(report.missing(), Some(0), "the total of the profiles says nothing of the organizations");
    assert_eq!(profiles[1].billing.vat_number, "NO1".into());
    assert_eq!(
        profiles[1].origin_of(&FieldPath::BILLING_VAT_NUMBER).unwrap().as_str(),
        "organization_profile"
    );
    assert!(profiles[2].origin.as_ref().unwrap().missing[0].reason == MissingReason::Unsupported);
    // The user of the token is requested once, and organizations only if the query can match them.
    all(&provider, ListQuery::new()).await;
    assert_eq!(targets(&script).iter().filter(|target| *target == "/users/me").count(), 1);
    let mut people = ListQuery::new();
    people.filter.kind = vec![anyprofile_core::Kind::Human.into()];
    let before = script.sent().len();
    all(&provider, people).await;
    assert_eq!(script.sent().len(), before + 1);
}

#[tokio::test]
async fn configured_organizations_are_listed_and_one_that_is_not_there_is_missed() {
    let named = ["01A", "01C"].map(str::to_owned).to_vec();
    let (_, provider) = listing(ListedOrganizations::These(named));
    let query = ListQuery::new().with_page_size(1);
    let (profiles, report) = all(&provider, query.clone()).await;
    assert_eq!(profiles.len(), 2);
    assert_eq!((report.quarantined, report.missing(), report.is_complete()), (1, Some(0), false));
    assert_eq!(report.declared_total, None);
    assert_eq!(report.quarantined_records[0].reason, "the organization 01C could not be read (not_there)");
    // A cursor is bound to the configured organizations.
    let mut pages = provider.pages(query.clone());
    pages.next_page().await.unwrap().unwrap();
    let stored: Cursor = pages.cursor().unwrap().to_string().parse().unwrap();
    let mut resumed = Pages::resume(&provider, query.clone(), stored.clone());
    assert_eq!(resumed.next_page().await.unwrap().unwrap().items[0].id.native(), "01A");
    let (_, other) = listing(ListedOrganizations::Discovered);
    let mut refused = Pages::resume(&other, query, stored);
    assert_eq!(refused.next_page().await.unwrap().unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn members_are_told_with_who_they_are_and_who_is_gone() {
    let script = by_path(|path| {
        Some(match path {
            "/ref/users" => json(
                200,
                r#"{"u-1":{"id":"u-1","username":"ada","first_name":"Ada","mfa_enabled":true,"sso_enabled":false},
                "u-2":null}"#,
            ),
            _ => json(
                200,
                format!(
                    r#"{{"items":[{{"id":"u-1","user_id":"u-1","organization_id":"{NATIVE}","permissions":["admin"],
                    "owner":true,"level":"admin","created_at":"2020-01-01T00:00:00Z"}},{{"id":"u-2","user_id":"u-2",
                    "permissions":[]}},{{"user_id":"u-3"}},{{"level":"viewer"}}],"count":4,
                    "_links":{{"ref:users:0":{{"href":"/ref/users?in=u-1,u-2,u-3&sig=s"}}}}}}"#
                ),
            ),
        })
    });
    let provider = provider(&script);
    let query = ListQuery::new().with_member_of(id(ORGANIZATION));
    let (members, report) = all(&provider, query).await;
    assert_eq!(
        targets(&script),
        [
            format!("/organizations/{NATIVE}/members?page%5Bsize%5D=100"),
            "/ref/users?in=u-1,u-2,u-3&sig=s".to_owned()
        ]
    );
    assert_eq!((report.seen, report.quarantined, report.requests), (3, 1, 2));
    insta::assert_json_snapshot!(serde_json::to_value(&members).unwrap());
    let state = |member: &Profile| member.state(&FieldPath::SECURITY_MFA_ENABLED, provider.capabilities());
    let states: Vec<_> = members.iter().map(state).collect();
    assert_eq!(states, [FieldState::Value, FieldState::Absent, FieldState::Absent]);
}

#[tokio::test]
async fn members_of_what_is_no_organization_are_refused_before_anything_is_sent() {
    let script = Script::silent();
    let provider = provider(&script);
    for (of, kind) in
        [(USER, ErrorKind::Unsupported), ("upsun:other/organization/01A", ErrorKind::InvalidRequest)]
    {
        let query = ListQuery::new().with_member_of(id(of));
        assert_eq!(provider.list_page(&query, None).await.unwrap_err().kind(), kind, "{of}");
    }
}

#[tokio::test]
async fn members_are_listed_of_an_organization_by_its_name() {
    let script = Script::of([json(200, r#"{"items":[{"user_id":"u-1"}]}"#)]);
    let query = ListQuery::new().with_member_of(id("upsun:acme/organization/name=acme"));
    let page = provider(&script).list_page(&query, None).await.unwrap();
    assert_eq!(page.items[0].id, id("upsun:acme/user/u-1"));
    assert_eq!(script.requests(), ["GET /organizations/name=acme/members?page%5Bsize%5D=100"]);
}

#[tokio::test]
async fn an_organization_is_found_by_its_id() {
    let script = Script::of([
        json(200, r#"{"company_name":"Acme"}"#),
        json(404, r#"{"title":"Not Found","status":404}"#),
        json(200, PERSON),
    ]);
    let provider = provider(&script);
    let found = provider.find_by(&FindKey::NativeId(NATIVE.to_owned())).await.unwrap();
    assert_eq!(found.profiles[0].id, id(ORGANIZATION));
    assert!(provider.find_by(&FindKey::NativeId("nobody".to_owned())).await.unwrap().profiles.is_empty());
    let asked = [format!("/organizations/{NATIVE}/profile"), "/profiles/nobody".into(), "/users/me".into()];
    assert_eq!(targets(&script), asked);
}

#[tokio::test]
async fn a_listing_is_enriched_profile_by_profile_and_counts_what_may_not_be_seen() {
    let script = by_path(|path| {
        Some(match path {
            "/profiles" => json(
                200,
                format!(
                    r#"{{"count":2,"profiles":[{PROFILE},{{"id":"u-2","username":"bob"}}],"_links":[]}}"#
                ),
            ),
            "/users/u-2" => json(403, r#"{"error":"no"}"#),
            path if path.starts_with("/users/") => json(200, PERSON),
            path if path.ends_with("/address") => json(200, ADDRESS),
            _ => return None,
        })
    });
    let provider = provider(&script);
    let mut query = ListQuery::new().with_enrich(true);
    query.filter.mfa = Some(false.into());
    assert!(
        query.filter_plan(provider.capabilities()).unanswerable.is_empty(),
        "with the other record it can be answered"
    );
    let (profiles, report) = all(&provider, query.clone()).await;
    assert_eq!(profiles.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(), [USER]);
    assert_eq!(
        (report.requests, report.undetermined, report.partial, report.is_complete()),
        (5, 1, 0, false)
    );
    query.filter.mfa = None;
    let (profiles, report) = all(&provider, query.clone()).await;
    assert_eq!((profiles.len(), report.undetermined, report.partial, report.is_complete()), (2, 0, 1, false));
    query.filter.mfa = Some(false.into());
    query.enrich = false;
    assert_eq!(
        query.filter_plan(provider.capabilities()).unanswerable,
        [anyprofile_core::query::FilterPart::Mfa]
    );
}

#[tokio::test]
async fn one_record_that_fails_for_itself_costs_no_listing() {
    let script = by_path(|path| {
        Some(match path {
            "/profiles" => json(
                200,
                format!(r#"{{"count":3,"profiles":[{PROFILE},{{"id":"1"}},{{"id":"u-3"}}],"_links":[]}}"#),
            ),
            "/users/1" => json(422, r#"{"error":"not a uuid"}"#),
            "/profiles/u-3" => json(200, r#"{"id":"u-3"}"#),
            "/users/u-3" => json(200, "[]"),
            path if path.starts_with("/users/") => json(200, PERSON),
            path if path.ends_with("/address") => json(200, ADDRESS),
            _ => return None,
        })
    });
    let provider = provider(&script);
    let (profiles, report) = all(&provider, ListQuery::new().with_enrich(true)).await;
    assert_eq!((profiles.len(), report.partial, report.is_complete()), (3, 2, false));
    let reason = |profile: &Profile| profile.origin.as_ref().unwrap().missing[0].reason.clone();
    assert_eq!([reason(&profiles[1]), reason(&profiles[2])], [MissingReason::Failed, MissingReason::Failed]);
    // A request for one of them returns the failure.
    let one = provider.get_opts(&profiles[2].id, &enriched()).await.unwrap_err();
    assert_eq!((one.kind(), one.operation()), (ErrorKind::Decode, Some("get-user")));
}

#[tokio::test]
async fn members_keep_each_record_by_its_name() {
    let script = by_path(|path| {
        Some(match path {
            "/ref/users" => json(200, r#"{"u-1":{"username":"ada"}}"#),
            "/users/u-1" => json(200, r#"{"id":"u-1","mfa_enabled":true}"#),
            path if path.ends_with("/members") => json(
                200,
                r#"{"items":[{"user_id":"u-1","user":"a key of the record"}],
                "_links":{"ref:users:0":{"href":"/ref/users?in=u-1&sig=s"}}}"#,
            ),
            _ => response(404),
        })
    });
    let provider = config(&script).with_raw_records(true).connect().unwrap();
    let query = ListQuery::new().with_member_of(id(ORGANIZATION)).with_enrich(true);
    let (members, _) = all(&provider, query).await;
    assert_eq!(members[0].security.mfa_enabled, true.into());
    let raw: serde_json::Value = members[0].raw.as_ref().unwrap().decode().unwrap();
    assert_eq!(raw["member"]["user"], "a key of the record");
    assert_eq!(raw["user"]["mfa_enabled"], true);
}

#[test]
fn what_cannot_be_an_organization_is_refused_before_it_is_used() {
    for wrong in ["", "acme", "all", "discovered", "name="] {
        let named = ListedOrganizations::These(vec!["01A".to_owned(), wrong.to_owned()]);
        let error = config(&Script::silent()).with_organizations(named).connect().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{wrong}");
        assert!(error.to_string().contains("name= and its machine name"), "{error}");
    }
}

#[tokio::test]
async fn a_refused_token_is_a_failure_and_nobody_is_not_found_by_it() {
    let script = Script::by(|_| json(400, r#"{"error":"invalid_grant"}"#).into());
    let http = anyprofile_http::HttpOptions::default().with_max_attempts(1).with_transport(script);
    let config = anyprofile_upsun::UpsunConfig::with_api_token("acme".parse().unwrap(), "t")
        .at("https://api.example.com")
        .with_auth_url("https://auth.example.com")
        .with_http(http);
    let provider = config.connect().unwrap();
    for key in [FindKey::Email("ada@example.com".to_owned()), FindKey::NativeId("u-1".to_owned())] {
        let error = provider.find_by(&key).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error}");
    }
}
