//! A provider in memory, written against the core alone: what a fourth service would begin with. It can have a flaw.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use anyprofile_conformance::{Connect, Disturbance, Server};
use anyprofile_core::{
    AtCreation, Capabilities, Change, Cursor, CursorPosition, Direction, Email, Error, ErrorKind,
    ExecuteOptions, Executed, Execution, Expected, Field, FieldPath, FieldSpec, FilterPart, GetOptions,
    IdKind, ListQuery, Next, OrderField, Page, Plan, PlanOptions, PlannedRequest, Profile, ProfileChange,
    ProfileId, ProfileProvider, ProviderInfo, Receipt, Result, Status, Support, Timestamp, ValueFormat, View,
    Write, WriteRule, async_trait,
};
use serde_json::Value;

const USERS: &[IdKind] = &[IdKind::USER];
const RECORD: View = View::new("record");
const PAGE_SIZE: u32 = 10;

/// What is wrong with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// Every page ends one record early.
    LosesRecords,
    /// Every page begins with the last record of the one before.
    Overlaps,
    /// A title is never read.
    DeadField,
    /// A field has a value that is not declared.
    UndeclaredField,
    /// A change of the title is accepted, and nothing happens.
    IgnoresTitle,
    /// A plan writes.
    PlanWrites,
    /// What cannot be is asked for.
    AsksFirst,
    /// Who is deactivated goes on.
    KeepsActive,
    /// A cursor is taken as it comes.
    TakesAnyCursor,
    /// Whatever record comes is that of the id that was asked for.
    TakesAnyRecord,
    /// A 404 is one of the service, whoever sends it.
    TakesAny404,
    /// An empty page is the end, and nobody says how many there are.
    EndsAtEmptyPage,
    /// A filter is sent although none was to be.
    SendsFilterAllTheSame,
    /// Whoever comes has the status that was asked for.
    BelievesFilter,
    /// Nobody comes behind the first one who was not changed since.
    BelievesOrder,
}

/// The people, and what was asked for.
#[derive(Debug, Default)]
pub(crate) struct Store {
    people: Mutex<Vec<Profile>>,
    requests: AtomicU64,
    writes: AtomicU64,
    disturbance: Mutex<Option<Disturbance>>,
}

impl Store {
    fn is(&self, disturbance: Disturbance) -> bool {
        *self.disturbance.lock().unwrap_or_else(PoisonError::into_inner) == Some(disturbance)
    }
}

impl Server for Store {
    /// What a server in memory can do wrong.
    fn disturb(&self, disturbance: Disturbance) -> bool {
        let can = matches!(
            disturbance,
            Disturbance::EmptyPages
                | Disturbance::AnotherRecord
                | Disturbance::WrongPlace
                | Disturbance::FilterInverted
                | Disturbance::FilterIgnored
                | Disturbance::OrderIgnored
        );
        *self.disturbance.lock().unwrap_or_else(PoisonError::into_inner) = can.then_some(disturbance);
        can
    }

    fn calm(&self) {
        *self.disturbance.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }
}

/// A store and the flaw of those who connect to it.
#[derive(Debug)]
pub(crate) struct Connector {
    pub(crate) store: Arc<Store>,
    flaw: Flaw,
}

impl Connector {
    pub(crate) fn new(flaw: Flaw) -> Self {
        let people = (0..25).map(|number| person(number, flaw)).collect();
        Self { store: Arc::new(Store { people: Mutex::new(people), ..Store::default() }), flaw }
    }
}

impl Connect for Connector {
    fn connect(&self) -> Result<Arc<dyn ProfileProvider>> {
        Ok(Arc::new(Memory::new(Arc::clone(&self.store), self.flaw)?))
    }
}

fn person(number: usize, flaw: Flaw) -> Profile {
    let mut profile = Profile::read_from(RECORD, format!("memory:test/user/m{number}").parse().unwrap());
    profile.name.display = format!("Person {number}").into();
    profile.emails = Email::login(format!("person.{number}@example.com").into());
    profile.status = if number.is_multiple_of(3) { Status::Suspended } else { Status::Active }.into();
    // In another order than that of the list.
    profile.times.updated =
        format!("2026-01-{:02}T12:00:00Z", number * 7 % 25 + 1).parse::<Timestamp>().ok().into();
    if flaw != Flaw::DeadField {
        profile.title = "engineer".into();
    }
    if flaw == Flaw::UndeclaredField {
        profile.website = "https://example.com".into();
    }
    profile
}

/// The provider.
#[derive(Debug)]
struct Memory {
    info: ProviderInfo,
    capabilities: Capabilities,
    store: Arc<Store>,
    flaw: Flaw,
}

impl Memory {
    fn new(store: Arc<Store>, flaw: Flaw) -> Result<Self> {
        let mut capabilities = Capabilities::default();
        let operations = &mut capabilities.operations;
        for support in
            [&mut operations.list, &mut operations.get, &mut operations.create, &mut operations.update]
        {
            *support = Support::users();
        }
        operations.deactivate = Support::users();
        operations.enroll = Support::no("nobody enrolls in memory");
        capabilities.listing.page_size = true;
        capabilities.listing.max_page_size = Some(100);
        capabilities.listing.declares_total = true;
        capabilities.listing.orders = vec![OrderField::Updated];
        capabilities.listing.filters = vec![FilterPart::Status];
        capabilities.listing.filter_statuses = vec![Status::Active, Status::Suspended];
        let rule = |format| WriteRule::set_only(USERS, format);
        let text = ValueFormat::Text { max_characters: Some(40) };
        capabilities.fields = [
            FieldSpec::read_in(FieldPath::ID, RECORD, "id"),
            FieldSpec::read_in(FieldPath::STATUS, RECORD, "active"),
            FieldSpec::read_in(FieldPath::TIMES_UPDATED, RECORD, "updated"),
            FieldSpec::read_in(FieldPath::EMAILS, RECORD, "email")
                .writable(rule(ValueFormat::Email).at_creation(AtCreation::Required)),
            FieldSpec::read_in(FieldPath::NAME_DISPLAY, RECORD, "name")
                .writable(rule(text.clone()).at_creation(AtCreation::Optional)),
            FieldSpec::read_in(FieldPath::TITLE, RECORD, "title")
                .writable(rule(text).at_creation(AtCreation::Optional).clearable()),
        ]
        .into_iter()
        .collect();
        let info = ProviderInfo::new("memory".parse()?, "test".parse()?, "Memory", "memory:");
        Ok(Self { info, capabilities, store, flaw })
    }

    /// What is asked of the store.
    fn asked(&self, writes: bool) -> std::sync::MutexGuard<'_, Vec<Profile>> {
        self.store.requests.fetch_add(1, Ordering::Relaxed);
        self.store.writes.fetch_add(u64::from(writes), Ordering::Relaxed);
        self.store.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What something else than the store answers, where the store is not there.
    fn checked(&self) -> Result<()> {
        if !self.store.is(Disturbance::WrongPlace) {
            return Ok(());
        }
        drop(self.asked(false));
        let kind = if self.flaw == Flaw::TakesAny404 { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Err(Error::new(kind, "404").with_provider(&self.info))
    }

    /// The place of the one whom the store takes for the one with an id.
    fn place_of(&self, people: &[Profile], id: &ProfileId) -> Result<usize> {
        let place = people.iter().position(|profile| profile.id == *id).ok_or_else(|| self.nobody())?;
        let is_mixed_up = self.store.is(Disturbance::AnotherRecord);
        Ok(if is_mixed_up { (place + 1) % people.len() } else { place })
    }

    /// The record that came for an id.
    fn record(&self, id: &ProfileId, mut came: Profile) -> Profile {
        if self.flaw == Flaw::TakesAnyRecord {
            came.id = id.clone();
        }
        came
    }

    /// The people that a query gets, as the store reads it.
    fn listed(&self, people: &[Profile], query: &ListQuery) -> Vec<Profile> {
        let mut listed = people.to_vec();
        let sends = !query.local_filter || self.flaw == Flaw::SendsFilterAllTheSame;
        if let ([Expected::Is(status)], true) = (&query.filter.status[..], sends) {
            let is_asked = |profile: &Profile| profile.status == *status;
            if !self.store.is(Disturbance::FilterIgnored) {
                let inverts = self.store.is(Disturbance::FilterInverted);
                listed.retain(|profile| is_asked(profile) != inverts);
            }
            if self.flaw == Flaw::BelievesFilter {
                for profile in &mut listed {
                    profile.status = status.clone().into();
                }
            }
        }
        if let (Some(order), false) = (&query.order, self.store.is(Disturbance::OrderIgnored)) {
            listed.sort_by_key(|profile| profile.times.updated.value().copied());
            if order.direction == Direction::Descending {
                listed.reverse();
            }
        }
        listed
    }

    fn nobody(&self) -> Error {
        Error::new(ErrorKind::NotFound, "nobody has this id").with_provider(&self.info)
    }

    fn set(&self, profile: &mut Profile, change: &ProfileChange) {
        for (path, change) in change.iter() {
            let text: Field<String> = match change {
                Change::Set(value) => value.as_str().map(str::to_owned).into(),
                Change::Clear => Field::Null,
                Change::Keep => continue,
            };
            match path.as_str() {
                "emails" => profile.emails = Email::login(text),
                "name.display" => profile.name.display = text,
                "title" if self.flaw != Flaw::IgnoresTitle => profile.title = text,
                _ => {}
            }
        }
    }

    fn planned(method: &'static str, change: &ProfileChange) -> PlannedRequest {
        let body = change.iter().map(|(path, change)| match change {
            Change::Set(value) => (path.to_string(), value.clone()),
            _ => (path.to_string(), Value::Null),
        });
        PlannedRequest::new(method, "memory:people", Some(Value::Object(body.collect())))
    }
}

#[async_trait]
impl ProfileProvider for Memory {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, query: &ListQuery, cursor: Option<&Cursor>) -> Result<Page<Profile>> {
        if self.flaw != Flaw::AsksFirst {
            query.check(&self.info, &self.capabilities)?;
        }
        let query = &query.clone().with_page_size(query.page_size.unwrap_or(PAGE_SIZE));
        let place = |cursor: &Cursor| match cursor.position(&self.info, query) {
            Ok(CursorPosition::Token(token)) => Ok(token.parse::<usize>().unwrap_or_default()),
            Ok(_) => Err(Cursor::foreign(&self.info)),
            Err(_) if self.flaw == Flaw::TakesAnyCursor => Ok(0),
            Err(error) => Err(error),
        };
        let from = cursor.map(place).transpose()?.unwrap_or_default();
        if self.flaw != Flaw::TakesAny404 {
            self.checked()?;
        }
        let mut people = self.listed(&self.asked(false), query);
        if self.flaw == Flaw::BelievesOrder
            && let Some(since) = query.filter.updated_since
        {
            let is_old = |it: &Profile| it.times.updated.value().is_none_or(|updated| *updated < since);
            people.truncate(people.iter().position(is_old).unwrap_or(people.len()));
        }
        if self.store.is(Disturbance::WrongPlace) {
            people.clear();
        }
        let size = query.page_size.unwrap_or(PAGE_SIZE) as usize;
        let is_empty = from > 0 && self.store.is(Disturbance::EmptyPages);
        let to = if is_empty { from + size } else { (from + size).min(people.len()) };
        let start = if self.flaw == Flaw::Overlaps { from.saturating_sub(1) } else { from };
        let end = if self.flaw == Flaw::LosesRecords { to.saturating_sub(1).max(start) } else { to };
        let mut page = Page::last(if is_empty { Vec::new() } else { people[start..end].to_vec() });
        page.declared_total = (self.flaw != Flaw::EndsAtEmptyPage).then_some(people.len() as u64);
        page.effort = anyprofile_core::Effort::new(1, std::time::Duration::ZERO);
        let is_end = is_empty && self.flaw == Flaw::EndsAtEmptyPage;
        if !is_end && (to < people.len() || is_empty) {
            let next = Cursor::new(&self.info, query, CursorPosition::Token(to.to_string()));
            page = page.with_next(Next::Cursor(next));
        }
        Ok(page)
    }

    async fn get_with(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities.operations.get.check(&self.info, "get", id)?;
        self.checked()?;
        let people = self.asked(false);
        Ok(self.record(id, people[self.place_of(&people, id)?].clone()))
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let builder = Plan::begin(self, write, options).await?;
        if self.flaw == Flaw::PlanWrites {
            drop(self.asked(true));
        }
        let nothing = ProfileChange::new();
        let (method, change) = match builder.needed() {
            Write::Create { draft } => ("POST", draft.fields()),
            Write::Update { change, .. } => ("PATCH", change),
            Write::Deactivate { .. } => ("DELETE", &nothing),
            other => return Err(other.unsupported(&self.info, &self.capabilities)),
        };
        let request = Self::planned(method, change);
        Ok(if builder.is_settled() { builder.build() } else { builder.with_request(request).build() })
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let mut execution = Execution::begin(self, plan, options).await?;
        if execution.goes_on() {
            execution.step(self.written(plan.needed()));
        }
        Ok(execution.finish(self).await)
    }
}

impl Memory {
    fn written(&self, write: &Write) -> Result<Receipt> {
        let mut people = self.asked(true);
        let shows = |profile| Ok(Receipt::Shows(Box::new(profile)));
        match write {
            Write::Create { draft } => {
                let mut profile = person(people.len(), self.flaw);
                self.set(&mut profile, draft.fields());
                profile.status = Status::Active.into();
                people.push(profile.clone());
                shows(profile)
            }
            Write::Update { id, change } => {
                let place = self.place_of(&people, id)?;
                self.set(&mut people[place], change);
                shows(self.record(id, people[place].clone()))
            }
            Write::Deactivate { id } => {
                let found = people.iter_mut().find(|profile| profile.id == *id);
                let profile = found.ok_or_else(|| self.nobody())?;
                if self.flaw != Flaw::KeepsActive {
                    profile.status = Status::Suspended.into();
                }
                Ok(Receipt::Accepted)
            }
            other => Err(other.unsupported(&self.info, &self.capabilities)),
        }
    }
}
