//! Every operation that changes something, with a body for each.

use std::pin::Pin;

use anyprofile_core::Error;
use anyprofile_http::FormFile;
use anyprofile_upsun::{
    UpsunClient,
    wire::{
        AddressUpdate, CustomerType, EnvironmentGrant, EnvironmentRole, EnvironmentType,
        EnvironmentTypeGrant, NewOrganizationInvitation, NewProjectInvitation, NewTeam,
        OrganizationPermission, OrganizationProfileUpdate, PhoneChannel, ProfileUpdate, ProjectAccessGrant,
        ProjectPermission, ProjectRole, SecretText, SshKey, TeamUpdate, UserUpdate,
    },
};

pub(crate) const PICTURE: FormFile<'_> =
    FormFile::new("lovelace\"\r\n写真.png", "image/png", b"a picture of lovelace");

pub(crate) fn profile() -> ProfileUpdate {
    let mut update = ProfileUpdate::default();
    update.display_name = Some("Lovelace Example".to_owned());
    update.username = Some("lovelace".to_owned());
    update.current_password = Some("lovelace, old".into());
    update.password = Some("lovelace, new".into());
    update.company_type = Some("lovelace's".to_owned());
    update.company_name = Some("Lovelace Ltd".to_owned());
    update.vat_number = Some("XX-lovelace".to_owned());
    update.company_role = Some("lovelace".to_owned());
    update.marketing = Some(false);
    update.ui_colorscheme = Some("dark".to_owned());
    update.default_catalog = Some("https://lovelace.example.com/c".to_owned());
    update.project_options_url = Some("https://lovelace.example.com/o".to_owned());
    update.picture = Some("https://lovelace.example.com/p".to_owned());
    update.website_url = Some("https://lovelace.example.com".to_owned());
    update.new_ui = Some(true);
    update.ui_contrast = Some("high".to_owned());
    update.mail = Some("lovelace@example.com".to_owned());
    update.newsletter = Some(true);
    update.plaintext = Some(false);
    update.website = Some("https://lovelace.example.com".to_owned());
    let mut key = SshKey::default();
    key.title = "lovelace's".to_owned().into();
    key.value = "ssh-ed25519 AAAA lovelace".to_owned().into();
    update.ssh_keys = Some(vec![key]);
    update
}

pub(crate) fn address() -> AddressUpdate {
    let mut update = AddressUpdate::default();
    update.country = Some("NO".to_owned());
    update.name_line = Some("Lovelace Example".to_owned());
    update.premise = Some("lovelace".to_owned());
    update.sub_premise = Some("lovelace".to_owned());
    update.thoroughfare = Some("Lovelace Street 1".to_owned());
    update.administrative_area = Some("lovelace".to_owned());
    update.sub_administrative_area = Some("lovelace".to_owned());
    update.locality = Some("lovelace".to_owned());
    update.dependent_locality = Some("lovelace".to_owned());
    update.postal_code = Some("0123".to_owned());
    update
}

pub(crate) fn user() -> UserUpdate {
    let mut update = UserUpdate::default();
    update.username = Some("lovelace".to_owned());
    update.first_name = Some("Lovelace".to_owned());
    update.last_name = Some("Lovelace Example".to_owned());
    update.picture = Some("https://lovelace.example.com/p".to_owned());
    update.company = Some("Lovelace Ltd".to_owned());
    update.website = Some("https://lovelace.example.com".to_owned());
    update.country = Some("NO".to_owned());
    update
}

pub(crate) fn organization() -> OrganizationProfileUpdate {
    let mut update = OrganizationProfileUpdate::default();
    update.default_catalog = Some("https://lovelace.example.com/c".to_owned());
    update.project_options_url = Some("https://lovelace.example.com/o".to_owned());
    update.company_name = Some("Lovelace Ltd".to_owned());
    update.vat_number = Some("XX-lovelace".to_owned());
    update.billing_contact = Some("lovelace@example.com".to_owned());
    update.legal_entity_name = Some("Lovelace Ltd".to_owned());
    update.customer_type = Some(CustomerType::Individual);
    update
}

pub(crate) fn organization_invitation() -> NewOrganizationInvitation {
    let permissions = [OrganizationPermission::ProjectsCreate, OrganizationPermission::ProjectsList];
    let mut invitation = NewOrganizationInvitation::new("lovelace@example.com", permissions);
    invitation.force = Some(true);
    invitation
}

pub(crate) fn project_invitation() -> NewProjectInvitation {
    let mut invitation = NewProjectInvitation::new("lovelace@example.com");
    invitation.role = Some(ProjectRole::Viewer);
    invitation.permissions = Some(vec![
        EnvironmentTypeGrant::new(EnvironmentType::Production, EnvironmentRole::Viewer),
        EnvironmentTypeGrant::new("preview".into(), "dancer".into()),
    ]);
    invitation.environments = Some(vec![EnvironmentGrant::new("main", EnvironmentRole::Contributor)]);
    invitation.force = Some(false);
    invitation
}

pub(crate) fn new_team() -> NewTeam {
    let mut team = NewTeam::new("01H", "Friends of lovelace");
    team.project_permissions = Some(vec![ProjectPermission::Viewer, "dance".into()]);
    team
}

pub(crate) fn team() -> TeamUpdate {
    let mut team = TeamUpdate::default();
    team.label = Some("Friends of lovelace".to_owned());
    team.project_permissions = Some(vec![ProjectPermission::StagingContributor]);
    team
}

type Change<'a> = Pin<Box<dyn Future<Output = Result<String, Error>> + 'a>>;

/// Every operation that changes something, by its name in the client. Each returns its result as `Debug`
/// text.
pub(crate) fn changes(client: &UpsunClient) -> Vec<(&'static str, Change<'_>)> {
    macro_rules! changes {
        ($($method:ident($($argument:expr),+);)+) => {
            vec![$((
                stringify!($method),
                Box::pin(async move { client.$method($($argument),+).await.map(|it| format!("{it:?}")) }) as Change<'_>,
            )),+]
        };
    }
    changes! {
        update_profile("u-1", &profile());
        update_profile_address("u-1", &address());
        update_organization_address("01H", &address());
        update_organization_profile("01H", &organization());
        update_user("u-1", &user());
        reset_email_address("u-1", "lovelace+new@example.com");
        reset_password("u-1");
        verify_phone_number("u-1", PhoneChannel::WhatsApp, "+4712345678");
        confirm_phone_number("u-1", "s/1", "123456");
        create_profile_picture("u-1", &PICTURE);
        delete_profile_picture("u-1");
        create_user_api_token("u-1", "Token of lovelace");
        delete_user_api_token("u-1", "t/1");
        delete_user_connection("u-1", "acme oidc");
        confirm_totp_enrollment("u-1", &SecretText::new("lovelace seed"), "123456");
        withdraw_totp_enrollment("u-1");
        recreate_recovery_codes("u-1");
        grant_user_project_access("u-1", &[
            ProjectAccessGrant::new("p-1", [ProjectPermission::Viewer, ProjectPermission::StagingAdmin]),
            ProjectAccessGrant::new("p-2", ["dance".into()]),
        ]);
        update_user_project_access("u-1", "p/1", &[ProjectPermission::Admin]);
        remove_user_project_access("u-1", "p/1");
        create_organization_member("01H", "u-1", &[OrganizationPermission::Billing, "dance".into()]);
        update_organization_member("01H", "u/1", &[]);
        delete_organization_member("01H", "u/1");
        create_organization_invitation("01H", &organization_invitation());
        cancel_organization_invitation("01H", "i/1");
        create_project_invitation("p/1", &project_invitation());
        cancel_project_invitation("p/1", "i/1");
        enable_organization_mfa_enforcement("01H");
        disable_organization_mfa_enforcement("01H");
        send_organization_mfa_reminders("01H", &["u-1", "u-2"]);
        create_team(&new_team());
        update_team("01F", &team());
        delete_team("0/1");
        create_team_member("01F", "u-1");
        delete_team_member("01F", "u/1");
        grant_team_project_access("01F", &["p-1", "p-2"]);
        remove_team_project_access("01F", "p/1");
    }
}
