//! Labels, teams, roles and permissions. Of most of their lists, the document has the page alone.

use anyprofile::probely::{
    ListEntries, ProbelyClient,
    wire::{LabelCreate, LabelUpdate, TeamCreate, TeamUpdate, UserLabelWrite},
};

use super::ID;
use crate::{
    check::{Check, Seen},
    fields::bodies,
};

const LABEL: &[fn(&mut LabelUpdate)] =
    &[|it| it.name = Some("zweites".to_owned()), |it| it.color = Some(String::new())];

const TEAM: &[fn(&mut TeamUpdate)] =
    &[|it| it.name = Some("日本".to_owned()), |it| it.description = Some(String::new())];

/// Calls a list for what it has by itself, and with parameters.
macro_rules! list {
    ($check:ident, $id:literal, $client:ident.$method:ident, $every:expr) => {
        let list = async |list: &ListEntries| {
            let page = $client.$method(list).await?;
            Ok(Seen::many("/results", &page.list.results, page.quarantined.len()))
        };
        $check.operation($id, async || list(&ListEntries::default()).await).await;
        $check.variant($id, async || list(&$every).await).await;
    };
}

pub(super) async fn call(check: &mut Check, client: &ProbelyClient) {
    let mut page = ListEntries::default();
    page.page = Some(2);
    let mut every = page.clone();
    (every.length, every.ordering) = (Some(1000), Some("-changed".to_owned()));
    every.search = Some("ada & co".to_owned());
    list!(check, "labels_users_list", client.list_user_labels, every);
    list!(check, "labels_list", client.list_labels, page);
    list!(check, "roles_list", client.list_roles, page);
    list!(check, "permissions_list", client.list_permissions, page);
    list!(check, "teams_list", client.list_teams, page);
    check.operation("roles_retrieve", async || Ok(Seen::one(&client.get_role(ID).await?))).await;
    labels_of_users(check, client).await;
    labels(check, client).await;
    teams(check, client).await;
}

async fn labels_of_users(check: &mut Check, client: &ProbelyClient) {
    let label = UserLabelWrite::new("ä".repeat(255), "#00FF00");
    let create = async || Ok(Seen::one(&client.create_user_label(&label).await?));
    check.operation("labels_users_create", create).await;
    let get = async || Ok(Seen::one(&client.get_user_label(ID).await?));
    check.operation("labels_users_retrieve", get).await;
    let replace = async || Ok(Seen::one(&client.replace_user_label(ID, &label).await?));
    check.operation("labels_users_update", replace).await;
    let update = async || Ok(Seen::one(&client.update_user_label(ID, &label).await?));
    check.operation("labels_users_partial_update", update).await;
    let delete = async || client.delete_user_label(ID).await.map(|()| Seen::nothing());
    check.operation("labels_users_destroy", delete).await;
}

async fn labels(check: &mut Check, client: &ProbelyClient) {
    let send = async |create: &LabelCreate| Ok(Seen::one(&client.create_label(create).await?));
    let creates = bodies(&LabelCreate::new("first"), &[|it| it.color = Some("green".to_owned())]);
    check.bodies("labels_create", &creates, send).await;
    check.operation("labels_retrieve", async || Ok(Seen::one(&client.get_label(ID).await?))).await;
    let send = async |update: &LabelUpdate| Ok(Seen::one(&client.update_label(ID, update).await?));
    check.bodies("labels_partial_update", &bodies(&LabelUpdate::default(), LABEL), send).await;
    let delete = async || client.delete_label(ID).await.map(|()| Seen::nothing());
    check.operation("labels_destroy", delete).await;
}

async fn teams(check: &mut Check, client: &ProbelyClient) {
    let send = async |create: &TeamCreate| Ok(Seen::one(&client.create_team(create).await?));
    let creates = bodies(&TeamCreate::new("日本"), &[|it| it.description = Some("those".to_owned())]);
    check.bodies("teams_create", &creates, send).await;
    check.operation("teams_retrieve", async || Ok(Seen::one(&client.get_team(ID).await?))).await;
    let send = async |update: &TeamUpdate| Ok(Seen::one(&client.update_team(ID, update).await?));
    check.bodies("teams_partial_update", &bodies(&TeamUpdate::default(), TEAM), send).await;
    let delete = async || client.delete_team(ID).await.map(|()| Seen::nothing());
    check.operation("teams_destroy", delete).await;
}
