//! The older paths and links that Upsun's official JavaScript client uses.

use anyprofile_sandbox::{Fault, Sandbox, SandboxOptions};
use serde_json::json;

use crate::support::{
    Response, access_token, array, ids, path_of_link, probely, send, start, upsun, write_upsun,
};

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

#[tokio::test]
async fn a_path_with_a_prefix_is_the_same_operation() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = read(&sandbox, "/users/me").await.ok();
    let (id, username) = (user["id"].as_str().unwrap(), user["username"].as_str().unwrap());
    for (prefix, path) in [
        ("/platform", "/me".to_owned()),
        ("/platform", format!("/profiles/{id}")),
        ("/platform", "/teams".to_owned()),
        ("/v1", format!("/profiles?filter[username]={username}")),
        ("/v1", format!("/profiles/{id}/address")),
        ("/v1", "/profiles/nobody".to_owned()),
        ("/platform", "/nothing".to_owned()),
        ("/v1", "/users/nobody".to_owned()),
        ("/v1", "/profiles/x/nothing".to_owned()),
    ] {
        let (with, without) = (read(&sandbox, &format!("{prefix}{path}")).await, read(&sandbox, &path).await);
        assert_eq!((with.status, with.text), (without.status, without.text), "{path}");
    }
    let change = json!({"company_type": "company"}).to_string();
    write_upsun(&sandbox, "PATCH", &format!("/platform/profiles/{id}"), &change).await.ok();
    assert_eq!(read(&sandbox, &format!("/profiles/{id}")).await.ok()["company_type"], "company");
    let picture = format!("/v1/profile/{id}/picture");
    assert_eq!(write_upsun(&sandbox, "DELETE", &picture, "").await.status, 204);
    let wrong = write_upsun(&sandbox, "PATCH", "/platform/me", "{}").await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, HEAD")));
    assert_eq!(read(&sandbox, "/platform").await.status, 404);
    // The log has the path as it was sent, and the name of the operation.
    let requests = sandbox.requests();
    let deleted = requests.iter().find(|request| request.path == picture).unwrap();
    assert_eq!((deleted.operation, deleted.took_effect), ("delete-profile-picture", true));
}

#[tokio::test]
async fn a_path_with_a_prefix_has_the_faults_of_its_operation() {
    let sandbox = start(SandboxOptions::new()).await;
    sandbox.add_fault(Fault::new("get-current-user-deprecated").first(1).respond(503));
    assert_eq!(read(&sandbox, "/platform/me").await.status, 503);
    read(&sandbox, "/platform/me").await.ok();
    sandbox.clear_faults();
    sandbox.add_fault(Fault::new("get-profile").for_another_profile());
    let id = read(&sandbox, "/users/me").await.ok()["id"].as_str().unwrap().to_owned();
    assert_ne!(read(&sandbox, &format!("/platform/profiles/{id}")).await.ok()["id"], id);
}

#[tokio::test]
async fn no_other_service_has_the_prefixes() {
    let sandbox = start(SandboxOptions::new()).await;
    for path in ["/platform/profile/", "/v1/profile/"] {
        assert_eq!(probely(&sandbox, path).await.status, 404, "{path}");
    }
    let url = format!("{}/v1/oauth2/token", sandbox.description().upsun.auth_url);
    assert_eq!(send("POST", &url, &[], "").await.status, 404);
}

#[tokio::test]
async fn the_older_current_user_links_to_its_organizations() {
    let sandbox = start(SandboxOptions::new()).await;
    let user = read(&sandbox, "/users/me").await.ok();
    let id = user["id"].as_str().unwrap();
    let links = read(&sandbox, "/me").await.ok()["_links"].clone();
    assert_eq!(links["self"]["title"], "Self");
    let path = path_of_link(&sandbox, &links["ref:organizations:0"]);
    let found = read(&sandbox, path).await.ok();
    let organizations = array(&read(&sandbox, &format!("/users/{id}/organizations")).await.ok()["items"]);
    for organization in &organizations {
        let reference = found[organization["id"].as_str().unwrap()].as_object().unwrap();
        assert_eq!(reference.len(), 8);
        for (field, value) in reference {
            assert_eq!(*value, organization[field], "{field}");
        }
    }
    // The deleted ones are in neither.
    assert_eq!(found.as_object().unwrap().len(), organizations.len());
    for query in [format!("in={}&sig=0", ids(&organizations)[0]), "in=x".to_owned(), String::new()] {
        let response = read(&sandbox, &format!("/ref/organizations?{query}")).await;
        assert_eq!((response.status, response.json()["error"].is_string()), (400, true), "{query}");
    }
    // Whoever leaves an organization does not refer to it.
    let etna = "01HSANDB0XETNA000000000005";
    let left = write_upsun(&sandbox, "DELETE", &format!("/organizations/{etna}/members/{id}"), "").await;
    assert_eq!(left.status, 204);
    assert!(!read(&sandbox, "/me").await.text.contains(etna));
}
