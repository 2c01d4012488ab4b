//! A server that reports what it supports, as in SCIM. It is asked once, before everything else, and its pages use `startIndex`.

use std::sync::OnceLock;

use anyprofile_core::{
    Capabilities, ErrorKind, FieldPath, GetOptions, IdKind, ListQuery, Profile, ProfileId,
    ProfileProvider as _, Result, async_trait,
    capabilities::{FieldSpec, ListedCollection, Support},
    listing::Page,
    open_record,
    profile::View,
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::{Collection, Connector, Mapping, Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Operation, Request, Response};
use serde::Deserialize;

use crate::{
    connection, ids, listed,
    support::{Script, Step, json, response},
};

const RESOURCE: View = View::new("resource");

#[allow(unreachable_pub, reason = "the macro makes public types")]
mod records {
    use super::{OpaqueId, open_record};

    open_record! {
        /// A user.
        pub struct Resource {
            /// The id.
            id: OpaqueId,
        }
    }
}
use records::Resource;

static USERS: Mapping<Resource> =
    Mapping::new(IdKind::USER, |it| it.id.value(), |id, _| Profile::read_from(RESOURCE, id));

#[derive(Debug)]
struct Scim {
    least: Capabilities,
    found: OnceLock<Capabilities>,
}

fn capabilities(can_update: bool) -> Capabilities {
    let mut capabilities = Capabilities::default();
    capabilities.operations.list = Support::users();
    capabilities.operations.get = Support::users();
    if can_update {
        capabilities.operations.update = Support::users();
    }
    capabilities.listing.collections = vec![ListedCollection::new(IdKind::USER, [RESOURCE])];
    capabilities.listing.declares_total = true;
    capabilities.fields = [FieldSpec::read_in(FieldPath::ID, RESOURCE, "id")].into_iter().collect();
    capabilities
}

impl Scim {
    fn new() -> Self {
        Self { least: capabilities(false), found: OnceLock::new() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse {
    total_results: u64,
    #[serde(default, rename = "Resources")]
    resources: Vec<Resource>,
}

#[async_trait]
impl Connector for Scim {
    fn capabilities(&self) -> &Capabilities {
        self.found.get().unwrap_or(&self.least)
    }

    async fn prepare(&self, caller: &Caller) -> Result<()> {
        #[derive(Deserialize)]
        struct Config {
            patch: Supported,
        }
        #[derive(Deserialize)]
        struct Supported {
            supported: bool,
        }

        let request = Request::get("ServiceProviderConfig").path("/ServiceProviderConfig");
        let can_update = match caller.call(&Operation::new(request, Response::decode::<Config>)).await {
            Ok(config) => config.patch.supported,
            // Many servers do not have it, or return it garbled: assume the least.
            Err(error) if matches!(error.kind(), ErrorKind::Config | ErrorKind::Decode) => false,
            Err(error) => return Err(error),
        };
        self.found.get_or_init(|| capabilities(can_update));
        Ok(())
    }

    fn collections(&self, _: &ListQuery) -> Vec<Collection> {
        vec![Collection::new(IdKind::USER).numbered()]
    }

    async fn list(&self, caller: &Caller, _: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        let start = place.number().unwrap_or(1);
        let request = Request::get("list").path("/Users").query("startIndex", Some(start));
        let operation = Operation::new(request, move |response| {
            let list: ListResponse = response.decode()?;
            // The number of received records decides where the next page begins, since `itemsPerPage` is not reliable.
            let next = start + list.resources.len() as u64;
            let onward = match next > list.total_results {
                true => Onward::End,
                false if next == start => Onward::Claimed(None),
                false => Onward::At(Position::Number(next)),
            };
            let page = Page::last(list.resources).with_declared_total(Some(list.total_results));
            Ok(RecordPage::new(page.try_map(|it| USERS.profile(response, WithRaw::from(it))), onward)
                .numbered())
        });
        caller.call(&operation).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let request = Request::get("get").path("/Users").segment(id.native());
        let operation = USERS.asked(Operation::new(request, |_| Ok(())), id);
        caller.call(&operation).await
    }
}

fn service(config: impl Fn() -> Step + Send + 'static) -> std::sync::Arc<Script> {
    Script::by(move |sent| match sent.target() {
        "/ServiceProviderConfig" => config(),
        "/Users?startIndex=1" => {
            json(200, r#"{"totalResults":3,"itemsPerPage":100,"Resources":[{"id":"a"},{"id":"b"}]}"#).into()
        }
        "/Users?startIndex=3" => json(200, r#"{"totalResults":3,"Resources":[{"id":"c"}]}"#).into(),
        "/Users/a" => json(200, r#"{"id":"a"}"#).into(),
        other => panic!("not expected: {other}"),
    })
}

fn asked(script: &Script) -> usize {
    script.requests().iter().filter(|request| request.ends_with("/ServiceProviderConfig")).count()
}

#[tokio::test]
async fn a_server_is_asked_once_for_all_what_it_can_do() {
    let script = service(|| json(200, r#"{"patch":{"supported":true}}"#).into());
    let connection = connection(Scim::new(), &script);
    assert!(!connection.capabilities().operations.update.is_supported(), "not known yet");
    let id = "invented:a/user/a".parse().unwrap();
    let options = GetOptions::new();
    let (one, other, (profiles, report)) = tokio::join!(
        connection.get_opts(&id, &options),
        connection.prepare(),
        listed(&connection, ListQuery::new())
    );
    one.unwrap();
    assert!(other.unwrap().operations.update.is_supported());
    assert_eq!(ids(&profiles.unwrap()), ["a", "b", "c"]);
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(asked(&script), 1);
}

#[tokio::test]
async fn a_server_that_does_not_say_has_the_least_and_one_that_fails_is_asked_again() {
    for garbled in [|| json(404, r#"{"error":"no"}"#), || json(200, r#"{"patch":"yes"}"#)] {
        let connection = connection(Scim::new(), &service(move || garbled().into()));
        assert!(!connection.prepare().await.unwrap().operations.update.is_supported());
        assert_eq!(listed(&connection, ListQuery::new()).await.0.unwrap().len(), 3);
    }
    let mut times = 0;
    let fails_once = std::sync::Mutex::new(move || {
        times += 1;
        if times == 1 { response(503) } else { json(200, r#"{"patch":{"supported":true}}"#) }
    });
    let script = service(move || (fails_once.lock().unwrap())().into());
    let connection = connection(Scim::new(), &script);
    let (profiles, _) = listed(&connection, ListQuery::new()).await;
    assert_eq!(profiles.unwrap_err().kind(), ErrorKind::Upstream);
    assert_eq!(listed(&connection, ListQuery::new()).await.0.unwrap().len(), 3);
    assert_eq!(asked(&script), 2);
}
