//! Plans: shown before they are executed, refused early, verified after.

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use anyprofile_core::{
    Capabilities, Change, Email, ErrorKind, ExecuteOptions, Executed, Field, FieldPath, GetOptions, IdKind,
    ListQuery, Plan, PlanOptions, Profile, ProfileChange, ProfileDraft, ProfileId, ProfileProvider,
    ProfileProviderExt, ProviderInfo, Result, Write, async_trait,
    capabilities::{AtCreation, FieldSpec, Support, ValueFormat, WriteRule},
    listing::{Cursor, Page},
    plan::{Execution, PlannedRequest, Receipt},
};
use serde_json::Value;

const USERS: &[IdKind] = &[IdKind::USER];

/// One profile that can be written. Its service accepts no locale and lower-cases every title.
#[derive(Debug)]
struct Store {
    info: ProviderInfo,
    capabilities: Capabilities,
    profile: Mutex<Profile>,
    writes: Mutex<Vec<String>>,
    reads: AtomicU32,
}

fn store() -> Store {
    let text = |path, max| {
        let format = ValueFormat::Text { max_characters: Some(max) };
        FieldSpec::read(path, "x")
            .writable(WriteRule::set_only(USERS, format).at_creation(AtCreation::Optional))
    };
    let mut capabilities = Capabilities::default();
    capabilities.operations.get = Support::users();
    capabilities.operations.update = Support::users();
    capabilities.operations.create = Support::users();
    let pairs =
        ValueFormat::Pairs { max_pairs: Some(2), max_key_characters: Some(4), max_value_characters: Some(5) };
    let email = WriteRule::set_only(USERS, ValueFormat::Email).at_creation(AtCreation::Required);
    capabilities.fields = [
        text(FieldPath::TITLE, 10),
        text(FieldPath::LOCALE, 10),
        FieldSpec::read(FieldPath::NAME_DISPLAY, "x")
            .writable(WriteRule::set_only(USERS, ValueFormat::Text { max_characters: None }).clearable()),
        FieldSpec::read(FieldPath::EMAILS, "x").writable(email.with_warning("it resets the password")),
        FieldSpec::read(FieldPath::COUNTRY, "x").writable(WriteRule::set_only(USERS, ValueFormat::Country)),
        FieldSpec::read(FieldPath::EXTERNAL_ID, "x").writable(
            WriteRule::set_only(USERS, ValueFormat::Time).at_creation(AtCreation::Optional).not_by_update(),
        ),
        FieldSpec::read(FieldPath::METADATA, "x").writable(WriteRule::set_only(USERS, pairs).clearable()),
    ]
    .into_iter()
    .collect();
    let info = ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Store", "memory:");
    let mut profile = Profile::new("probely:eu/user/x".parse().unwrap());
    profile.title = "cto".into();
    profile.name.display = Field::Null;
    profile.metadata = Field::from(std::collections::BTreeMap::from([("team".to_owned(), "a".to_owned())]));
    Store {
        info,
        capabilities,
        profile: Mutex::new(profile),
        writes: Mutex::default(),
        reads: AtomicU32::new(0),
    }
}

impl Store {
    fn id(&self) -> ProfileId {
        self.profile.lock().unwrap().id.clone()
    }

    fn writes(&self) -> Vec<String> {
        self.writes.lock().unwrap().clone()
    }
}

#[async_trait]
impl ProfileProvider for Store {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        Ok(Page::last(vec![self.profile.lock().unwrap().clone()]))
    }

    async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Ok(self.profile.lock().unwrap().clone())
    }

    async fn plan(&self, write: &Write, options: &PlanOptions) -> Result<Plan> {
        let builder = Plan::begin(self, write, options).await?;
        let Write::Update { change, .. } = builder.needed() else {
            return Err(write.unsupported(&self.info, &self.capabilities));
        };
        let request = PlannedRequest::new("PATCH", "memory:x", Some(body(change)));
        Ok(if builder.is_settled() { builder.build() } else { builder.with_request(request).build() })
    }

    async fn execute(&self, plan: &Plan, options: &ExecuteOptions) -> Result<Executed> {
        let mut execution = Execution::begin(self, plan, options).await?;
        if let (true, Write::Update { change, .. }) = (execution.goes_on(), plan.needed()) {
            execution.step(Ok(Receipt::Shows(Box::new(self.written(change)))));
        }
        Ok(execution.finish(self).await)
    }
}

fn body(change: &ProfileChange) -> Value {
    let fields = change.iter().map(|(path, change)| match change {
        Change::Set(value) => (path.to_string(), value.clone()),
        _ => (path.to_string(), Value::Null),
    });
    Value::Object(fields.collect())
}

impl Store {
    fn written(&self, change: &ProfileChange) -> Profile {
        self.writes.lock().unwrap().push(body(change).to_string());
        let mut profile = self.profile.lock().unwrap();
        if let Change::Set(Value::String(title)) = change.get(&FieldPath::TITLE) {
            profile.title = title.to_lowercase().into();
        }
        if let Change::Clear = change.get(&FieldPath::NAME_DISPLAY) {
            profile.name.display = Field::Null;
        }
        profile.clone()
    }

    async fn plan_of(&self, change: &ProfileChange) -> Result<Plan> {
        self.plan(&Write::update(self.id(), change.clone()), &PlanOptions::new()).await
    }
}

#[tokio::test]
async fn a_plan_holds_what_is_not_so_already_and_writes_nothing() {
    let store = store();
    let change = ProfileChange::new()
        .set(FieldPath::TITLE, "cto")
        .set(FieldPath::LOCALE, "nb")
        .clear(FieldPath::NAME_DISPLAY)
        .set(FieldPath::EMAILS, "ada@example.com")
        .set(FieldPath::metadata("team"), "b");
    let plan = store.plan_of(&change).await.unwrap();
    let fields: Vec<_> = plan.differences().iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["emails", "locale", "metadata.team"], "the title is so, and the name is null");
    assert_eq!(plan.differences()[2].now, Field::Value("a".into()));
    assert_eq!(plan.differences()[1].now, Field::Absent);
    assert_eq!(plan.warnings(), ["emails: it resets the password"]);
    assert_eq!(
        plan.requests()[0].body.as_ref().unwrap().to_string(),
        r#"{"emails":"ada@example.com","locale":"nb","metadata.team":"b"}"#
    );
    assert!(store.writes().is_empty());
    assert!(!format!("{plan:?}").contains("ada@"), "{plan:?}");
    // An unchanged value sends nothing, not even when the plan is executed.
    let nothing = store.plan_of(&ProfileChange::new().set(FieldPath::TITLE, "cto")).await.unwrap();
    assert!(nothing.is_settled() && nothing.requests().is_empty());
    assert!(store.execute(&nothing, &ExecuteOptions::new()).await.unwrap().ignored.is_empty());
    assert!(store.writes().is_empty());
}

#[tokio::test]
async fn what_the_service_ignores_or_changes_is_told_after() {
    let store = store();
    let change = ProfileChange::new().set(FieldPath::TITLE, "CEO").set(FieldPath::LOCALE, "nb");
    let plan = store.plan_of(&change).await.unwrap();
    let applied = store.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(applied.ignored, [FieldPath::TITLE], "it is shown otherwise");
    assert_eq!(applied.unshown, [FieldPath::LOCALE], "it is not shown: nothing is known of it");
    assert_eq!(store.writes(), [r#"{"locale":"nb","title":"CEO"}"#]);
    let change = ProfileChange::new().set(FieldPath::TITLE, "cso");
    let plan = store.plan_of(&change).await.unwrap();
    let applied = store.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!((applied.ignored, applied.profile.unwrap().title), (Vec::new(), "cso".into()));
}

#[tokio::test]
async fn what_else_the_service_changed_is_told_after() {
    let store = store();
    store.profile.lock().unwrap().emails = vec![Email::new("ada@example.com")].into();
    let change = ProfileChange::new().set(FieldPath::TITLE, "ceo").set(FieldPath::metadata("team"), "b");
    let plan = store.plan_of(&change).await.unwrap();
    let reads = store.reads.load(Ordering::Relaxed);
    {
        let mut profile = store.profile.lock().unwrap();
        profile.name.display = "Ada".into();
        profile.emails = Field::Absent;
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        profile.metadata =
            Field::from(std::collections::BTreeMap::from([pair("team", "b"), pair("desk", "4")]));
    }
    let applied = store.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert_eq!(applied.also_changed, [FieldPath::EMAILS, FieldPath::METADATA, FieldPath::NAME_DISPLAY]);
    // A value that the response leaves out is looked for before it counts as gone.
    assert_eq!(store.reads.load(Ordering::Relaxed), reads + 1);
    // What was written, and what was not known before, is no change.
    let change = ProfileChange::new().set(FieldPath::metadata("team"), "c").set(FieldPath::TITLE, "cso");
    let plan = store.plan_of(&change).await.unwrap();
    {
        let mut profile = store.profile.lock().unwrap();
        profile.locale = "de".into();
        if let Field::Value(metadata) = &mut profile.metadata {
            metadata.insert("team".to_owned(), "c".to_owned());
        }
    }
    assert!(store.execute(&plan, &ExecuteOptions::new()).await.unwrap().also_changed.is_empty());
}

#[tokio::test]
async fn a_plan_whose_fields_have_changed_since_is_not_made_true_where_that_is_asked_for() {
    let store = store();
    let plan = store.plan_of(&ProfileChange::new().set(FieldPath::TITLE, "ceo")).await.unwrap();
    store.profile.lock().unwrap().locale = "de".into();
    let unchanged = ExecuteOptions::new().with_unchanged(true);
    assert!(store.execute(&plan, &unchanged).await.is_ok(), "another field is of no interest");
    let plan = store.plan_of(&ProfileChange::new().set(FieldPath::TITLE, "cso")).await.unwrap();
    store.profile.lock().unwrap().title = "dev".into();
    let error = store.execute(&plan, &unchanged).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(
        error.to_string().contains("these fields have changed since the plan was created: title"),
        "{error}"
    );
    assert_eq!(store.writes().len(), 1);
    // A plan can only be executed by the account that it was created with.
    let mut other = self::store();
    other.info.account = "us".parse().unwrap();
    assert_eq!(other.execute(&plan, &unchanged).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn what_was_so_already_has_to_be_so_still() {
    let store = store();
    let change = ProfileChange::new().set(FieldPath::TITLE, "cto").set(FieldPath::metadata("team"), "b");
    let plan = store.plan_of(&change).await.unwrap();
    assert_eq!(plan.differences().len(), 1);
    store.profile.lock().unwrap().title = "dev".into();
    let error = store.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await.unwrap_err();
    assert!(
        error.message().contains("these fields have changed since the plan was created: title"),
        "{error}"
    );
    // Without the precondition it is written, and reported.
    let applied = store.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(applied.ignored.contains(&FieldPath::TITLE), "{:?}", applied.ignored);
    assert_eq!(store.writes(), [r#"{"metadata.team":"b"}"#]);
}

#[tokio::test]
async fn the_record_is_read_where_the_response_leaves_out_what_was_written() {
    let store = store();
    let plan = store.plan_of(&ProfileChange::new().set(FieldPath::TITLE, "ceo")).await.unwrap();
    assert!(store.execute(&plan, &ExecuteOptions::new()).await.unwrap().ignored.is_empty());
    assert_eq!(store.reads.load(Ordering::Relaxed), 1, "the response shows the title: one read, by the plan");
    let plan = store.plan_of(&ProfileChange::new().set(FieldPath::LOCALE, "nb")).await.unwrap();
    assert_eq!(store.execute(&plan, &ExecuteOptions::new()).await.unwrap().unshown, [FieldPath::LOCALE]);
    assert_eq!(store.reads.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn one_time_in_two_spellings_is_one_time() {
    let store = store();
    let mut made = store.profile.lock().unwrap().clone();
    made.external_id = "2026-01-31T13:00:00+01:00".into();
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::EXTERNAL_ID, "2026-01-31T12:00:00Z")
        .set(FieldPath::TITLE, "ceo");
    assert_eq!(draft.ignored(&made, store.capabilities()), [FieldPath::TITLE]);
}

#[tokio::test]
async fn two_texts_that_are_one_time_are_two_texts() {
    let store = store();
    store.profile.lock().unwrap().name.display = "2026-01-31T12:00:00".into();
    let change = ProfileChange::new().set(FieldPath::NAME_DISPLAY, "2026-01-31T12:00:00Z");
    assert_eq!(store.plan_of(&change).await.unwrap().differences().len(), 1);
}

#[tokio::test]
async fn pairs_are_written_one_by_one_whoever_checks() {
    let store = store();
    let whole = ProfileChange::new().set(FieldPath::METADATA, serde_json::json!({"a": "b"}));
    for change in [whole, ProfileChange::new().clear(FieldPath::METADATA)] {
        let error = store.plan_of(&change).await.unwrap_err();
        assert!(error.message().contains("metadata must be set pair by pair, as metadata.KEY"), "{error}");
    }
    let many = ["a", "b", "c"]
        .iter()
        .fold(ProfileChange::new(), |change, key| change.set(FieldPath::metadata(key), "x"));
    let error = store.update(&store.id(), &many).await.unwrap_err();
    assert!(error.message().contains("metadata must have at most 2 pairs, and would have 3"), "{error}");
    assert!(store.writes().is_empty());
}

#[tokio::test]
async fn every_violation_is_told_at_once_before_anything_is_read() {
    let store = store();
    let change = ProfileChange::new()
        .set(FieldPath::TITLE, "x".repeat(11))
        .set(FieldPath::COUNTRY, "no")
        .set(FieldPath::EXTERNAL_ID, "2026-01-31T12:00:00Z")
        .set(FieldPath::metadata("toolong"), "x")
        .set(FieldPath::metadata("key"), "x".repeat(6))
        .clear(FieldPath::TITLE)
        .clear(FieldPath::LOCALE);
    let error = store.plan_of(&change).await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"probely account 'eu', update: nothing was sent: country must be two upper-case letters, such as NO; external_id can only be set when the profile is created; locale cannot be cleared: the service documents no way to clear it; metadata.key must have at most 5 characters; metadata.toolong must have a key of at most 4 characters; title cannot be cleared: the service documents no way to clear it");
    // The number of pairs is known only with the current ones.
    let pairs = |keys: &[&str]| {
        keys.iter().fold(ProfileChange::new(), |change, key| change.set(FieldPath::metadata(key), "x"))
    };
    assert!(store.plan_of(&pairs(&["team", "b"])).await.is_ok());
    let error = store.plan_of(&pairs(&["b", "c"])).await.unwrap_err();
    assert!(error.message().contains("metadata must have at most 2 pairs, and would have 3"), "{error}");
    let replaced = pairs(&["b", "c"]).clear(FieldPath::metadata("team"));
    assert!(store.plan_of(&replaced).await.is_ok());
}

#[tokio::test]
async fn a_draft_is_checked_as_a_change_is() {
    let store = store();
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::NAME_DISPLAY, "Ada")
        .set(FieldPath::EXTERNAL_ID, "soon")
        .set(FieldPath::STATUS, "active");
    let error = store.create(&draft).await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"probely account 'eu', create: nothing was sent: external_id must be a time with its offset, such as 2026-01-31T12:00:00Z; name.display cannot be set when the profile is created; status is not a field of this service; emails is required");
    let draft = ProfileDraft::new(IdKind::ORGANIZATION);
    assert_eq!(store.create(&draft).await.unwrap_err().kind(), ErrorKind::Unsupported);
    let good = ProfileDraft::new(IdKind::USER).set(FieldPath::EMAILS, "ada@example.com");
    assert!(good.check(store.info(), store.capabilities()).is_ok());
    assert!(!format!("{good:?}").contains("ada@"));
    // Declared and not written: a fault of the provider, and reported as such.
    assert_eq!(store.create(&good).await.unwrap_err().kind(), ErrorKind::Unsupported);
    for refused in [store.deactivate(&store.id()).await, store.delete(&store.id()).await] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(store.writes().is_empty());
}
