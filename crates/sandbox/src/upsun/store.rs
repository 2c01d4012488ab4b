//! The users: generated, with the written changes applied to them.
//!
//! A person is a profile and a user, in two services. The username and the e-mail address are the same in
//! both; every other field belongs to the record that it was written to. No source says that a change of one
//! record affects the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::records::Records;
use super::rules::{Errors, one_error};
use super::writable::{OF_ME_ONLY, OF_ME_TOO};
use crate::rng::key;

/// The users of one sandbox.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) records: Records,
    /// The number of users that exist or existed.
    total: u64,
    /// The deleted users. The API deletes no user: only a fault does.
    removed: BTreeSet<u64>,
    pub(super) changed: BTreeMap<u64, Changed>,
    /// The users by username, where it is not the generated one.
    usernames: BTreeMap<String, u64>,
    /// The users by e-mail address, in lower case, where it is not the generated one.
    emails: BTreeMap<String, u64>,
    /// The users by verified phone number.
    pub(super) phones: BTreeMap<String, u64>,
    /// The number of started phone verifications.
    pub(super) verifications: u64,
    uploads: u64,
}

/// The changes of one user.
#[derive(Debug, Default)]
pub(super) struct Changed {
    profile: Map<String, Value>,
    user: Map<String, Value>,
    address: Map<String, Value>,
    username: Option<String>,
    email: Option<String>,
    /// The verified phone number.
    pub(super) phone: Option<String>,
    /// The pending verification: its id and the number.
    pub(super) pending: Option<(String, String)>,
}

/// Another user has it.
#[derive(Debug)]
pub(super) struct Taken;

impl Store {
    pub(super) fn new(records: Records, total: u64) -> Self {
        Self {
            records,
            total,
            removed: BTreeSet::new(),
            changed: BTreeMap::new(),
            usernames: BTreeMap::new(),
            emails: BTreeMap::new(),
            phones: BTreeMap::new(),
            verifications: 0,
            uploads: 0,
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.total.saturating_sub(u64::try_from(self.removed.len()).unwrap_or(u64::MAX))
    }

    /// Returns the index of the user at this position of the list.
    pub(super) fn index_at(&self, place: u64) -> u64 {
        // Usually no more than one user is deleted.
        self.removed.iter().fold(place, |index, removed| index + u64::from(*removed <= index))
    }

    pub(super) fn index_of(&self, user_id: &str) -> Option<u64> {
        self.records.index_of(user_id).filter(|index| self.has(*index))
    }

    fn has(&self, index: u64) -> bool {
        index < self.total && !self.removed.contains(&index)
    }

    /// Returns the path segment of another user: by id, `email=` or `username=`.
    pub(super) fn segment_of_another(&self, segment: &str) -> Option<String> {
        let (key, value) = segment.split_once('=').unwrap_or(("", segment));
        let index = match key {
            "" => self.index_of(value),
            "email" => self.index_of_email(value),
            "username" => self.index_of_username(value),
            _ => None,
        }?;
        // The token's user comes last: that record proves the token.
        let another = (index + 1..self.total).chain(1..index).find(|other| self.has(*other))?;
        if key.is_empty() {
            return Some(self.records.user_id(another));
        }
        let value = self.user(another).get(key)?.as_str()?.to_owned();
        Some(format!("{key}={value}"))
    }

    /// Deletes the second user of the list and creates another one. Returns whether it did.
    pub(super) fn swap_person(&mut self, now: &str) -> bool {
        let removed = self.index_at(1);
        if removed >= self.total {
            return false;
        }
        self.removed.insert(removed);
        let created = self.total;
        self.total += 1;
        let times = Map::from_iter([("created_at".to_owned(), json!(now))]);
        self.lay_over(created, now, times.clone(), |changed| &mut changed.profile);
        self.lay_over(created, now, times, |changed| &mut changed.user);
        true
    }

    /// Returns the index of a user by username. A generated username ends in its index, so no scan is needed.
    pub(super) fn index_of_username(&self, username: &str) -> Option<u64> {
        if let Some(index) = self.usernames.get(username) {
            return Some(*index);
        }
        let index = username.rsplit_once('-')?.1.parse().ok().filter(|index| self.has(*index))?;
        let renamed = self.changed.get(&index).is_some_and(|changed| changed.username.is_some());
        (!renamed && self.records.username(index) == username).then_some(index)
    }

    /// Returns the index of a user by e-mail address. A generated address ends in its index.
    pub(super) fn index_of_email(&self, email: &str) -> Option<u64> {
        if let Some(index) = self.emails.get(&email.to_ascii_lowercase()) {
            return Some(*index);
        }
        let index = email.rsplit_once('@')?.0.rsplit_once('.')?.1.parse().ok();
        index.filter(|index| self.has(*index)).filter(|index| {
            let user = self.user(*index);
            user.get("email").and_then(Value::as_str).is_some_and(|known| known.eq_ignore_ascii_case(email))
        })
    }

    pub(super) fn profile(&self, index: u64) -> Value {
        let mut profile = self.records.profile(index);
        if let Some(changed) = self.changed.get(&index) {
            let shown = changed.profile.iter().filter(|(name, _)| !OF_ME_ONLY.contains(&name.as_str()));
            profile.extend(shown.map(|(name, value)| (name.clone(), value.clone())));
            changed.lay_shared_over(&mut profile, "email");
        }
        Value::Object(profile)
    }

    pub(super) fn user(&self, index: u64) -> Map<String, Value> {
        let mut user = self.records.user(index);
        if let Some(changed) = self.changed.get(&index) {
            user.extend(changed.user.clone());
            changed.lay_shared_over(&mut user, "email");
        }
        user
    }

    /// Returns the token's user in the format of the older API.
    pub(super) fn me(&self) -> Value {
        let mut me = self.records.current_user_of_drupal();
        if let Some(changed) = self.changed.get(&0) {
            let shown = OF_ME_ONLY.iter().chain(&OF_ME_TOO);
            me.extend(
                shown.filter_map(|name| Some(((*name).to_owned(), changed.profile.get(*name)?.clone()))),
            );
            changed.lay_shared_over(&mut me, "mail");
            me["has_key"] = me["ssh_keys"].as_array().is_some_and(|keys| !keys.is_empty()).into();
            for name in ["username", "display_name"] {
                let value = me[name].clone();
                me["projects"][0]["owner_info"][name] = value;
            }
        }
        Value::Object(me)
    }

    pub(super) fn address(&self, index: u64) -> Option<&Map<String, Value>> {
        self.changed.get(&index).map(|changed| &changed.address)
    }

    pub(super) fn write_profile(
        &mut self,
        index: u64,
        mut change: Map<String, Value>,
        now: &str,
    ) -> Result<(), Errors> {
        let email = self.free_email(index, &mut change)?;
        let username = self.free_username(index, &mut change)?;
        let written = self.lay_over(index, now, change, |changed| &mut changed.profile);
        if let Some(email) = email {
            // The new address has not been verified.
            written.user.insert("email_verified".to_owned(), false.into());
            self.set_email(index, email, now);
        }
        if let Some(username) = username {
            self.set_username(index, &username, now);
        }
        Ok(())
    }

    pub(super) fn write_user(
        &mut self,
        index: u64,
        mut change: Map<String, Value>,
        now: &str,
    ) -> Result<(), Errors> {
        let username = self.free_username(index, &mut change)?;
        self.lay_over(index, now, change, |changed| &mut changed.user);
        if let Some(username) = username {
            self.set_username(index, &username, now);
        }
        Ok(())
    }

    pub(super) fn check_email(&self, index: u64, email: &str) -> Result<(), Taken> {
        match self.index_of_email(email) {
            Some(other) if other != index => Err(Taken),
            _ => Ok(()),
        }
    }

    /// Changes the e-mail address as if the user had confirmed the new one.
    pub(super) fn confirm_email(&mut self, index: u64, email: &str, now: &str) -> Result<(), Taken> {
        self.check_email(index, email)?;
        let verified = Map::from_iter([("email_verified".to_owned(), true.into())]);
        self.lay_over(index, now, verified, |changed| &mut changed.user);
        self.set_email(index, email.to_owned(), now);
        Ok(())
    }

    pub(super) fn write_address(&mut self, index: u64, change: Map<String, Value>) {
        self.changed.entry(index).or_default().address.extend(change);
    }

    /// Sets a picture of the profile and returns its path. Its bytes are not stored.
    pub(super) fn put_picture(&mut self, index: u64, ending: &str, now: &str) -> String {
        self.uploads += 1;
        let name = key(&[self.records.seed, 0x0070_6963_7475_7265, self.uploads]);
        let url = format!("/files/pictures/{name:016x}.{ending}");
        let picture = Map::from_iter([("picture".to_owned(), url.as_str().into())]);
        self.lay_over(index, now, picture, |changed| &mut changed.profile);
        url
    }

    /// An unset picture is empty here, not null.
    pub(super) fn remove_picture(&mut self, index: u64, now: &str) {
        let picture = Map::from_iter([("picture".to_owned(), "".into())]);
        self.lay_over(index, now, picture, |changed| &mut changed.profile);
    }

    /// Applies a change to one of a user's records and updates its time, unless the change is empty.
    pub(super) fn lay_over(
        &mut self,
        index: u64,
        now: &str,
        change: Map<String, Value>,
        record: fn(&mut Changed) -> &mut Map<String, Value>,
    ) -> &mut Changed {
        let changed = self.changed.entry(index).or_default();
        if !change.is_empty() {
            let record = record(changed);
            record.extend(change);
            record.insert("updated_at".to_owned(), now.into());
        }
        changed
    }

    fn free_username(&self, index: u64, change: &mut Map<String, Value>) -> Result<Option<String>, Errors> {
        let Some(Value::String(username)) = change.remove("username") else { return Ok(None) };
        match self.index_of_username(&username) {
            Some(other) if other != index => Err(one_error("username", "This username is already taken.")),
            _ => Ok(Some(username)),
        }
    }

    fn free_email(&self, index: u64, change: &mut Map<String, Value>) -> Result<Option<String>, Errors> {
        let Some(Value::String(email)) = change.remove("mail") else { return Ok(None) };
        match self.check_email(index, &email) {
            Ok(()) if self.user(index).get("email").is_some_and(|known| *known == email) => Ok(None),
            Ok(()) => Ok(Some(email)),
            Err(Taken) => Err(one_error("mail", "This e-mail address is already taken.")),
        }
    }

    fn set_username(&mut self, index: u64, username: &str, now: &str) {
        self.usernames.insert(username.to_owned(), index);
        let changed = self.changed.entry(index).or_default();
        changed.touch(now);
        if let Some(before) = changed.username.replace(username.to_owned())
            && before != username
        {
            self.usernames.remove(&before);
        }
    }

    fn set_email(&mut self, index: u64, email: String, now: &str) {
        let folded = email.to_ascii_lowercase();
        self.emails.insert(folded.clone(), index);
        let changed = self.changed.entry(index).or_default();
        changed.touch(now);
        if let Some(before) = changed.email.replace(email).map(|before| before.to_ascii_lowercase())
            && before != folded
        {
            self.emails.remove(&before);
        }
    }
}

impl Changed {
    /// Both records show these fields, so both have changed.
    fn touch(&mut self, now: &str) {
        for record in [&mut self.profile, &mut self.user] {
            record.insert("updated_at".to_owned(), json!(now));
        }
    }

    pub(super) fn user_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.user
    }

    fn lay_shared_over(&self, record: &mut Map<String, Value>, email: &str) {
        for (name, value) in [("username", &self.username), (email, &self.email)] {
            if let Some(value) = value {
                record.insert(name.to_owned(), value.as_str().into());
            }
        }
    }
}
