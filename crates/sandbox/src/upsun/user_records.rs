//! The users service's record of a person, and related records.

use serde_json::{Map, Value, json};

use super::records::{Records, Times, YEAR_ONE};
use crate::fields::{Fields, Gaps};
use crate::people::person;

const EMAIL: Gaps = Gaps::every(13).empty(6);
const FIRST_NAME: Gaps = Gaps::every(10).empty(6).absent(9);
const LAST_NAME: Gaps = Gaps::every(11).empty(7).absent(9);
const PICTURE: Gaps = Gaps::every(6).empty(2).absent(5);
const COMPANY: Gaps = Gaps::every(5).null(4).absent(2).empty(3);
const WEBSITE: Gaps = Gaps::every(7).null(6).absent(4).empty(1);
const COUNTRY: Gaps = Gaps::every(8).empty(5).absent(3);
const UPDATED_AT: Gaps = Gaps::every(20).absent(19);
const CONSENTED_AT: Gaps = Gaps::every(4).null(2).absent(3);
const PHONE_VERIFIED: Gaps = Gaps::every(9).absent(5);
const MFA: Gaps = Gaps::every(5).absent(3).null(4);
const SSO: Gaps = Gaps::every(4).absent(2);

/// The last one is undocumented, and the one before is an unset one.
const CONSENT_METHODS: [&str; 4] = ["opt-in", "text-ref", "", "imported"];
/// The fields that every reference has.
const REFERENCE: [&str; 6] = ["id", "username", "email", "first_name", "last_name", "picture"];

impl Records {
    /// Returns the generated user. It has the same values as the profile of the same person, except for the
    /// first person's company, website and picture, which were changed only here.
    pub(super) fn user(self, index: u64) -> Map<String, Value> {
        let person = person(self.seed, index);
        let times = Times::of(self.seed, index);
        let first = index == 0;
        let mut fields = Fields::new(index);
        fields.put("id", self.user_id(index));
        fields.put("deactivated", index % 10 == 7);
        fields.put("namespace", "sandbox");
        fields.put("username", person.username.as_str());
        fields.vary("email", EMAIL, person.email);
        fields.put("email_verified", index % 4 != 3);
        fields.vary("first_name", FIRST_NAME, person.given);
        fields.vary("last_name", LAST_NAME, person.family);
        let picture = if first { "me" } else { &person.username };
        fields.vary("picture", PICTURE, format!("https://pictures.example.com/{picture}.png"));
        let company = if first { String::new() } else { format!("{} & Daughters", person.family) };
        fields.vary("company", COMPANY, company);
        let site = if first { String::new() } else { format!("https://{}.example.org/", person.username) };
        fields.vary("website", WEBSITE, site);
        fields.vary("country", COUNTRY, person.country);
        if index % 20 == 11 {
            fields.put("created_at", YEAR_ONE);
        } else {
            fields.put("created_at", times.created());
        }
        fields.vary("updated_at", UPDATED_AT, times.updated());
        fields.vary("consented_at", CONSENTED_AT, times.created());
        if index % 4 != 3 {
            let method = usize::try_from(index / 2 % 4).unwrap_or(0);
            fields.put("consent_method", CONSENT_METHODS[method]);
        }
        fields.vary("phone_number_verified", PHONE_VERIFIED, !index.is_multiple_of(3) || first);
        fields.vary("mfa_enabled", MFA, index % 3 != 1);
        fields.vary("sso_enabled", SSO, index % 6 == 1);
        fields.finish()
    }

    /// Returns the record that a member's list links to. It has fewer fields than the user, and sometimes a
    /// field is missing.
    pub(super) fn reference(index: u64, user: &Map<String, Value>) -> Value {
        let mut shown: Vec<&str> = REFERENCE.to_vec();
        if index % 3 != 2 {
            shown.extend(["mfa_enabled", "sso_enabled"]);
        }
        if index % 4 == 1 {
            shown.extend(["created_at", "updated_at"]);
        }
        let entries = shown.into_iter().filter_map(|name| Some((name.to_owned(), user.get(name)?.clone())));
        Value::Object(entries.collect())
    }

    /// Returns the user in the format of the older API: `mail` instead of `email`, and a number as status.
    pub(super) fn current_user_of_drupal(self) -> Map<String, Value> {
        let person = person(self.seed, 0);
        let times = Times::of(self.seed, 0);
        let id = self.user_id(0);
        let me = json!({
            "id": id,
            "uuid": id,
            "username": person.username,
            "display_name": person.display,
            "status": 1,
            "mail": person.email,
            "ssh_keys": [{
                "key_id": 4_711,
                "uid": 42,
                "fingerprint": "5a:4d:0b:0c:5a:4d:0b:0c:5a:4d:0b:0c:5a:4d:0b:0c",
                "title": "Notebook",
                "value": "ssh-ed25519 AAAAsandbox",
                "changed": times.updated(),
            }],
            "has_key": true,
            "projects": [{
                "id": "sbxproject000",
                "name": "",
                "title": "Größe",
                "cluster": "sandbox-1",
                "cluster_label": "Sandbox",
                "region": "sandbox-1.example.com",
                "region_label": "Sandbox",
                "uri": "https://console.example.com/projects/sbxproject000",
                "endpoint": "https://sandbox-1.example.com/api/projects/sbxproject000",
                "license_id": 1,
                "owner": id,
                "owner_info": {"type": "user", "username": person.username, "display_name": person.display},
                "plan": "development",
                "subscription_id": 1,
                "status": "active",
                "vendor": "upsun",
                "vendor_label": "Upsun",
                "vendor_website": "https://www.example.com",
                "vendor_resources": null,
                "created_at": times.created(),
            }],
            "sequence": 7,
            "roles": ["authenticated user"],
            "picture": "",
            "teams": [],
            "newsletter": false,
            "website": "",
            "current_trial": [{
                "created": times.created(),
                "description": "An older trial",
                "expiration": times.updated(),
                "spend_remaining": "30.00",
            }],
        });
        let Value::Object(mut me) = me else { return Map::new() };
        // PHP writes an empty map as a list.
        let tickets = if self.seed % 2 == 1 { json!([]) } else { json!({"open": 0}) };
        me.insert("tickets".to_owned(), tickets);
        if !self.seed.is_multiple_of(3) {
            me.insert("_links".to_owned(), json!({"self": {"title": "Self", "href": "/me"}}));
        }
        me
    }
}
