//! Connections to login providers that are deleted at Upsun.

use anyprofile_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};

use crate::support::{Response, access_token, array, ids, start, upsun, write_upsun};

async fn read(sandbox: &Sandbox, path: &str) -> Response {
    upsun(sandbox, &access_token(sandbox).await, path).await
}

#[tokio::test]
async fn a_deleted_connection_is_gone_for_its_user_only() {
    let sandbox = start(SandboxOptions::new()).await;
    let people = ids(&array(&read(&sandbox, "/profiles").await.ok()["profiles"]));
    let lists = [0, 1].map(|index: usize| format!("/users/{}/connections", people[index]));
    let of_other = read(&sandbox, &lists[1]).await.ok();
    assert_eq!(of_other[0]["provider"], "google");
    let google = format!("{}/google", lists[0]);
    let deleted = write_upsun(&sandbox, "DELETE", &google, "").await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    for method in ["GET", "DELETE"] {
        let response = write_upsun(&sandbox, method, &google, "").await;
        assert_eq!((response.status, response.text.as_str()), (404, ""), "{method}");
    }
    let left: Vec<Value> = array(&read(&sandbox, &lists[0]).await.ok());
    let providers: Vec<&Value> = left.iter().map(|connection| &connection["provider"]).collect();
    assert_eq!(providers, [&json!("github"), &json!("acme-inc-oidc")]);
    assert_eq!(read(&sandbox, &lists[1]).await.ok(), of_other);

    // Whoever must log in by a provider keeps the connection.
    for (path, status) in [
        (format!("{}/acme-inc-oidc", lists[0]), 403),
        ("/users/nobody/connections/google".to_owned(), 403),
        (format!("{}/nothing", lists[0]), 404),
    ] {
        assert_eq!(write_upsun(&sandbox, "DELETE", &path, "").await.status, status, "{path}");
    }
    assert_eq!(array(&read(&sandbox, &lists[0]).await.ok()), left);
}
