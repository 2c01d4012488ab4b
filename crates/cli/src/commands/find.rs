//! `anyprofile find`

use anyprofile::{AccountFound, ErrorKind, FieldPath, FindKey, ProfileId, find::FindMethod};

use crate::{
    args::{Format, Global},
    commands::show,
    diagnostics,
    exit::{Exit, Failure},
    output::{Columns, account_order, profile_writer},
    progress::Progress,
    session::Session,
    summary::counted,
};

pub(crate) async fn run(global: &Global, key: &str, fields: Vec<FieldPath>) -> Result<Exit, Failure> {
    if key.trim().is_empty() {
        return Err(Failure::Usage("the search key must not be empty".to_owned()));
    }
    if let Ok(id) = key.trim().parse::<ProfileId>() {
        // A printed id names its account.
        return show::get(global, &id, false, &fields).await;
    }
    let session = Session::start(global).await?;
    let accounts = search(global, &session, key).await;
    let mut writer =
        profile_writer(global.output, fields, Columns::Review, account_order(session.directory.providers()));
    let mut count = 0;
    for profile in accounts.iter().flat_map(AccountFound::profiles) {
        if let Some(provider) = session.directory.provider_of(&profile.id) {
            writer.write(profile, provider.capabilities())?;
            count += 1;
        }
    }
    // Without profiles, JSON is an empty document, and a table is omitted.
    if count > 0 || global.output != Format::Table {
        writer.finish()?;
    }
    Ok(match report_accounts(global, &session, &accounts) {
        // The omitted profile was reported, so it was found.
        Exit::Complete if writer.left_out() > 0 => Exit::Partial,
        Exit::Complete if count == 0 => nobody(&accounts),
        Exit::Complete => Exit::Complete,
        exit if count == 0 => exit,
        _ => Exit::Partial,
    })
}

/// Returns the exit code if nobody was found. An account that could not be asked may have the profile.
pub(super) fn nobody(accounts: &[AccountFound]) -> Exit {
    if accounts.iter().any(AccountFound::is_open) { Exit::Partial } else { Exit::NotFound }
}

/// Searches all accounts for a text.
pub(super) async fn search(global: &Global, session: &Session, key: &str) -> Vec<AccountFound> {
    let count = counted(session.directory.providers().len() as u64, "account", "accounts");
    let _progress = Progress::waiting(global, format!("searching {count}"));
    session.directory.find(&FindKey::guess(key.trim())).await
}

/// Reports how each account was searched and which failed, and returns the exit code.
pub(super) fn report_accounts(global: &Global, session: &Session, accounts: &[AccountFound]) -> Exit {
    let mut last_failure = None;
    for account in accounts {
        if let Some(error) = &account.error {
            diagnostics::error(error);
            last_failure = Some(Exit::of(error));
        }
    }
    if !global.quiet {
        summarize(accounts);
    }
    let failed = accounts.iter().filter(|account| account.error.is_some()).count();
    let exit = session.exit(failed, last_failure);
    // The profile may be one that could not be read.
    if accounts.iter().all(AccountFound::is_complete) { exit } else { exit.unless_complete() }
}

/// Prints how each account was searched, and the number of requests.
fn summarize(accounts: &[AccountFound]) {
    let width = accounts.iter().map(|account| account.info.account.as_str().len()).max().unwrap_or(0);
    for account in accounts {
        let asked: Vec<_> = account
            .found
            .iter()
            .map(|(key, found)| {
                let how = match found.method {
                    FindMethod::LookedUp => "looked up",
                    FindMethod::Searched => "searched",
                    FindMethod::Listed => "listed in full",
                    _ => "not supported by this service",
                };
                format!("{} {how}: {}", key.path(), found.profiles.len())
            })
            .collect();
        let unanswered = if account.error.is_none() && !account.is_answerable() {
            "; cannot search for this key"
        } else {
            ""
        };
        let failed = match (&account.error, account.found.is_empty()) {
            // The service responded, but the response is unusable.
            (Some(error), _) if error.kind() == ErrorKind::Decode => {
                format!("; no usable response ({})", error.kind())
            }
            (Some(error), true) => format!("; not searched ({})", error.kind()),
            (Some(error), false) => format!("; not fully searched ({})", error.kind()),
            (None, _) if !account.is_complete() => "; some records could not be read".to_owned(),
            (None, _) => String::new(),
        };
        let asked = if asked.is_empty() { String::new() } else { format!(" ({})", asked.join(", ")) };
        say!(
            "{:width$}  {} found with {}{asked}{unanswered}{failed}",
            account.info.account,
            account.profiles().count(),
            counted(account.requests(), "request", "requests"),
        );
    }
    let found: usize = accounts.iter().map(|account| account.profiles().count()).sum();
    let requests: u64 = accounts.iter().map(AccountFound::requests).sum();
    let failed = accounts.iter().filter(|account| account.error.is_some()).count();
    // One that failed is told apart, also if it failed before it could answer.
    let cannot_search = accounts.iter().filter(|it| it.error.is_none() && !it.is_answerable()).count();
    let asked = counted((accounts.len() - cannot_search) as u64, "account", "accounts");
    let failures = if failed > 0 { format!(" ({failed} failed)") } else { String::new() };
    let unasked = match cannot_search {
        0 => String::new(),
        count => format!("; {} cannot search for this key", counted(count as u64, "account", "accounts")),
    };
    say!("{found} found in {asked}{failures} with {}{unasked}", counted(requests, "request", "requests"));
}
