//! Maps the API's records to the normalized profile.

use anyprofile_core::{
    Email, Field, FieldPath, FieldState, Kind, Profile, ProfileId, Status, open_record,
    profile::{
        Actor, Extension, Group, Label, Note, NoteKind, ProfileExtension, Role, RoleAssignment, RoleScope,
        ScopeTier, View,
    },
    wire::{OpaqueId, note_other_types, read_time},
};

use crate::wire::{self, ChangedBy, Named, Tier, Title, UserRoles};

open_record! {
    /// The fields of a profile that only Probely has.
    pub struct ProbelyExtension {
        /// The user's id at Intercom.
        intercom_user_id: String,
        /// The labels, with the user and time of their last change.
        labels: Vec<wire::Label>,
        /// The roles, if the service sends them as a list, with the id of each assignment and all other
        /// fields. Roles that it sends as a text are only in `roles`; other values are kept under `unknown`.
        user_roles: Vec<wire::UserRole>,
    }
}

impl ProfileExtension for ProbelyExtension {
    const SERVICE: &'static str = crate::SERVICE;

    fn state(&self, key: &str) -> Option<FieldState> {
        self.state(key)
    }
}

/// The view of a user in `/users/`.
pub(crate) const USER: View = View::new("user");
/// The view of an API user in `/api-users/`.
pub(crate) const API_USER: View = View::new("api_user");
/// The view of the own profile in `/profile/`.
pub(crate) const PROFILE: View = View::new("profile");

/// Maps a user, an API user, or the own profile. All three have the same record.
pub(crate) fn user(id: ProfileId, view: View, record: wire::User) -> Profile {
    let is_api_user = view == API_USER;
    let mut profile = Profile::read_from(view, id);
    profile.unknown = record.unknown;
    note_other_types(&mut profile, wire::User::KEYS);
    profile.kind = if is_api_user {
        Kind::Service.into()
    } else {
        record.is_apiuser.map(|is_apiuser| if is_apiuser { Kind::Service } else { Kind::Human })
    };
    profile.status = record.active.map(|active| if active { Status::Active } else { Status::Suspended });
    profile.status_raw =
        record.active.map(|active| if active { "active=true" } else { "active=false" }.to_owned());
    profile.name.display = record.name.empty_as_null();
    profile.emails = Email::login(record.email.empty_as_null());
    if record.title.value().is_some_and(|title| title.unknown_word().is_some()) {
        profile.notes.push(Note::new(FieldPath::TITLE, NoteKind::UnknownWord));
    }
    profile.title = record.title.and_then(|title| match title {
        Title::NotSet => Field::Null,
        title => Field::Value(title.as_str().to_owned()),
    });
    profile.access.billing_admin = record.is_billing_admin;
    profile.access.owner = record.is_owner;
    profile.security.mfa_enabled = record.mfa_enabled;
    profile.security.sso = record.is_sso;
    profile.security.last_login =
        read_time(&mut profile, FieldPath::SECURITY_LAST_LOGIN, "last_login", record.last_login);
    profile.security.first_login =
        read_time(&mut profile, FieldPath::SECURITY_FIRST_LOGIN, "first_login", record.first_login);
    profile.times.updated = read_time(&mut profile, FieldPath::TIMES_UPDATED, "changed", record.changed);
    for (name, value) in record.changed_by.value().iter().flat_map(|record| record.unknown.iter()) {
        profile.unknown.insert(format!("changed_by.{name}"), value.clone());
    }
    profile.changed_by = record.changed_by.map(actor);
    profile.labels = record.labels.as_ref().map(|labels| labels.iter().map(label).collect());
    profile.roles = record.user_roles.as_ref().and_then(|roles| match roles {
        UserRoles::List(roles) => Field::Value(roles.iter().map(role).collect()),
        UserRoles::Text(text) if text.is_empty() => Field::Null,
        UserRoles::Text(text) => {
            let role = Role::default().with_name(text.as_str());
            Field::Value(vec![RoleAssignment::default().with_role(role)])
        }
        UserRoles::Other(_) => Field::Absent,
    });
    profile.groups = teams(profile.roles.as_ref().map(Vec::as_slice));
    let user_roles = listed_roles(&mut profile, record.user_roles);
    profile.extension = Some(Extension::new(ProbelyExtension {
        intercom_user_id: record.intercom_user_id.empty_as_null(),
        labels: record.labels,
        user_roles,
        ..ProbelyExtension::default()
    }));
    profile
}

/// Returns the teams that a user is in: a membership of a team is a role whose scope is the team. Where the scope of a role
/// is not known, the teams are not.
fn teams(roles: Field<&[RoleAssignment]>) -> Field<Vec<Group>> {
    roles.and_then(|roles| {
        let mut teams = Vec::new();
        for role in roles {
            let Some(scope) = role.scope.value() else { return Field::Absent };
            match (scope.tier.value(), &scope.id) {
                (None, _) => return Field::Absent,
                (Some(ScopeTier::Team), id) => {
                    let team =
                        Group::default().with_id(id.clone()).with_name(scope.name.clone()).with_kind("team");
                    if !teams.contains(&team) {
                        teams.push(team);
                    }
                }
                (Some(_), _) => {}
            }
        }
        Field::Value(teams)
    })
}

/// Returns the roles as a list, so that every profile has them in one type. A value that is neither a list
/// nor a text is kept under `unknown`, and noted.
fn listed_roles(profile: &mut Profile, sent: Field<UserRoles>) -> Field<Vec<wire::UserRole>> {
    sent.and_then(|sent| match sent {
        UserRoles::List(roles) => Field::Value(roles),
        UserRoles::Text(text) if text.is_empty() => Field::Null,
        UserRoles::Text(_) => Field::Absent,
        UserRoles::Other(raw) => {
            profile.unknown.insert("user_roles", raw);
            profile.notes.push(Note::new(FieldPath::unknown("user_roles"), NoteKind::OtherType));
            Field::Absent
        }
    })
}

fn actor(record: ChangedBy) -> Actor {
    Actor::default()
        .with_id(record.id.map(String::from))
        .with_name(record.name.empty_as_null())
        .with_email(record.email.empty_as_null())
}

fn label(record: &wire::Label) -> Label {
    Label::new(record.name.clone().empty_as_null())
        .with_id(record.id.clone().map(String::from))
        .with_color(record.color.clone().empty_as_null())
}

fn id_and_name(named: &Named) -> (Field<String>, Field<String>) {
    id_and_name_of(&named.id, &named.name)
}

fn id_and_name_of(id: &Field<OpaqueId>, name: &Field<String>) -> (Field<String>, Field<String>) {
    (id.clone().map(String::from), name.clone().empty_as_null())
}

fn role(record: &wire::UserRole) -> RoleAssignment {
    role_in_scope(record.role.as_ref().map(id_and_name), &record.scope)
}

/// Maps a role assignment to the role in its scope, as the user has it.
pub(crate) fn assigned_role(record: &wire::UserRoleAssignment) -> RoleAssignment {
    role_in_scope(record.role.as_ref().map(|role| id_and_name_of(&role.id, &role.name)), &record.scope)
}

fn role_in_scope(role: Field<(Field<String>, Field<String>)>, scope: &Field<wire::Scope>) -> RoleAssignment {
    let role = role.map(|(id, name)| Role::new(id, name));
    let scope = scope.as_ref().map(|scope| {
        // The team or target that the tier names. If the tier is unknown, the one that was sent.
        let team = scope.team.as_ref().map(id_and_name);
        let target = scope.target.as_ref().map(|target| id_and_name_of(&target.id, &target.name));
        let place = match scope.tier.value() {
            Some(Tier::Account) => Field::Absent,
            Some(Tier::Team) => team,
            Some(Tier::Target) => target,
            _ if team.is_known() => team,
            _ => target.or(team),
        };
        let (id, name) = match place {
            Field::Value(id_and_name) => id_and_name,
            Field::Null => (Field::Null, Field::Null),
            Field::Absent => (Field::Absent, Field::Absent),
        };
        let tier = scope.tier.as_ref().map(|tier| ScopeTier::from(tier.as_str()));
        RoleScope::default().with_tier(tier).with_id(id).with_name(name)
    });
    RoleAssignment::new(role, scope)
}
