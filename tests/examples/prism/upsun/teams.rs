//! Teams, their members and their projects.

use anyprofile::upsun::{
    ListTeamMembers, ListTeamProjectAccess, ListTeams, ProjectAccessSort, Sort, TeamSort, TimeSort,
    UpsunClient,
    wire::{NewTeam, ProjectPermission, SignedLink, TeamUpdate},
};

use super::{
    ORGANIZATION, PROJECT, USER, every_text, every_time, organizations::CURSORS, page, writes::done,
};
use crate::{
    Broken,
    check::{Check, Seen},
    fields::bodies,
};

const TEAM: &str = "01FVMKN9KHVWWVY488AVKDWH01";

pub(super) async fn call(check: &mut Check, client: &UpsunClient) -> Result<(), Broken> {
    teams(check, client).await?;
    members(check, client).await;
    access(check, client).await;
    Ok(())
}

async fn teams(check: &mut Check, client: &UpsunClient) -> Result<(), Broken> {
    let teams = async |list: &ListTeams| client.list_teams(list).await.map(|listed| page(&listed));
    check.operation("list-teams", async || teams(&ListTeams::default()).await).await;
    let mut list = ListTeams::default();
    (list.organization_id, list.id, list.updated_at) = (every_text(), every_text(), every_time()?);
    (list.page_size, list.sort) = (Some(100), Some(Sort::descending(TeamSort::Label)));
    for cursor in CURSORS {
        list.position = Some(cursor.into());
        check.variant("list-teams", async || teams(&list).await).await;
    }
    check.operation("get-team", async || Ok(Seen::one(&client.get_team(TEAM).await?))).await;

    let every = || ProjectPermission::WORDS.iter().map(|word| ProjectPermission::from(*word)).collect();
    let mut team = NewTeam::new(ORGANIZATION, "Contractors");
    team.project_permissions = Some(every());
    let created = [team, NewTeam::new(ORGANIZATION, "Contractors")];
    let send = async |team: &NewTeam| Ok(Seen::one(&client.create_team(team).await?));
    check.bodies("create-team", &created, send).await;
    let fields: &[fn(&mut TeamUpdate)] = &[
        |it| it.label = Some("Contractors".to_owned()),
        |it| it.project_permissions = Some(vec![ProjectPermission::Viewer]),
        |it| it.project_permissions = Some(Vec::new()),
    ];
    let send = async |update: &TeamUpdate| Ok(Seen::one(&client.update_team(TEAM, update).await?));
    check.bodies("update-team", &bodies(&TeamUpdate::default(), fields), send).await;
    done(check, "delete-team", async || client.delete_team(TEAM).await).await;

    let link = SignedLink::new(format!("/ref/teams?in={TEAM},{TEAM}&sig=x%2By%2Fz"));
    let referenced = async || {
        let referenced = client.get_referenced_teams(&link).await?;
        Ok(Seen::named(&referenced.teams, referenced.quarantined.len()))
    };
    check.operation("list-referenced-teams", referenced).await;
    Ok(())
}

async fn members(check: &mut Check, client: &UpsunClient) {
    let members =
        async |list: &ListTeamMembers| client.list_team_members(TEAM, list).await.map(|listed| page(&listed));
    check.operation("list-team-members", async || members(&ListTeamMembers::default()).await).await;
    let mut list = ListTeamMembers::default();
    list.sort = Some(Sort::descending(TimeSort::CreatedAt));
    for cursor in CURSORS {
        list.position = Some(cursor.into());
        check.variant("list-team-members", async || members(&list).await).await;
    }
    let add = async || Ok(Seen::one(&client.create_team_member(TEAM, USER).await?));
    check.operation("create-team-member", add).await;
    let member = async || Ok(Seen::one(&client.get_team_member(TEAM, USER).await?));
    check.operation("get-team-member", member).await;
    done(check, "delete-team-member", async || client.delete_team_member(TEAM, USER).await).await;
}

async fn access(check: &mut Check, client: &UpsunClient) {
    let access = async |list: &ListTeamProjectAccess| {
        client.list_team_project_access(TEAM, list).await.map(|listed| page(&listed))
    };
    let plain = async || access(&ListTeamProjectAccess::default()).await;
    check.operation("list-team-project-access", plain).await;
    let mut list = ListTeamProjectAccess::default();
    (list.page_size, list.sort) = (Some(200), Some(Sort::descending(ProjectAccessSort::ProjectTitle)));
    for cursor in CURSORS {
        list.position = Some(cursor.into());
        check.variant("list-team-project-access", async || access(&list).await).await;
    }
    let grant = async || client.grant_team_project_access(TEAM, &[PROJECT, "nopqrstuvwxyz"]).await;
    done(check, "grant-team-project-access", grant).await;
    let one = async || Ok(Seen::one(&client.get_team_project_access(TEAM, PROJECT).await?));
    check.operation("get-team-project-access", one).await;
    let remove = async || client.remove_team_project_access(TEAM, PROJECT).await;
    done(check, "remove-team-project-access", remove).await;
}
