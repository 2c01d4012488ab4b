//! The engine of anyprofile's service crates: a connector says what an API is, and the engine does the rest.
//!
//! A [`Connector`] says which operations of an API do what a caller asks for. A [`Connection`] wraps it, and is a
//! [`ProfileProvider`](anyprofile_core::ProfileProvider) like any other: use it on its own, as an `Arc<dyn ProfileProvider>`, or in
//! a `Directory` of the crate `anyprofile`. A [`ServiceDescriptor`] says how accounts of the service are configured, so that account
//! files and the command can name it.
//!
//! This is a complete provider of an invented API with three endpoints: a list of members whose pages have a token, one member, and a
//! new name for a member.
//!
//! ```
//! use std::sync::Arc;
//!
//! use anyprofile_core::{
//!     Capabilities, FieldPath, GetOptions, IdKind, ListQuery, Profile, ProfileId,
//!     ProfileProviderExt, ProviderInfo, Result, Timestamp, Write, async_trait, envelope_fields,
//!     open_record, wire::{self, OpaqueId, WithRaw},
//!     capabilities::{FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
//!     profile::View,
//! };
//! use anyprofile_engine::{
//!     Action, Basis, Connection, Connector, Mapping, Onward, Place, Position, RecordPage,
//! };
//! use anyprofile_http::{
//!     Caller, Credential, HeaderMap, HttpClient, HttpOptions, Operation, Request, Response,
//!     ResponseBody, StaticDialect, Transport, TransportError, header,
//! };
//! use bytes::Bytes;
//! use futures_util::TryStreamExt;
//!
//! // What the service sends.
//! open_record! {
//!     /// A member of the library.
//!     pub struct Member {
//!         /// The number on the card.
//!         id: OpaqueId = "card",
//!         /// The name.
//!         name: String,
//!     }
//! }
//!
//! envelope_fields! { mod fields { counts {} records { members } } }
//!
//! #[derive(serde::Deserialize)]
//! #[serde(bound = "R: serde::Deserialize<'de> + 'static")]
//! struct Members<R> {
//!     #[serde(deserialize_with = "fields::members")]
//!     members: Vec<R>,
//!     next: Option<String>,
//! }
//!
//! // What it means.
//! const MEMBER: View = View::new("member");
//!
//! static MEMBERS: Mapping<Member> =
//!     Mapping::new(IdKind::USER, |member| member.id.value(), |id, member| {
//!         let mut profile = Profile::read_from(MEMBER, id);
//!         profile.unknown = member.unknown;
//!         profile.name.display = member.name.empty_as_null();
//!         profile
//!     });
//!
//! fn list_members(token: Option<&str>) -> Operation<RecordPage> {
//!     let request = Request::get("list-members").path("/members").query("after", token);
//!     Operation::new(request, |response| {
//!         let mut listed = response.decode_envelope::<Members<WithRaw<Member>>, Members<_>>(|loose| {
//!             let Members { members, next } = loose;
//!             wire::decode_records(members, |members| Members { members, next })
//!         })?;
//!         let next = listed.list.next.take();
//!         let page = listed.into_page(|list| (list.members, None));
//!         let onward = next.map_or(Onward::End, |token| Onward::At(Position::Token(token)));
//!         Ok(RecordPage::new(page.try_map(MEMBERS.each(response)), onward))
//!     })
//! }
//!
//! fn get_member(card: &str) -> Operation<Member> {
//!     Operation::new(Request::get("get-member").path("/members").segment(card), Response::decode_record)
//! }
//!
//! fn rename_member(card: &str, name: &str) -> Operation<Member> {
//!     let body = serde_json::json!({ "name": name });
//!     let request = Request::patch("rename-member", &body).path("/members").segment(card);
//!     Operation::new(request, Response::decode_record).reading_back(&get_member(card))
//! }
//!
//! // What the engine needs to know.
//! #[derive(Debug)]
//! struct Library(Capabilities);
//!
//! #[async_trait]
//! impl Connector for Library {
//!     fn capabilities(&self) -> &Capabilities {
//!         &self.0
//!     }
//!
//!     async fn list(&self, caller: &Caller, _: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
//!         caller.call(&list_members(place.token())).await
//!     }
//!
//!     async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
//!         let operation = MEMBERS.asked(get_member(id.native()), id);
//!         caller.call(&operation).await
//!     }
//!
//!     fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
//!         let Write::Update { id, change } = write else {
//!             return Err(write.unsupported(caller.info(), &self.0));
//!         };
//!         let Some(name) = change.text(&FieldPath::NAME_DISPLAY).into_set() else { return Ok(vec![]) };
//!         Ok(vec![Action::shows(MEMBERS.asked(rename_member(id.native(), name), id))])
//!     }
//! }
//!
//! fn connect(base_url: &str, key: &str, options: HttpOptions) -> Result<Connection> {
//!     let mut can = Capabilities::default();
//!     (can.operations.list, can.operations.get) = (Support::users(), Support::users());
//!     can.operations.update = Support::users();
//!     can.listing.collections = vec![ListedCollection::new(IdKind::USER, [MEMBER])];
//!     let rule = WriteRule::set_only(&[IdKind::USER], ValueFormat::Text { max_characters: Some(80) });
//!     let name = FieldSpec::read_in(FieldPath::NAME_DISPLAY, MEMBER, "name").writable(rule);
//!     can.fields = [FieldSpec::read_in(FieldPath::ID, MEMBER, "card"), name].into_iter().collect();
//!     let info = ProviderInfo::new("library".parse()?, "main".parse()?, "Library", base_url);
//!     let key = Credential::header(header::AUTHORIZATION, Some("Bearer"), &key.into())?;
//!     let dialect = StaticDialect::new(
//!         |failure| failure.text("/problem").is_some(),
//!         |failure, details| details.service_message = failure.texts("/problem"),
//!     )
//!     .with_request_id_headers(&[std::borrow::Cow::Borrowed("x-request-id")]);
//!     let http = HttpClient::new(info, key, HeaderMap::new(), dialect, options)?;
//!     Ok(Connection::new(Library(can), http))
//! }
//!
//! // In place of the service: two pages in memory.
//! #[derive(Debug)]
//! struct InMemory;
//!
//! #[async_trait]
//! impl Transport for InMemory {
//!     async fn send(
//!         &self,
//!         request: http::Request<Bytes>,
//!     ) -> Result<http::Response<ResponseBody>, TransportError> {
//!         let page = match request.uri().query() {
//!             None => r#"{"members": [{"card": 1, "name": "Ada"}], "next": "p2"}"#,
//!             Some(_) => r#"{"members": [{"card": 2, "name": "Grace"}]}"#,
//!         };
//!         Ok(http::Response::new(ResponseBody::from_bytes(page)))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let options = HttpOptions::default().with_transport(Arc::new(InMemory));
//! let library = connect("https://library.example.com/v1", "the key", options)?;
//! let mut profiles = library.list(ListQuery::new());
//! let mut names = Vec::new();
//! while let Some(profile) = profiles.try_next().await? {
//!     names.push(profile.label().into_owned());
//! }
//! assert_eq!(names, ["Ada", "Grace"]);
//! assert!(profiles.report().is_complete());
//! # Ok(())
//! # }
//! ```
//!
//! # Three things to know
//! - **The engine does what is the same for every service.** It checks ids and queries, adds the service's own page size and order,
//!   binds cursors to their query, and lists one collection after another, also if an account does not have one of them or a page is
//!   past the end. It reads the further records of a profile, and notes why one is missing. It sends a plan exactly as it was shown,
//!   notes which requests succeeded, failed or have an unknown outcome, and reads the result back.
//! - **A profile is never taken for another one, and is never said not to exist without proof.** A record must have the requested id. A
//!   404 means "no such profile" only after another response has proven that the base URL is right.
//! - **A connector is easy to test.** Its only input and output is [`Caller::call`](anyprofile_http::Caller::call), so a test needs
//!   only a [`Transport`](anyprofile_http::Transport) in memory. `anyprofile-conformance` checks the rules that hold for every
//!   provider.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod action;
mod completion;
mod connection;
mod connector;
mod listing;
mod mapping;
mod page;
mod service;
mod writing;

pub use self::{
    action::{Action, Basis},
    completion::SIDE_BY_SIDE,
    connection::Connection,
    connector::{Collection, Connector, LookUp, Place, Position},
    mapping::Mapping,
    page::{Onward, RecordPage},
    service::{
        ConfiguredAccount, CredentialKey, CredentialSet, Secrets, ServiceDescriptor, SettingKey, SettingKind,
        Settings,
    },
};
