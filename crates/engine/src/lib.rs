//! The engine under anyprofile's service crates: a service says what its API is, the engine does the rest.
//!
//! A [`Connector`] says which operations do what a caller asks for; a [`Connection`] is the
//! [`ProfileProvider`](anyprofile_core::ProfileProvider) around it, and does once what is the same for every service:
//!
//! - checks of ids and queries, page sizes and orders that a service has of its own, cursors and what they are bound to;
//! - one collection behind the other, those that an account does not have, pages behind the end;
//! - that the record which comes is the one that was asked for, and that nobody is there only where the place is proven;
//! - further records of a profile, and why one is missing;
//! - plans that show what is sent, and that it is sent as it was shown; what was made, what was not, what is not known;
//!   reading back.
//!
//! Its tests give the [`HttpClient`](anyprofile_http::HttpClient) a [`Transport`](anyprofile_http::Transport) that answers from a
//! script; `anyprofile-conformance` holds it to what every provider keeps. The provider is used as any other: on its own, as an
//! `Arc<dyn ProfileProvider>`, in a `Directory`.
//!
//! A [`ServiceDescriptor`] says how accounts of the service are configured, so that account files and the command can name it.
//!
//! # A connector
//! Of an invented API with three endpoints: a list of members whose pages have a token, one member, and a new name for one.
//!
//! ```
//! use anyprofile_core::{
//!     Capabilities, FieldPath, GetOptions, IdKind, ListQuery, Profile, ProfileId, ProviderInfo,
//!     Result, Timestamp, Write, async_trait, envelope_fields, open_record, wire::{self, OpaqueId,
//!     WithRaw}, capabilities::{FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
//!     profile::View,
//! };
//! use anyprofile_engine::{
//!     Action, Basis, Connection, Connector, Mapping, Onward, Place, Position, RecordPage,
//! };
//! use anyprofile_http::{
//!     Response, Caller, Credential, HeaderMap, HttpClient, HttpOptions, Operation, Request,
//!     StaticDialect, header,
//! };
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
//!     Operation::new(request, |answer| {
//!         let mut listed = answer.decode_envelope::<Members<WithRaw<Member>>, Members<_>>(|loose| {
//!             let Members { members, next } = loose;
//!             wire::decode_records(members, |members| Members { members, next })
//!         })?;
//!         let next = listed.list.next.take();
//!         let page = listed.into_page(|list| (list.members, None));
//!         let onward = next.map_or(Onward::End, |token| Onward::At(Position::Token(token)));
//!         Ok(RecordPage::new(page.try_map(MEMBERS.each(answer)), onward))
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
//! // What the engine has to know.
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
//! fn connect(base_url: &str, key: &str) -> Result<Connection> {
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
//!     let http = HttpClient::new(info, key, HeaderMap::new(), dialect, HttpOptions::default())?;
//!     Ok(Connection::new(Library(can), http))
//! }
//!
//! let library = connect("http://127.0.0.1/v1", "the key")?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
