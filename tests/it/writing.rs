//! Changes.

use anyprofile::{ErrorKind, FieldPath, ListQuery, ProfileChange, ProfileId, ProfileProviderExt};
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
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{}", info.service);
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
