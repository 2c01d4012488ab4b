//! What is written natively. Fields that are from client code and in no document are left out.

use anyprofile::{
    Result,
    http_client::FormFile,
    upsun::{
        UpsunClient,
        wire::{
            AddressUpdate, CustomerType, OrganizationProfileUpdate, PhoneChannel, ProfileUpdate,
            ProjectAccessGrant, ProjectPermission, SecretText, UserUpdate,
        },
    },
};
use serde_json::json;

use super::{ORGANIZATION, PROJECT, USER};
use crate::{
    check::{Check, Seen},
    fields::bodies,
};

pub(super) async fn call(check: &mut Check, client: &UpsunClient, base_url: &str) {
    records(check, client).await;
    pictures(check, client, base_url).await;
    ways_in(check, client).await;
    access(check, client).await;
}

const PROFILE: &[fn(&mut ProfileUpdate)] = &[
    |it| it.display_name = Some("Ada Lovelace".to_owned()),
    |it| it.username = Some("ada".to_owned()),
    |it| it.current_password = Some("an old password".into()),
    |it| it.password = Some("a new password".into()),
    |it| it.company_type = Some("company".to_owned()),
    |it| it.company_name = Some("Lovelace Ltd".to_owned()),
    |it| it.vat_number = Some("NO123456789MVA".to_owned()),
    |it| it.company_role = Some("engineer".to_owned()),
    |it| it.marketing = Some(false),
    |it| it.ui_colorscheme = Some("dark".to_owned()),
    |it| it.default_catalog = Some("https://example.com/catalog.json".to_owned()),
    |it| it.project_options_url = Some("https://example.com/options.json".to_owned()),
    |it| it.picture = Some("https://example.com/ada.png".to_owned()),
];

const USER_RECORD: &[fn(&mut UserUpdate)] = &[
    |it| it.username = Some("ada".to_owned()),
    |it| it.first_name = Some("Ada".to_owned()),
    |it| it.last_name = Some("Lovelace".to_owned()),
    |it| it.picture = Some("https://example.com/ada.png".to_owned()),
    |it| it.company = Some("Lovelace Ltd".to_owned()),
    |it| it.website = Some("https://example.com".to_owned()),
    |it| it.country = Some("NO".to_owned()),
];

const ORGANIZATION_PROFILE: &[fn(&mut OrganizationProfileUpdate)] = &[
    |it| it.default_catalog = Some("https://example.com/catalog.json".to_owned()),
    |it| it.project_options_url = Some("https://example.com/options.json".to_owned()),
    |it| it.company_name = Some("Lovelace Ltd".to_owned()),
    |it| it.vat_number = Some("NO123456789MVA".to_owned()),
    |it| it.billing_contact = Some("ada@example.com".to_owned()),
    |it| it.legal_entity_name = Some("Lovelace Limited".to_owned()),
    |it| it.customer_type = Some(CustomerType::Individual),
    |it| it.customer_type = Some(CustomerType::Government),
    |it| it.customer_type = Some(CustomerType::Company),
];

const ADDRESS: &[fn(&mut AddressUpdate)] = &[
    |it| it.country = Some("NO".to_owned()),
    |it| it.name_line = Some("Ada Lovelace".to_owned()),
    |it| it.premise = Some("House 1".to_owned()),
    |it| it.sub_premise = Some("Floor 2".to_owned()),
    |it| it.thoroughfare = Some("Storgata 1".to_owned()),
    |it| it.administrative_area = Some("03".to_owned()),
    |it| it.sub_administrative_area = Some("Oslo".to_owned()),
    |it| it.locality = Some("Oslo".to_owned()),
    |it| it.dependent_locality = Some("Sentrum".to_owned()),
    |it| it.postal_code = Some("0155".to_owned()),
];

async fn records(check: &mut Check, client: &UpsunClient) {
    let profiles = bodies(&ProfileUpdate::default(), PROFILE);
    let send = async |update: &ProfileUpdate| Ok(Seen::one(&client.update_profile(USER, update).await?));
    check.bodies("update-profile", &profiles, send).await;
    let users = bodies(&UserUpdate::default(), USER_RECORD);
    let send = async |update: &UserUpdate| Ok(Seen::one(&client.update_user(USER, update).await?));
    check.bodies("update-user", &users, send).await;
    let organizations = bodies(&OrganizationProfileUpdate::default(), ORGANIZATION_PROFILE);
    let send = async |update: &OrganizationProfileUpdate| {
        Ok(Seen::one(&client.update_organization_profile(ORGANIZATION, update).await?))
    };
    check.bodies("update-org-profile", &organizations, send).await;
    let addresses = bodies(&AddressUpdate::default(), ADDRESS);
    let send =
        async |update: &AddressUpdate| Ok(Seen::one(&client.update_profile_address(USER, update).await?));
    check.bodies("update-address", &addresses, send).await;
    let send = async |update: &AddressUpdate| {
        Ok(Seen::one(&client.update_organization_address(ORGANIZATION, update).await?))
    };
    check.bodies("update-org-address", &addresses, send).await;
}

async fn pictures(check: &mut Check, client: &UpsunClient, base_url: &str) {
    let picture = FormFile::new("ada \"é\".png", "image/png", b"\x89PNG\r\n\x1a\n\0\xff");
    let send = async || {
        let mut made = client.create_profile_picture(USER, &picture).await?;
        // It is made absolute, and compared as it came.
        let below = format!("{base_url}/");
        made.url = made.url.map(|url| url.strip_prefix(&below).map_or(url.clone(), str::to_owned));
        Ok(Seen::one(&made))
    };
    check.operation("create-profile-picture", send).await;
    done(check, "delete-profile-picture", async || client.delete_profile_picture(USER).await).await;
}

/// What a user signs in with.
async fn ways_in(check: &mut Check, client: &UpsunClient) {
    let reset = async || client.reset_email_address(USER, "ada+new@example.com").await;
    done(check, "reset-email-address", reset).await;
    done(check, "reset-password", async || client.reset_password(USER).await).await;

    let channels = [PhoneChannel::Sms, PhoneChannel::WhatsApp, PhoneChannel::Call];
    let send = async |channel: &PhoneChannel| {
        let sid = client.verify_phone_number(USER, *channel, "+4712345678").await?;
        Ok(Seen::value(json!({ "sid": sid })))
    };
    check.bodies("verify-phone-number", &channels, send).await;
    let confirm = async || client.confirm_phone_number(USER, "a session", "123456").await;
    done(check, "confirm-phone-number", confirm).await;

    let make = async || Ok(Seen::one(&client.create_user_api_token(USER, "Token of Ada").await?));
    check.operation("create-api-token", make).await;
    done(check, "delete-api-token", async || client.delete_user_api_token(USER, USER).await).await;
    let disconnect = async || client.delete_user_connection(USER, "google").await;
    done(check, "delete-login-connection", disconnect).await;

    let enroll = async || Ok(Seen::one(&client.get_totp_enrollment(USER).await?));
    check.operation("get-totp-enrollment", enroll).await;
    let secret = SecretText::new("JBSWY3DPEHPK3PXP");
    let confirm = async || Ok(Seen::one(&client.confirm_totp_enrollment(USER, &secret, "123456").await?));
    check.operation("confirm-totp-enrollment", confirm).await;
    let recreate = async || Ok(Seen::one(&client.recreate_recovery_codes(USER).await?));
    check.operation("recreate-recovery-codes", recreate).await;
    done(check, "withdraw-totp-enrollment", async || client.withdraw_totp_enrollment(USER).await).await;
}

async fn access(check: &mut Check, client: &UpsunClient) {
    let every = ProjectPermission::WORDS.iter().map(|word| ProjectPermission::from(*word));
    let every: Vec<_> = every.collect();
    let grants = [
        vec![
            ProjectAccessGrant::new(PROJECT, every.clone()),
            ProjectAccessGrant::new("nopqrstuvwxyz", every.clone()),
        ],
        vec![ProjectAccessGrant::new(PROJECT, [ProjectPermission::Viewer])],
    ];
    let send = async |grants: &Vec<ProjectAccessGrant>| {
        client.grant_user_project_access(USER, grants).await.map(|()| Seen::nothing())
    };
    check.bodies("grant-user-project-access", &grants, send).await;
    let permissions = [every, vec![ProjectPermission::Admin]];
    let send = async |permissions: &Vec<ProjectPermission>| {
        client.update_user_project_access(USER, PROJECT, permissions).await.map(|()| Seen::nothing())
    };
    check.bodies("update-user-project-access", &permissions, send).await;
    let remove = async || client.remove_user_project_access(USER, PROJECT).await;
    done(check, "remove-user-project-access", remove).await;
}

/// Calls an operation that answers with nothing.
pub(super) async fn done(check: &mut Check, id: &str, call: impl AsyncFn() -> Result<()>) {
    check.operation(id, async || call().await.map(|()| Seen::nothing())).await;
}
