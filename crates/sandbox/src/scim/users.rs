//! The generated users.

use serde_json::{Value, json};

use super::ids::Ids;
use super::resource::Resource;
use super::schema::{ENTERPRISE_SCHEMA, Kind, USER_SCHEMA};
use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::fields::{Fields, Gaps};
use crate::people::{Person, person};
use crate::rng::{Rng, key};

/// An extension that no client knows.
const BADGE_SCHEMA: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

const EXTERNAL_ID: Gaps = Gaps::every(10).null(3).absent(7).empty(9);
const DISPLAY_NAME: Gaps = Gaps::every(20).absent(12).null(17).empty(19);
const NICKNAME: Gaps = Gaps::every(6).null(2).absent(3).empty(5);
const PROFILE_URL: Gaps = Gaps::every(5).absent(2).null(4);
const TITLE: Gaps = Gaps::every(7).absent(2).null(3).empty(6);
const LANGUAGE: Gaps = Gaps::every(8).absent(5).null(6);
const LOCALE: Gaps = Gaps::every(9).absent(2).null(7);
const TIMEZONE: Gaps = Gaps::every(11).absent(4).null(9);

const TITLES: [&str; 4] = ["Engineer", "Accountant", "Head of Support", "Chargée d’études"];
const DEPARTMENTS: [&str; 4] = ["Research", "Finance", "Support", "Legal"];

/// Returns a user without what was written to it.
pub(super) fn generated(ids: Ids, index: u64) -> Resource {
    let person = person(ids.seed, index);
    let mut rng = Rng::new(key(&[ids.seed, 0x7363_696D, index]));
    let mut fields = Fields::new(index);
    let mut schemas = vec![USER_SCHEMA];
    let user_name = if index % 4 == 1 { &person.email } else { &person.username };
    fields.put("userName", user_name.as_str());
    fields.vary("externalId", EXTERNAL_ID, format!("hr-{}", 10_000 + index));
    fields.vary("displayName", DISPLAY_NAME, person.display.as_str());
    name(&mut fields, index, &person);
    fields.vary("nickName", NICKNAME, person.given);
    fields.vary("profileUrl", PROFILE_URL, format!("https://{}.example.org/", person.username));
    fields.vary("title", TITLE, *rng.pick(&TITLES));
    fields.vary("preferredLanguage", LANGUAGE, *rng.pick(&["en", "fr-CA,fr;q=0.8", "ja"]));
    fields.vary("locale", LOCALE, *rng.pick(&["en-GB", "de-AT", "pt_BR"]));
    fields.vary("timezone", TIMEZONE, *rng.pick(&["Europe/Vienna", "America/Bogota", "Asia/Seoul"]));
    match index % 5 {
        0 => fields.put("userType", "Employee"),
        3 => fields.put("userType", "Contractor"),
        _ => {}
    }
    active(&mut fields, index);
    emails(&mut fields, index, &person);
    values(&mut fields, index, &person);
    if index % 3 == 1 {
        schemas.push(ENTERPRISE_SCHEMA);
        let department = *rng.pick(&DEPARTMENTS);
        fields.put(ENTERPRISE_SCHEMA, enterprise(ids, index, department));
    }
    if index % 20 == 10 {
        schemas.push(BADGE_SCHEMA);
        fields.put(BADGE_SCHEMA, json!({"badgeNumber": format!("B-{index:06}"), "doors": ["main", null]}));
    }
    if index % 20 == 18 {
        fields.put("favouriteTea", "rooibos");
    }
    // Some servers leave the schemas out.
    if index % 20 != 3 {
        fields.put("schemas", json!(schemas));
    }
    let created = EPOCH + micros_below(&mut rng, 900 * DAY);
    let modified = created + SECOND + micros_below(&mut rng, 300 * DAY);
    let (digits, zone) = [(0, "Z"), (3, "Z"), (6, "Z"), (2, "+00:00"), (1, "Z")][turn(index, 5)];
    Resource {
        kind: Kind::User,
        id: ids.user(index),
        fields: fields.finish(),
        created: stamp(created, digits, zone),
        modified: stamp(modified, digits, zone),
        revision: 0,
    }
}

fn name(fields: &mut Fields, index: u64, person: &Person) {
    if index % 20 == 15 {
        return;
    }
    let mut name = json!({"givenName": person.given, "familyName": person.family});
    if index.is_multiple_of(2) {
        name["formatted"] = person.display.as_str().into();
    }
    if index % 6 == 4 {
        name["middleName"] = "J.".into();
        name["honorificPrefix"] = "Dr.".into();
        name["honorificSuffix"] = if index % 12 == 4 { "PhD".into() } else { Value::Null };
    }
    fields.put("name", name);
}

/// About one in six is inactive. Some servers send texts, and some leave it out.
fn active(fields: &mut Fields, index: u64) {
    match (index % 6 == 5, index % 20) {
        (true, 11) => fields.put("active", "False"),
        (false, 8) => fields.put("active", "True"),
        (false, 14) => {}
        (is_inactive, _) => fields.put("active", !is_inactive),
    }
}

fn emails(fields: &mut Fields, index: u64, person: &Person) {
    let work = json!({"value": person.email, "type": "work", "primary": true});
    let second = format!("{}@home.example.net", person.username);
    fields.put(
        "emails",
        match index % 20 {
            2 => json!([{"value": second, "type": "home"}, work]),
            4 => return,
            6 => {
                json!([{"value": person.email, "type": "work"}, {"value": second, "type": "home", "primary": false}])
            }
            7 => json!([{"value": person.email, "type": "sideline", "primary": true, "display": person.display}]),
            9 => json!([]),
            13 => Value::Null,
            16 => json!([{"value": person.email}]),
            _ => json!([work]),
        },
    );
}

/// Adds what only some have several values of.
fn values(fields: &mut Fields, index: u64, person: &Person) {
    if index.is_multiple_of(3) {
        let number = format!("tel:+1-201-555-{:04}", index % 10_000);
        fields.put("phoneNumbers", json!([{"value": number, "type": "mobile", "primary": true}]));
    }
    if index % 8 == 2 {
        let photo = format!("https://pictures.example.com/{}.png", person.username);
        fields.put("photos", json!([{"value": photo, "type": "thumbnail"}]));
    }
    if index % 5 == 4 {
        let formatted = "Long Row 7\nExampleton 1234";
        let address = json!({
            "type": "work", "formatted": formatted, "streetAddress": "Long Row 7", "locality": "Exampleton",
            "region": null, "postalCode": "1234", "country": person.country, "primary": true,
        });
        fields.put("addresses", json!([address]));
    }
    match index % 7 {
        1 => fields.put("roles", json!([{"value": "auditor", "display": "Auditor", "primary": true}])),
        3 => fields.put("entitlements", json!([{"value": "seat", "type": "licence"}, {"value": "api"}])),
        5 => fields.put("roles", json!([])),
        _ => {}
    }
}

fn enterprise(ids: Ids, index: u64, department: &str) -> Value {
    let mut employee = json!({
        "employeeNumber": format!("E{index:05}"), "organization": "Sandbox Holdings", "department": department,
    });
    match index % 6 {
        1 => {
            employee["manager"] = json!({"value": ids.user(index - 1)});
            employee["costCenter"] = "4130".into();
        }
        _ => employee["division"] = if index.is_multiple_of(4) { Value::Null } else { "Theme Parks".into() },
    }
    employee
}

fn micros_below(rng: &mut Rng, limit: i64) -> i64 {
    i64::try_from(rng.below(limit.unsigned_abs())).unwrap_or(0)
}

fn turn(index: u64, every: u64) -> usize {
    usize::try_from(index % every).unwrap_or(0)
}
