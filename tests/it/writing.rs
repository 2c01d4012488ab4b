//! Changes.

use anyprofile::{
    ApplyOptions, ErrorKind, FieldPath, FindKey, IdKind, ListQuery, ProfileChange, ProfileDraft, ProfileId,
    ProfileProviderExt, Status, probely::API_USER,
};
use anyprofile_sandbox::Fault;
use futures_util::TryStreamExt;

use crate::fixture;

fn acme() -> ProfileId {
    "upsun:upsun/organization/01HSANDB0XACME000000000001".parse().unwrap()
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
    let planned = upsun.plan_update(&acme(), &change).unwrap();
    assert_eq!(fixture.count("update-org-profile"), 0);

    let updated = upsun.update(&acme(), &change).await.unwrap();
    assert_eq!(updated.organization.name, "Ümläut & Söhne");
    assert_eq!(updated.organization.kind.value().unwrap().as_str(), "individual");
    assert_eq!(updated.billing.vat_number, before.billing.vat_number);
    assert!(upsun.get(&acme()).await.unwrap() == updated);

    // What was sent is what was planned: the changed fields in the service's words, and nothing else.
    let requests = fixture.sandbox.requests();
    let sent = requests.iter().find(|request| request.operation == "update-org-profile").unwrap();
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(Some(&body), planned[0].body.as_ref());
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
        let change = ProfileChange::new().set(FieldPath::TITLE, "astronaut");
        let error = provider.update(&user, &change).await.unwrap_err();
        // Probely has titles, and no such one.
        let is_probely = info.service == "probely";
        let kind = if is_probely { ErrorKind::InvalidRequest } else { ErrorKind::Unsupported };
        assert_eq!(error.kind(), kind, "{}", info.service);
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
    assert_eq!(probely.plan_create(&draft).unwrap().len(), 1);
    assert_eq!(fixture.count("users-create"), 0);
    let ada = probely.create(&draft).await.unwrap();
    assert_eq!((ada.email(), ada.title.value().map(String::as_str)), (Some("ada@example.com"), Some("cto")));
    assert_eq!(probely.get(&ada.id).await.unwrap().name.display, "Ada");

    // Another address does more than it says, and the plan tells.
    let change = ProfileChange::new()
        .set(FieldPath::EMAILS, "lovelace@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada")
        .clear(FieldPath::TITLE);
    let plan = probely.plan(&ada.id, &change).await.unwrap();
    assert_eq!(plan.differences.len(), 2, "the name is so already: {plan:?}");
    assert!(plan.warnings[0].contains("resets the user's password"), "{:?}", plan.warnings);
    insta::assert_snapshot!(plan.requests[0].body.as_ref().unwrap(), @r#"{"email":"lovelace@example.com","title":""}"#);
    let applied = probely.apply(&plan, &ApplyOptions::new().with_unchanged(true)).await.unwrap();
    assert!(applied.ignored.is_empty(), "{:?}", applied.ignored);
    assert_eq!(applied.profile.email(), Some("lovelace@example.com"));

    probely.deactivate(&ada.id).await.unwrap();
    assert_eq!(probely.get(&ada.id).await.unwrap().status, Status::Suspended);
    let again = probely.plan(&ada.id, &ProfileChange::new().set(FieldPath::STATUS, "active")).await.unwrap();
    assert_eq!(probely.apply(&again, &ApplyOptions::new()).await.unwrap().profile.status, Status::Active);

    let all: Vec<_> = probely.list(ListQuery::new()).try_collect().await.unwrap();
    let program = all.iter().find(|it| it.id.kind == API_USER && it.status == Status::Active).unwrap();
    probely.deactivate(&program.id).await.unwrap();
    assert_eq!(probely.get(&program.id).await.unwrap().status, Status::Suspended);
    assert_eq!((fixture.count("users-destroy"), fixture.count("api-users-partial-update")), (1, 1));
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_repeated() {
    let fixture = fixture(5).await;
    fixture.sandbox.add_fault(Fault::new("users-create").first(1).respond(503).after_effect());
    let draft = ProfileDraft::new(IdKind::USER)
        .set(FieldPath::EMAILS, "ada@example.com")
        .set(FieldPath::NAME_DISPLAY, "Ada");
    let error = fixture.provider("probely").create(&draft).await.unwrap_err();
    assert_eq!((error.kind(), fixture.count("users-create")), (ErrorKind::Upstream, 1), "{error}");
    let found =
        fixture.provider("probely").find_by(&FindKey::Email("ada@example.com".to_owned())).await.unwrap();
    assert_eq!(found.profiles.len(), 1, "it was made all the same");
}
