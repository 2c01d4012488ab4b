//! Where a listing continues, and when it has ended.

use anyprofile_core::{
    Capabilities, ErrorKind, FieldPath, FindKey, GetOptions, IdKind, ListQuery, Profile, ProfileId,
    ProfileProvider as _, Result, async_trait,
    capabilities::{FieldSpec, ListedCollection, Support},
    listing::{Cursor, CursorPosition},
};
use anyprofile_engine::{Connector, Place, RecordPage};
use anyprofile_http::{Caller, Operation, Request};

use crate::{
    connection,
    directory::{Careless, Directory, OptionalAlone, PERSON, Paging},
    ids, listed,
    support::{Response, Script, json, response},
};

fn people(ids: &[&str], next: Option<&str>) -> Response {
    let people: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id })).collect();
    json(200, serde_json::json!({ "people": people, "next": next }).to_string())
}

/// The response for machines, a list that this account does not have.
fn no_machines() -> Response {
    json(404, r#"{"error":"no such list"}"#)
}

fn own() -> Response {
    json(200, r#"{"id":"me"}"#)
}

/// A list below a tenant, in whose path the connector names a record by mistake.
#[derive(Debug)]
struct Tenant(Capabilities);

#[async_trait]
impl Connector for Tenant {
    fn capabilities(&self) -> &Capabilities {
        &self.0
    }

    async fn list(&self, caller: &Caller, _: &ListQuery, _: &Place<'_>) -> Result<RecordPage> {
        let request = Request::get("list-people").path("/tenants").segment("acme").path("/people");
        caller.call(&Operation::new(request, |_| unreachable!("it is never read"))).await
    }

    async fn get(&self, _: &Caller, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        unreachable!("nobody is asked for")
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        let request = Request::get("me").path("/tenants").segment("acme").path("/me");
        caller.call(&Operation::new(request, |_| unreachable!("it is never read"))).await
    }
}

#[tokio::test]
async fn a_list_that_every_account_has_and_is_not_there_is_a_wrong_place_and_nobody_is_said_not_to_be_there()
{
    let mut capabilities = Capabilities::default();
    capabilities.operations.list = Support::users();
    capabilities.operations.current = Support::users();
    capabilities.listing.collections = vec![ListedCollection::new(IdKind::USER, [PERSON])];
    capabilities.fields = [FieldSpec::read_in(FieldPath::EMAILS, PERSON, "email")].into_iter().collect();
    let script = Script::of([no_machines(), no_machines(), no_machines()]);
    let tenant = connection(Tenant(capabilities), &script);
    let listed = tenant.list_page(&ListQuery::new(), None).await.map(drop);
    let current = tenant.current_opts(&GetOptions::new()).await.map(drop);
    let found = tenant.find_by(&FindKey::Email("ada@example.com".to_owned())).await.map(drop);
    for result in [listed, current, found] {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Config, Some(404)), "{error}");
        assert!(error.hint().unwrap().contains("base URL"), "{error}");
    }
}

#[tokio::test]
async fn a_page_without_anybody_that_leads_on_is_passed() {
    let script = Script::of([
        people(&["a", "b"], Some("1")),
        people(&[], Some("2")),
        people(&["c"], None),
        people(&["m"], None),
    ]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::Tokens), &script), ListQuery::new()).await;
    assert_eq!(ids(&profiles.unwrap()), ["a", "b", "c", "m"]);
    assert!(report.is_complete() && report.empty_pages == 1, "{report:?}");
    assert_eq!(script.requests()[1..3], ["GET /people?size=2&token=1", "GET /people?size=2&token=2"]);
}

#[tokio::test]
async fn an_end_that_is_only_claimed_is_proven_by_the_page_behind_it() {
    let script =
        Script::of([people(&["a", "b"], None), people(&["c"], None), people(&[], None), no_machines()]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::FullPages), &script), ListQuery::new()).await;
    assert_eq!(ids(&profiles.unwrap()), ["a", "b", "c"]);
    assert!(report.is_complete() && !report.end_unproven, "{report:?}");
    // A short page was not the end: the server cuts pages as it likes.
    let script = Script::of([
        people(&["a"], None),
        people(&["b", "c"], None),
        people(&["d"], None),
        people(&[], None),
        no_machines(),
    ]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::FullPages), &script), ListQuery::new()).await;
    assert_eq!(ids(&profiles.unwrap()), ["a", "b", "c", "d"]);
    assert!(report.is_complete(), "{report:?}");
}

#[tokio::test]
async fn a_numbered_page_that_holds_only_who_came_before_is_the_end() {
    let script = Script::of([
        people(&["a", "b"], None),
        people(&["c"], None),
        // The server returns its last page for any larger number.
        people(&["c"], None),
        no_machines(),
    ]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::FullPages), &script), ListQuery::new()).await;
    assert_eq!(ids(&profiles.unwrap()), ["a", "b", "c", "c"]);
    assert_eq!((report.duplicates, report.is_complete()), (1, true), "{report:?}");
}

#[tokio::test]
async fn an_end_that_nothing_proves_is_told_and_the_listing_is_not_complete() {
    let script = Script::of([people(&["a", "b"], None), people(&["c"], None), no_machines()]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::FullPagesOnly), &script), ListQuery::new()).await;
    assert_eq!(profiles.unwrap().len(), 3);
    assert!(report.end_unproven && !report.is_complete(), "{report:?}");
}

#[tokio::test]
async fn a_page_behind_the_end_and_a_list_that_is_not_there_are_believed_where_the_place_is_proven() {
    let behind = || json(416, r#"{"error":"no such page"}"#);
    // The first page has just proven the base URL.
    let script = Script::of([people(&["a", "b"], None), behind(), no_machines()]);
    let (profiles, report) =
        listed(&connection(Directory::new(Paging::FullPages), &script), ListQuery::new()).await;
    assert_eq!(ids(&profiles.unwrap()), ["a", "b"]);
    assert!(report.is_complete() && report.collections[1].is_not_offered, "{report:?}");
    assert_eq!(report.requests, script.sent().len() as u64);
    // A listing that resumes at a stored cursor has no proof yet: the own profile proves the base URL, and is counted.
    let at_page_2 = |script: &std::sync::Arc<Script>| {
        let connection = connection(Directory::new(Paging::FullPages), script);
        let query = ListQuery::new();
        let bound = query.effective(connection.capabilities());
        let cursor = Cursor::new(connection.info(), &bound, CursorPosition::PageNumber(2))
            .in_collection(anyprofile_core::IdKind::USER);
        async move { connection.list_page(&query, Some(&cursor)).await }
    };
    let script = Script::of([behind(), own()]);
    let page = at_page_2(&script).await.unwrap();
    assert_eq!((page.items.len(), page.stats.requests), (0, 2));
    let script = Script::of([behind(), response(503)]);
    let error = at_page_2(&script).await.unwrap_err();
    assert_eq!((error.kind(), error.stats().requests), (ErrorKind::Upstream, 2));
    // The base URL is wrong: the 404 is not from the service.
    for wrong in [vec![behind(), json(404, r#"{"error":"gone"}"#)], vec![json(416, "nothing here")]] {
        at_page_2(&Script::of(wrong)).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_list_proves_nothing_of_itself() {
    let script = Script::of([json(404, r#"{"error":"no such list"}"#)]);
    let connection = connection(OptionalAlone(Directory::new(Paging::Tokens)), &script);
    let error = connection.list_page(&ListQuery::new(), None).await.unwrap_err();
    assert_eq!((error.status(), script.sent().len()), (Some(404), 1));
}

#[tokio::test]
async fn a_cursor_of_a_form_that_the_collection_never_gives_is_refused() {
    let connection = connection(Directory::new(Paging::Tokens), &Script::silent());
    let query = ListQuery::new();
    let bound = query.effective(connection.capabilities());
    let info = connection.info();
    for cursor in [
        Cursor::new(info, &bound, CursorPosition::PageNumber(2)),
        Cursor::new(info, &bound, CursorPosition::Token("t".to_owned()))
            .in_collection(anyprofile_core::IdKind::ORGANIZATION),
        Cursor::new(info, &query, CursorPosition::Token("t".to_owned())),
    ] {
        let error = connection.list_page(&query, Some(&cursor)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
}

#[tokio::test]
async fn what_reads_cannot_write() {
    let script = Script::of([response(200)]);
    let careless = connection(Careless(Directory::new(Paging::Tokens)), &script);
    let error = careless.list_page(&ListQuery::new(), None).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Internal, Some("touch")));
    assert!(error.message().starts_with("nothing was sent"), "{error}");
    assert!(script.sent().is_empty());
}
