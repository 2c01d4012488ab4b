//! A directory of people. Its list has little more than ids. The name and address of each person need a request of their own,
//! and one table has the roles of all people.

use anyprofile_core::{
    Capabilities, Email, ErrorKind, FieldPath, GetOptions, IdKind, ListQuery, Profile, ProfileId, Result,
    Timestamp, Write, async_trait,
    capabilities::{AtCreation, FieldSpec, ListedCollection, Support, ValueFormat, WriteRule},
    listing::Page,
    open_record,
    profile::{Role, RoleAssignment, View},
    wire::{OpaqueId, WithRaw},
};
use anyprofile_engine::{Action, Basis, Collection, Connector, Mapping, Onward, Place, Position, RecordPage};
use anyprofile_http::{Caller, Fact, Operation, Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The kinds of profiles that can be written.
const USERS: &[IdKind] = &[IdKind::USER];

pub(crate) const PERSON: View = View::new("person");
pub(crate) const DETAILS: View = View::new("details");
pub(crate) const ROLES: View = View::new("roles");
pub(crate) const MACHINE: IdKind = IdKind::new("machine");

#[allow(unreachable_pub, reason = "the macro makes public types")]
mod records {
    use super::{OpaqueId, open_record};

    open_record! {
        /// A person of the list, or one person.
        pub struct Person {
            /// The id.
            id: OpaqueId,
            /// The name.
            name: String,
            /// The address.
            email: String,
        }
    }
}
use records::Person;

/// How its list continues, which differs between deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `next` is the token of the next page; the last page has none.
    Tokens,
    /// Pages are numbered, and a page that is not full is claimed to be the last one.
    FullPages,
    /// Pages are numbered, and the page after the last one must not be requested.
    FullPagesOnly,
}

#[derive(Debug)]
pub(crate) struct Directory {
    capabilities: Capabilities,
    paging: Paging,
}

impl Directory {
    pub(crate) fn new(paging: Paging) -> Self {
        let mut capabilities = Capabilities::default();
        let operations = &mut capabilities.operations;
        operations.list = Support::of([IdKind::USER, MACHINE]);
        operations.get = Support::users();
        operations.current = Support::users();
        operations.enrich = Support::users();
        operations.create = Support::users();
        operations.update = Support::users();
        let listing = &mut capabilities.listing;
        listing.collections = vec![
            ListedCollection::new(IdKind::USER, [PERSON]).enriched_by([DETAILS, ROLES]),
            ListedCollection::new(MACHINE, [PERSON]),
        ];
        listing.page_size = true;
        listing.default_page_size = Some(2);
        capabilities.fields = [
            FieldSpec::read_in(FieldPath::ID, PERSON, "id").and_in(DETAILS, "id"),
            FieldSpec::read_in(FieldPath::NAME_DISPLAY, PERSON, "name").and_in(DETAILS, "name").writable(
                WriteRule::set_only(USERS, ValueFormat::Text { max_characters: None })
                    .at_creation(AtCreation::Required),
            ),
            FieldSpec::read_in(FieldPath::EMAILS, DETAILS, "email"),
            FieldSpec::read_in(FieldPath::ROLES, ROLES, "(the table)")
                .writable(WriteRule::set_only(USERS, ValueFormat::Names { max_characters: None })),
        ]
        .into_iter()
        .collect();
        Self { capabilities, paging }
    }
}

static PEOPLE: Mapping<Person> = Mapping::new(IdKind::USER, |person| person.id.value(), person);
static MACHINES: Mapping<Person> = Mapping::new(MACHINE, |person| person.id.value(), person);
static DETAIL: Mapping<Person> = Mapping::new(
    IdKind::USER,
    |person| person.id.value(),
    |id, record| {
        let mut profile = Profile::read_from(DETAILS, id);
        profile.name.display = record.name;
        profile.emails = Email::login(record.email);
        profile
    },
);

fn person(id: ProfileId, record: Person) -> Profile {
    let mut profile = Profile::read_from(PERSON, id);
    profile.name.display = record.name;
    profile
}

/// A page of people.
#[derive(Deserialize)]
struct People {
    people: Vec<Person>,
    next: Option<String>,
}

fn page(
    response: &Response,
    mapping: &Mapping<Person>,
    paging: Paging,
    place: Option<u64>,
) -> Result<RecordPage> {
    let People { people, next } = response.decode()?;
    let is_full = people.len() == 2;
    let number = place.unwrap_or(1);
    let onward = match (paging, next) {
        (Paging::Tokens, Some(token)) => Onward::At(Position::Token(token)),
        (Paging::Tokens, None) => Onward::End,
        (_, _) if is_full => Onward::At(Position::Number(number + 1)),
        (Paging::FullPages, _) => Onward::Claimed(Some(Position::Number(number + 1))),
        (Paging::FullPagesOnly, _) => Onward::Claimed(None),
    };
    let page = Page::last(people).try_map(|person| mapping.profile(response, WithRaw::from(person)));
    Ok(RecordPage::new(page, onward))
}

/// The roles of all people: one table, read once for many of them.
const ROLE_TABLE: Fact<Vec<Held>> = Fact::new("roles").at_most(std::time::Duration::from_secs(600));

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Held {
    id: String,
    person: String,
    role: String,
}

fn held(person: &str) -> Operation<Vec<Held>> {
    Operation::new(Request::get("list-roles").path("/roles").query("person", Some(person)), Response::decode)
}

#[async_trait]
impl Connector for Directory {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn collections(&self, _: &ListQuery) -> Vec<Collection> {
        let is_numbered = self.paging != Paging::Tokens;
        let numbered = |it: Collection| if is_numbered { it.numbered() } else { it };
        vec![
            numbered(Collection::new(IdKind::USER).with_past_end(416)),
            numbered(Collection::new(MACHINE).optional()),
        ]
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        let is_machines = *place.collection == MACHINE;
        let (name, path) =
            if is_machines { ("list-machines", "/machines") } else { ("list-people", "/people") };
        let request = Request::get(name)
            .path(path)
            .query("size", query.page_size)
            .query("token", place.token())
            .query("page", place.number());
        let (paging, number) = (self.paging, place.number());
        let operation = Operation::new(request, move |response| {
            page(response, if is_machines { &MACHINES } else { &PEOPLE }, paging, number)
        });
        caller.call(&operation).await
    }

    // It accepts any record: the engine must find out that it is another person's.
    async fn get(&self, caller: &Caller, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        let request = Request::get("get-person").path("/people").segment(id.native());
        caller.call(&PEOPLE.of(Operation::new(request, |_| Ok(())))).await
    }

    async fn current(&self, caller: &Caller, _: &GetOptions) -> Result<Profile> {
        let operation = Operation::new(Request::get("get-own").path("/own"), |_| Ok(()));
        caller.call(&PEOPLE.of(operation)).await
    }

    async fn complete(&self, caller: &Caller, profile: &Profile, view: &View) -> Result<Profile> {
        if *view == DETAILS {
            let request = Request::get("get-details").path("/details").segment(profile.id.native());
            let operation = DETAIL.asked(Operation::new(request, |_| Ok(())), &profile.id);
            return caller.call(&operation).await;
        }
        let all = Operation::new(Request::get("list-roles").path("/roles"), Response::decode);
        let read = async { caller.call(&all).await };
        let table = caller.remember(ROLE_TABLE, read).await?;
        let mut roles = Profile::read_from(ROLES, profile.id.clone());
        let own = table.iter().filter(|held| held.person == profile.id.native());
        let assignments = own
            .map(|held| RoleAssignment::default().with_role(Role::default().with_name(held.role.as_str())));
        roles.roles = assignments.collect::<Vec<_>>().into();
        Ok(roles)
    }

    async fn basis(&self, caller: &Caller, write: &Write, _: Option<&Profile>) -> Result<Basis> {
        match write {
            Write::Update { id, change } if !change.get(&FieldPath::ROLES).is_keep() => {
                let held = caller.call(&held(id.native())).await?;
                Basis::default().with("held", &held)
            }
            _ => Ok(Basis::default()),
        }
    }

    fn write(&self, caller: &Caller, write: &Write, basis: &Basis, _: Timestamp) -> Result<Vec<Action>> {
        match write {
            Write::Create { draft } => {
                let name = draft.fields().text(&FieldPath::NAME_DISPLAY).into_set().unwrap_or_default();
                let create = Request::post("create-person").path("/people").json(&json!({ "name": name }));
                let join = |id: &str| {
                    let request =
                        Request::post("join-group").path("/groups/all").json(&json!({ "member": id }));
                    Operation::new(request.query("check", Some(id)), |response| {
                        response.acknowledged().map(|()| anyprofile_core::plan::Receipt::Accepted)
                    })
                };
                Ok(vec![Action::shows(PEOPLE.of(Operation::new(create, |_| Ok(())))), Action::after(0, join)])
            }
            Write::Update { id, change } => {
                let Some(wanted) = change.texts(&FieldPath::ROLES).into_set() else {
                    let name = change.text(&FieldPath::NAME_DISPLAY).into_set();
                    let body = json!({ "name": name });
                    let request = Request::patch("update-person", &body).path("/people").segment(id.native());
                    return Ok(vec![Action::accepted(Operation::new(request, |_| Ok(())), id)]);
                };
                let held: Vec<Held> = basis.get("held")?;
                let taken = held
                    .iter()
                    .filter(|it| !wanted.contains(&it.role.as_str()))
                    .map(|it| Request::delete("delete-role").path("/roles").segment(&it.id));
                let is_new = |role: &&&str| !held.iter().any(|it| it.role == **role);
                let given = wanted.iter().filter(is_new).map(|role| {
                    let body = json!({ "person": id.native(), "role": role });
                    Request::post("create-role").path("/roles").json(&body)
                });
                let action = |request| Action::acknowledged(Operation::new(request, |_| Ok(())));
                Ok(taken.chain(given).map(action).collect())
            }
            other => Err(other.unsupported(caller.info(), &self.capabilities)),
        }
    }
}

/// A connector that writes where it should read.
#[derive(Debug)]
pub(crate) struct Careless(pub(crate) Directory);

#[async_trait]
impl Connector for Careless {
    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    async fn list(&self, caller: &Caller, _: &ListQuery, _: &Place<'_>) -> Result<RecordPage> {
        let touch = Operation::new(Request::post("touch").path("/touched"), |_| Ok(()));
        caller.call(&touch).await?;
        Err(anyprofile_core::Error::new(ErrorKind::Internal, "it was sent"))
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.0.get(caller, id, options).await
    }
}

/// A directory whose only list is optional, and which does not show the own profile.
#[derive(Debug)]
pub(crate) struct OptionalAlone(pub(crate) Directory);

#[async_trait]
impl Connector for OptionalAlone {
    fn capabilities(&self) -> &Capabilities {
        static NONE_OF_ONES_OWN: std::sync::LazyLock<Capabilities> = std::sync::LazyLock::new(|| {
            let mut capabilities = Directory::new(Paging::Tokens).capabilities;
            capabilities.operations.current = Support::no("there is none");
            capabilities
        });
        &NONE_OF_ONES_OWN
    }

    fn collections(&self, _: &ListQuery) -> Vec<Collection> {
        vec![Collection::new(MACHINE).optional()]
    }

    async fn list(&self, caller: &Caller, query: &ListQuery, place: &Place<'_>) -> Result<RecordPage> {
        self.0.list(caller, query, place).await
    }

    async fn get(&self, caller: &Caller, id: &ProfileId, options: &GetOptions) -> Result<Profile> {
        self.0.get(caller, id, options).await
    }
}
