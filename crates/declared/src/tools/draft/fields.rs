//! What the fields of a record may mean.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    super::example::quoted,
    document::{Document, Properties},
};

/// Fields of a profile, with the names that services give them: the first that a record has is taken.
const NAMES: &[(&str, &[&str])] = &[
    ("id", &["id", "user_id", "userId", "uuid", "uid", "gid", "key", "accountId"]),
    ("external_id", &["external_id", "externalId"]),
    ("username", &["username", "userName", "login", "user_name", "name_id", "handle"]),
    ("title", &["title", "job_title", "jobTitle"]),
    ("locale", &["locale", "language", "lang"]),
    ("timezone", &["timezone", "time_zone", "timeZone", "tz"]),
    ("picture", &["avatar_url", "avatarUrl", "picture", "photo_url", "image_url", "avatar"]),
    ("website", &["website", "website_url", "url"]),
    ("nickname", &["nickname", "nick_name", "nickName"]),
    ("name.display", &["display_name", "displayName", "full_name", "fullName", "name", "real_name"]),
    ("name.given", &["first_name", "firstName", "given_name", "givenName"]),
    ("name.family", &["last_name", "lastName", "family_name", "familyName", "surname"]),
];

/// Times, in RFC 3339 or as numbers.
const TIMES: &[(&str, &[&str])] = &[
    (
        "times.created",
        &["created_at", "createdAt", "created", "creation_time", "date_created", "createdDate"],
    ),
    ("times.updated", &["updated_at", "updatedAt", "updated", "modified_at", "lastUpdated", "date_updated"]),
    (
        "security.last_login",
        &["last_login", "last_login_at", "lastLogin", "last_sign_in_at", "lastSignInAt", "last_seen"],
    ),
];

const EMAILS: &[&str] = &["email", "mail", "email_address", "primary_email", "primaryEmail", "emailAddress"];
const STATUSES: &[&str] = &["status", "state"];
const SECOND_FACTORS: &[&str] = &[
    "mfa_enabled",
    "two_factor_enabled",
    "two_factor",
    "has_2fa",
    "is_mfa",
    "mfa",
    "2fa",
    "totp_enabled",
    "twoFactorEnabled",
    "has2fa",
];
const FLAGS: &[(&str, bool)] = &[
    ("active", true),
    ("is_active", true),
    ("isActive", true),
    ("enabled", true),
    ("suspended", false),
    ("is_suspended", false),
    ("disabled", false),
    ("deactivated", false),
    ("blocked", false),
    ("locked", false),
    ("archived", false),
];

/// Returns the `map` of a draft.
pub(super) fn fields_of(document: &Document<'_>, record: &Properties<'_>) -> String {
    let mut text = String::from("[map]\n");
    let mut used: Vec<&str> = Vec::new();
    let find = |names: &[&str]| {
        names.iter().find_map(|known| record.iter().find(|(name, _)| name == known).copied())
    };
    for (field, names) in NAMES {
        if let Some((name, _)) =
            find(names).filter(|(name, schema)| !document.is_object(schema) && !used.contains(name))
        {
            used.push(name);
            let _ = writeln!(text, "{field} = {}", quoted(&pointer(name)));
        } else if *field == "id" {
            text += "# doubt: which field is the id that never changes?\nid = \"/id\"\n";
        }
    }
    if let Some((name, _)) = find(EMAILS) {
        used.push(name);
        let _ = writeln!(text, "# doubt: does the person sign in with this address? If not, remove `login`.");
        let _ = writeln!(text, "emails = [{{ at = {}, login = true }}]", quoted(&pointer(name)));
    }
    text += &status(record, &mut used);
    if let Some((name, _)) = find(SECOND_FACTORS) {
        used.push(name);
        let _ = writeln!(
            text,
            "# doubt: is a record without it one without a second factor, or one of which nothing is known?"
        );
        let _ = writeln!(text, "security.mfa_enabled = {}", quoted(&pointer(name)));
    }
    for (field, names) in TIMES {
        if let Some((name, schema)) = find(names) {
            used.push(name);
            let is_number = matches!(schema.get("type").and_then(Value::as_str), Some("integer" | "number"));
            if is_number {
                let _ = writeln!(text, "# doubt: seconds or milliseconds, and does 0 mean never?");
                let _ = writeln!(text, "{field} = {{ at = {}, time = \"seconds\" }}", quoted(&pointer(name)));
            } else {
                let _ = writeln!(text, "{field} = {}", quoted(&pointer(name)));
            }
        }
    }
    let rest: Vec<&str> = record.iter().map(|(name, _)| *name).filter(|name| !used.contains(name)).collect();
    if !rest.is_empty() {
        let _ = writeln!(text, "# doubt: not read, and kept under `unknown`: {}", rest.join(", "));
    }
    text
}

/// Returns the rule for the status: by a word, or by a flag.
fn status<'a>(record: &Properties<'a>, used: &mut Vec<&'a str>) -> String {
    let word = STATUSES.iter().find_map(|known| record.iter().find(|(name, _)| name == known));
    if let Some((name, schema)) = word {
        used.push(name);
        let words = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        let words: Vec<&str> = words.filter_map(Value::as_str).collect();
        let values =
            words.iter().filter_map(|word| Some(format!("{} = \"{}\"", quoted(word), meaning(word)?)));
        let values: Vec<String> = values.collect();
        let open: Vec<&str> = words.iter().copied().filter(|word| meaning(word).is_none()).collect();
        let open =
            if open.is_empty() { String::new() } else { format!(" Not decided: {}.", open.join(", ")) };
        let doubt = format!(
            "# doubt: what does each word mean: active, suspended, pending, deleted? A word that is not here is kept as it is.{open}\n"
        );
        if values.is_empty() {
            return format!("{doubt}status = {}\n", quoted(&pointer(name)));
        }
        return format!(
            "{doubt}status = {{ at = {}, values = {{ {} }} }}\n",
            quoted(&pointer(name)),
            values.join(", ")
        );
    }
    let flag = FLAGS
        .iter()
        .find_map(|(known, is)| record.iter().find(|(name, _)| name == known).map(|(name, _)| (*name, *is)));
    let Some((name, is_active)) = flag else {
        return "# doubt: how does the service show who is suspended, invited or deleted?\n".to_owned();
    };
    used.push(name);
    let (yes, no) = if is_active { ("active", "suspended") } else { ("suspended", "active") };
    format!(
        "# doubt: is everybody else active, or are some invited or deleted?\nstatus = {{ at = {}, values = {{ true = \"{yes}\", false = \"{no}\" }} }}\n",
        quoted(&pointer(name))
    )
}

fn meaning(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "active" | "enabled" | "accepted" | "live" => "active",
        "suspended" | "disabled" | "inactive" | "blocked" | "locked" | "deactivated" | "locked_out" => {
            "suspended"
        }
        "pending" | "invited" | "staged" | "provisioned" | "unconfirmed" => "pending",
        "deleted" | "removed" | "archived" | "deprovisioned" => "deleted",
        _ => return None,
    })
}

fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
