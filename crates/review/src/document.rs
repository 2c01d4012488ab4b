//! A review as data: what the page shows.

use std::{
    collections::{BTreeMap, HashMap},
    io,
};

use anyprofile_core::{
    Capabilities, FieldPath, FieldState, Profile, ProfileId,
    person::{AmbiguityReason, LinkRule, Strength},
    profile::{MissingReason, Origin, Privilege},
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    AccountCounts, Changes, Check, Exception, FindingState, Review, RosterStatus, Rule, Severity,
    digest::HashWriter,
    error::{Result, ReviewError},
};

/// The version of the document's form.
const VERSION: u32 = 1;

/// Names that rows refer to by their places.
#[derive(Default)]
struct Names {
    names: Vec<String>,
    places: HashMap<String, u32>,
}

impl Names {
    fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// The profiles as a page shows them.
#[derive(Default)]
pub(crate) struct Rows {
    fields: Names,
    views: Names,
    profiles: Vec<Row>,
    /// For each account, the fields that its first profile cannot have or show. Rows say what differs.
    states: HashMap<usize, BTreeMap<u32, FieldState>>,
}

/// One profile, as a page shows it.
#[derive(Serialize)]
struct Row {
    id: String,
    account: usize,
    name: String,
    email: Option<String>,
    kind: Option<String>,
    status: Option<String>,
    status_state: FieldState,
    mfa: Option<bool>,
    mfa_state: FieldState,
    last_login: Option<String>,
    last_login_state: FieldState,
    privileged: Vec<Privilege>,
    /// The values, by the places of their fields.
    values: Box<RawValue>,
    /// The fields that are null.
    nulls: Vec<u32>,
    /// The fields with another state than the account's.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    states: BTreeMap<u32, FieldState>,
    view: Option<u32>,
    /// The records of the fields that did not come from `view`.
    origins: BTreeMap<u32, u32>,
    missing: Vec<Missing>,
}

#[derive(Serialize)]
struct Missing {
    view: u32,
    reason: MissingReason,
}

impl Rows {
    /// Adds a profile.
    pub(crate) fn add(
        &mut self,
        profile: &Profile,
        account: usize,
        capabilities: &Capabilities,
    ) -> Result<()> {
        let (mut values, mut nulls, mut without) = (BTreeMap::new(), Vec::new(), BTreeMap::new());
        for row in profile.fields(capabilities).into_iter().filter(|row| row.path != FieldPath::ID) {
            let place = self.fields.place(row.path.as_str());
            match (row.state, row.value) {
                (FieldState::Value, Some(value)) => _ = values.insert(place, value),
                (FieldState::Null, _) => nulls.push(place),
                (state @ (FieldState::Unsupported | FieldState::Withheld), _) => {
                    _ = without.insert(place, state);
                }
                _ => {}
            }
        }
        let usual = self.states.entry(account).or_insert_with(|| without.clone());
        let mut states: BTreeMap<u32, FieldState> = without
            .iter()
            .filter(|(place, state)| usual.get(place) != Some(state))
            .map(|(place, state)| (*place, *state))
            .collect();
        let has_value = |place: &u32| values.contains_key(place) || nulls.contains(place);
        let absent = usual.keys().filter(|place| !without.contains_key(place) && !has_value(place));
        states.extend(absent.map(|place| (*place, FieldState::Absent)));
        let (mut origins, mut missing) = (BTreeMap::new(), Vec::new());
        for (path, view) in profile.origin.iter().flat_map(|origin| &origin.fields) {
            origins.insert(self.fields.place(path.as_str()), self.views.place(view.as_str()));
        }
        for it in profile.origin.iter().flat_map(|origin| &origin.missing) {
            missing.push(Missing { view: self.views.place(it.view.as_str()), reason: it.reason.clone() });
        }
        let state = |path| profile.state(path, capabilities);
        let view = profile.origin.as_ref().map(|origin: &Origin| self.views.place(origin.view.as_str()));
        self.profiles.push(Row {
            id: profile.id.to_string(),
            account,
            name: profile.label().into_owned(),
            email: profile.email().map(str::to_owned),
            kind: profile.kind.value().map(ToString::to_string),
            status: profile.status.value().map(ToString::to_string),
            status_state: state(&FieldPath::STATUS),
            mfa: profile.security.mfa_enabled.value().copied(),
            mfa_state: state(&FieldPath::SECURITY_MFA_ENABLED),
            last_login: profile.security.last_login.value().map(ToString::to_string),
            last_login_state: state(&FieldPath::SECURITY_LAST_LOGIN),
            privileged: profile.privileges(),
            values: to_raw_value(&values)?,
            nulls,
            states,
            view,
            origins,
            missing,
        });
        Ok(())
    }
}

/// The whole document.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    id: String,
    title: &'static str,
    created: String,
    snapshot: Snapshot<'a>,
    fields: &'a [String],
    views: &'a [String],
    accounts: Vec<Account<'a>>,
    profiles: Vec<LinkedRow<'a>>,
    persons: Vec<Person<'a>>,
    ambiguities: Vec<Ambiguity>,
    findings: Vec<FoundRow<'a>>,
    overview: Overview<'a>,
    changes: Option<&'a Changes>,
    rules: Vec<RuleRow<'a>>,
    notes: &'a [String],
}

/// A rule, so that a reader knows what was checked.
#[derive(Serialize)]
struct RuleRow<'a> {
    name: &'a str,
    check: Check,
    severity: Severity,
    not_known: Severity,
    #[serde(rename = "where")]
    condition: Option<String>,
    days: Option<u32>,
    most: Option<u32>,
    domains: &'a [String],
    /// Why it was not checked.
    unchecked: Option<&'a str>,
}

#[derive(Serialize)]
struct Snapshot<'a> {
    place: &'a str,
    seal: &'a str,
    started: String,
    ended: String,
    complete: bool,
    filtered: bool,
    gaps: Vec<Gap<'a>>,
}

#[derive(Serialize)]
struct Gap<'a> {
    account: &'a str,
    gap: &'a str,
}

#[derive(Serialize)]
struct Account<'a> {
    service: &'a str,
    #[serde(rename = "account")]
    name: &'a str,
    service_name: &'a str,
    complete: bool,
    gaps: &'a [String],
    seen: u64,
    hidden: &'a [String],
    unsupported: Vec<u32>,
    /// The permission that the credential lacks for each field, or an empty text.
    withheld: BTreeMap<u32, &'a str>,
}

#[derive(Serialize)]
struct LinkedRow<'a> {
    #[serde(flatten)]
    row: &'a Row,
    person: Option<usize>,
    findings: Vec<usize>,
}

#[derive(Serialize)]
struct Person<'a> {
    profiles: Vec<usize>,
    owns: Vec<usize>,
    links: Vec<Link>,
    roster: Option<RosterRow<'a>>,
}

#[derive(Serialize)]
struct Link {
    /// `None` for the entry of the roster.
    one: Option<usize>,
    other: Option<usize>,
    rule: LinkRule,
    strength: Strength,
}

#[derive(Serialize)]
struct RosterRow<'a> {
    status: RosterStatus,
    name: Option<&'a str>,
    email: Option<&'a str>,
    employee_number: Option<&'a str>,
    manager: Option<&'a str>,
    leave_date: Option<String>,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
}

#[derive(Serialize)]
struct Ambiguity {
    reason: AmbiguityReason,
    rule: Option<LinkRule>,
    profiles: Vec<usize>,
    count: usize,
}

#[derive(Serialize)]
struct FoundRow<'a> {
    rule: &'a str,
    check: Check,
    severity: Severity,
    state: FindingState,
    account: Option<usize>,
    profiles: Vec<usize>,
    name: Option<&'a str>,
    message: &'a str,
    exception: Option<&'a Exception>,
}

#[derive(Serialize)]
struct Overview<'a> {
    accounts: Vec<Counts<'a>>,
}

#[derive(Serialize)]
struct Counts<'a> {
    account: usize,
    profiles: u64,
    statuses: &'a BTreeMap<String, u64>,
    mfa: &'a crate::MfaCounts,
    last_login: Vec<Bucket>,
    owners: Vec<usize>,
    admins: Vec<usize>,
    owner_not_known: u64,
}

#[derive(Serialize)]
struct Bucket {
    label: &'static str,
    count: u64,
}

impl Review {
    /// Writes the document as JSON. It is never in memory as a whole.
    pub(crate) fn write_document(&self, out: &mut dyn io::Write) -> Result<()> {
        let Some(rows) = &self.rows else {
            return Err(ReviewError::Document(
                "the profiles were not kept; make the review with `ReviewOptions::with_profiles`".to_owned(),
            ));
        };
        let mut document = self.with_rows(rows);
        let mut hash = HashWriter::default();
        serde_json::to_writer(&mut hash, &document)?;
        document.id = hash.finish();
        Ok(serde_json::to_writer(out, &document)?)
    }

    fn with_rows<'a>(&'a self, rows: &'a Rows) -> Document<'a> {
        let places: HashMap<&str, usize> =
            rows.profiles.iter().enumerate().map(|(place, row)| (&*row.id, place)).collect();
        let place = |id: &ProfileId| places.get(&*id.to_string()).copied();
        let all = |ids: &[ProfileId]| ids.iter().filter_map(place).collect::<Vec<_>>();
        let mut person_of = vec![None; rows.profiles.len()];
        let persons: Vec<_> = self
            .persons
            .persons()
            .iter()
            .enumerate()
            .map(|(number, person)| {
                let (profiles, owns) = (all(&person.profiles), all(&person.owns));
                for profile in profiles.iter().chain(&owns) {
                    person_of[*profile] = Some(number);
                }
                let links = person.links.iter().map(|link| Link {
                    one: place(&link.one),
                    other: place(&link.other),
                    rule: link.rule,
                    strength: link.strength,
                });
                let roster = self.entry_of(person).map(|(_, entry)| RosterRow {
                    status: if entry.left(self.now).is_some() { RosterStatus::Left } else { entry.status },
                    name: entry.name.as_deref(),
                    email: entry.emails.first().map(String::as_str),
                    employee_number: entry.employee_number.as_deref(),
                    manager: entry.manager.as_deref(),
                    leave_date: entry.leave_date.map(|day| day.to_string()),
                    kind: entry.kind.as_deref(),
                });
                Person { profiles, owns, links: links.collect(), roster }
            })
            .collect();
        let mut findings_of: Vec<Vec<usize>> = vec![Vec::new(); rows.profiles.len()];
        let findings: Vec<_> = self
            .findings
            .iter()
            .enumerate()
            .map(|(number, finding)| {
                let profiles = all(&finding.profiles);
                for profile in &profiles {
                    findings_of[*profile].push(number);
                }
                let account = finding.account.as_deref().and_then(|name| name.split_once(':'));
                let account = account.and_then(|(service, account)| {
                    self.manifest
                        .accounts
                        .iter()
                        .position(|it| it.service == service && it.account == account)
                });
                FoundRow {
                    rule: &finding.rule,
                    check: finding.check,
                    severity: finding.severity,
                    state: finding.state,
                    account,
                    profiles,
                    name: finding.name.as_deref(),
                    message: &finding.message,
                    exception: finding.exception.as_ref(),
                }
            })
            .collect();
        let profiles = rows.profiles.iter().zip(person_of).zip(findings_of);
        let ambiguities = self.persons.ambiguities().iter().map(|ambiguity| Ambiguity {
            reason: ambiguity.reason,
            rule: ambiguity.rule,
            profiles: all(&ambiguity.profiles),
            count: ambiguity.profiles.len(),
        });
        let manifest = &self.manifest;
        Document {
            format: "anyprofile.review",
            version: VERSION,
            id: String::new(),
            title: crate::page::TITLE,
            created: self.now.to_string(),
            snapshot: Snapshot {
                place: &self.place,
                seal: &manifest.seal,
                started: manifest.started.to_string(),
                ended: manifest.ended.to_string(),
                complete: manifest.complete,
                filtered: manifest.is_filtered(),
                gaps: manifest.gaps().into_iter().map(|(account, gap)| Gap { account, gap }).collect(),
            },
            fields: &rows.fields.names,
            views: &rows.views.names,
            accounts: self.accounts_with(rows),
            profiles: profiles.map(|((row, person), findings)| LinkedRow { row, person, findings }).collect(),
            persons,
            ambiguities: ambiguities.collect(),
            findings,
            overview: Overview {
                accounts: self
                    .counts
                    .iter()
                    .enumerate()
                    .map(|(account, counts)| Counts::of(account, counts, &all))
                    .collect(),
            },
            changes: self.changes.as_ref(),
            rules: self.policy.rules.iter().map(|rule| self.rule_row(rule)).collect(),
            notes: &self.notes,
        }
    }

    fn rule_row<'a>(&'a self, rule: &'a Rule) -> RuleRow<'a> {
        let unchecked = self.unchecked().find(|(name, _)| *name == rule.name()).map(|(_, why)| why);
        RuleRow {
            name: rule.name(),
            check: rule.check,
            severity: rule.severity,
            not_known: rule.not_known,
            condition: rule.condition.as_ref().map(ToString::to_string),
            days: rule.days,
            most: rule.most,
            domains: &rule.domains,
            unchecked,
        }
    }

    fn accounts_with<'a>(&'a self, rows: &'a Rows) -> Vec<Account<'a>> {
        let of_account = |(number, account): (usize, &'a anyprofile_snapshot::AccountManifest)| {
            let (mut unsupported, mut withheld) = (Vec::new(), BTreeMap::new());
            for (place, state) in rows.states.get(&number).into_iter().flatten() {
                if *state == FieldState::Withheld {
                    let needs =
                        rows.fields.names.get(*place as usize).and_then(|path| account.withheld.get(path));
                    withheld.insert(*place, needs.map_or("", String::as_str));
                } else {
                    unsupported.push(*place);
                }
            }
            Account {
                service: &account.service,
                name: &account.account,
                service_name: &account.service_name,
                complete: account.complete,
                gaps: &account.gaps,
                seen: account.seen,
                hidden: &account.hidden,
                unsupported,
                withheld,
            }
        };
        self.manifest.accounts.iter().enumerate().map(of_account).collect()
    }
}

impl<'a> Counts<'a> {
    fn of(account: usize, counts: &'a AccountCounts, all: &impl Fn(&[ProfileId]) -> Vec<usize>) -> Self {
        let buckets = counts.last_login.in_words().map(|(label, count)| Bucket { label, count });
        Self {
            account,
            profiles: counts.profiles,
            statuses: &counts.statuses,
            mfa: &counts.mfa,
            last_login: buckets.into(),
            owners: all(&counts.owners),
            admins: all(&counts.admins),
            owner_not_known: counts.owner_not_known,
        }
    }
}
