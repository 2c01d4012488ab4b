//! Role assignments: both families, whose operations have names that differ only in how they begin.

use anyprofile::probely::{
    ListAssignments, ProbelyClient, RoleHolders,
    wire::{
        AssignmentChange, AssignmentOperations, AssignmentUpdate, AssignmentWrite, GrantScope, RoleGrant,
    },
};

use super::ID;
use crate::{
    check::{Check, Seen},
    fields::bodies,
};

/// An id as the document has it of users, roles, teams and targets.
const PLACE: &str = "2aB3cD4eF5gH";

fn writes() -> [AssignmentWrite; 3] {
    let scopes =
        [GrantScope::Team(PLACE.to_owned()), GrantScope::Target(PLACE.to_owned()), GrantScope::Account];
    scopes.map(|scope| AssignmentWrite::new(PLACE, RoleGrant::new(PLACE, scope)))
}

fn changes() -> Vec<AssignmentChange> {
    writes().into_iter().map(|write| AssignmentChange::new(PLACE, write)).collect()
}

const UPDATE: &[fn(&mut AssignmentUpdate)] = &[
    |it| it.user_id = Some(PLACE.to_owned()),
    |it| it.role_id = Some(PLACE.to_owned()),
    |it| it.scope = Some(GrantScope::Account),
    |it| it.scope = Some(GrantScope::Target(PLACE.to_owned())),
    |it| it.scope = Some(GrantScope::Team(PLACE.to_owned())),
];

const OPERATIONS: &[fn(&mut AssignmentOperations)] =
    &[|it| it.create = writes().into(), |it| it.update = changes(), |it| it.delete = vec![PLACE.to_owned()]];

pub(super) async fn call(check: &mut Check, client: &ProbelyClient) {
    for (holders, family) in [(RoleHolders::Users, "user_roles"), (RoleHolders::ApiUsers, "api_user_roles")] {
        let name = |action: &str| format!("{family}_{action}");
        let list = async |list: &ListAssignments| {
            let page = client.list_role_assignments(holders, list).await?;
            Ok(Seen::many("/results", &page.list.results, page.quarantined.len()))
        };
        check.operation(&name("list"), async || list(&ListAssignments::default()).await).await;
        let mut every = ListAssignments::default();
        (every.length, every.page) = (Some(1000), Some(2));
        every.ordering = Some("-id".to_owned());
        (every.role, every.user) = (vec![PLACE.to_owned()], vec![PLACE.to_owned(), ID.to_owned()]);
        check.variant(&name("list"), async || list(&every).await).await;
        let get = async || Ok(Seen::one(&client.get_role_assignment(holders, ID).await?));
        check.operation(&name("retrieve"), get).await;

        let send = async |write: &AssignmentWrite| {
            Ok(Seen::one(&client.create_role_assignment(holders, write).await?))
        };
        check.bodies(&name("create"), &writes(), send).await;
        let send = async |write: &AssignmentWrite| {
            Ok(Seen::one(&client.replace_role_assignment(holders, ID, write).await?))
        };
        check.bodies(&name("update"), &writes(), send).await;
        let send = async |update: &AssignmentUpdate| {
            Ok(Seen::one(&client.update_role_assignment(holders, ID, update).await?))
        };
        check.bodies(&name("partial_update"), &bodies(&AssignmentUpdate::default(), UPDATE), send).await;
        let delete = async || client.delete_role_assignment(holders, ID).await.map(|()| Seen::nothing());
        check.operation(&name("destroy"), delete).await;

        // What a bulk change is answered with is not in the document.
        let create = async || {
            let done = client.bulk_create_role_assignments(holders, &writes()).await;
            done.map(|()| Seen::nothing())
        };
        check.operation(&name("bulk_create"), create).await;
        let update = async || {
            let done = client.bulk_update_role_assignments(holders, &changes()).await;
            done.map(|()| Seen::nothing())
        };
        check.operation(&name("bulk_update"), update).await;
        let delete = async || {
            let done = client.bulk_delete_role_assignments(holders, &[PLACE.to_owned()]).await;
            done.map(|()| Seen::nothing())
        };
        check.operation(&name("bulk_delete"), delete).await;
        let send = async |operations: &AssignmentOperations| {
            let done = client.bulk_change_role_assignments(holders, operations).await;
            done.map(|()| Seen::nothing())
        };
        let all = bodies(&AssignmentOperations::default(), OPERATIONS);
        check.bodies(&name("bulk_operations"), &all, send).await;
    }
}
