//! Listings that are read to their end, and those that lack somebody.

use anyprofile_core::{ErrorKind, ListQuery, ProfileProviderExt as _};

use crate::memory::Memory;

#[tokio::test]
async fn everybody_is_read_without_another_crate() {
    let memory = Memory::of(5, 2);
    let listing = memory.list_all(ListQuery::new()).await.unwrap();
    assert_eq!(listing.profiles.len(), 5);
    assert!(listing.report.is_complete() && listing.report.gaps().is_empty());
    let mut stream = memory.list(ListQuery::new());
    let mut seen = 0;
    while let Some(profile) = stream.next().await {
        profile.unwrap();
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[tokio::test]
async fn somebody_who_lacks_is_an_error_unless_the_caller_takes_what_came() {
    let mut memory = Memory::of(5, 2);
    memory.total = Some(7);
    let error = memory.list_all(ListQuery::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(error.message(), "the listing is not complete: 2 declared profiles did not come");
    assert_eq!(error.account().unwrap().as_str(), "acme");
    let listing = memory.list(ListQuery::new()).read_all().await.unwrap();
    assert_eq!((listing.profiles.len(), listing.report.missing()), (5, Some(2)));
    // The error comes behind the last profile.
    let mut stream = memory.list(ListQuery::new()).require_complete();
    for _ in 0..5 {
        stream.next().await.unwrap().unwrap();
    }
    assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Incomplete);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_limit_of_the_caller_is_no_gap() {
    let memory = Memory::of(5, 2);
    let listing = memory.list_all(ListQuery::new().with_limit(3)).await.unwrap();
    assert_eq!(listing.profiles.len(), 3);
    assert!(!listing.report.is_complete());
}

#[tokio::test]
async fn a_listing_goes_on_at_a_stored_cursor() {
    let memory = Memory::of(5, 2);
    let mut pages = memory.pages(ListQuery::new());
    pages.next_page().await.unwrap().unwrap();
    let cursor = pages.cursor().unwrap().clone();
    let rest = memory.list_from(ListQuery::new(), cursor).read_all().await.unwrap();
    let names: Vec<_> = rest.into_iter().map(|profile| profile.id.native().to_owned()).collect();
    assert_eq!(names, ["u2", "u3", "u4"]);
}
