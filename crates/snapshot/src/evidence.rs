//! The cover page of a folder of evidence: what an auditor reads first.

use std::fmt::Write as _;

use anyprofile_core::{FieldPath, ListQuery, profile::ValueType};

use crate::manifest::{AccountManifest, Manifest};

/// The controls that such a list serves, by framework.
const CONTROLS: [(&str, &str); 5] = [
    ("AICPA Trust Services Criteria", "CC6.1, CC6.2, CC6.3"),
    ("ISO/IEC 27001:2022, Annex A", "5.15, 5.16, 5.17, 5.18"),
    ("NIST SP 800-53", "AC-2(3)"),
    ("PCI DSS 4.0.1", "7.2.4, 7.2.5.1, 8.2.5, 8.2.6"),
    ("HIPAA", "164.308(a)(3)(ii)(C)"),
];

/// The style of the page. It needs nothing from a network, and prints on white.
const STYLE: &str = "
:root { color-scheme: light dark; --line: #767676; --weak: #595959; --bad: #a11; --good: #15602f; }
@media (prefers-color-scheme: dark) { :root { --weak: #b8b8b8; --bad: #ff9c9c; --good: #8fe0ab; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: start; color: var(--weak); }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
td.number { text-align: end; font-variant-numeric: tabular-nums; } code { overflow-wrap: anywhere; }
.verdict { font-size: 1.2rem; padding: .6rem 1rem; border: 2px solid; } .complete { color: var(--good); } .incomplete { color: var(--bad); }
@media print { body { margin: 0; max-width: none; } :root { color-scheme: light; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
";

/// Returns the page.
pub(crate) fn cover(manifest: &Manifest) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut page, manifest);
    page
}

fn write_page(page: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let (started, ended) = (manifest.started, manifest.ended);
    write!(
        page,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>User profiles, {ended}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>User profiles</h1>\n"
    )?;
    let gaps = manifest.gaps();
    if manifest.complete {
        let rows = manifest.rows;
        writeln!(
            page,
            "<p class=\"verdict complete\">Complete: all {rows} profiles that the services show for this query are in the list.</p>"
        )?;
        let uncounted = manifest.accounts.iter().filter(|it| it.declared().is_none());
        let uncounted: Vec<_> = uncounted.map(|it| escaped(&it.account)).collect();
        if !uncounted.is_empty() {
            let accounts = uncounted.join(", ");
            writeln!(
                page,
                "<p>Of {accounts} the service does not say how many there are: the list was read to its end, and cannot be held against a total.</p>"
            )?;
        }
    } else {
        page.push_str("<p class=\"verdict incomplete\">Not complete. What is missing:</p>\n<ul>\n");
        for (account, gap) in &gaps {
            writeln!(page, "<li><b>{}</b>: {}</li>", escaped(account), escaped(gap))?;
        }
        page.push_str("</ul>\n");
    }
    page.push_str("<h2>What was asked, and when</h2>\n<table>\n");
    row(page, "Started", &started.to_string())?;
    row(page, "Ended", &ended.to_string())?;
    row(page, "Program", &format!("{} {}", manifest.tool.name, manifest.tool.version))?;
    let query = serde_json::to_string(&manifest.query).unwrap_or_default();
    row(page, "Query", if manifest.is_filtered() { &query } else { "all profiles" })?;
    let further = if manifest.query.enrich { "read, too" } else { "not read" };
    row(page, "Further records of each profile", further)?;
    if !manifest.privacy.is_nothing() {
        let classes: Vec<_> = manifest.privacy.redacted.iter().map(|class| class.as_str()).collect();
        let mut hidden =
            if classes.is_empty() { String::new() } else { format!("hidden: {}", classes.join(", ")) };
        if let Some(key) = &manifest.privacy.pseudonym_key {
            let _ =
                write!(hidden, "{}pseudonyms with the key {key}", if hidden.is_empty() { "" } else { "; " });
        }
        row(page, "Privacy", &hidden)?;
    }
    page.push_str("</table>\n<h2>Head count</h2>\n<table>\n<caption>What each service counts, and what is in the list</caption>\n");
    page.push_str("<thead><tr><th scope=\"col\">Account</th><th scope=\"col\">Service</th><th scope=\"col\">Counted by the service</th><th scope=\"col\">In the list</th><th scope=\"col\">Missing</th><th scope=\"col\">Not readable</th><th scope=\"col\">Credential of</th></tr></thead>\n<tbody>\n");
    for account in &manifest.accounts {
        write_account(page, account)?;
    }
    page.push_str("</tbody>\n</table>\n<h2>What is not known</h2>\n");
    let mut is_anything = false;
    for account in &manifest.accounts {
        let items = not_known(account, &manifest.query);
        if items.is_empty() {
            continue;
        }
        is_anything = true;
        writeln!(page, "<h3>{}</h3>\n<ul>", escaped(&account.account))?;
        for item in items {
            writeln!(page, "<li>{}</li>", escaped(&item))?;
        }
        page.push_str("</ul>\n");
    }
    if !is_anything {
        page.push_str("<p>Nothing that a review asks for is known to be missing: status, second factor, single sign-on, last sign-in, owner and roles.</p>\n");
    }
    page.push_str("<h2>Controls</h2>\n<table>\n<caption>Controls for which a list of who has access is evidence</caption>\n<tbody>\n");
    for (framework, controls) in CONTROLS {
        row(page, framework, controls)?;
    }
    page.push_str("</tbody>\n</table>\n<h2>Files</h2>\n<table>\n<thead><tr><th scope=\"col\">File</th><th scope=\"col\">Profiles</th><th scope=\"col\">Bytes</th><th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
    for file in &manifest.files {
        writeln!(
            page,
            "<tr><td><code>{}</code></td><td class=\"number\">{}</td><td class=\"number\">{}</td><td><code>{}</code></td></tr>",
            escaped(&file.path),
            file.rows,
            file.bytes,
            file.sha256
        )?;
    }
    write!(
        page,
        "</tbody>\n</table>\n<p>The seal of the manifest is <code>{}</code>. Whoever changes a file can write a new manifest: keep the seal \
         elsewhere. <code>anyprofile verify</code> checks this folder, and so does <code>sha256sum --check SHA256SUMS</code>.</p>\n</main>\n</body>\n</html>\n",
        manifest.seal
    )
}

fn row(page: &mut String, name: &str, value: &str) -> std::fmt::Result {
    writeln!(page, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value))
}

fn write_account(page: &mut String, account: &AccountManifest) -> std::fmt::Result {
    let declared =
        account.declared().map_or_else(|| "it does not count".to_owned(), |count| count.to_string());
    let missing = account.missing.map_or_else(|| "not known".to_owned(), |count| count.to_string());
    let credential = match (&account.credential, &account.credential_failure) {
        (Some(id), _) => id.clone(),
        (None, Some(kind)) => format!("not known: it could not be read ({kind})"),
        (None, None) => "not known: the service does not tell".to_owned(),
    };
    writeln!(
        page,
        "<tr><th scope=\"row\">{}</th><td>{}<br><code>{}</code></td><td class=\"number\">{declared}</td><td class=\"number\">{}</td><td class=\"number\">{missing}</td><td class=\"number\">{}</td><td><code>{}</code></td></tr>",
        escaped(&account.account),
        escaped(&account.service_name),
        escaped(&account.base_url),
        account.seen,
        account.quarantined,
        escaped(&credential)
    )
}

/// Returns what is not known of an account, in sentences.
fn not_known(account: &AccountManifest, query: &ListQuery) -> Vec<String> {
    let mut items: Vec<String> =
        account.hidden.iter().map(|hidden| format!("Not listed: {hidden}")).collect();
    let further: Vec<_> = account.capabilities.only_enriched(query).iter().map(ToString::to_string).collect();
    for (path, states) in &account.states {
        // Null says of a list or a time that there is none; of a yes or no, nothing.
        let is_bool = path.parse::<FieldPath>().is_ok_and(|path| path.value_type() == ValueType::Bool);
        let is_unknown = |(state, _): &(&String, &u64)| match state.as_str() {
            "value" => false,
            "null" => is_bool,
            _ => true,
        };
        let unknown: u64 = states.iter().filter(is_unknown).map(|(_, count)| count).sum();
        if unknown == 0 {
            continue;
        }
        let why = if further.contains(path) { "; a further record has it, which was not read" } else { "" };
        let states: Vec<_> = states.iter().map(|(state, count)| format!("{count} {state}")).collect();
        items.push(format!("{path}: not known of {unknown} profiles ({}{why})", states.join(", ")));
    }
    for (path, needs) in &account.withheld {
        items.push(format!("Withheld from this credential: {path} (needs {needs})"));
    }
    if account.partial > 0 {
        items.push(format!("Of {} profiles, a record could not be read or may not be seen", account.partial));
    }
    if account.undetermined > 0 {
        items.push(format!(
            "{} profiles were left out, because a filtered field is not known of them",
            account.undetermined
        ));
    }
    if account.not_at_one_moment {
        items.push("The list may have changed while it was read".to_owned());
    }
    items
}

/// Returns a text that HTML takes for a text, also in an attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted;

    #[test]
    fn null_is_not_known_of_a_yes_or_no_and_is_known_of_a_list() {
        let (mut manifest, _) = planted().unwrap();
        let states = |states: &[(&str, u64)]| {
            states.iter().map(|(state, count)| ((*state).to_owned(), *count)).collect()
        };
        manifest.accounts[0].states = [
            (
                FieldPath::SECURITY_MFA_ENABLED.to_string(),
                states(&[("value", 6), ("null", 2), ("absent", 1)]),
            ),
            (FieldPath::ROLES.to_string(), states(&[("value", 6), ("null", 3)])),
        ]
        .into();
        let page = cover(&manifest);
        assert!(page.contains("security.mfa_enabled: not known of 3 profiles"), "{page}");
        assert!(!page.contains("roles: not known"), "{page}");
    }
}
