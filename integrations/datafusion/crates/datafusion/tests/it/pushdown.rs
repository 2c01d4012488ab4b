//! What is sent to the services.

use std::collections::BTreeSet;

use crate::{Scene, rows};

#[tokio::test]
async fn a_limit_stops_paging() {
    let scene = Scene::new(1000).await;
    let all = scene.query("select count(*) from live.profiles where service = 'probely'").await;
    assert_eq!(rows(&all), [["1000"]]);
    let pages = scene.lists().len();
    assert!(pages > 8, "{pages}");
    let ten = scene.query("select id from live.profiles where service = 'probely' limit 10").await;
    assert_eq!(rows(&ten).len(), 10);
    // One page of each of the two collections.
    let pages = scene.lists();
    assert!(pages.len() <= 2, "{pages:?}");
    let runs = scene.query("select limited, complete, warning from live.runs where limited").await;
    assert!(!rows(&runs).is_empty());
    for row in rows(&runs) {
        assert_eq!(row, ["true", "false", ""]);
    }
}

#[tokio::test]
async fn a_status_is_sent_to_the_service_that_filters_by_it() {
    let scene = Scene::new(50).await;
    let sql = "select id from live.profiles where account = 'probely' and status = 'active'";
    let sent = rows(&scene.query(sql).await);
    let queries = scene.lists();
    assert!(!queries.is_empty());
    for (service, query) in &queries {
        assert_eq!(*service, "probely");
        assert!(query.contains("active=true"), "{query}");
    }
    // The same by a condition that no service knows.
    let here = "select id from live.profiles where account = 'probely' and concat(status, '') = 'active'";
    let here = rows(&scene.query(here).await);
    assert!(scene.lists().iter().all(|(_, query)| !query.contains("active=")));
    assert_eq!(BTreeSet::from_iter(sent), BTreeSet::from_iter(here));
}

/// Each condition gives the rows that it gives if no part of it is sent.
#[tokio::test]
async fn conditions_that_are_sent_give_the_rows_of_those_that_are_not() {
    let scene = Scene::new(80).await;
    let row = rows(&scene.query("select email, updated, created from live.profiles where email is not null and updated is not null and created is not null order by updated offset 5 limit 1").await);
    let [email, updated, created] = row[0].as_slice() else { panic!("{row:?}") };
    for condition in [
        "status = 'active'".to_owned(),
        "status in ('active', 'suspended', 'deactivated')".to_owned(),
        "status <> 'active'".to_owned(),
        "status = 'ACTIVE'".to_owned(),
        "status = 'no such word'".to_owned(),
        "status = 'active' and status = 'suspended'".to_owned(),
        "kind = 'human'".to_owned(),
        "kind in ('service', 'bot')".to_owned(),
        "mfa_enabled".to_owned(),
        "not mfa_enabled".to_owned(),
        "mfa_enabled = false".to_owned(),
        "mfa_enabled is not true".to_owned(),
        "mfa_enabled is null".to_owned(),
        "mfa_enabled is distinct from false".to_owned(),
        format!("email = '{email}'"),
        format!("email = upper('{email}')"),
        format!("updated >= timestamp '{updated}'"),
        format!("updated > timestamp '{updated}'"),
        format!("updated = timestamp '{updated}'"),
        format!("created >= timestamp '{created}' and status = 'active'"),
        "status = 'unknown'".to_owned(),
        "status in ('active', 'unknown')".to_owned(),
        "kind = 'unknown'".to_owned(),
        "service in ('probely', null)".to_owned(),
        "service not in ('probely', null)".to_owned(),
        "case when service = 'probely' then 'a' end = 'a'".to_owned(),
        "concat(service, '/', collection) = 'probely/user'".to_owned(),
        "service = 'probely' and collection = 'api_user'".to_owned(),
        "true".to_owned(),
        "1 = 2".to_owned(),
        "service = null".to_owned(),
        "collection = 'user'".to_owned(),
        "collection <> 'user'".to_owned(),
        "service like 'p%' or account = 'scim'".to_owned(),
        "service = 'probely' or status = 'active'".to_owned(),
        "account = 'nobody'".to_owned(),
    ] {
        let sent = rows(&scene.query(&format!("select id from live.profiles where {condition}")).await);
        // A condition above an aggregation stays there.
        let unsent = format!(
            "select id from (select id, max(status) as status, max(kind) as kind, bool_or(mfa_enabled) as mfa_enabled, max(email) as email, max(updated) as updated, max(created) as created, max(service) as service, max(account) as account, max(collection) as collection from live.profiles group by id) where {condition}"
        );
        let unsent = rows(&scene.query(&unsent).await);
        assert_eq!(BTreeSet::from_iter(sent), BTreeSet::from_iter(unsent), "{condition}");
    }
}

#[tokio::test]
async fn accounts_that_nobody_asks_for_are_not_asked() {
    let scene = Scene::new(5).await;
    scene.query("select id from live.profiles where service = 'upsun' and collection = 'user'").await;
    let asked: BTreeSet<_> = scene.lists().into_iter().map(|(service, _)| service).collect();
    assert_eq!(asked, BTreeSet::from(["upsun"]));
    scene.query("select id from live.profiles where collection = 'api_user'").await;
    let asked = scene.lists();
    // Services with one list may have anybody in it, and each is asked; of Probely, the other collection is not.
    assert_eq!(asked.iter().filter(|(service, _)| *service == "probely").count(), 1, "{asked:?}");
}

#[tokio::test]
async fn further_records_are_read_if_they_are_wanted_and_a_column_needs_them() {
    let scene = Scene::new(5).await;
    let all = "select id, mfa_enabled from live.profiles where account = 'upsun'";
    scene.query(all).await;
    let without = scene.sandbox.take_requests().len();
    scene.query("SET anyprofile.enrich = true").await;
    scene.query("select id from live.profiles where account = 'upsun'").await;
    let unneeded = scene.sandbox.take_requests().len();
    scene.query(all).await;
    let with = scene.sandbox.take_requests().len();
    // A condition needs its column, too.
    let known = "select count(*) from live.profiles where account = 'upsun' and";
    let by_condition = rows(&scene.query(&format!("{known} mfa_enabled")).await);
    let by_row = rows(&scene.query(&format!("{known} concat(cast(mfa_enabled as text), '') = 'true'")).await);
    assert_eq!(by_condition, by_row);
    assert_ne!(by_row, [["0"]]);
    assert!(unneeded <= without && with > without + 4, "{without} {unneeded} {with}");
}

#[tokio::test]
async fn a_partition_is_a_collection_or_an_account() {
    let scene = Scene::new(30).await;
    let sql = "select id from live.profiles where account = 'probely' order by id";
    let explained = scene.query(&format!("explain {sql}")).await;
    assert!(explained.contains("LiveScan: partitions=2"), "{explained}");
    let by_collection = scene.query(sql).await;
    scene.query("SET anyprofile.partition_by = 'account'").await;
    let explained = scene.query(&format!("explain {sql}")).await;
    assert!(explained.contains("LiveScan: partitions=1"), "{explained}");
    assert_eq!(scene.query(sql).await, by_collection);
    let refused = scene.fails("SET anyprofile.partition_by = 'page'").await;
    assert!(refused.contains("must be 'collection' or 'account'"), "{refused}");
}

/// A condition that is simplified after it was accepted still holds.
#[tokio::test]
async fn a_condition_that_becomes_a_constant_is_applied() {
    let scene = Scene::new(10).await;
    let sql = "select at, count(*) from (select 'now' as at, service, id from live.profiles union all select 'then', service, id from live.profiles) \
               where (at = 'then' and service = 'probely') or (at = 'never' and service = 'upsun') group by 1";
    assert_eq!(rows(&scene.query(sql).await), [["then", "10"]]);
}

#[tokio::test]
async fn a_partner_that_is_missing_is_not_known() {
    let scene = Scene::new(10).await;
    let sql = "select count(*) from live.profiles a left join live.profiles b on b.id = concat(a.id, 'x') where not is_known(b.mfa_enabled)";
    assert_eq!(rows(&scene.query(sql).await), [[(10 * scene.providers.len()).to_string()]]);
}

#[tokio::test]
async fn explain_shows_what_is_sent_to_whom() {
    let scene = Scene::new(5).await;
    let sql = "explain select id from live.profiles where status = 'active' and mfa_enabled limit 3";
    let explained = scene.query(sql).await;
    for part in [
        "limit=3",
        "probely/user: sent=[status, mfa] filtered_here=[] at probely",
        "upsun: sent=[] filtered_here=[status, mfa] at upsun",
    ] {
        assert!(explained.contains(part), "{part}: {explained}");
    }
    // SCIM alone is asked what it can do.
    assert!(scene.lists().iter().all(|(service, _)| *service == "scim"), "a plan lists nobody");
}

#[tokio::test]
async fn lists_are_tables_of_their_own() {
    let scene = Scene::new(20).await;
    let counted =
        "select (select count(*) from live.emails) = (select sum(cardinality(emails)) from live.profiles)";
    assert_eq!(rows(&scene.query(counted).await), [["true"]]);
    let joined = "select count(*) from live.profiles p join live.roles r on r.profile_id = p.id and r.account = p.account where p.account = 'probely'";
    assert_ne!(rows(&scene.query(joined).await), [["0"]]);
}

#[tokio::test]
async fn a_join_of_a_table_with_itself_ends_although_few_pages_are_on_their_way() {
    use anyprofile_datafusion::{LiveAccounts, RunLog, register_live, session};

    let scene = Scene::new(300).await;
    let context = session("live").unwrap();
    let accounts = LiveAccounts::new(scene.providers.clone()).with_concurrent_pages(1);
    register_live(&context, accounts, RunLog::default()).await.unwrap();
    let sql = "select count(*) from live.profiles a join live.profiles b on a.id = b.id join live.profiles c on b.id = c.id";
    let table = crate::table(&context, sql).await.unwrap();
    assert_eq!(rows(&table), [[(300 * scene.providers.len()).to_string()]]);
}
