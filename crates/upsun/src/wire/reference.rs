//! Records by id: those that other records refer to.

use std::collections::BTreeMap;

use anyprofile_core::{
    Field,
    listing::Quarantined,
    open_record,
    profile::RawJson,
    wire::{OpaqueId, TimeText, Tolerant, decode_failure},
};
use serde::{Deserialize, Deserializer};

use super::Team;

open_record! {
    /// A user that another record refers to (`GET /ref/users`).
    pub struct UserReference {
        /// The id.
        id: OpaqueId,
        /// The user name.
        username: String,
        /// The e-mail address.
        email: String,
        /// The given name.
        first_name: String,
        /// The family name.
        last_name: String,
        /// The URL of a picture.
        picture: String,
        /// Whether the service's own second factor is enabled. It may be disabled if single sign-on requires
        /// one.
        mfa_enabled: bool,
        /// Whether the user must sign in through single sign-on.
        sso_enabled: bool,
        /// The time of creation of the account. In client code, not in the OpenAPI document.
        created_at: TimeText,
        /// The time of the last change of the account. In client code, not in the OpenAPI document.
        updated_at: TimeText,
    }
}

/// The users that other records refer to, by id.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReferencedUsers {
    /// The users of the response. `Null` means that the user no longer exists.
    pub users: BTreeMap<String, Field<UserReference>>,
    /// Records that could not be read.
    pub quarantined: Vec<Quarantined>,
}

impl ReferencedUsers {
    /// Returns a user: `Null` if the user no longer exists, `Absent` if the response does not contain it.
    pub fn get(&self, id: &str) -> Field<&UserReference> {
        self.users.get(id).map_or(Field::Absent, Field::as_ref)
    }
}

impl<'de> Deserialize<'de> for ReferencedUsers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_id(deserializer).map(|(users, quarantined)| Self { users, quarantined })
    }
}

/// The teams that other records refer to, by id.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ReferencedTeams {
    /// The teams of the response. `Null` means that the team no longer exists.
    pub teams: BTreeMap<String, Field<Team>>,
    /// Records that could not be read.
    pub quarantined: Vec<Quarantined>,
}

impl ReferencedTeams {
    /// Returns a team: `Null` if the team no longer exists, `Absent` if the response does not contain it.
    pub fn get(&self, id: &str) -> Field<&Team> {
        self.teams.get(id).map_or(Field::Absent, Field::as_ref)
    }
}

impl<'de> Deserialize<'de> for ReferencedTeams {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_id(deserializer).map(|(teams, quarantined)| Self { teams, quarantined })
    }
}

/// The records of an object by its keys, and those that could not be read.
pub(super) type ById<T> = (BTreeMap<String, Field<T>>, Vec<Quarantined>);

/// Reads an object of records. A record that cannot be read affects only itself.
pub(super) fn by_id<'de, T: Tolerant, D: Deserializer<'de>>(deserializer: D) -> Result<ById<T>, D::Error> {
    let raw = RawJson::deserialize(deserializer)?;
    // An empty map may come as `[]`.
    let is_empty_list = raw.decode::<[(); 0]>().is_ok();
    let sent: BTreeMap<String, RawJson> =
        if is_empty_list { BTreeMap::new() } else { raw.decode().map_err(serde::de::Error::custom)? };
    let (mut records, mut quarantined) = (BTreeMap::new(), Vec::new());
    for (position, (id, record)) in sent.into_iter().enumerate() {
        let record = match record.get() {
            "null" => Ok(Field::Null),
            text => T::read(text).map(Field::Value),
        };
        match record {
            Ok(record) => drop(records.insert(id, record)),
            Err(error) => quarantined.push(Quarantined::new(position, decode_failure(&error).reason)),
        }
    }
    Ok((records, quarantined))
}
