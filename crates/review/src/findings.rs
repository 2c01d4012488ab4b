//! Collects what is found, with its exceptions.

use std::{collections::HashMap, fmt::Write as _};

use anyprofile_core::{ProfileId, Timestamp};
use anyprofile_snapshot::Manifest;

use crate::{
    Finding, FindingState,
    judge::Judgement,
    policy::{Exception, Policy, Rule},
};

/// Whom a finding is about.
pub(crate) struct Subject<'a> {
    /// The account, as `service:account`.
    pub(crate) account: Option<(&'a str, &'a str)>,
    pub(crate) profiles: &'a [ProfileId],
    pub(crate) name: Option<&'a str>,
}

/// What was found so far.
pub(crate) struct Findings<'p> {
    policy: &'p Policy,
    now: Timestamp,
    found: Vec<Finding>,
    /// The place of what is not known, by the rule, the account, the words and the exception.
    not_known: HashMap<(usize, String, String, Option<usize>), usize>,
    is_used: Vec<bool>,
}

impl<'p> Findings<'p> {
    pub(crate) fn new(policy: &'p Policy, now: Timestamp) -> Self {
        let is_used = vec![false; policy.exceptions.len()];
        Self { policy, now, found: Vec::new(), not_known: HashMap::new(), is_used }
    }

    /// Adds what is known of a subject and a rule, by the place of the rule in the policy.
    pub(crate) fn add(&mut self, place: usize, subject: &Subject<'_>, judgement: Judgement) {
        let rule = &self.policy.rules[place];
        let (is_known, mut message) = match judgement {
            Judgement::Kept => return,
            Judgement::Violated(message) => (true, message),
            Judgement::NotKnown(message) => (false, message),
        };
        let excepted = self.exception(rule, subject, &mut message);
        let account = subject.account.map(|(service, account)| format!("{service}:{account}"));
        if !is_known && let Some(account) = &account {
            let key = (place, account.clone(), message.clone(), excepted);
            if let Some(known) = self.not_known.get(&key) {
                let finding = &mut self.found[*known];
                finding.profiles.extend_from_slice(subject.profiles);
                finding.name = None;
                return;
            }
            self.not_known.insert(key, self.found.len());
        }
        let state = match (excepted, is_known) {
            (Some(_), _) => FindingState::Excepted,
            (None, true) => FindingState::Violated,
            (None, false) => FindingState::NotKnown,
        };
        self.found.push(Finding {
            rule: rule.name().to_owned(),
            check: rule.check,
            severity: if is_known { rule.severity } else { rule.not_known },
            state,
            account,
            profiles: subject.profiles.to_vec(),
            name: subject.name.map(str::to_owned),
            message,
            exception: excepted.map(|place| self.policy.exceptions[place].clone()),
        });
    }

    /// Returns the place of the exception that is in force for a subject. One that has expired is said in the message.
    fn exception(&mut self, rule: &Rule, subject: &Subject<'_>, message: &mut String) -> Option<usize> {
        let account = subject.account.map_or("", |(_, account)| account);
        let profile = match subject.profiles {
            [profile] => Some(profile),
            _ => None,
        };
        let is_for = |exception: &Exception| exception.is_for(rule.name(), account, profile);
        let mut expired = None;
        let mut in_force = None;
        for (place, exception) in self.policy.exceptions.iter().enumerate().filter(|(_, it)| is_for(it)) {
            self.is_used[place] = true;
            if exception.is_expired(self.now) {
                expired = expired.max(Some(exception.expires));
            } else {
                in_force = in_force.or(Some(place));
            }
        }
        if let (None, Some(day)) = (in_force, expired) {
            // Writing to a string cannot fail.
            let _ = write!(message, "; an exception expired on {day}");
        }
        in_force
    }

    /// Returns what was found, the worst first, and what to say of exceptions that nothing needs.
    pub(crate) fn finish(mut self, manifest: &Manifest) -> (Vec<Finding>, Vec<String>) {
        let order = |finding: &Finding| (finding.state, std::cmp::Reverse(finding.severity));
        self.found.sort_by_key(order);
        let unused = self.policy.exceptions.iter().zip(&self.is_used).filter(|(_, is_used)| !**is_used);
        let notes = unused.map(|(exception, _)| {
            let (whom, account) = match (&exception.profile, &exception.account) {
                (Some(id), _) => (id.to_string(), id.account.as_str()),
                (None, account) => {
                    let account = account.as_deref().unwrap_or_default();
                    (format!("account {account}"), account)
                }
            };
            let is_here = manifest.accounts.iter().any(|it| it.account == account);
            let why =
                if is_here { "nothing was found there" } else { "there is no such account in the snapshot" };
            format!("the exception from `{}` for {whom} was not needed: {why}", exception.rule)
        });
        let notes = notes.collect();
        (self.found, notes)
    }
}
