//! A review of a snapshot.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use anyprofile_core::{
    AccountName, IdKind, Kind, ProfileId, ServiceName, Timestamp, Verdict,
    person::{Mapping, Person, PersonLinker, Persons},
};
use anyprofile_snapshot::{AccountManifest, Manifest, Snapshot, SnapshotError, diff::DiffOptions};
use futures_util::TryStreamExt as _;

use crate::{
    Changes, Finding, FindingState, Policy, Roster, RosterEntry, Severity,
    against_roster::AgainstRoster,
    counts::AccountCounts,
    document::Rows,
    error::{Result, ReviewError},
    findings::{Findings, Subject},
    judge::{self, Judgement},
    policy::Check,
    unchecked::Unchecked,
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
    /// Whether every field of every profile is kept, for [`Review::page`]. Then memory grows with the profiles, by about 4 KiB for each;
    /// else by about 2 KiB.
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
    /// The rules that were not checked, and why.
    pub(crate) unchecked: Vec<(String, String)>,
    pub(crate) policy: Policy,
    pub(crate) notes: Vec<String>,
}

impl fmt::Debug for Review {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Review({}, {} findings)", self.place, self.findings.len())
    }
}

/// What is kept of each profile until everybody is known.
pub(crate) struct Known {
    pub(crate) id: ProfileId,
    /// The place of the account in the manifest.
    account: usize,
    name: Box<str>,
    pub(crate) may_act: Verdict,
    pub(crate) is_human: Verdict,
    pub(crate) keys: Keys,
    /// Whether each rule about the roster and a profile is about it, in the order of these rules.
    pub(crate) is_about: Box<[Verdict]>,
}

/// What somebody can be found by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keys {
    pub(crate) address: bool,
    pub(crate) number: bool,
}

impl Keys {
    /// Returns whether both have a key of one kind, so that they can be compared.
    pub(crate) const fn can_meet(self, other: Self) -> bool {
        self.address && other.address || self.number && other.number
    }
}

impl Review {
    /// Reviews a snapshot, after checking that it is what was written ([`Snapshot::verify`]).
    ///
    /// # Errors
    /// If the snapshot cannot be read, was altered, is in the form of another tool, or the account of the roster is not in it.
    pub async fn of(snapshot: &Snapshot, options: &ReviewOptions) -> Result<Self> {
        unaltered(snapshot).await?;
        let manifest = snapshot.manifest().clone();
        let roster_account = options.roster.as_ref().and_then(Roster::account);
        if let Some(account) = roster_account
            && !manifest.accounts.iter().any(|it| it.account == account)
        {
            return Err(ReviewError::Roster(format!("no account of the snapshot is named '{account}'")));
        }
        let policy = &options.policy;
        let has_roster = options.roster.is_some();
        let unchecked: Vec<_> =
            policy.rules.iter().map(|rule| Unchecked::of(rule, &manifest.privacy, has_roster)).collect();
        // The places of the rules that are checked when everybody is known.
        let checked = |is_meant: fn(Check) -> bool| -> Vec<usize> {
            let rules = policy.rules.iter().zip(&unchecked).enumerate();
            let rules = rules.filter(|(_, (rule, why))| why.is_none() && is_meant(rule.check));
            rules.map(|(number, _)| number).collect()
        };
        let roster_rules = checked(|check| matches!(check, Check::Left | Check::NotOnRoster));
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
            unchecked: Vec::new(),
            policy: policy.clone(),
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
                if unchecked[number].is_some() {
                    continue;
                }
                if rule.check == Check::ServiceOwner {
                    let judgement = judge::service_owner(&profile, capabilities);
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
            let is_about = roster_rules.iter();
            known.push(Known {
                account: place,
                may_act: judge::may_act(&profile),
                is_human: profile.kind.equals(&Kind::Human),
                keys: Keys {
                    address: profile.emails.items().iter().any(|email| email.address.is_known()),
                    number: profile.employee.number.is_known(),
                },
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
        for rule in checked(|check| check == Check::Owners) {
            review.judge_owners(rule, policy.rules[rule].most.unwrap_or_default(), &mut findings);
        }
        if let Some(roster) = &options.roster {
            let rules = checked(Check::needs_roster);
            if !rules.is_empty() {
                AgainstRoster::new(&review, roster).judge(policy, &roster_rules, &known, &mut findings);
            }
        }
        for (number, (rule, why)) in policy.rules.iter().zip(&unchecked).enumerate() {
            let Some(why) = why else { continue };
            review.unchecked.push((rule.name().to_owned(), why.to_string()));
            if let Unchecked::Hidden(what) = why {
                for account in &review.manifest.accounts {
                    let account = Some((&*account.service, &*account.account));
                    let subject = Subject { account, profiles: &[], name: None };
                    findings.add(number, &subject, Judgement::NotKnown(format!("not checked: {what}")));
                }
            }
        }
        let strangers = options.mapping.ids().filter(|id| !review.roster.contains_key(id));
        let is_here: HashSet<&ProfileId> = known.iter().map(|it| &it.id).collect();
        let strangers = strangers.filter(|id| !is_here.contains(id)).count();
        if strangers > 0 {
            review.notes.push(format!("{strangers} ids of the mapping are of no profile of the snapshot"));
        }
        let (found, notes) = findings.finish(&review.manifest);
        review.findings = found;
        review.notes.extend(notes);
        Ok(review)
    }

    /// Adds what has changed since an older snapshot.
    ///
    /// # Errors
    /// If one of the snapshots cannot be read, or they cannot be compared.
    pub async fn compare(&mut self, old: &Snapshot, new: &Snapshot) -> Result<()> {
        unaltered(old).await?;
        let diff = old.diff(new, DiffOptions::new()).await?;
        self.changes = Some(Changes::of(old, diff)?);
        Ok(())
    }

    /// Adds the people of a file to those who are linked.
    fn read_roster(&mut self, roster: Option<&Roster>, linker: &mut PersonLinker) -> Result<()> {
        for (number, entry) in (1_u64..).zip(roster.iter().flat_map(|roster| roster.entries())) {
            let line = entry.line.unwrap_or(number);
            let key = entry.key().unwrap_or_else(|| format!("line-{line}"));
            let id = Self::roster_id(&key)?;
            // Two lines of one key are two entries, which nobody can tell apart by it.
            let id =
                if self.roster.contains_key(&id) { Self::roster_id(&format!("{key}~{line}"))? } else { id };
            linker.add(&entry.profile(id.clone()));
            self.roster.insert(id, entry.clone());
        }
        if let Some(lines) = roster.map(Roster::without_key).filter(|lines| !lines.is_empty()) {
            let count = lines.len();
            self.notes.push(format!(
                "{count} of the roster have neither an address nor the number of an employee, so nobody was compared with them"
            ));
        }
        Ok(())
    }

    fn roster_id(key: &str) -> Result<ProfileId> {
        let service = ServiceName::from_static(Roster::SERVICE);
        let account = AccountName::from_static(Roster::SERVICE);
        ProfileId::new(service, account, IdKind::new("person"), key)
            .map_err(|_| ReviewError::Roster("a key of an entry cannot be that of an id".to_owned()))
    }

    pub(crate) fn subject<'a>(&'a self, known: &'a Known) -> Subject<'a> {
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
            } else if owners + counts.possible_owners > most {
                let possible = counts.possible_owners;
                Judgement::NotKnown(format!(
                    "known owners who may act: {owners}; profiles that may be such, too: {possible}; at most {most} may be"
                ))
            } else if !account.complete || self.manifest.is_filtered() {
                Judgement::NotKnown(format!(
                    "known owners who may act: {owners}; the snapshot is not of everybody; at most {most} may be"
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

    /// Returns who of the roster a person is.
    pub(crate) fn entry_of<'a>(&'a self, person: &'a Person) -> Option<(&'a ProfileId, &'a RosterEntry)> {
        let mut entries = person.profiles.iter().filter_map(|id| Some((id, self.roster.get(id)?)));
        let first = entries.next()?;
        // Whoever came back is there, whatever an older entry says.
        let is_there = |entry: &RosterEntry| entry.left(self.now).is_none();
        if is_there(first.1) {
            Some(first)
        } else {
            entries.find(|(_, entry)| is_there(entry)).or(Some(first))
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

    /// Returns the rules that were not checked, by their names, and why.
    pub fn unchecked(&self) -> impl Iterator<Item = (&str, &str)> {
        self.unchecked.iter().map(|(rule, why)| (&**rule, &**why))
    }

    /// Returns what must be known to read the findings, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Refuses a snapshot that is not what its manifest says: its completeness would be that of something else.
async fn unaltered(snapshot: &Snapshot) -> Result<()> {
    match snapshot.verify().await?.first() {
        None => Ok(()),
        Some(finding) => {
            let (place, reason) =
                (snapshot.place().to_owned(), format!("it was altered, `verify` shows all: {finding}"));
            Err(SnapshotError::Unreadable { place, reason }.into())
        }
    }
}

fn place_of(manifest: &Manifest, id: &ProfileId) -> Option<usize> {
    manifest.accounts.iter().position(|it| id.service == *it.service && id.account == *it.account)
}
