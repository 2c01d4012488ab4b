//! Nobody is missing in silence.

use anyprofile::{AccountEntry, SecretSource, Services};
use anyprofile_datafusion::{LiveAccounts, RunLog, register_live, session};
use anyprofile_sandbox::Fault;
use datafusion::prelude::SessionContext;
use futures_util::TryStreamExt as _;

use crate::{Scene, rows, table};

#[tokio::test]
async fn a_service_that_fails_ends_the_query_with_its_error() {
    let scene = Scene::new(300).await;
    scene.sandbox.add_fault(Fault::new("users_list").on_attempts(2..).respond(403));
    let error = scene.fails("select count(*) from live.profiles").await;
    assert!(error.contains("probely"), "{error}");

    scene.query("SET anyprofile.allow_partial = true").await;
    let counted = scene.query("select service, count(*) from live.profiles group by 1 order by 1").await;
    assert!(rows(&counted).iter().any(|row| row[0] == "upsun" && row[1] == "300"), "{counted}");
    let warned = scene.query("select account, collection, complete, warning from live.runs where warning is not null and started is not null").await;
    let warned = rows(&warned);
    assert!(!warned.is_empty());
    for row in warned {
        assert_eq!((row[0].as_str(), row[2].as_str()), ("probely", "false"));
        assert!(row[3].contains("403"), "{row:?}");
    }
}

#[tokio::test]
async fn a_total_that_is_not_met_ends_the_query() {
    let scene = Scene::new(120).await;
    let more = |body: &mut serde_json::Value, _: u64| body["count"] = 900.into();
    scene.sandbox.add_fault(Fault::new("users_list").edit(more));
    let error = scene.fails("select id from live.profiles where account = 'probely'").await;
    assert!(error.contains("the listing is not complete"), "{error}");
    // Who is not asked is not missing.
    scene.query("select id from live.profiles where account = 'upsun'").await;
}

#[tokio::test]
async fn an_account_that_cannot_be_used_is_an_error_of_who_asks_for_it() {
    let lost = AccountEntry::new("lost".parse().unwrap(), "probely".parse().unwrap())
        .with_secret("api_key", SecretSource::Env("ANYPROFILE_TEST_NO_SUCH_VARIABLE".to_owned()));
    let accounts = Services::builtin().open([lost]).unwrap();
    let (context, log): (SessionContext, _) = (session("live").unwrap(), RunLog::default());
    register_live(&context, LiveAccounts::connect(&accounts), log.clone()).await.unwrap();
    let error = table(&context, "select count(*) from profiles").await.unwrap_err();
    assert!(error.contains("ANYPROFILE_TEST_NO_SUCH_VARIABLE"), "{error}");
    for wanted in [
        "collection = 'user'",
        "concat(service, '/', collection) = 'probely/user'",
        "service in ('probely', null)",
    ] {
        let error =
            table(&context, &format!("select count(*) from profiles where {wanted}")).await.unwrap_err();
        assert!(error.contains("ANYPROFILE_TEST_NO_SUCH_VARIABLE"), "{wanted}: {error}");
    }
    let elsewhere = table(&context, "select count(*) from profiles where account = 'other'").await.unwrap();
    assert_eq!(rows(&elsewhere), [["0"]]);
    table(&context, "SET anyprofile.allow_partial = true").await.unwrap();
    let partial = table(&context, "select count(*) from profiles").await.unwrap();
    assert_eq!(rows(&partial), [["0"]]);
    assert!(log.runs()[0].warning.as_ref().unwrap().contains("ANYPROFILE_TEST_NO_SUCH_VARIABLE"));
}

#[tokio::test]
async fn a_listing_that_is_dropped_is_noted_and_not_called_complete() {
    let scene = Scene::new(500).await;
    let sql = "select id from live.profiles where account = 'scim'";
    let mut rows = scene.context.sql(sql).await.unwrap().execute_stream().await.unwrap();
    assert!(rows.try_next().await.unwrap().unwrap().num_rows() < 500);
    drop(rows);
    let run = scene.log.runs().pop().unwrap();
    assert!(run.limited && !run.complete && run.warning.is_none(), "{run:?}");
}
