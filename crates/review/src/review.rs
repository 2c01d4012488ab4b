//! A review of a snapshot.

use std::collections::{HashMap, HashSet};

use anyprofile_core::{
    Kind, ProfileId, Timestamp, Verdict,
    person::{Mapping, Person, PersonLinker, Persons, Strength},
};
use anyprofile_snapshot::{AccountManifest, Manifest, Snapshot, diff::DiffOptions};
use futures_util::TryStreamExt as _;

use crate::{
    Changes, Finding, FindingState, Policy, Roster, RosterEntry, RosterStatus, Severity,
    counts::AccountCounts,
    document::Rows,
    error::{Result, ReviewError},
    findings::{Findings, Subject},
    judge::{self, Judgement},
    policy::Check,
};

/// What a review compares people with.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReviewOptions {
    /// The rules.
    pub policy: Policy,
    /// The people who should be there. Without it, the checks that need it find nothing.
    pub roster: Option<Roster>,
    /// What somebody has decided about persons.
    pub mapping: Mapping,
    /// The time to count from.
    pub now: Timestamp,
    /// Whether every field of every profile is kept, for [`Review::page`]. Then memory grows with the profiles, by about 2 KiB for each;
    /// else by about 0.5 KiB.
    pub keeps_profiles: bool,
}

impl ReviewOptions {
    /// Creates options with a policy, and the current time.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            roster: None,
            mapping: Mapping::default(),
            now: Timestamp::now(),
            keeps_profiles: false,
        }
    }

    /// Sets the people who should be there.
    pub fn with_roster(mut self, roster: Roster) -> Self {
        self.roster = Some(roster);
        self
    }

    /// Sets what somebody has decided about persons.
    pub fn with_mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = mapping;
        self
    }

    /// Sets the time to count from.
    pub fn with_now(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Keeps what a page shows.
    pub fn with_profiles(mut self) -> Self {
        self.keeps_profiles = true;
        self
    }
}

/// Who has access where, who should not, and what is not known.
///
/// ```
/// # futures_util::FutureExt::now_or_never(async {
/// # use anyprofile_core::{AccountName, ListQuery, Profile, memory::MemoryProvider};
/// # use anyprofile_snapshot::{ExportOptions, Snapshot, Target, Tool};
/// # let folder = tempfile::tempdir()?;
/// # let mut ada = Profile::new("memory:main/user/ada".parse()?);
/// # ada.kind = anyprofile_core::Kind::Human.into();
/// # ada.status = anyprofile_core::Status::Active.into();
/// # ada.security.mfa_enabled = false.into();
/// # let provider = MemoryProvider::builder(AccountName::from_static("main")).with_profile(ada).build()?;
/// # let target = Target::of_path(&folder.path().join("people.ndjson"))?;
/// # let options = ExportOptions::new(ListQuery::new(), Tool::new("review", "1.0"));
/// # Snapshot::write(&[std::sync::Arc::new(provider)], options, &target).await?;
/// # let snapshot = Snapshot::open(&target).await?;
/// use anyprofile_review::{FindingState, Policy, Review, ReviewOptions, Severity};
///
/// let review = Review::of(&snapshot, &ReviewOptions::new(Policy::suggested()?)).await?;
/// assert_eq!(review.worst(FindingState::Violated), Some(Severity::High));
/// for finding in review.findings() {
///     println!("{} {} {}", finding.severity, finding.state, finding.message);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap().unwrap();
/// ```
#[derive(Debug)]
pub struct Review {
    pub(crate) manifest: Manifest,
    pub(crate) place: String,
    pub(crate) now: Timestamp,
    pub(crate) counts: Vec<AccountCounts>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) persons: Persons,
    /// The entry of the roster for each of its ids.
    pub(crate) roster: HashMap<ProfileId, RosterEntry>,
    pub(crate) rows: Option<Rows>,
    pub(crate) changes: Option<Changes>,
    notes: Vec<String>,
}

/// What is kept of each profile until everybody is known.
struct Known {
    id: ProfileId,
    /// The place of the account in the manifest.
    account: usize,
    name: Box<str>,
    may_act: Verdict,
    is_human: Verdict,
    /// Whether it has an address or a number to be found by.
    has_key: bool,
    /// Whether each rule that needs a roster is about it, in the order of these rules.
    is_about: Box<[Verdict]>,
}

impl Review {
    /// Reviews a snapshot. Each profile is read once.
    ///
    /// # Errors
    /// If the snapshot cannot be read, is in the form of another tool, or the account of the roster is not in it.
    pub async fn of(snapshot: &Snapshot, options: &ReviewOptions) -> Result<Self> {
        let manifest = snapshot.manifest().clone();
        let roster_account = options.roster.as_ref().and_then(Roster::account);
        if let Some(account) = roster_account
            && !manifest.accounts.iter().any(|it| it.account == account)
        {
            return Err(ReviewError::Roster(format!("no account of the snapshot is named '{account}'")));
        }
        let policy = &options.policy;
        let roster_rules: Vec<usize> =
            rules(policy, |check| matches!(check, Check::Left | Check::NotOnRoster));
        let mut review = Self {
            place: snapshot.place().to_owned(),
            now: options.now,
            counts: vec![AccountCounts::default(); manifest.accounts.len()],
            manifest,
            findings: Vec::new(),
            persons: Persons::default(),
            roster: HashMap::new(),
            rows: options.keeps_profiles.then(Rows::default),
            changes: None,
            notes: Vec::new(),
        };
        let mut findings = Findings::new(policy, options.now);
        let mut linker = PersonLinker::new().with_mapping(options.mapping.clone());
        review.read_roster(options.roster.as_ref(), &mut linker)?;
        let (mut known, mut unowned) = (Vec::new(), Vec::new());
        let mut profiles = snapshot.read();
        while let Some(profile) = profiles.try_next().await? {
            let Some(place) = place_of(&review.manifest, &profile.id) else { continue };
            let account = &review.manifest.accounts[place];
            let capabilities = &account.capabilities;
            linker.add(&profile);
            review.counts[place].add(&profile, capabilities, options.now);
            let is_roster = roster_account == Some(&*account.account);
            if is_roster {
                review.roster.insert(profile.id.clone(), RosterEntry::of_profile(&profile));
            }
            let name = profile.label();
            let subject = Subject {
                account: Some((&account.service, &account.account)),
                profiles: std::slice::from_ref(&profile.id),
                name: Some(&name),
            };
            for (number, rule) in policy.rules.iter().enumerate() {
                if rule.check == Check::ServiceOwner {
                    let judgement = judge::service_owner(&profile, capabilities, false);
                    let judgement = judge::within(rule, rule.is_about(&profile, capabilities), judgement);
                    if judgement != Judgement::Kept {
                        unowned.push((number, known.len(), judgement));
                    }
                } else {
                    findings.add(number, &subject, judge::judge(rule, &profile, capabilities, options.now));
                }
            }
            if let Some(rows) = &mut review.rows {
                rows.add(&profile, place, capabilities)?;
            }
            let is_about = roster_rules.iter().filter(|_| options.roster.is_some());
            known.push(Known {
                account: place,
                may_act: judge::may_act(&profile),
                is_human: profile.kind.equals(&Kind::Human),
                has_key: !profile.emails.items().is_empty() || profile.employee.number.is_known(),
                is_about: is_about.map(|rule| policy.rules[*rule].is_about(&profile, capabilities)).collect(),
                name: name.as_ref().into(),
                id: profile.id,
            });
        }
        drop(profiles);
        review.persons = linker.link();
        let owned: HashSet<&ProfileId> = review.persons.persons().iter().flat_map(|it| &it.owns).collect();
        for (rule, place, judgement) in unowned {
            if !owned.contains(&known[place].id) {
                findings.add(rule, &review.subject(&known[place]), judgement);
            }
        }
        for rule in rules(policy, |check| check == Check::Owners) {
            review.judge_owners(rule, policy.rules[rule].most.unwrap_or_default(), &mut findings);
        }
        if options.roster.is_some() {
            review.judge_roster(policy, &roster_rules, &known, &mut findings);
        } else if policy.rules.iter().any(|rule| rule.check.needs_roster()) {
            review.notes.push("there is no roster, so nobody was compared with it".to_owned());
        }
        let (found, notes) = findings.finish();
        review.findings = found;
        review.notes.extend(notes);
        Ok(review)
    }

    /// Adds what has changed since an older snapshot.
    ///
    /// # Errors
    /// If one of the snapshots cannot be read, or they cannot be compared.
    pub async fn compare(&mut self, old: &Snapshot, new: &Snapshot) -> Result<()> {
        let diff = old.diff(new, DiffOptions::new()).await?;
        self.changes = Some(Changes::of(old, diff)?);
        Ok(())
    }

    /// Adds the people of a file to those who are linked.
    fn read_roster(&mut self, roster: Option<&Roster>, linker: &mut PersonLinker) -> Result<()> {
        for (number, entry) in (1_u64..).zip(roster.iter().flat_map(|roster| roster.entries())) {
            let line = entry.line.unwrap_or(number);
            let id: ProfileId = format!("{0}:{0}/person/{line}", Roster::SERVICE)
                .parse()
                .map_err(|_| ReviewError::Document("the id of an entry of the roster".to_owned()))?;
            linker.add(&entry.profile(id.clone()));
            self.roster.insert(id, entry.clone());
        }
        Ok(())
    }

    fn subject<'a>(&'a self, known: &'a Known) -> Subject<'a> {
        let account = &self.manifest.accounts[known.account];
        Subject {
            account: Some((&account.service, &account.account)),
            profiles: std::slice::from_ref(&known.id),
            name: Some(&known.name),
        }
    }

    fn judge_owners(&self, rule: usize, most: u32, findings: &mut Findings<'_>) {
        for (account, counts) in self.manifest.accounts.iter().zip(&self.counts) {
            let owners = counts.acting_owners.len() as u64;
            let most = u64::from(most);
            let judgement = if owners > most {
                Judgement::Violated(format!("{owners} owners; at most {most} may be"))
            } else if owners + counts.owner_not_known > most {
                let not_known = counts.owner_not_known;
                Judgement::NotKnown(format!(
                    "known owners: {owners}; profiles that may be owners, too: {not_known}; at most {most} may be"
                ))
            } else if !account.complete {
                Judgement::NotKnown(format!(
                    "known owners: {owners}; somebody may be missing in the snapshot; at most {most} may be"
                ))
            } else {
                Judgement::Kept
            };
            let subject = Subject {
                account: Some((&account.service, &account.account)),
                profiles: &counts.acting_owners,
                name: None,
            };
            findings.add(rule, &subject, judgement);
        }
    }

    /// Compares everybody with the roster.
    fn judge_roster(
        &self,
        policy: &Policy,
        roster_rules: &[usize],
        known: &[Known],
        findings: &mut Findings<'_>,
    ) {
        let places: HashMap<&ProfileId, usize> =
            known.iter().enumerate().map(|(place, it)| (&it.id, place)).collect();
        let persons = self.persons.persons();
        let mut person_of: HashMap<&ProfileId, &Person> = HashMap::new();
        for person in persons {
            person_of.extend(person.profiles.iter().chain(&person.owns).map(|id| (id, person)));
        }
        // Whoever may be somebody of the roster, and nobody has decided.
        let mut undecided: HashSet<&ProfileId> = HashSet::new();
        for ambiguity in self.persons.ambiguities() {
            if ambiguity.profiles.iter().any(|id| self.roster.contains_key(id)) {
                undecided.extend(&ambiguity.profiles);
            }
        }
        for (column, number) in roster_rules.iter().enumerate() {
            let rule = &policy.rules[*number];
            for known in known.iter().filter(|known| !self.roster.contains_key(&known.id)) {
                let person = person_of.get(&known.id).copied();
                let entry = person.and_then(|person| self.entry_of(person));
                let judgement = match rule.check {
                    Check::Left => self.judge_left(known, person, entry),
                    _ => judge_on_roster(known, entry.is_some(), undecided.contains(&known.id)),
                };
                let is_about = known.is_about.get(column).copied().unwrap_or(Verdict::Unknown);
                findings.add(*number, &self.subject(known), judge::within(rule, is_about, judgement));
            }
        }
        for number in rules(policy, |check| check == Check::NoAccount) {
            for person in persons {
                let Some((id, entry)) = self.entry_of(person) else { continue };
                let has_key = !entry.emails.is_empty() || entry.employee_number.is_some();
                let is_there = matches!(entry.status, RosterStatus::Active | RosterStatus::Joining);
                if person.profiles.len() > 1 || !is_there || entry.left(self.now).is_some() {
                    continue;
                }
                let judgement = if !has_key {
                    Judgement::NotKnown(
                        "somebody of the roster has no address and no number of an employee to be found by"
                            .to_owned(),
                    )
                } else if undecided.contains(id) {
                    Judgement::NotKnown(
                        "somebody of the roster may have a profile; see the ambiguities".to_owned(),
                    )
                } else if self.manifest.complete && !self.manifest.is_filtered() {
                    Judgement::Violated("somebody of the roster has no profile".to_owned())
                } else {
                    Judgement::NotKnown(
                        "somebody of the roster has no profile in the snapshot, which is not of everybody"
                            .to_owned(),
                    )
                };
                // The profile of the account that is the roster is one that a page can show.
                let shown = places.get(id).map(|place| self.subject(&known[*place]));
                let subject = shown.unwrap_or(Subject {
                    account: None,
                    profiles: std::slice::from_ref(id),
                    name: entry.name.as_deref(),
                });
                findings.add(number, &subject, judgement);
            }
        }
    }

    /// Returns who of the roster a person is.
    pub(crate) fn entry_of<'a>(&'a self, person: &'a Person) -> Option<(&'a ProfileId, &'a RosterEntry)> {
        person.profiles.iter().find_map(|id| Some((id, self.roster.get(id)?)))
    }

    fn judge_left(
        &self,
        known: &Known,
        person: Option<&Person>,
        entry: Option<(&ProfileId, &RosterEntry)>,
    ) -> Judgement {
        let left = entry.and_then(|(_, entry)| entry.left(self.now));
        let (Some(person), Some(left)) = (person, left) else { return Judgement::Kept };
        let left = if person.owns.contains(&known.id) { format!("its owner has left: {left}") } else { left };
        // An id of another system may be that of somebody else.
        let linked = entry.map(|(id, _)| person.strength_between(id, &known.id));
        let is_weak = linked.flatten() == Some(Strength::Weak);
        match known.may_act {
            Verdict::No => Judgement::Kept,
            _ if is_weak => {
                Judgement::NotKnown(format!("{left}, if the external id is that of the same person"))
            }
            Verdict::Yes => Judgement::Violated(left),
            _ => Judgement::NotKnown(format!("{left}; whether the profile is still active is not known")),
        }
    }

    /// Returns what was found: first what is broken, then what is not known, then what is excepted; in each, the worst first.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the worst severity of the findings in a state; `None` if there is none.
    pub fn worst(&self, state: FindingState) -> Option<Severity> {
        self.findings.iter().filter(|finding| finding.state == state).map(|finding| finding.severity).max()
    }

    /// Returns the persons. Somebody of the roster's file is in them as `roster:roster/person/LINE`.
    pub const fn persons(&self) -> &Persons {
        &self.persons
    }

    /// Returns the numbers of each account, with what the manifest says of it.
    pub fn accounts(&self) -> impl Iterator<Item = (&AccountManifest, &AccountCounts)> {
        self.manifest.accounts.iter().zip(&self.counts)
    }

    /// Returns the manifest of the snapshot.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Returns what has changed since an older snapshot, if [`compare`](Self::compare) was called.
    pub const fn changes(&self) -> Option<&Changes> {
        self.changes.as_ref()
    }

    /// Returns what must be known to read the findings, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Returns the places of the rules with a check.
fn rules(policy: &Policy, is_meant: impl Fn(Check) -> bool) -> Vec<usize> {
    let all = policy.rules.iter().enumerate();
    all.filter(|(_, rule)| is_meant(rule.check)).map(|(place, _)| place).collect()
}

fn place_of(manifest: &Manifest, id: &ProfileId) -> Option<usize> {
    manifest.accounts.iter().position(|it| id.service == *it.service && id.account == *it.account)
}

/// Judges whether somebody is on the roster.
fn judge_on_roster(known: &Known, is_on_roster: bool, is_undecided: bool) -> Judgement {
    if is_on_roster || known.may_act.is_no() || known.is_human.is_no() {
        return Judgement::Kept;
    }
    if is_undecided {
        Judgement::NotKnown("it may be somebody of the roster; see the ambiguities".to_owned())
    } else if !known.has_key {
        Judgement::NotKnown(
            "it has no address and no number of an employee to compare with the roster".to_owned(),
        )
    } else if known.is_human.is_unknown() {
        Judgement::NotKnown("nobody of the roster is it, and whether it is a human is not known".to_owned())
    } else {
        Judgement::Violated("nobody of the roster has its address or its number of an employee".to_owned())
    }
}
