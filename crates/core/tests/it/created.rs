//! A creation without a response.

use std::time::{Duration, SystemTime};

use anyprofile_core::{
    Capabilities, Email, Error, ErrorKind, FieldPath, GetOptions, IdKind, ListQuery, Profile, ProfileDraft,
    ProfileId, ProfileProvider, ProfileProviderExt as _, ProviderInfo, Result, Status, Timestamp,
    async_trait,
    capabilities::{AtCreation, FieldSpec, Support, ValueFormat, WriteRule},
    find::FindMethod,
    listing::{Cursor, Page},
    query::OrderField,
};

const USERS: &[IdKind] = &[IdKind::USER];

/// Profiles that are listed unchanged.
#[derive(Debug)]
struct Shelf {
    info: ProviderInfo,
    capabilities: Capabilities,
    profiles: Vec<Profile>,
    /// How far the service's clock is behind the local one, if the service sends its date.
    is_behind: Option<Duration>,
}

#[async_trait]
impl ProfileProvider for Shelf {
    fn info(&self) -> &ProviderInfo {
        &self.info
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn list_page(&self, _: &ListQuery, _: Option<&Cursor>) -> Result<Page<Profile>> {
        let date = self
            .is_behind
            .map(|behind| Timestamp::try_from(SystemTime::now()).unwrap().saturating_sub(behind));
        Ok(Page::last(self.profiles.clone()).with_date(date))
    }

    async fn get_opts(&self, _: &ProfileId, _: &GetOptions) -> Result<Profile> {
        Err(Error::new(ErrorKind::NotFound, "not found"))
    }
}

fn shelf(orders_by_creation: bool, profiles: Vec<Profile>) -> Shelf {
    let rule = |format| WriteRule::set_only(USERS, format).at_creation(AtCreation::Optional);
    let mut capabilities = Capabilities::default();
    capabilities.operations.create = Support::users();
    capabilities.fields = [
        FieldSpec::read(FieldPath::EMAILS, "x").writable(rule(ValueFormat::Email)),
        FieldSpec::read(FieldPath::NAME_DISPLAY, "x")
            .writable(rule(ValueFormat::Text { max_characters: None })),
        FieldSpec::read(FieldPath::STATUS, "x"),
        FieldSpec::read(FieldPath::TIMES_CREATED, "x"),
    ]
    .into_iter()
    .collect();
    if orders_by_creation {
        capabilities.listing.orders = vec![OrderField::Created];
    }
    let info = ProviderInfo::new("probely".parse().unwrap(), "eu".parse().unwrap(), "Shelf", "memory:");
    Shelf { info, capabilities, profiles, is_behind: None }
}

fn ada(id: &str, created: Option<&str>) -> Profile {
    let mut profile = Profile::new(format!("probely:eu/{id}").parse().unwrap());
    profile.name.display = "Ada".into();
    profile.emails = Email::login("ada@example.com".into());
    if let Some(created) = created {
        profile.times.created = created.parse::<Timestamp>().unwrap().into();
    }
    profile
}

fn sent() -> Timestamp {
    "2026-01-31T12:00:00Z".parse().unwrap()
}

fn named() -> ProfileDraft {
    ProfileDraft::new(IdKind::USER).set(FieldPath::NAME_DISPLAY, "Ada")
}

#[tokio::test]
async fn what_is_new_and_as_it_was_to_be_is_told_from_what_is_old_or_of_another_kind() {
    let profiles = vec![
        ada("user/new", Some("2026-01-31T12:00:01Z")),
        ada("user/clocks-differ", Some("2026-01-31T11:56:00Z")),
        ada("user/old", Some("2026-01-31T11:54:59Z")),
        ada("api_user/program", Some("2026-01-31T12:00:01Z")),
    ];
    let found = shelf(true, profiles).find_created(&named(), sent()).await.unwrap();
    let told: Vec<_> =
        found.candidates.iter().map(|it| (it.profile.id.native(), it.is_new, it.is_older)).collect();
    assert_eq!(told, [("new", true, false), ("clocks-differ", true, false), ("old", false, true)]);
    assert_eq!((found.method, found.requests, found.quarantined), (FindMethod::Listed, 1, 0));
}

#[tokio::test]
async fn a_creation_is_looked_for_by_the_services_clock() {
    // The local clock is twenty minutes ahead, and the service created the profile when the request was sent.
    let behind = Duration::from_secs(20 * 60);
    let sent = Timestamp::try_from(SystemTime::now()).unwrap();
    let before_it = |time: Duration| sent.saturating_sub(behind).saturating_sub(time).to_string();
    let (made, before) = (before_it(Duration::ZERO), before_it(Duration::from_secs(60)));
    let profiles = vec![ada("user/made", Some(&made)), ada("user/before", Some(&before))];
    let shelf = Shelf { is_behind: Some(behind), ..shelf(true, profiles) };
    let found = shelf.find_created(&named(), sent).await.unwrap();
    let told: Vec<_> = found.candidates.iter().map(|it| (it.profile.id.native(), it.is_older)).collect();
    assert_eq!(told, [("made", false), ("before", true)]);
}

#[tokio::test]
async fn what_may_have_been_there_before_is_said_to_be_so_and_how_it_differs() {
    let draft = named().set(FieldPath::EMAILS, "ada@example.com");
    let mut kept_out = ada("user/x", None);
    kept_out.status = Status::Suspended.into();
    let found = shelf(false, vec![kept_out]).find_created(&draft, sent()).await.unwrap();
    let [candidate] = &found.candidates[..] else { panic!("one") };
    // A new profile is active: this one existed before.
    assert_eq!((&candidate.differs[..], candidate.is_new), (&[FieldPath::STATUS][..], false));
    let mut other = ada("user/x", None);
    other.name.display = "Grace".into();
    let found = shelf(false, vec![other]).find_created(&draft, sent()).await.unwrap();
    assert_eq!(found.candidates[0].differs, [FieldPath::NAME_DISPLAY], "the address is the same");
}

#[tokio::test]
async fn what_nobody_can_be_asked_for_is_not_said_not_to_be_there() {
    let found = shelf(false, vec![ada("user/x", None)]).find_created(&named(), sent()).await.unwrap();
    assert_eq!((found.candidates.len(), found.method), (0, FindMethod::Unanswerable));
}
