//! What follows from the fact that a profile is not in a snapshot.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyprofile_core::{Capabilities, ProfileId};

use super::{read::Side, record::account_key};
use crate::{
    manifest::{AccountManifest, Manifest},
    privacy::REDACTED,
};

/// An account of one or both snapshots.
#[derive(Debug)]
pub(super) struct Account {
    /// The name for people: `service:account`.
    pub(super) name: String,
    pub(super) old: Option<Arc<Capabilities>>,
    pub(super) new: Option<Arc<Capabilities>>,
    /// What follows if a profile is not in the new snapshot.
    pub(super) gone: Proof,
    /// What follows if a profile is not in the old snapshot.
    pub(super) added: Proof,
}

impl Account {
    /// Creates the account of profiles that no manifest names.
    pub(super) fn not_named(key: &[u8]) -> Self {
        let name = String::from_utf8_lossy(key).trim_end_matches('\0').replace('\0', ":");
        let [gone, added] = std::array::from_fn(|_| Proof {
            why_not: vec!["does not name the account in its manifest".to_owned()],
            ..Proof::default()
        });
        Self { name, old: None, new: None, gone, added }
    }

    /// Returns whether nobody can be missing in either snapshot.
    pub(super) fn is_whole(&self) -> bool {
        let is_proof = self.gone.why_not.is_empty() && self.added.why_not.is_empty();
        is_proof && self.gone.kinds == self.added.kinds
    }
}

/// What follows if a profile of an account is not in a snapshot.
#[derive(Debug, Default)]
pub(super) struct Proof {
    /// Why nothing follows.
    why_not: Vec<String>,
    /// The kinds of the ids of the collections that were read. The empty one stands for all.
    kinds: BTreeSet<String>,
    /// The kinds of other collections that were asked for.
    not_read: BTreeSet<String>,
    /// How many profiles are not there, without proof.
    pub(super) open: u64,
}

impl Proof {
    /// Returns whether it follows that the profile was not at the service then.
    pub(super) fn holds(&mut self, id: &ProfileId) -> bool {
        let is_read = self.kinds.contains("") || self.kinds.contains(id.kind.as_str());
        if !is_read && self.why_not.is_empty() {
            self.not_read.insert(id.kind.to_string());
        }
        let holds = is_read && self.why_not.is_empty();
        self.open += u64::from(!holds);
        holds
    }

    /// Returns why nothing follows, for people.
    pub(super) fn note(
        &self,
        name: &str,
        [from, other]: [&str; 2],
        [seen, what]: [&str; 2],
    ) -> Option<String> {
        let not_read = self.not_read.iter().map(|kind| format!("does not have the collection `{kind}`"));
        let reasons = self.why_not.iter().cloned().chain(not_read).collect::<Vec<_>>().join(", and ");
        if self.open > 0 {
            let ids = self.open;
            Some(format!(
                "{name}: {ids} ids of the {from} snapshot were not {seen}, which does not prove that anybody is {what}: the {other} snapshot {reasons}"
            ))
        } else if reasons.is_empty() {
            None
        } else {
            Some(format!("{name}: more may differ than is shown: the {other} snapshot {reasons}"))
        }
    }

    /// Creates the proof for profiles of `from` that are not in `other`.
    fn new(account: (&str, &str), other: &Side<'_>, from: &Side<'_>) -> Self {
        let of = |side: &Side<'_>| {
            side.manifest.accounts.iter().position(|it| (&*it.service, &*it.account) == account)
        };
        let Some(place) = of(other) else {
            return Self { why_not: vec!["does not have the account".to_owned()], ..Self::default() };
        };
        let found = &other.manifest.accounts[place];
        let mut why_not = Vec::new();
        if !other.manifest.is_sealed() {
            why_not.push("has a manifest that was edited".to_owned());
        }
        if !other.is_intact.get(place).copied().unwrap_or_default() {
            why_not.push("has other profiles than its manifest says".to_owned());
        }
        if !found.complete {
            let gaps = found.gaps.join("; ");
            why_not.push(if gaps.is_empty() {
                "is not complete".to_owned()
            } else {
                format!("is not complete ({gaps})")
            });
        }
        why_not.extend(narrower(other.manifest, from.manifest).map(str::to_owned));
        if let Some(place) = of(from) {
            why_not.extend(sees_less(found, &from.manifest.accounts[place]));
        }
        Self { why_not, kinds: found.collections.keys().cloned().collect(), ..Self::default() }
    }
}

/// Returns why a query may leave out profiles for which the other one asks.
fn narrower(of: &Manifest, than: &Manifest) -> Option<&'static str> {
    let (query, other) = (&of.query, &than.query);
    let is_hidden = |text: &Option<String>| text.as_deref() == Some(REDACTED);
    if query.limit.is_some() {
        Some("was asked for with a limit")
    } else if !of.is_filtered() {
        None
    } else if of.hides_condition || is_hidden(&query.filter.email) || is_hidden(&query.search) {
        Some("was asked for with a filter that is hidden")
    } else if (&query.filter, &query.search, &query.member_of, &query.collection)
        == (&other.filter, &other.search, &other.member_of, &other.collection)
    {
        None
    } else {
        Some("was asked for with another filter")
    }
}

/// Returns why a service may have shown fewer profiles than the other time.
fn sees_less(of: &AccountManifest, than: &AccountManifest) -> Option<String> {
    let hidden: Vec<_> =
        of.hidden.iter().filter(|it| !than.hidden.contains(it)).map(String::as_str).collect();
    if !hidden.is_empty() {
        return Some(format!("does not show as much ({})", hidden.join("; ")));
    }
    if of.base_url != than.base_url {
        return Some("was read at another base URL, which may be another service".to_owned());
    }
    let [credential, other] = [of, than].map(|it| it.credential.as_ref());
    (credential.is_some() && other.is_some() && credential != other)
        .then(|| "was read with another credential, which may see other profiles".to_owned())
}

/// Returns the accounts of both snapshots, by the beginning of their keys.
pub(super) fn accounts(old: &Side<'_>, new: &Side<'_>) -> BTreeMap<Vec<u8>, Account> {
    let mut accounts = BTreeMap::new();
    for it in old.manifest.accounts.iter().chain(&new.manifest.accounts) {
        let (service, account) = (&*it.service, &*it.account);
        accounts.entry(account_key(service, account)).or_insert_with(|| {
            let capabilities = |side: &Side<'_>| {
                side.manifest.account(service, account).map(|it| Arc::new(it.capabilities.clone()))
            };
            Account {
                name: format!("{service}:{account}"),
                old: capabilities(old),
                new: capabilities(new),
                gone: Proof::new((service, account), new, old),
                added: Proof::new((service, account), old, new),
            }
        });
    }
    accounts
}

/// Returns what must be known of the two snapshots as a whole.
pub(super) fn notes(old: &Side<'_>, new: &Side<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for (side, which) in [(old, "old"), (new, "new")] {
        if !side.manifest.is_sealed() {
            notes.push(format!("the manifest of the {which} snapshot was edited: its seal does not match"));
        }
        for (account, _) in
            side.manifest.accounts.iter().zip(&side.is_intact).filter(|(_, is_intact)| !**is_intact)
        {
            notes.push(format!(
                "{}:{}: the {which} snapshot has other profiles than its manifest says",
                account.service, account.account
            ));
        }
    }
    let (old, new) = (old.manifest, new.manifest);
    if new.started < old.started {
        notes.push(
            "the new snapshot was read before the old one: what is said to be added was there earlier"
                .to_owned(),
        );
    }
    for (manifest, which) in [(old, "old"), (new, "new")] {
        for name in &manifest.unusable_accounts {
            notes.push(format!("{name}: it could not be used for the {which} snapshot"));
        }
    }
    for before in &old.accounts {
        let Some(after) = new.account(&before.service, &before.account) else { continue };
        if before.base_url != after.base_url {
            notes.push(format!(
                "{}:{}: the old snapshot was read from {}, and the new one from {}",
                before.service, before.account, before.base_url, after.base_url
            ));
        }
    }
    if new.is_filtered() && narrower(new, old).is_none() {
        notes.push(
            "both snapshots have the same filter: who is gone may only not match it any more, and who was added may match it only now"
                .to_owned(),
        );
    }
    if old.query.enrich != new.query.enrich {
        let which = if old.query.enrich { "old" } else { "new" };
        notes.push(format!(
            "only the {which} snapshot has the further records of each profile: of fields that only these show, it is not known whether they have changed"
        ));
    }
    notes
}
