//! Everybody compared with the people who should be there.

use std::collections::{HashMap, HashSet};

use anyprofile_core::{
    ProfileId, Verdict,
    person::{Person, Strength},
};
use anyprofile_snapshot::AccountManifest;

use crate::{
    Policy, Review, Roster, RosterEntry, RosterStatus,
    findings::{Findings, Subject},
    judge::{self, Judgement},
    policy::Check,
    review::{Keys, Known},
};

/// What is known of everybody and the roster.
pub(crate) struct AgainstRoster<'a> {
    review: &'a Review,
    /// The account that is the roster.
    account: Option<&'a AccountManifest>,
    /// The person of each profile, and whether the person owns it.
    persons: HashMap<&'a ProfileId, (&'a Person, bool)>,
    /// Profiles that may be somebody of the roster, which nobody has decided, and whether that one has left.
    undecided: HashMap<&'a ProfileId, bool>,
    /// The keys of those of the roster who have left, or may have.
    leavers: Vec<Keys>,
    /// The keys of all of the roster.
    entries: Vec<Keys>,
}

impl<'a> AgainstRoster<'a> {
    pub(crate) fn new(review: &'a Review, roster: &Roster) -> Self {
        let mut persons = HashMap::new();
        for person in review.persons.persons() {
            persons.extend(person.owns.iter().map(|id| (id, (person, true))));
            persons.extend(person.profiles.iter().map(|id| (id, (person, false))));
        }
        let mut undecided = HashMap::new();
        for ambiguity in review.persons.ambiguities() {
            let mut entries = ambiguity.profiles.iter().filter_map(|id| review.roster.get(id)).peekable();
            if entries.peek().is_none() {
                continue;
            }
            let has_left = entries.any(|entry| entry.left(review.now).is_some());
            for id in &ambiguity.profiles {
                *undecided.entry(id).or_insert(false) |= has_left;
            }
        }
        let account = roster.account();
        let account =
            account.and_then(|name| review.manifest.accounts.iter().find(|account| account.account == name));
        // Whoever is linked to them may be the same one, too.
        for person in review.persons.persons() {
            let of_person = person.profiles.iter().chain(&person.owns);
            let found: Vec<bool> = of_person.clone().filter_map(|id| undecided.get(id)).copied().collect();
            if !found.is_empty() {
                let has_left = found.contains(&true);
                undecided.extend(of_person.map(|id| (id, has_left)));
            }
        }
        let entries = review.roster.values().filter(|entry| entry.has_key());
        let may_have_left =
            |entry: &&RosterEntry| entry.left(review.now).is_some() || entry.status == RosterStatus::NotKnown;
        let kinds = |keys: &mut Vec<Keys>| {
            // Few kinds, and perhaps many people.
            keys.sort_unstable_by_key(|it| (it.address, it.number));
            keys.dedup_by_key(|it| (it.address, it.number));
        };
        let mut leavers: Vec<Keys> = entries.clone().filter(may_have_left).map(RosterEntry::keys).collect();
        let mut entries: Vec<Keys> = entries.map(RosterEntry::keys).collect();
        kinds(&mut leavers);
        kinds(&mut entries);
        Self { review, account, persons, undecided, leavers, entries }
    }

    /// Judges everybody by the rules that need a roster. `roster_rules` are those about a profile, in the order of
    /// [`Known::is_about`].
    pub(crate) fn judge(
        &self,
        policy: &Policy,
        roster_rules: &[usize],
        known: &[Known],
        findings: &mut Findings<'_>,
    ) {
        for (column, number) in roster_rules.iter().enumerate() {
            let rule = &policy.rules[*number];
            if let (Check::Left, Some(account)) = (rule.check, self.account.filter(|_| !self.is_whole())) {
                // Nobody is found to have left because of a list of some.
                let what = "the account that is the roster was not read as a whole, so it is not known who else has left";
                let account = Some((&*account.service, &*account.account));
                let subject = Subject { account, profiles: &[], name: None };
                findings.add(*number, &subject, Judgement::NotKnown(what.to_owned()));
            }
            for known in known.iter().filter(|known| !self.review.roster.contains_key(&known.id)) {
                let judgement = match rule.check {
                    Check::Left => self.left(known),
                    _ => self.on_roster(known),
                };
                let is_about = known.is_about.get(column).copied().unwrap_or(Verdict::Unknown);
                findings.add(*number, &self.review.subject(known), judge::within(rule, is_about, judgement));
            }
        }
        self.judge_accounts(policy, known, findings);
    }

    /// Returns whether everybody of the roster is known.
    fn is_whole(&self) -> bool {
        self.account.is_none_or(|account| account.complete && !self.review.manifest.is_filtered())
    }

    /// Judges whether the people of the roster have a profile.
    fn judge_accounts(&self, policy: &Policy, known: &[Known], findings: &mut Findings<'_>) {
        let rules = policy.rules.iter().enumerate().filter(|(_, rule)| rule.check == Check::NoAccount);
        let rules: Vec<usize> = rules.map(|(number, _)| number).collect();
        if rules.is_empty() {
            return;
        }
        let places: HashSet<&ProfileId> = known.iter().map(|it| &it.id).collect();
        // The kinds of keys of those who may be somebody of the roster and are linked to nobody of it.
        let open: Vec<Keys> = known
            .iter()
            .filter(|it| {
                !it.is_human.is_no() && !self.review.roster.contains_key(&it.id) && self.entry(it).is_none()
            })
            .map(|it| it.keys)
            .collect();
        let manifest = &self.review.manifest;
        for person in self.review.persons.persons() {
            let Some((id, entry)) = self.review.entry_of(person) else { continue };
            if person.profiles.len() > 1
                || entry.status == RosterStatus::Left
                || entry.left(self.review.now).is_some()
            {
                continue;
            }
            let not_known = |what: &str| Judgement::NotKnown(format!("somebody of the roster {what}"));
            let judgement = if !entry.has_key() {
                not_known("has no address and no number of an employee to be found by")
            } else if self.undecided.contains_key(id) {
                not_known("may have a profile; see the ambiguities")
            } else if !manifest.complete || manifest.is_filtered() {
                not_known("has no profile in the snapshot, which is not of everybody")
            } else if open.iter().any(|keys| !keys.can_meet(entry.keys())) {
                not_known("has no profile that is known, and some profiles have nothing to be compared by")
            } else if entry.status == RosterStatus::NotKnown {
                not_known("has no profile, and the roster does not say whether they are still there")
            } else {
                Judgement::Violated("somebody of the roster has no profile".to_owned())
            };
            // The profile of an account that is the roster can be shown.
            let account = places.contains(id).then(|| (id.service.as_str(), id.account.as_str()));
            let subject =
                Subject { account, profiles: std::slice::from_ref(id), name: entry.name.as_deref() };
            for number in &rules {
                findings.add(*number, &subject, judgement.clone());
            }
        }
    }

    /// Returns who of the roster the person of a profile is, with the person and whether the person owns it.
    fn entry(&self, known: &Known) -> Option<(&'a Person, bool, &'a ProfileId, &'a RosterEntry)> {
        let (person, is_owned) = *self.persons.get(&known.id)?;
        let (id, entry) = self.review.entry_of(person)?;
        Some((person, is_owned, id, entry))
    }

    fn left(&self, known: &Known) -> Judgement {
        if known.may_act.is_no() {
            return Judgement::Kept;
        }
        let Some((person, is_owned, id, entry)) = self.entry(known) else {
            let what = if self.undecided.get(&known.id) == Some(&true) {
                "it may be somebody who has left; see the ambiguities"
            } else if !known.is_human.is_no() && self.leavers.iter().any(|keys| !keys.can_meet(known.keys)) {
                "it has nothing to be compared by with somebody of the roster who has left, or may have"
            } else {
                return Judgement::Kept;
            };
            return Judgement::NotKnown(what.to_owned());
        };
        let Some(left) = entry.left(self.review.now) else {
            return if entry.status == RosterStatus::NotKnown {
                Judgement::NotKnown("the roster does not say whether they are still there".to_owned())
            } else {
                Judgement::Kept
            };
        };
        let left = if is_owned { format!("its owner has left: {left}") } else { left };
        // An id of another system may be that of somebody else. What is owned hangs on whoever is linked best.
        let strength = if is_owned {
            person.profiles.iter().filter_map(|it| person.strength_between(id, it)).max()
        } else {
            person.strength_between(id, &known.id)
        };
        let is_weak = strength == Some(Strength::Weak);
        match known.may_act {
            _ if is_weak => {
                Judgement::NotKnown(format!("{left}, if the external id is that of the same person"))
            }
            Verdict::Yes => Judgement::Violated(left),
            _ => Judgement::NotKnown(format!("{left}; whether the profile is still active is not known")),
        }
    }

    fn on_roster(&self, known: &Known) -> Judgement {
        if known.may_act.is_no() || known.is_human.is_no() || self.entry(known).is_some() {
            return Judgement::Kept;
        }
        let not_known = |what: &str| Judgement::NotKnown(what.to_owned());
        if self.undecided.contains_key(&known.id) {
            not_known("it may be somebody of the roster; see the ambiguities")
        } else if self.entries.iter().any(|keys| !keys.can_meet(known.keys)) {
            not_known(
                "it has nothing to be compared by with some of the roster: an address, or a number of an employee",
            )
        } else if !self.is_whole() {
            not_known(
                "nobody of the roster is it, and the account that is the roster was not read as a whole",
            )
        } else if known.is_human.is_unknown() {
            not_known("nobody of the roster is it, and whether it is a human is not known")
        } else if known.may_act.is_unknown() {
            not_known("nobody of the roster is it, and whether it is active is not known")
        } else {
            Judgement::Violated(
                "nobody of the roster has its address or its number of an employee".to_owned(),
            )
        }
    }
}
