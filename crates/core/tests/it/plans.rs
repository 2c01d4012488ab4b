//! Plans: executed once, by the account that created them, and reported step by step.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyprofile_core::{
    Capabilities, Error, ErrorKind, ExecuteOptions, Executed, FieldPath, GetOptions, IdKind, ListQuery, Plan,
    PlanOptions, Profile, ProfileChange, ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo,
    Result, Status, Write, async_trait,
    capabilities::{FieldSpec, Support, ValueFormat, WriteRule},
    error::Effect,
    listing::{Cursor, Page},
    plan::{Execution, PlannedRequest, Receipt, StepOutcome},
};

const USERS: &[IdKind] = &[IdKind::USER];

/// A service whose update takes three requests, each with the given outcome.
#[derive(Debug)]
struct Steps {
    info: ProviderInfo,
    capabilities: Capabilities,
    shown: Mutex<Profile>,
    ends: Mutex<VecDeque<Effect>>,
    sent: AtomicUsize,
    read: AtomicUsize,
}

impl Steps {
    fn of(account: &str, ends: &[Effect]) -> Self {
        let mut capabilities = Capabilities::default();
        let operations = &mut capabilities.operations;
        for support in
            [&mut operations.get, &mut operations.update, &mut operations.deactivate, &mut operations.delete]
        {
            *support = Support::users();
        }
        let format = ValueFormat::Text { max_characters: None };
        let password = WriteRule::set_only(USERS, ValueFormat::Text { max_characters: None }).secret();
        capabilities.fields = [
            FieldSpec::read(FieldPath::STATUS, "status"),
            FieldSpec::read(FieldPath::TITLE, "title").writable(WriteRule::set_only(USERS, format)),
            FieldSpec::read(FieldPath::LOCALE, "password").writable(password),
        ]
        .into_iter()
        .collect();
        let mut shown = Profile::new("memory:a/user/x".parse().unwrap());
        shown.title = "cto".into();
        shown.status = Status::Active.into();
        Self {
            info: ProviderInfo::new("memory".parse().unwrap(), account.parse().unwrap(), "Memory", "memory:"),
            capabilities,
            shown: Mutex::new(shown),
            ends: Mutex::new(ends.iter().copied().collect()),
            sent: AtomicUsize::new(0),
            read: AtomicUsize::new(0),
        }
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    fn read(&self) -> usize {
        self.read.load(Ordering::Relaxed)
    }

    /// Plans another title.
    async fn planned(&self) -> Plan {
        self.plan(&titled("ceo"), &PlanOptions::new()).await.unwrap()
    }
}

fn id() -> ProfileId {
    "memory:a/user/x".parse().unwrap()
}

fn titled(title: &str) -> Write {
    Write::update(id(), ProfileChange::new().set(FieldPath::TITLE, title))
}

#[async_trait]
impl ProfileProvider for Steps {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        Ok(Page::last(Vec::new()))
    }

    async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.read.fetch_add(1, Ordering::Relaxed);
        Ok(self.shown.lock().unwrap().clone())
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let mut builder = Plan::begin(self, write, options).await?;
        if !builder.is_settled() {
            for number in 1..=3 {
                builder = builder.with_request(PlannedRequest::new("PUT", format!("memory:{number}"), None));
            }
        }
        Ok(builder.build())
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let mut execution = Execution::begin(self, plan, options).await?;
        while execution.goes_on() {
            self.sent.fetch_add(1, Ordering::Relaxed);
            let outcome = match self.ends.lock().unwrap().pop_front() {
                Some(effect) => {
                    let error = Error::new(ErrorKind::Upstream, "it failed").with_operation("put");
                    Err(error.with_effect(effect))
                }
                None => Ok(Receipt::Accepted),
            };
            if let Write::Update { .. } = plan.write() {
                self.shown.lock().unwrap().title = "ceo".into();
            }
            execution.step(outcome);
        }
        Ok(execution.finish(self).await)
    }
}

#[tokio::test]
async fn a_plan_is_executed_once_and_so_are_its_clones() {
    let service = Steps::of("a", &[]);
    let plan = service.planned().await;
    let clone = plan.clone();
    let executed = service.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(executed.steps, [StepOutcome::Made; 3]);
    assert_eq!(executed.profile.unwrap().title, "ceo".into());
    assert!(plan.is_spent() && clone.is_spent());
    for spent in [&plan, &clone] {
        let error = service.execute(spent, &ExecuteOptions::new()).await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Conflict, Some("update")));
    }
    assert_eq!(service.sent(), 3);
}

#[tokio::test]
async fn each_request_says_what_became_of_it_and_what_was_not_made_may_be_tried_again() {
    use StepOutcome::{Made, NotBegun, NotMade, Unknown};
    for (ends, steps, effect, is_spent) in [
        (&[Effect::None][..], [NotMade, NotBegun, NotBegun], Effect::None, false),
        (&[Effect::Possible], [Unknown, NotBegun, NotBegun], Effect::Possible, true),
        (&[Effect::Whole], [Made, NotBegun, NotBegun], Effect::Partial, true),
    ] {
        let service = Steps::of("a", ends);
        let plan = service.planned().await;
        let executed = service.execute(&plan, &ExecuteOptions::new()).await.unwrap();
        assert_eq!((&executed.steps[..], plan.is_spent()), (&steps[..], is_spent));
        assert_eq!(executed.may_have_taken_effect(), is_spent);
        assert_eq!(executed.into_result().unwrap_err().effect(), effect);
        let again = service.execute(&plan, &ExecuteOptions::new()).await;
        assert_eq!(again.is_ok(), !is_spent);
    }
}

#[tokio::test]
async fn what_fails_behind_others_says_that_they_were_made() {
    for (end, step, said) in [
        (Effect::None, StepOutcome::NotMade, "before put were applied, the others were not"),
        (
            Effect::Possible,
            StepOutcome::Unknown,
            "before put were applied; it is not known whether the others were",
        ),
    ] {
        let service = Steps::of("a", &[]);
        let plan = service.planned().await;
        let mut execution = Execution::begin(&service, &plan, &ExecuteOptions::new()).await.unwrap();
        execution.step(Ok(Receipt::Accepted));
        execution.step(Err(Error::new(ErrorKind::Upstream, "no").with_operation("put").with_effect(end)));
        assert!(!execution.goes_on());
        let executed = execution.finish(&service).await;
        assert_eq!(executed.steps, [StepOutcome::Made, step, StepOutcome::NotBegun]);
        let error = executed.error.unwrap();
        assert_eq!(error.effect(), Effect::Partial);
        assert!(error.hint().unwrap().contains(said), "{error}");
    }
}

#[tokio::test]
async fn the_last_request_that_was_made_and_not_read_back_leaves_nothing_undone() {
    let service = Steps::of("a", &[]);
    let plan = service.planned().await;
    let mut execution = Execution::begin(&service, &plan, &ExecuteOptions::new()).await.unwrap();
    execution.step(Ok(Receipt::Accepted));
    execution.step(Ok(Receipt::Accepted));
    execution.step(Err(Error::new(ErrorKind::Decode, "unreadable").after_write()));
    let executed = execution.finish(&service).await;
    assert_eq!(executed.steps, [StepOutcome::Made; 3]);
    assert_eq!(executed.error.unwrap().effect(), Effect::Whole);
}

#[tokio::test]
async fn what_an_earlier_response_shows_is_not_what_a_later_request_has_changed() {
    let service = Steps::of("a", &[]);
    let plan = service.planned().await;
    let before = service.shown.lock().unwrap().clone();
    let mut execution = Execution::begin(&service, &plan, &ExecuteOptions::new()).await.unwrap();
    execution.step(Ok(Receipt::Shows(Box::new(before))));
    execution.step(Ok(Receipt::Accepted));
    execution.step(Ok(Receipt::Accepted));
    assert!(execution.is_unshown(), "it has to be read");
    let read_before = service.read();
    let executed = execution.finish(&service).await;
    assert!(executed.error.is_none() && service.read() > read_before);
}

#[tokio::test]
async fn an_execution_that_is_dropped_leaves_the_plan_spent() {
    let service = Steps::of("a", &[]);
    let plan = service.planned().await;
    drop(Execution::begin(&service, &plan, &ExecuteOptions::new()).await.unwrap());
    assert!(plan.is_spent());
}

#[tokio::test]
async fn the_plan_of_another_account_is_refused_and_stays_as_it_was() {
    let (service, other) = (Steps::of("a", &[]), Steps::of("b", &[]));
    let plan = service.planned().await;
    let error = other.execute(&plan, &ExecuteOptions::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.message().starts_with("the plan was created for memory account 'a' at memory:"), "{error}");
    assert!(!plan.is_spent() && plan.payload::<String>().is_err());
    assert_eq!((service.sent(), other.sent()), (0, 0));
}

#[tokio::test]
async fn what_is_so_already_sends_nothing() {
    let service = Steps::of("a", &[]);
    let same = service.update(&id(), &ProfileChange::new().set(FieldPath::TITLE, "cto")).await.unwrap();
    assert_eq!(same.title, "cto".into());
    service.shown.lock().unwrap().status = Status::Suspended.into();
    service.deactivate(&id()).await.unwrap();
    assert_eq!(service.sent(), 0);
    let plan = service.plan(&Write::deactivate(id()), &PlanOptions::new()).await.unwrap();
    assert!(plan.is_settled() && plan.requests().is_empty() && plan.settled().len() == 1);
    let executed = service.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(executed.is_settled() && !plan.is_spent());
}

#[tokio::test]
async fn a_service_that_goes_on_letting_somebody_in_has_not_deactivated_them() {
    let service = Steps::of("a", &[]);
    let plan = service.plan(&Write::deactivate(id()), &PlanOptions::new()).await.unwrap();
    let mut execution = Execution::begin(&service, &plan, &ExecuteOptions::new()).await.unwrap();
    let shown = service.shown.lock().unwrap().clone();
    execution.step(Ok(Receipt::Shows(Box::new(shown))));
    assert_eq!(execution.finish(&service).await.ignored, [FieldPath::STATUS]);
}

#[tokio::test]
async fn a_profile_that_is_given_is_not_read() {
    let service = Steps::of("a", &[]);
    let given = service.shown.lock().unwrap().clone();
    let plan = service.plan(&titled("ceo"), &PlanOptions::given(given)).await.unwrap();
    assert_eq!((service.read(), plan.differences().len()), (0, 1));
    let other = Profile::new("memory:a/user/y".parse().unwrap());
    let error = service.plan(&titled("ceo"), &PlanOptions::given(other)).await.unwrap_err();
    assert!(error.is_of_another_profile());
    // A profile to delete is read only if the plan must show it.
    for (options, reads) in [(PlanOptions::new(), 0), (PlanOptions::always(), 1)] {
        let plan = service.plan(&Write::delete(id()), &options).await.unwrap();
        assert_eq!((service.read(), plan.current().is_some()), (reads, reads > 0));
    }
}

#[cfg(feature = "plan-record")]
mod kept {
    use anyprofile_core::{
        Timestamp,
        plan::{PlanRecord, Resumed},
    };

    use super::*;

    const MADE: &str = "2026-01-31T12:00:00Z";
    const EXPIRES: &str = "2026-02-01T12:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn record(service: &Steps, plan: &Plan, key: u8) -> Result<PlanRecord> {
        PlanRecord::of(plan, service.capabilities(), at(MADE), at(EXPIRES), [key; 32])
    }

    #[tokio::test]
    async fn a_plan_that_comes_to_the_same_is_resumed_and_another_is_shown() {
        let service = Steps::of("a", &[]);
        let kept = record(&service, &service.planned().await, 1).unwrap();
        let text = serde_json::to_string(&kept).unwrap();
        assert!(!text.contains("PUT") && !text.contains("memory:1"), "no request is kept: {text}");
        let kept: PlanRecord = serde_json::from_str(&text).unwrap();
        let plan = service.resume(&kept, at(MADE)).await.unwrap().into_unchanged().unwrap();
        assert!(matches!(plan.write(), Write::Update { .. }));
        service.shown.lock().unwrap().title = "dev".into();
        let changed = service.resume(&kept, at(MADE)).await.unwrap();
        let Resumed::Changed(plan) = &changed else { panic!("it has changed") };
        assert_eq!(plan.differences()[0].now, anyprofile_core::Field::Value("dev".into()));
        let error = changed.into_unchanged().unwrap_err();
        assert_eq!((error.kind(), service.sent()), (ErrorKind::Conflict, 0));
    }

    #[tokio::test]
    async fn a_plan_is_resumed_in_time_by_its_account_and_without_secrets() {
        let service = Steps::of("a", &[]);
        let plan = service.planned().await;
        let kept = record(&service, &plan, 1).unwrap();
        let late = service.resume(&kept, at(EXPIRES)).await.unwrap_err();
        assert_eq!(late.kind(), ErrorKind::Conflict);
        let reads = service.read();
        let other = Steps::of("b", &[]).resume(&kept, at(MADE)).await.unwrap_err();
        assert_eq!((other.kind(), service.read()), (ErrorKind::InvalidRequest, reads));
        let secret = Write::update(id(), ProfileChange::new().set(FieldPath::LOCALE, "hunter2"));
        let plan_of_secret = service.plan(&secret, &PlanOptions::new()).await.unwrap();
        let error = record(&service, &plan_of_secret, 1).unwrap_err();
        assert!(!format!("{error}{error:?}{kept:?}").contains("hunter2"));
        // Two records do not reveal that they are of the same plan.
        assert_ne!(record(&service, &plan, 2).unwrap().digest(), kept.digest());
        assert_eq!(record(&service, &plan, 1).unwrap().digest(), kept.digest());
    }
}
