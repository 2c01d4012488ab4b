//! `field_state` and `is_known`.

use std::collections::BTreeMap;

use anyprofile::{FieldPath, FieldState, ListQuery, ProfileProviderExt as _};

use crate::{Scene, rows};

#[tokio::test]
async fn states_are_those_of_a_listing() {
    let scene = Scene::new(60).await;
    let table = scene
        .query("select service, field_state(mfa_enabled), count(*) from live.profiles group by 1, 2")
        .await;
    let mut counted = BTreeMap::new();
    for provider in &scene.providers {
        for profile in provider.list_all(ListQuery::new()).await.unwrap().profiles {
            let state = profile.state(&FieldPath::SECURITY_MFA_ENABLED, provider.capabilities());
            *counted.entry((profile.id.service.to_string(), state.as_str().to_owned())).or_insert(0) += 1;
        }
    }
    let told: BTreeMap<_, _> = rows(&table)
        .into_iter()
        .map(|row| ((row[0].clone(), row[1].clone()), row[2].parse().unwrap()))
        .collect();
    assert_eq!(told, counted);
    assert!(told.keys().any(|(_, state)| state == FieldState::Absent.as_str()));

    let absent = scene
        .query(
            "select service, count(*) filter (where field_state(mfa_enabled) = 'absent') from live.profiles group by 1",
        )
        .await;
    for row in rows(&absent) {
        let key = (row[0].clone(), "absent".to_owned());
        assert_eq!(row[1], counted.get(&key).copied().unwrap_or_default().to_string(), "{}", row[0]);
    }
}

#[tokio::test]
async fn a_state_is_known_where_its_column_is_and_nothing_is_guessed_elsewhere() {
    let scene = Scene::new(5).await;
    let unnamed =
        "select is_known(p.title), is_known(p.status), field_state(p.status) from profiles p limit 1";
    assert!(scene.query(unnamed).await.contains("value"));
    let aliased = "select field_state(mfa_enabled) from (select * from profiles) limit 1";
    scene.query(aliased).await;
    let dropped = "select field_state(m) from (select mfa_enabled as m from profiles)";
    assert!(scene.fails(dropped).await.contains("the column `m_state` is not selected here"));
    let stateless = scene.fails("select field_state(title) from profiles").await;
    assert!(stateless.contains("Columns with a state: status, declared_status, mfa_enabled"), "{stateless}");
    let computed = scene.fails("select field_state(lower(title)) from profiles").await;
    assert!(computed.contains("field_state takes one column"), "{computed}");
    // `is_known` of a column with a state is that of the state.
    let differing = "select count(*) from profiles where is_known(mfa_enabled) != (mfa_enabled is not null)";
    assert_eq!(rows(&scene.query(differing).await), [["0"]]);
}
