//! Postal addresses: a person's with metadata, an organization's without.

use serde_json::{Map, Value, json};

use super::Upsun;
use super::handlers::{no_such_profile, readable};
use super::organizations::{Organization, by_id_or_name, by_ulid};
use super::records::Records;
use super::rules::read_body;
use super::writable::ADDRESS;
use crate::exchange::{Call, Reply};
use crate::fields::{Fields, Gaps};
use crate::people::person;
use crate::rng::key;
use crate::server::lock;

const COUNTRY: Gaps = Gaps::every(9).null(5).absent(7).empty(3);
const NAME_LINE: Gaps = Gaps::every(7).null(2).absent(5).empty(4);
const PREMISE: Gaps = Gaps::every(4).null(1).absent(2).empty(3);
const AREA: Gaps = Gaps::every(5).null(2).absent(3).empty(1);
const POSTAL_CODE: Gaps = Gaps::every(8).null(5).absent(6).empty(7);

impl Upsun {
    pub(super) fn get_address(&self, user_id: &str) -> Reply {
        match self.index_of_user(user_id) {
            Some(index) => self.user_address(index),
            None => no_such_profile(),
        }
    }

    pub(super) fn update_address(&self, call: &Call, user_id: &str) -> Reply {
        let Some(index) = self.index_of_user(user_id) else { return no_such_profile() };
        match read_body(call, &ADDRESS) {
            Ok(change) => lock(&self.users).write_address(index, change),
            Err(refusal) => return refusal.of_profile(),
        }
        self.user_address(index)
    }

    fn user_address(&self, index: u64) -> Reply {
        let mut address = self.records.user_address(index);
        if let Some(changed) = lock(&self.users).address(index) {
            address.extend(changed.clone());
        }
        Self::hal(&Value::Object(address))
    }

    pub(super) fn get_org_address(&self, id: &str) -> Reply {
        match readable(by_id_or_name(id)) {
            Ok(organization) => self.org_address(organization),
            Err(refusal) => refusal,
        }
    }

    pub(super) fn update_org_address(&self, call: &Call, id: &str) -> Reply {
        // An update accepts only the id: `name=…` is for reads.
        let organization = match readable(by_ulid(id)) {
            Ok(organization) => organization,
            Err(refusal) => return refusal,
        };
        match read_body(call, &ADDRESS) {
            Ok(change) => lock(&self.organizations).change_address(organization, change),
            Err(refusal) => return refusal.of_organization(),
        }
        self.org_address(organization)
    }

    fn org_address(&self, organization: Organization) -> Reply {
        Reply::json(200, &Value::Object(lock(&self.organizations).address(organization)))
    }
}

impl Records {
    fn user_address(self, index: u64) -> Map<String, Value> {
        let person = person(self.seed, index);
        let mut address = address(self.seed, index, person.country, &person.display);
        if index % 4 == 2 {
            // Seen in responses, but not documented.
            address.insert("first_name".to_owned(), person.given.into());
            address.insert("last_name".to_owned(), person.family.into());
            address.insert("organisation_name".to_owned(), Value::Null);
            address.insert("data".to_owned(), Value::Null);
        }
        if index % 10 != 9 {
            address.insert("metadata".to_owned(), metadata(index));
        }
        address
    }

    pub(super) fn organization_address(self, number: u64, name: &str) -> Map<String, Value> {
        let country = ["TR", "FR"][usize::from(number > 0)];
        address(self.seed, number, country, &format!("{name} (sandbox)"))
    }
}

fn address(seed: u64, index: u64, country: &str, name: &str) -> Map<String, Value> {
    let mut fields = Fields::new(index);
    fields.vary("country", COUNTRY, country);
    fields.vary("name_line", NAME_LINE, name);
    fields.vary("premise", PREMISE, format!("Haus {}", index % 90 + 1));
    fields.vary("sub_premise", PREMISE, "3º B");
    fields.put("thoroughfare", format!("{} Sandstraße", key(&[seed, index]) % 200 + 1));
    fields.vary("administrative_area", AREA, "34");
    fields.vary("sub_administrative_area", AREA, "Kadıköy");
    fields.put("locality", ["İstanbul", "Łódź", "京都市", "Saint-Étienne"][turn(index, 4)]);
    fields.vary("dependent_locality", PREMISE, "Moda");
    // Leading zeros are lost in a client that parses this as a number.
    fields.vary("postal_code", POSTAL_CODE, format!("0{:04}", index % 10_000));
    fields.finish()
}

fn metadata(index: u64) -> Value {
    let labels = match index % 3 {
        // PHP writes an empty map as a list.
        1 => json!([]),
        2 => json!({}),
        _ => json!({"administrative_area": "İl", "postal_code": "Posta kodu"}),
    };
    let required: &[&str] =
        if index % 5 == 3 { &[] } else { &["country", "name_line", "thoroughfare", "locality"] };
    json!({"required_fields": required, "field_labels": labels, "show_vat": index.is_multiple_of(2)})
}

fn turn(index: u64, every: u64) -> usize {
    usize::try_from(index % every).unwrap_or(0)
}
