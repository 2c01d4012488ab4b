//! The provider, written only against the core.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyprofile_conformance::Disturbance;
use anyprofile_core::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, Expected, FieldPath, GetOptions, IdKind,
    ListQuery, Plan, PlanOptions, Profile, ProfileId, ProfileProvider, ProviderInfo, Result, Status, Write,
    async_trait,
    capabilities::{AtCreation, FieldSpec, Support, ValueFormat, WriteRule},
    listing::{Cursor, CursorPosition, Next, Page, Quarantined},
    plan::{Execution, StepOutcome},
    query::{Direction, FilterPart, OrderField},
};

use super::{Flaw, RECORD, Store};

const USERS: &[IdKind] = &[IdKind::USER];
const PAGE_SIZE: u32 = 10;

/// The provider.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) info: ProviderInfo,
    pub(super) capabilities: Capabilities,
    pub(super) store: Arc<Store>,
    pub(super) flaw: Flaw,
    /// Whether a page was listed.
    is_begun: AtomicBool,
}

impl Memory {
    pub(super) fn new(store: Arc<Store>, flaw: Flaw, has_page_size: bool) -> Result<Self> {
        let mut capabilities = Capabilities::default();
        let operations = &mut capabilities.operations;
        for support in
            [&mut operations.list, &mut operations.get, &mut operations.create, &mut operations.update]
        {
            *support = Support::users();
        }
        operations.deactivate = Support::users();
        operations.enroll = Support::no("nobody enrolls in memory");
        capabilities.listing.page_size = has_page_size;
        capabilities.listing.max_page_size = has_page_size.then_some(100);
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
        Ok(Self { info, capabilities, store, flaw, is_begun: AtomicBool::new(false) })
    }

    /// Returns the response of a gateway, if the store is not reached.
    fn checked(&self) -> Result<()> {
        if !self.store.is(Disturbance::WrongPlace) {
            return Ok(());
        }
        drop(self.store.read());
        let kind = if self.flaw == Flaw::TakesAny404 { ErrorKind::NotFound } else { ErrorKind::Upstream };
        Err(Error::new(kind, "404").with_provider(&self.info))
    }

    /// Returns the record that the store sends for an id.
    pub(super) fn record(&self, id: &ProfileId, mut came: Profile) -> Profile {
        if self.flaw == Flaw::TakesAnyRecord {
            came.id = id.clone();
        }
        came
    }

    /// Returns the people that match a query, as the store interprets it.
    fn listed(&self, people: &[Profile], query: &ListQuery) -> Vec<Profile> {
        let mut listed = people.to_vec();
        let sends = !query.local_filter || self.flaw == Flaw::SendsFilterAllTheSame;
        if let ([Expected::Is(status)], true) = (&query.filter.status[..], sends) {
            let is_asked = |profile: &Profile| profile.status.is_known_to_be(status);
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
        let mut people = self.listed(&self.store.read(), query);
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
        let is_first_call = !self.is_begun.swap(true, Ordering::Relaxed);
        let skips = self.flaw == Flaw::SkipsWhenResumed && is_first_call && from > 0;
        let from = if skips { (from + size).min(people.len()) } else { from };
        if from > 0 && self.store.is(Disturbance::Fails) {
            if self.flaw == Flaw::EndsAtFailure {
                return Ok(Page::last(Vec::new()));
            }
            return Err(Error::new(ErrorKind::Upstream, "503")
                .with_provider(&self.info)
                .with_hint("try again"));
        }
        let is_empty = from > 0 && self.store.is(Disturbance::EmptyPages);
        let to = if is_empty { from + size } else { (from + size).min(people.len()) };
        let start = if self.flaw == Flaw::Overlaps { from.saturating_sub(1) } else { from };
        let end = if self.flaw == Flaw::LosesRecords { to.saturating_sub(1).max(start) } else { to };
        let mut page = Page::last(if is_empty { Vec::new() } else { people[start..end].to_vec() });
        page.declared_total = (self.flaw != Flaw::EndsAtEmptyPage).then_some(people.len() as u64);
        page.stats = anyprofile_core::RequestStats::new(1, std::time::Duration::ZERO);
        if from == size && self.store.is(Disturbance::BadRecord) && !page.items.is_empty() {
            match self.flaw {
                Flaw::LosesPage => page.items.clear(),
                _ => drop(page.items.pop()),
            }
            page.quarantined.push(Quarantined::new(size - 1, "it is no record"));
        }
        let is_end = is_empty && self.flaw == Flaw::EndsAtEmptyPage;
        if !is_end && (to < people.len() || is_empty) {
            let next = Cursor::new(&self.info, query, CursorPosition::Token(to.to_string()));
            page = page.with_next(Next::Cursor(next));
        }
        Ok(page)
    }

    async fn get_opts(&self, id: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.capabilities.operations.get.check(&self.info, "get", id)?;
        self.checked()?;
        if self.flaw == Flaw::WritesWhileReading {
            self.send_something();
        }
        let people = self.store.read();
        Ok(self.record(id, people[self.place_of(&people, id)?].clone()))
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let mut builder = Plan::begin(self, write, options).await?;
        if self.flaw == Flaw::PlanWrites {
            self.send_something();
        }
        if self.flaw == Flaw::ReadsGiven {
            drop(self.store.read());
        }
        if builder.is_settled() && self.flaw != Flaw::ShowsSettled {
            return Ok(builder.build());
        }
        let needed = if builder.is_settled() { write } else { builder.needed() };
        let mut steps = self.steps(needed)?;
        if self.flaw == Flaw::HidesStep {
            steps.truncate(1);
        }
        for step in steps {
            builder = builder.with_request(step.request);
        }
        Ok(builder.build())
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let is_taken = match self.flaw {
            Flaw::ExecutesTwice => plan.is_spent(),
            Flaw::TakesAnyPlan => plan.check_issuer(&self.info).is_err(),
            _ => false,
        };
        let anew = if is_taken { Some(self.plan(plan.write(), &PlanOptions::new()).await?) } else { None };
        let plan = anew.as_ref().unwrap_or(plan);
        let mut execution = Execution::begin(self, plan, options).await?;
        if plan.is_settled() && self.flaw == Flaw::WritesSettled {
            self.send_something();
        }
        let mut steps = if plan.is_settled() { Vec::new() } else { self.steps(plan.needed())? };
        if self.flaw == Flaw::SendsBackwards {
            steps.reverse();
        }
        for step in &steps {
            if !execution.goes_on() && !matches!(self.flaw, Flaw::GoesOn | Flaw::HidesStep) {
                break;
            }
            match self.send(step) {
                Err(error) if self.flaw == Flaw::ForgetsSteps => return Err(error),
                Err(error) if self.flaw == Flaw::SpendsRefused => {
                    // The execution is dropped, and another one is reported.
                    let another = self.plan(plan.write(), &PlanOptions::new()).await?;
                    execution = Execution::begin(self, &another, options).await?;
                    execution.step(Err(error));
                    return Ok(execution.finish(self).await);
                }
                outcome => execution.step(outcome),
            }
        }
        let mut executed = execution.finish(self).await;
        if self.flaw == Flaw::ForgetsMade && executed.error.is_some() {
            for step in executed.steps.iter_mut().filter(|step| **step == StepOutcome::Made) {
                *step = StepOutcome::NotMade;
            }
        }
        Ok(executed)
    }
}
