//! `anyprofile find`

use anyprofile::{AccountFound, ErrorKind, FieldPath, FindKey, ProfileId, find::FindMethod};

use crate::{
    args::{Format, Global},
    commands::show,
    diagnostics,
    exit::{Exit, Failure},
    output::profile_writer,
    session::Session,
    summary::counted,
};

pub(crate) async fn run(global: &Global, key: &str, fields: Vec<FieldPath>) -> Result<Exit, Failure> {
    if key.trim().is_empty() {
        return Err(Failure::Usage("nothing to look for".to_owned()));
    }
    if let Ok(id) = key.trim().parse::<ProfileId>() {
        // An id as it is printed says where to look.
        return show::get(global, &id, false, &fields).await;
    }
    let session = Session::start(global).await?;
    let accounts = session.directory.find(&FindKey::guess(key.trim())).await;
    let mut writer = profile_writer(global.output, fields, "");
    let mut count = 0;
    for profile in accounts.iter().flat_map(AccountFound::profiles) {
        if let Some(provider) = session.directory.provider_of(&profile.id) {
            writer.write(profile, provider.capabilities())?;
            count += 1;
        }
    }
    // Nobody is an empty document, and no table without rows.
    if count > 0 || global.output != Format::Table {
        writer.finish()?;
    }
    Ok(match told(global, &session, &accounts) {
        // It was told, and is there.
        Exit::Complete if writer.left_out() > 0 => Exit::Partial,
        Exit::Complete if count == 0 => Exit::NotFound,
        Exit::Complete => Exit::Complete,
        exit if count == 0 => exit,
        _ => Exit::Partial,
    })
}

/// Says what each account was asked and which failed, and gives the exit code of that.
pub(super) fn told(global: &Global, session: &Session, accounts: &[AccountFound]) -> Exit {
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
    // Whoever was not read may be who was looked for.
    if accounts.iter().all(AccountFound::is_complete) { exit } else { exit.unless_complete() }
}

/// What each account was asked, and what it took.
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
                    _ => "not known to this service",
                };
                format!("{} {how}: {}", key.path(), found.profiles.len())
            })
            .collect();
        let unanswered =
            if account.error.is_none() && !account.is_answerable() { "; COULD NOT BE ASKED" } else { "" };
        let failed = match (&account.error, account.found.is_empty()) {
            // It was asked, and what it answered says nothing.
            (Some(error), _) if error.kind() == ErrorKind::Decode => {
                format!("; NO USABLE ANSWER ({})", error.kind())
            }
            (Some(error), true) => format!("; NOT ASKED ({})", error.kind()),
            (Some(error), false) => format!("; NOT ASKED any further ({})", error.kind()),
            (None, _) if !account.is_complete() => "; NOT EVERYBODY COULD BE READ".to_owned(),
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
    let asked = counted(accounts.len() as u64, "account", "accounts");
    let unasked = if failed > 0 { format!(", of which {failed} gave no response,") } else { String::new() };
    say!("{found} found at {asked}{unasked} with {}", counted(requests, "request", "requests"));
}
