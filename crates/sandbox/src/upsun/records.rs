//! The generated profiles.

use serde_json::{Map, Value, json};

use crate::clock::{DAY, EPOCH, SECOND, stamp};
use crate::fields::{Fields, Gaps};
use crate::ids::IdSpace;
use crate::people::person;
use crate::rng::{Rng, key};

/// The value of an unset time that the service should have omitted.
pub(super) const YEAR_ONE: &str = "0001-01-01T00:00:00Z";

const FRACTION_DIGITS: [usize; 4] = [0, 3, 5, 6];
/// The last one is undocumented.
const CUSTOMER_TYPES: [&str; 4] = ["individual", "corporation", "government", "non_profit"];
const COMPANY_ROLES: [&str; 4] = ["Développeuse", "CTO", "Система администратор", "購買担当"];

const DISPLAY_NAME: Gaps = Gaps::every(10).null(7).absent(9).empty(3);
const EMAIL: Gaps = Gaps::every(13).absent(8).empty(6);
const PICTURE: Gaps = Gaps::every(6).null(2).absent(5).empty(3);
const COMPANY_NAME: Gaps = Gaps::every(5).null(4).absent(2).empty(1);
const COMPANY_ROLE: Gaps = Gaps::every(4).null(2).absent(3).empty(1);
const WEBSITE: Gaps = Gaps::every(7).null(6).absent(4).empty(1);
const NEW_UI: Gaps = Gaps::every(9).null(5).absent(7);
const COLORSCHEME: Gaps = Gaps::every(8).null(7).absent(3).empty(5);
const OPTIONS_URL: Gaps = Gaps::every(4).null(3).absent(1).empty(2);
const MARKETING: Gaps = Gaps::every(11).null(9).absent(4);
const UPDATED_AT: Gaps = Gaps::every(20).null(17).absent(19);

/// Generates the records of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Records {
    pub(super) seed: u64,
    users: IdSpace,
}

impl Records {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, users: IdSpace::new(seed, "upsun user") }
    }

    pub(super) fn user_id(self, index: u64) -> String {
        self.users.uuid(index)
    }

    pub(super) fn index_of(self, user_id: &str) -> Option<u64> {
        self.users.index_of_uuid(user_id)
    }

    pub(super) fn username(self, index: u64) -> String {
        person(self.seed, index).username
    }

    pub(super) fn profile(self, index: u64) -> Map<String, Value> {
        let person = person(self.seed, index);
        let times = Times::of(self.seed, index);
        let mut rng = Rng::new(key(&[self.seed, 0x0075_7073_756E, index]));
        let mut fields = Fields::new(index);
        fields.put("id", self.user_id(index));
        fields.put("type", "user");
        fields.put("username", person.username.as_str());
        fields.vary("display_name", DISPLAY_NAME, person.display);
        fields.vary("email", EMAIL, person.email);
        let picture = match index % 12 {
            // The response to an upload is a path, not a URL.
            4 => format!("/files/pictures/{}.png", person.username),
            _ => format!("https://pictures.example.com/{}.png", person.username),
        };
        fields.vary("picture", PICTURE, picture);
        match index % 7 {
            2 => fields.put("company_type", Value::Null),
            3 => {}
            // The API documents no list; this is a word that no client knows.
            5 => fields.put("company_type", "worker-cooperative"),
            turn => fields.put("company_type", ["enterprise", "", "", "", "agency", "", "startup"][at(turn)]),
        }
        fields.vary("company_name", COMPANY_NAME, format!("{} & Daughters", person.family));
        fields.vary("company_role", COMPANY_ROLE, *rng.pick(&COMPANY_ROLES));
        fields.vary("website_url", WEBSITE, format!("https://{}.example.org/", person.username));
        fields.vary("new_ui", NEW_UI, !index.is_multiple_of(3));
        fields.vary("ui_colorscheme", COLORSCHEME, *rng.pick(&["light", "dark"]));
        fields.vary("default_catalog", OPTIONS_URL, "https://catalog.example.com/templates.json");
        fields.vary("project_options_url", OPTIONS_URL, "https://catalog.example.com/options.json");
        fields.vary("marketing", MARKETING, index % 2 == 1);
        if index % 20 == 11 {
            fields.put("created_at", YEAR_ONE);
        } else {
            fields.put("created_at", times.created());
        }
        fields.vary("updated_at", UPDATED_AT, times.updated());
        if index % 4 == 2 {
            let kind = CUSTOMER_TYPES[at(index / 4 % 4)];
            fields.put("customer_type", kind);
            fields.put("legal_entity_name", if index % 8 == 2 { "" } else { "Sandbox Holdings, s.r.o." });
            fields.put("billing_contact", format!("billing.{index}@example.com"));
            fields.put("vat_number", if index % 8 == 6 { json!(null) } else { json!("FR99999999999") });
            fields.put("currency", *rng.pick(&["EUR", "USD", "AUD", "CHF"]));
            fields.put("invoiced", index % 8 == 2);
        }
        if index % 4 == 1 {
            fields.put("ui_contrast", *rng.pick(&["low", "high"]));
        }
        if let Some(trial) = trial(index, &times) {
            fields.put("current_trial", trial);
        }
        fields.finish()
    }

    /// Returns the generated profile of an organization, without changes.
    pub(super) fn organization(self, number: u64, name: &str) -> Map<String, Value> {
        let organizations = IdSpace::new(self.seed, "upsun organization");
        let times = Times::of(self.seed, number + 1);
        let whole = number == 0;
        let mut fields = Fields::new(number);
        fields.put("id", organizations.uuid(number));
        fields.put("type", "organization");
        fields.put("display_name", format!("{name} (sandbox)"));
        fields.put("username", name);
        fields.put("picture", "");
        fields.put("company_name", if whole { "Acme Şirketi Ltd." } else { "" });
        fields.put("company_type", if whole { "enterprise" } else { "" });
        fields.put("legal_entity_name", if whole { json!("Acme Şirketi Limited") } else { Value::Null });
        fields.put("customer_type", if whole { "corporation" } else { "non_profit" });
        fields.put("currency", "EUR");
        fields.put("vat_number", if whole { "FR99999999999" } else { "" });
        if whole {
            fields.put("billing_contact", "billing@example.com");
            fields.put("security_contact", "security@example.com");
            fields.put("website_url", "https://acme.example.com/");
        }
        fields.put("default_catalog", "");
        fields.put("project_options_url", "");
        fields.put("invoiced", whole);
        fields.put("account_tier", if whole { "silver" } else { "basic" });
        fields.put("resources_limit", json!({"cpu": 64, "memory": null}));
        fields.put("created_at", times.created());
        fields.put("updated_at", times.updated());
        if let Some(trial) = trial(number + 1, &times) {
            fields.put("current_trial", trial);
        }
        fields.finish()
    }
}

/// The times of creation and of the last change of a record, and the format of its times.
pub(super) struct Times {
    created: i64,
    updated: i64,
    digits: usize,
    zone: &'static str,
}

impl Times {
    pub(super) fn of(seed: u64, index: u64) -> Self {
        let mut rng = Rng::new(key(&[seed, 0x7469_6D65, index]));
        let created = EPOCH + below(&mut rng, 700 * DAY);
        Self {
            created,
            updated: created + below(&mut rng, 300 * DAY),
            digits: FRACTION_DIGITS[at(index % 4)],
            zone: if (index / 4).is_multiple_of(2) { "Z" } else { "+00:00" },
        }
    }

    pub(super) fn created(&self) -> String {
        self.written(self.created)
    }

    pub(super) fn updated(&self) -> String {
        self.written(self.updated)
    }

    fn written(&self, micros: i64) -> String {
        stamp(micros, self.digits, self.zone)
    }
}

/// Returns the trial in one of the formats that were seen over the years: amounts as text or as numbers,
/// `currency` or `currency_code`, an object or a list, null or missing.
fn trial(index: u64, times: &Times) -> Option<Value> {
    let end = times.written(times.created + 30 * DAY);
    let created = times.written(times.created + 5 * SECOND);
    match index % 5 {
        1 => Some(json!({
            "active": true,
            "created": created,
            "description": "30 days, 100 €",
            "expiration": end,
            "current": {"formatted": "12,50 €", "amount": "12.50", "currency": "EUR", "currency_symbol": "€"},
            "spend": {"formatted": "12,50 €", "amount": "12.50", "currency": "EUR", "currency_symbol": "€"},
            "spend_remaining": {
                "formatted": "87,50 €", "amount": "87.50", "currency": "EUR", "currency_symbol": "€",
                "unlimited": false,
            },
            "projects": {
                "id": "sandboxproject1",
                "name": "Größe",
                "total": {"amount": 12, "currency_code": "EUR", "currency_symbol": "€", "formatted": "12 €"},
            },
            "pending_verification": if index % 10 == 1 { Value::Null } else { json!("credit-card") },
            "model": "sandbox",
            "days_remaining": 12,
        })),
        2 => Some(json!([{
            "created": created,
            "description": "An older trial",
            "expiration": end,
            "spend_remaining": "30.00",
        }])),
        3 => Some(Value::Null),
        4 => Some(json!({
            "active": false,
            "expiration": end,
            "spend": {"formatted": "30 $", "amount": 30, "currency_code": "USD", "currency_symbol": "$"},
            "projects": [],
        })),
        _ => None,
    }
}

fn below(rng: &mut Rng, limit: i64) -> i64 {
    i64::try_from(rng.below(u64::try_from(limit).unwrap_or(1))).unwrap_or(0)
}

fn at(turn: u64) -> usize {
    usize::try_from(turn).unwrap_or(0)
}
