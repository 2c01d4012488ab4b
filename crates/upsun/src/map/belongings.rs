//! What belongs to a user besides the records of the person.

use anyprofile_core::{
    Field, FieldPath, Profile, ProfileId,
    profile::{Credential, CredentialKind, Group},
    wire::{TimeText, read_time},
};

use super::{CREDENTIALS, TEAMS};
use crate::wire::{ApiToken, Connection, Team};

/// Maps the teams of a user.
pub(crate) fn teams(id: ProfileId, teams: Vec<Team>) -> Profile {
    let mut profile = Profile::read_from(TEAMS, id);
    let group = |team: Team| {
        Group::default()
            .with_id(team.id.map(String::from))
            .with_name(team.label.empty_as_null())
            .with_kind("team")
    };
    profile.groups = teams.into_iter().map(group).collect::<Vec<_>>().into();
    profile
}

/// Maps the API tokens of a user, and the logins through other services.
pub(crate) fn credentials(id: ProfileId, tokens: Vec<ApiToken>, connections: Vec<Connection>) -> Profile {
    let mut profile = Profile::read_from(CREDENTIALS, id);
    let mut all = Vec::new();
    for token in tokens {
        let created = time(&mut profile, token.created_at);
        let last_used = token.last_used_at.map(|text| TimeText::from(text.as_str()));
        all.push(
            Credential::default()
                .with_id(token.id.map(String::from))
                .with_kind(CredentialKind::ApiToken)
                .with_name(token.name.empty_as_null())
                .with_created(created)
                .with_last_used(time(&mut profile, last_used)),
        );
    }
    for connection in connections {
        let created = time(&mut profile, connection.created_at);
        all.push(
            Credential::default()
                .with_id(connection.provider.empty_as_null())
                .with_kind(CredentialKind::Connection)
                .with_name(connection.provider_type.empty_as_null())
                .with_created(created),
        );
    }
    profile.credentials = all.into();
    profile
}

fn time(profile: &mut Profile, text: Field<TimeText>) -> Field<anyprofile_core::Timestamp> {
    read_time(profile, FieldPath::CREDENTIALS, "credentials", text)
}
