//! The roles of an existing user, each of which is a role assignment of its own.

use anyprofile_core::{
    Error, ErrorKind, FieldPath, ProfileChange, ProfileId, Result,
    profile::{RoleAssignment, RoleScope, ScopeTier},
};
use anyprofile_engine::{Action, Basis};
use anyprofile_http::Caller;
use serde::{Deserialize, Serialize};

use super::{API_USER, whole::whole};
use crate::{
    ListAssignments, RoleHolders, map, operations,
    wire::{AssignmentWrite, GrantScope, RoleGrant},
};

/// The name of the assignments in the basis of a write.
const HELD: &str = "role assignments";

/// A role assignment of the user.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Held {
    id: String,
    /// The role and its scope; `None` if the service sent too little of them.
    reference: Option<String>,
}

/// Returns the family of a user's role assignments.
fn holders(id: &ProfileId) -> RoleHolders {
    if id.kind == API_USER { RoleHolders::ApiUsers } else { RoleHolders::Users }
}

/// Returns the roles that a change sets, with their scopes. Their format has been checked before.
pub(super) fn wanted(change: &ProfileChange) -> Option<Vec<RoleGrant>> {
    let roles = change.texts(&FieldPath::ROLES).or_cleared_by(Vec::new())?;
    let assignments = roles.into_iter().filter_map(|text| text.parse::<RoleAssignment>().ok());
    let grant = |RoleAssignment { role, scope, .. }: RoleAssignment| {
        let place = |scope: &RoleScope| scope.id.value().cloned().unwrap_or_default();
        let scope = match scope.value().map(|scope| (scope.tier.value(), place(scope))) {
            Some((Some(ScopeTier::Team), place)) => GrantScope::Team(place),
            Some((Some(ScopeTier::Target), place)) => GrantScope::Target(place),
            _ => GrantScope::Account,
        };
        Some(RoleGrant::new(role.into_value()?.id.into_value()?, scope))
    };
    Some(assignments.filter_map(grant).collect())
}

/// Returns the basis of a change of roles: the user's assignments, in the order of their ids.
///
/// The name of the list's filter is inferred: a service that does not know it sends the assignments of everybody, and
/// those of others are left out here.
pub(super) async fn basis(caller: &Caller, id: &ProfileId, page_size: Option<u32>) -> Result<Basis> {
    let list = |page| {
        let mut list = ListAssignments::default();
        (list.length, list.page) = (page_size, page);
        list.user = vec![id.native().to_owned()];
        operations::list_assignments(holders(id), &list)
    };
    let all = whole(caller, list).await?;
    let unreadable = || {
        let message = "nothing was sent: a role assignment could not be read, or does not say whose it is";
        Error::new(ErrorKind::Decode, message)
            .with_provider(caller.info())
            .with_operation("update")
            .with_hint("change the user's roles at the service itself")
    };
    if all.unread > 0 {
        return Err(unreadable());
    }
    let mut held = Vec::new();
    for record in all.records {
        let holder = record.user.value().and_then(|user| user.id.value());
        let (Some(holder), Some(assignment)) = (holder, record.id.value()) else { return Err(unreadable()) };
        if holder.as_str() == id.native() {
            let reference = map::assigned_role(&record).reference();
            held.push(Held { id: assignment.as_str().to_owned(), reference });
        }
    }
    held.sort_unstable();
    Basis::default().with(HELD, &held)
}

/// Returns the requests that make the assignments of the basis those of the change. An assignment in the scope of
/// a new one is replaced by it. Roles are granted before others are taken away: a failure in between does not
/// leave the user without access.
pub(super) fn actions(id: &ProfileId, change: &ProfileChange, basis: &Basis) -> Result<Vec<Action>> {
    let Some(wanted) = wanted(change) else { return Ok(Vec::new()) };
    let held: Vec<Held> = basis.get(HELD)?;
    let wanted: Vec<_> = wanted.into_iter().map(|grant| (reference(&grant), grant)).collect();
    let is_held = |wanted: &str| held.iter().any(|it| it.reference.as_deref() == Some(wanted));
    let is_wanted = |held: &&Held| {
        held.reference.as_ref().is_some_and(|held| wanted.iter().any(|(wanted, _)| wanted == held))
    };
    let mut gone: Vec<_> = held.iter().filter(|it| !is_wanted(it)).collect();
    let holders = holders(id);
    let (mut replaced, mut granted) = (Vec::new(), Vec::new());
    for (reference, grant) in wanted.iter().filter(|(reference, _)| !is_held(reference)) {
        let write = AssignmentWrite::new(id.native(), grant.clone());
        let in_same_scope =
            |it: &&Held| it.reference.as_deref().is_some_and(|held| scope(held) == scope(reference));
        if let Some(place) = gone.iter().position(in_same_scope) {
            let before = gone.remove(place);
            let replace = operations::replace_assignment(holders, &before.id, &write);
            replaced.push(Action::acknowledged(replace));
        } else {
            granted.push(Action::acknowledged(operations::create_assignment(holders, &write)));
        }
    }
    let taken = gone.iter().map(|it| Action::acknowledged(operations::delete_assignment(holders, &it.id)));
    Ok(replaced.into_iter().chain(granted).chain(taken).collect())
}

/// Returns the text of a role in its scope, as [`RoleAssignment::reference`] has it.
fn reference(RoleGrant { role_id, scope, .. }: &RoleGrant) -> String {
    match scope.place_id() {
        None => role_id.clone(),
        Some(place) => format!("{role_id}@{}:{place}", scope.tier()),
    }
}

/// Returns the scope in the text of a role; `None` for the whole account.
fn scope(reference: &str) -> Option<&str> {
    reference.split_once('@').map(|(_, scope)| scope)
}
