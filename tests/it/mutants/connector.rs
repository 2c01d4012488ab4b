//! The connector of the service, with a flaw.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyprofile::{
    Capabilities, Email, Error, ErrorKind, FieldPath, FindKey, GetOptions, IdKind, ListQuery, Profile,
    ProfileId, ProfileProvider, ProviderInfo, Result, Status, Timestamp, Write, async_trait,
    capabilities::{FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    engine::{Action, Basis, Connection, Connector, LookUp, Mapping, Onward, Place, Position, RecordPage},
    http_client::{
        Caller, Credential, ExponentialBackoff, HeaderMap, HttpClient, HttpOptions, Operation, Request,
        Response, StaticDialect, header,
    },
    listing::Page,
    open_record,
    profile::View,
    query::OrderField,
    wire::{self, OpaqueId, TimeText, WithRaw},
};
use serde_json::{json, value::RawValue};

use super::Flaw;

pub(super) const API_KEY: &str = "the-key-of-mutants";

const VIEW: View = View::new("user");
const USERS: &[IdKind] = &[IdKind::USER];

open_record! {
    /// A user.
    pub struct User {
        /// The id.
        id: OpaqueId,
        /// The name.
        name: String,
        /// The e-mail address.
        email: String,
        /// Whether the user may sign in.
        active: bool,
        /// The time of the last change.
        updated: TimeText,
    }
}

#[derive(serde::Deserialize)]
struct UserList<R> {
    users: Vec<R>,
    next_page_token: Option<String>,
}

static USER: Mapping<User> = Mapping::new(IdKind::USER, |user| user.id.value(), mapped);
static WITH_WEBSITE: Mapping<User> = Mapping::new(
    IdKind::USER,
    |user| user.id.value(),
    |id, user| {
        let mut profile = mapped(id, user);
        profile.website = "https://example.com".into();
        profile
    },
);

fn mapped(id: ProfileId, user: User) -> Profile {
    let mut profile = Profile::read_from(VIEW, id);
    profile.name.display = user.name;
    profile.emails = Email::login(user.email);
    profile.status = user.active.map(|active| if active { Status::Active } else { Status::Suspended });
    profile.times.updated = user.updated.timestamp();
    profile
}

/// Connects a provider.
pub(super) fn connect(base_url: &str, flaw: Flaw) -> Result<Arc<dyn ProfileProvider>> {
    let info = ProviderInfo::new("mutants".parse()?, "test".parse()?, "Mutants", base_url);
    let credential = Credential::header(header::AUTHORIZATION, Some("Bearer"), &API_KEY.into())?;
    let dialect = StaticDialect::new(|failure| failure.text("/error").is_some(), |_, _| {});
    let mut options = HttpOptions::default();
    options.allow_insecure_http = true;
    let at_once = ExponentialBackoff::new().with_longest_bound(Duration::from_millis(1));
    let options = options.with_retry_policy(Arc::new(at_once));
    let http = HttpClient::new(info, credential, HeaderMap::new(), dialect, options)?;
    Ok(Arc::new(Connection::new(Mutant::new(flaw), http)))
}

struct Mutant {
    flaw: Flaw,
    capabilities: Capabilities,
    /// Whether a page was listed.
    is_begun: AtomicBool,
}

impl fmt::Debug for Mutant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.flaw {
            Flaw::ShowsKey => write!(formatter, "Mutant({API_KEY})"),
            flaw => write!(formatter, "Mutant({flaw:?})"),
        }
    }
}

impl Mutant {
    fn new(flaw: Flaw) -> Self {
        let mut can = Capabilities::default();
        can.operations.list = Support::users();
        can.operations.get = Support::users();
        can.operations.update = Support::users();
        can.operations.deactivate = Support::users();
        can.listing.page_size = flaw == Flaw::InventsPageSize;
        if flaw == Flaw::InventsOrder {
            can.listing.orders = vec![OrderField::Updated];
        }
        can.listing.collections = vec![ListedCollection::new(IdKind::USER, [VIEW])];
        let rule = |format| WriteRule::set_only(USERS, format);
        let text = ValueFormat::Text { max_characters: Some(100) };
        let status = ValueFormat::one_of(["active", "suspended"]);
        let mut fields = vec![
            FieldSpec::read_in(FieldPath::ID, VIEW, "id"),
            FieldSpec::read_in(FieldPath::NAME_DISPLAY, VIEW, "name").writable(rule(text)),
            FieldSpec::read_in(FieldPath::EMAILS, VIEW, "email"),
            FieldSpec::read_in(FieldPath::STATUS, VIEW, "active").writable(rule(status)),
            FieldSpec::read_in(FieldPath::TIMES_UPDATED, VIEW, "updated"),
        ];
        if flaw == Flaw::DeadField {
            fields.push(FieldSpec::read_in(FieldPath::TITLE, VIEW, "title"));
        }
        can.fields = fields.into_iter().collect();
        Self { flaw, capabilities: can, is_begun: AtomicBool::new(false) }
    }

    fn mapping(&self) -> &'static Mapping<User> {
        if self.flaw == Flaw::UndeclaredField { &WITH_WEBSITE } else { &USER }
    }

    fn list_operation(&self, token: Option<&str>) -> Operation<RecordPage> {
        let request = Request::get("list-users").path("/users").query("page_token", token);
        let (flaw, mapping) = (self.flaw, self.mapping());
        Operation::new(request, move |response| page(response, mapping, flaw))
    }
}

fn page(response: &Response, mapping: &'static Mapping<User>, flaw: Flaw) -> Result<RecordPage> {
    if matches!(flaw, Flaw::LosesPages | Flaw::RepeatsRecord) {
        let whole: UserList<WithRaw<User>> = response.decode().map_err(|error| match flaw {
            Flaw::RepeatsRecord => {
                let body = String::from_utf8_lossy(response.json().unwrap_or_default()).into_owned();
                Error::new(ErrorKind::Decode, format!("cannot be read: {body}"))
            }
            _ => error,
        })?;
        let onward = onward(whole.next_page_token, whole.users.len(), flaw);
        let page = Page::last(whole.users).try_map(mapping.each(response));
        return Ok(RecordPage::new(page, onward));
    }
    let listed = response.decode_envelope::<UserList<WithRaw<User>>, UserList<Box<RawValue>>>(|loose| {
        let UserList { users, next_page_token } = loose;
        wire::decode_records(users, |users| UserList { users, next_page_token })
    })?;
    let onward = onward(listed.list.next_page_token.clone(), listed.list.users.len(), flaw);
    let mut page = listed.into_page(|list| (list.users, None)).try_map(mapping.each(response));
    if flaw == Flaw::DropsBadRecords {
        page.quarantined.clear();
    }
    if flaw == Flaw::DropsLastRecord && onward != Onward::End {
        page.quarantined.clear();
        let last = page.items.pop();
        page.declared_total = last.map(|_| 25);
    }
    Ok(RecordPage::new(page, onward))
}

fn onward(token: Option<String>, records: usize, flaw: Flaw) -> Onward {
    match token {
        Some(_) if flaw == Flaw::EndsAtShortPage && records < 10 => Onward::End,
        Some(token) => Onward::At(Position::Token(token)),
        None => Onward::End,
    }
}

fn get_user(id: &str) -> Operation<()> {
    Operation::new(Request::get("get-user").path("/users").segment(id).names_resource(true), |_| Ok(()))
}

#[async_trait]
impl Connector for Mutant {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list(&self, caller: &Caller, _: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        let is_first_call = !self.is_begun.swap(true, Ordering::Relaxed);
        let listed = caller.call(&self.list_operation(place.token())).await;
        let is_further = place.token().is_some();
        if self.flaw == Flaw::SkipsWhenResumed && is_first_call && is_further {
            let page = listed?;
            return match page.onward() {
                Onward::At(Position::Token(token)) => caller.call(&self.list_operation(Some(token))).await,
                _ => Ok(page),
            };
        }
        match listed {
            Err(error)
                if is_further
                    && match self.flaw {
                        Flaw::SwallowsFailures => true,
                        Flaw::SwallowsWebPages | Flaw::LosesPages => error.kind() == ErrorKind::Decode,
                        _ => false,
                    } =>
            {
                Ok(RecordPage::new(Page::last(Vec::new()), Onward::End))
            }
            listed => listed,
        }
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let got = if self.flaw == Flaw::TakesAnyRecord {
            let (asked, mapping) = (id.clone(), self.mapping());
            let any = get_user(id.native()).read_as(move |response| {
                let mut profile = mapping.read(response)?;
                profile.id = asked.clone();
                Ok(profile)
            });
            caller.call(&any).await
        } else {
            caller.call(&self.mapping().asked(get_user(id.native()), id)).await
        };
        got.map_err(|error| match error.kind() {
            ErrorKind::NotFound if self.flaw == Flaw::DeniesNotFound => {
                Error::new(ErrorKind::Upstream, "something is wrong").with_provider(caller.info())
            }
            _ => error,
        })
    }

    async fn look_up(&self, caller: &Caller, key: &FindKey) -> LookUp {
        match key {
            FindKey::NativeId(_) => LookUp::Ids(USERS.to_vec()),
            FindKey::Email(_) if self.flaw == Flaw::FindsAnybody => {
                let page = caller.call(&self.list_operation(None)).await;
                LookUp::Direct(page.map(|page| Box::new(page.profiles()[0].clone())))
            }
            _ => LookUp::Listed,
        }
    }

    async fn basis(&self, caller: &Caller, write: &Write, _: Option<&Profile>) -> Result<Basis> {
        if let (Flaw::PlanWrites, Some(id)) = (self.flaw, write.id()) {
            caller.call(&patch(self.flaw, id, &json!({}))).await?;
        }
        Ok(Basis::default())
    }

    fn write(&self, caller: &Caller, write: &Write, _: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        let (id, body) = match write {
            Write::Update { id, change } => {
                let mut body = json!({});
                if let Some(name) = change.text(&FieldPath::NAME_DISPLAY).into_set() {
                    body["name"] = name.into();
                }
                if let Some(status) = change.text(&FieldPath::STATUS).into_set() {
                    body["active"] = (status == "active").into();
                }
                (id, if self.flaw == Flaw::ChangesNothing { json!({}) } else { body })
            }
            Write::Deactivate { id } if self.flaw == Flaw::KeepsActive => (id, json!({})),
            Write::Deactivate { id } => (id, json!({"active": false})),
            other => return Err(other.unsupported(caller.info(), &self.capabilities)),
        };
        Ok(vec![Action::shows(self.mapping().asked(patch(self.flaw, id, &body), id))])
    }
}

fn patch(flaw: Flaw, id: &ProfileId, body: &serde_json::Value) -> Operation<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let mut request = Request::patch("update-user", body).path("/users").segment(id.native());
    if flaw == Flaw::RepeatsLostWrites {
        request = request.idempotent();
    }
    if flaw == Flaw::PlansAnew {
        request = request.query("n", Some(NUMBER.fetch_add(1, Ordering::Relaxed)));
    }
    Operation::new(request, |_| Ok(()))
}
