//! Changes.

use anyprofile::{
    ErrorKind, ExecuteOptions, FieldPath, FindKey, IdKind, ListQuery, PlanOptions, Profile, ProfileChange,
    ProfileDraft, ProfileId, ProfileProvider, ProfileProviderExt, Status, Write,
    anthropic::{AnthropicConfig, BETA_2026_03_24, BETA_2026_08_18, BETA_2026_09_04},
    probely::API_USER,
    upsun::member_id,
};
use anyprofile_sandbox::Fault;
use futures_util::TryStreamExt;

use crate::fixture;

fn acme() -> ProfileId {
    "upsun:upsun/organization/01HSANDB0XACME000000000001".parse().unwrap()
}

#[tokio::test]
async fn a_member_is_removed_from_one_organization_and_the_user_stays() {
    let fixture = fixture(8).await;
    let upsun = fixture.provider("upsun");
    let members = async || {
        let listed = upsun.members(&acme(), ListQuery::new()).try_collect::<Vec<_>>().await.unwrap();
        listed.into_iter().map(|member| member.id).collect::<Vec<_>>()
    };
    let before = members().await;
    let user = &before[1];
    let id = member_id(&acme(), user.native()).unwrap();
    let plan = upsun.plan(&Write::delete(id.clone()), &PlanOptions::always()).await.unwrap();
    let current = plan.current().unwrap();
    assert_eq!(current.username, upsun.get(user).await.unwrap().username);
    assert_eq!((plan.requests().len(), fixture.count("delete-org-member")), (1, 0));
    let executed = upsun.execute(&plan, &ExecuteOptions::new()).await.unwrap();
    assert!(executed.error.is_none(), "{:?}", executed.error);
    assert_eq!(fixture.count("delete-org-member"), 1);

    assert_eq!(upsun.get(&id).await.unwrap_err().kind(), ErrorKind::NotFound);
    let left: Vec<_> = before.iter().filter(|member| *member != user).cloned().collect();
    assert_eq!(members().await, left);
    assert_eq!(upsun.get(user).await.unwrap().id, *user);
    // The owner stays: nobody but the service's support can change that.
    let owner = member_id(&acme(), before[0].native()).unwrap();
    let refused = upsun.delete(&owner).await.unwrap_err();
    assert_eq!((refused.kind(), refused.may_have_taken_effect()), (ErrorKind::PermissionDenied, false));
}

#[tokio::test]
async fn an_organization_is_changed_field_by_field_and_read_back() {
    let fixture = fixture(5).await;
    let upsun = fixture.provider("upsun");
    let before = upsun.get(&acme()).await.unwrap();
    let change = ProfileChange::new()
        .set(FieldPath::ORGANIZATION_NAME, "Ümläut & Söhne")
        .set(FieldPath::ORGANIZATION_KIND, "individual")
        .set(FieldPath::BILLING_CONTACT, "invoices@example.com");
    let write = Write::update(acme(), change.clone());
    let planned = upsun.plan(&write, &PlanOptions::new()).await.unwrap();
    assert_eq!(fixture.count("update-org-profile"), 0);

    let updated = upsun.update(&acme(), &change).await.unwrap();
    assert_eq!(updated.organization.name, "Ümläut & Söhne".into());
    assert_eq!(updated.organization.kind.value().unwrap().as_str(), "individual");
    assert_eq!(updated.billing.vat_number, before.billing.vat_number);
    assert!(upsun.get(&acme()).await.unwrap() == updated);

    // What was sent is what was planned: the changed fields in the service's words, and nothing else.
    let requests = fixture.sandbox.requests();
    let sent = requests.iter().find(|request| request.operation == "update-org-profile").unwrap();
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(Some(&body), planned.requests()[0].body.as_ref());
    insta::assert_snapshot!(
        body,
        @r#"{"billing_contact":"invoices@example.com","company_name":"Ümläut & Söhne","customer_type":"indvidual"}"#
    );
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let fixture = fixture(5).await;
    for provider in &fixture.providers {
        let info = provider.info();
        let user = provider.list(ListQuery::new()).try_next().await.unwrap().unwrap().id;
        fixture.sandbox.clear_requests();
        // SCIM has titles, but no countries.
        let field = if info.service == "scim" { FieldPath::COUNTRY } else { FieldPath::TITLE };
        let change = ProfileChange::new().set(field, "AT");
        let error = provider.update(&user, &change).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{}", info.service);
        assert_eq!(error.status(), None);
        assert_eq!(fixture.sandbox.requests().len(), 0);
    }
    let upsun = fixture.provider("upsun");
    let change = ProfileChange::new()
        .set(FieldPath::TITLE, "astronaut")
        .set(FieldPath::BILLING_CONTACT, "nobody")
        .set(FieldPath::ORGANIZATION_KIND, "club")
        .clear(FieldPath::BILLING_CONTACT)
        .set(FieldPath::BILLING_VAT_NUMBER, "");
    let error = upsun.update(&acme(), &change).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let fields: Vec<_> = error.field_errors().keys().map(String::as_str).collect();
    assert_eq!(fields, ["billing.contact", "billing.vat_number", "organization.kind", "title"]);
    let by_name = "upsun:upsun/organization/name=acme".parse().unwrap();
    let change = ProfileChange::new().set(FieldPath::ORGANIZATION_NAME, "x");
    assert_eq!(upsun.update(&by_name, &change).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(fixture.sandbox.requests().len(), 0);
}

#[tokio::test]
async fn somebody_is_created_changed_deactivated_and_let_in_again_at_probely() {
    let fixture = fixture(30).await;
    let probely = fixture.provider("probely");
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::EMAILS, "ada@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada")
        .set(FieldPath::TITLE, "cto");
    let create = Write::create(draft.clone());
    let planned = probely.plan(&create, &PlanOptions::new()).await.unwrap();
    assert_eq!(planned.requests().len(), 1);
    assert_eq!(fixture.count("users_create"), 0);
    let ada = probely.create(&draft).await.unwrap();
    assert_eq!((ada.email(), ada.title.value().map(String::as_str)), (Some("ada@example.com"), Some("cto")));
    assert_eq!(probely.get(&ada.id).await.unwrap().name.display, "Ada".into());

    // Another address does more than it says, and the plan tells.
    let change = ProfileChange::new()
        .set(FieldPath::EMAILS, "lovelace@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada")
        .clear(FieldPath::TITLE);
    let plan =
        probely.plan(&Write::update(ada.id.clone(), change.clone()), &PlanOptions::new()).await.unwrap();
    assert_eq!(plan.differences().len(), 2, "the name is unchanged: {plan:?}");
    assert!(plan.warnings()[0].contains("resets the user's password"), "{:?}", plan.warnings());
    insta::assert_snapshot!(plan.requests()[0].body.as_ref().unwrap(), @r#"{"email":"lovelace@example.com","title":""}"#);
    let applied = probely.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await.unwrap();
    assert!(applied.ignored.is_empty(), "{:?}", applied.ignored);
    assert_eq!(applied.profile.unwrap().email(), Some("lovelace@example.com"));

    probely.deactivate(&ada.id).await.unwrap();
    assert_eq!(probely.get(&ada.id).await.unwrap().status, Status::Suspended.into());
    let again = probely
        .plan(
            &Write::update(ada.id.clone(), ProfileChange::new().set(FieldPath::STATUS, "active")),
            &PlanOptions::new(),
        )
        .await
        .unwrap();
    assert_eq!(
        probely.execute(&again, &ExecuteOptions::new()).await.unwrap().profile.unwrap().status,
        Status::Active.into()
    );

    // Who is created with the address of somebody deactivated is that somebody, and the plan tells.
    probely.deactivate(&ada.id).await.unwrap();
    let again = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::EMAILS, "lovelace@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada");
    let warnings = again.warnings(probely.capabilities());
    assert_eq!(warnings, ["emails: if a deactivated user has this address, that user is reactivated"]);
    let same = probely.create(&again).await.unwrap();
    assert_eq!((&same.id, &same.status), (&ada.id, &Status::Active.into()));
    probely.deactivate(&ada.id).await.unwrap();

    let all: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    let program =
        all.iter().find(|it| it.id.kind == API_USER && it.status.is_known_to_be(&Status::Active)).unwrap();
    probely.deactivate(&program.id).await.unwrap();
    assert_eq!(probely.get(&program.id).await.unwrap().status, Status::Suspended.into());
    assert_eq!((fixture.count("users_destroy"), fixture.count("api_users_partial_update")), (3, 1));
}

#[tokio::test]
async fn roles_of_probely_are_changed_one_by_one_and_read_back() {
    let fixture = fixture(150).await;
    let probely = fixture.provider("probely");
    let all: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    for (kind, family) in [(IdKind::USER, "user_roles"), (API_USER, "api_user_roles")] {
        let somebody = all.iter().find(|it| it.id.kind == kind && it.roles.items().len() == 2).unwrap();
        let id = &somebody.id;
        let wanted =
            vec!["sbxRoleDevel@team:sbxTeamBlue0", "_bxRoleAudit", "-bxRoleGuest@target:_bxTargetWeb"];
        let write = Write::update(id.clone(), ProfileChange::new().set(FieldPath::ROLES, wanted.clone()));
        let plan = probely.plan(&write, &PlanOptions::new()).await.unwrap();
        assert!(!plan.is_settled() && plan.differences().len() == 1, "{plan:?}");
        let applied = probely.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await.unwrap();
        assert!(applied.error.is_none() && applied.ignored.is_empty() && applied.unshown.is_empty());
        let shown = |profile: &Profile| {
            let roles = profile.roles.items().iter().map(|role| role.reference().unwrap());
            roles.collect::<std::collections::BTreeSet<_>>()
        };
        let is_wanted =
            |profile: &Profile| shown(profile) == wanted.iter().map(ToString::to_string).collect();
        assert!(is_wanted(applied.profile.as_ref().unwrap()) && is_wanted(&probely.get(id).await.unwrap()));
        assert!(probely.plan(&write, &PlanOptions::new()).await.unwrap().is_settled());

        // One role in place of another in the same scope is one request.
        let replaced =
            vec!["sbxRoleAdmin@team:sbxTeamBlue0", "_bxRoleAudit", "-bxRoleGuest@target:_bxTargetWeb"];
        let before = fixture.count(&format!("{family}_update"));
        probely.update(id, &ProfileChange::new().set(FieldPath::ROLES, replaced)).await.unwrap();
        assert_eq!(fixture.count(&format!("{family}_update")), before + 1);

        // Who has lost every role stays.
        let without = probely.update(id, &ProfileChange::new().clear(FieldPath::ROLES)).await.unwrap();
        assert!(without.roles.items().is_empty());
        assert_eq!(without.status, somebody.status);
        // The owner's role cannot be given.
        let owner = ProfileChange::new().set(FieldPath::ROLES, vec!["sbxRoleOwner"]);
        let error = probely.update(id, &owner).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    // Nobody else's were touched.
    let after: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    let changed = all.iter().zip(&after).filter(|(before, after)| before.roles != after.roles).count();
    assert_eq!(changed, 2);
}

#[tokio::test]
async fn a_create_whose_response_is_lost_is_not_repeated() {
    let fixture = fixture(5).await;
    fixture.sandbox.add_fault(Fault::new("users_create").first(1).respond(503).after_effect());
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::EMAILS, "ada@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada");
    let error = fixture.provider("probely").create(&draft).await.unwrap_err();
    assert_eq!((error.kind(), fixture.count("users_create")), (ErrorKind::Upstream, 1), "{error}");
    let found =
        fixture.provider("probely").find_by(&FindKey::Email("ada@example.com".to_owned())).await.unwrap();
    assert_eq!(found.profiles.len(), 1, "it was made all the same");
}

fn anthropic(fixture: &crate::Fixture, beta: Option<&str>) -> impl ProfileProvider {
    let anthropic = &fixture.sandbox.description().anthropic;
    let mut config = AnthropicConfig::with_api_key("claude".parse().unwrap(), anthropic.api_key.clone());
    config.beta = beta.map(str::to_owned);
    config.at(&anthropic.base_url).connect().unwrap()
}

#[tokio::test]
async fn an_end_user_is_created_and_changed_in_every_shape_at_anthropic() {
    let fixture = fixture(10).await;
    for beta in [Some(BETA_2026_03_24), Some(BETA_2026_08_18), Some(BETA_2026_09_04), None] {
        let provider = anthropic(&fixture, beta);
        let draft = ProfileDraft::new(IdKind::USER)
            .set(FieldPath::NAME_DISPLAY, "Ada")
            .set(FieldPath::EXTERNAL_ID, "user-1")
            .set(FieldPath::metadata("team"), "a");
        let ada = provider.create(&draft).await.unwrap();
        assert_eq!(
            (ada.external_id.clone(), ada.name.display.clone()),
            ("user-1".into(), "Ada".into()),
            "{beta:?}"
        );
        let change = ProfileChange::new()
            .set(FieldPath::NAME_DISPLAY, "Ada Lovelace")
            .set(FieldPath::metadata("tier"), "gold")
            .clear(FieldPath::metadata("team"));
        let plan =
            provider.plan(&Write::update(ada.id.clone(), change.clone()), &PlanOptions::new()).await.unwrap();
        let applied = provider.execute(&plan, &ExecuteOptions::new().with_unchanged(true)).await.unwrap();
        assert!(applied.ignored.is_empty(), "{beta:?}: {:?}", applied.ignored);
        let pairs = applied.profile.as_ref().unwrap().metadata.value().unwrap();
        assert_eq!(pairs.iter().collect::<Vec<_>>(), [(&"tier".to_owned(), &"gold".to_owned())]);
        let country = ProfileChange::new().set(FieldPath::COUNTRY, "GB");
        let has_details = beta.is_none_or(|beta| beta == BETA_2026_09_04);
        assert_eq!(provider.update(&ada.id, &country).await.is_ok(), has_details, "{beta:?}");
        let enrollment = provider.enroll(&ada.id).await.unwrap();
        assert!(
            enrollment.url.expose().starts_with("https://") && enrollment.expires_at.is_some(),
            "{beta:?}"
        );
        assert!(!format!("{enrollment:?}").contains("https://"));
        provider.delete(&ada.id).await.unwrap();
    }
}

#[tokio::test]
async fn what_anthropic_would_refuse_is_told_at_once_and_no_write_is_sent() {
    let fixture = fixture(5).await;
    let provider = anthropic(&fixture, Some(BETA_2026_03_24));
    let seventeen = (0..17).fold(ProfileDraft::new(IdKind::USER), |draft, number| {
        draft.set(FieldPath::metadata(&format!("k{number}")), "x")
    });
    let draft = seventeen.set(FieldPath::NAME_DISPLAY, "é".repeat(256)).set(FieldPath::COUNTRY, "GB");
    let error = provider.create(&draft).await.unwrap_err();
    let fields: Vec<_> = error.field_errors().keys().map(String::as_str).collect();
    assert_eq!(fields, ["country", "metadata", "name.display"], "{error}");
    assert!(error.message().contains("metadata must have at most 16 pairs, and would have 17"), "{error}");
    assert_eq!(fixture.sandbox.requests().len(), 0);
    let of = "anthropic:claude/user/uprof_x".parse().unwrap();
    let change = ProfileChange::new().clear(FieldPath::NAME_DISPLAY).set(FieldPath::metadata("k"), "");
    let error = provider.update(&of, &change).await.unwrap_err();
    assert!(error.message().contains("name.display cannot be cleared"), "{error}");
    assert_eq!(fixture.sandbox.requests().len(), 0);
}
