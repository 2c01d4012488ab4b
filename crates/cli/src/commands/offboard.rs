//! `anyprofile offboard`

use std::collections::BTreeSet;

use anyprofile::{
    AccountFound, Profile, ProfileId, Timestamp,
    review::sealed,
    writing::{RemainderKind, Remains},
};
use serde_json::{Value, json};

use super::{
    find,
    selected::{self, SelectedAction},
};
use crate::{
    args::{Global, OffboardArguments, Selected, Whom},
    exit::{Exit, Failure},
    files::{check_writable, failure, write_whole},
    printable::printable,
    session::Session,
    summary::counted,
};

/// How many further addresses of a person are asked for.
const MOST_ADDRESSES: usize = 10;

/// Deactivates a person everywhere, and says what remains.
pub(crate) async fn run(global: &Global, arguments: OffboardArguments) -> Result<Exit, Failure> {
    let started = Timestamp::now();
    if let Some(file) = &arguments.evidence {
        check_writable(file).map_err(|error| failure(file, &error))?;
    }
    let session = Session::start(global).await?;
    let (profiles, searches, found) = everywhere(global, &session, &arguments.person).await?;
    if profiles.is_empty() {
        return Ok(found);
    }
    let ids: Vec<ProfileId> = profiles.iter().map(|profile| profile.id.clone()).collect();
    let before = session.directory.remains(&ids).await;
    say!("before:");
    tell(&before);
    let is_dry_run = arguments.confirm.dry_run;
    let whom = Whom {
        ids: Vec::new(),
        find: Some(arguments.person.clone()),
        allow_several: arguments.allow_several,
        allow_own_profile: arguments.allow_own_profile,
        allow_last_owner: arguments.allow_last_owner,
        is_of_file: false,
    };
    let selected = Selected { whom, confirm: arguments.confirm };
    let mut outcomes = Vec::new();
    let record = |ended: &crate::writes::Outcomes| {
        let outcome = |(id, outcome): &(String, anyprofile::writing::WriteOutcome)| json!({"id": id, "state": outcome.word(), "outcome": outcome.in_full()});
        outcomes.extend(ended.iter().map(outcome));
    };
    let chosen = (ids.clone(), found);
    let exit =
        selected::write_each(global, &session, chosen, &selected, SelectedAction::Deactivate, record).await?;
    if is_dry_run || outcomes.is_empty() {
        return Ok(exit);
    }
    let after = session.directory.remains(&ids).await;
    say!("after:");
    tell(&after);
    if let Some(file) = &arguments.evidence {
        let evidence = json!({
            "format": "anyprofile.offboarding",
            "version": 1,
            "tool": { "name": global.program.name(), "version": global.program.version() },
            "person": arguments.person,
            "started": started,
            "ended": Timestamp::now(),
            "accounts": searches,
            "unusable_accounts": session.unusable.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "profiles": profiles.iter().map(|it| json!({"id": it.id.to_string(), "name": it.label()})).collect::<Vec<_>>(),
            "before": before,
            "outcomes": outcomes,
            "after": after,
        });
        write_whole(file, sealed("evidence", &evidence)?.as_bytes())?;
        say!("the evidence is in {}", file.display());
    }
    let still = still_there(&after);
    if still > 0 {
        say!("warning: {} may still act", counted(still, "profile", "profiles"));
    }
    let left = (still > 0).then_some(Exit::Partial);
    Ok(Exit::of_all(std::iter::once(exit).chain(left)))
}

/// Finds a person by the key, and by every further address that the profiles have.
///
/// Returns the profiles, what was asked where, and the exit code of the searches.
async fn everywhere(
    global: &Global,
    session: &Session,
    key: &str,
) -> Result<(Vec<Profile>, Vec<Value>, Exit), Failure> {
    let mut to_search = vec![key.trim().to_owned()];
    let mut asked: BTreeSet<String> = BTreeSet::new();
    let mut profiles: Vec<Profile> = Vec::new();
    let mut searches = Vec::new();
    let mut exit = Exit::Complete;
    while let Some(key) = to_search.pop() {
        if !asked.insert(key.to_lowercase()) {
            continue;
        }
        if asked.len() > MOST_ADDRESSES {
            say!(
                "warning: the person has more than {MOST_ADDRESSES} addresses; the others were not asked for"
            );
            exit = exit.unless_complete();
            break;
        }
        if asked.len() > 1 {
            say!("also searching for a further address of these profiles");
        }
        let accounts = find::search(global, session, &key).await;
        let of_search = find::report_accounts(global, session, &accounts);
        searches.extend(accounts.iter().map(|account| search_document(&key, account)));
        for profile in accounts.iter().flat_map(AccountFound::profiles) {
            if profiles.iter().any(|known| known.id.is_same_as(&profile.id)) {
                continue;
            }
            to_search
                .extend(profile.emails.items().iter().filter_map(|email| email.address.value().cloned()));
            profiles.push(profile.clone());
        }
        let is_nobody = profiles.is_empty() && of_search == Exit::Complete;
        exit = if is_nobody { find::nobody(&accounts) } else { exit.and(of_search) };
    }
    Ok((profiles, searches, exit))
}

fn search_document(key: &str, account: &AccountFound) -> Value {
    json!({
        "account": format!("{}:{}", account.info.service, account.info.account),
        "key": key,
        "found": account.profiles().map(|profile| profile.id.to_string()).collect::<Vec<_>>(),
        "is_known": !account.is_open(),
        "error": account.error.as_ref().map(|error| error.kind().to_string()),
    })
}

/// Prints what somebody has, and what is not known of it.
fn tell(remains: &Remains) {
    for it in &remains.found {
        let what = [it.id.as_deref(), it.name.as_deref().filter(|name| it.id.as_deref() != Some(name))];
        let what = what.into_iter().flatten().collect::<Vec<_>>().join(" ");
        say!("  {}  {}  {}", it.profile, it.kind, printable(&what));
    }
    for it in &remains.not_known {
        let whom = it.profile.as_ref().map_or_else(|| it.account.clone(), ToString::to_string);
        let kind = it.kind.map_or("everything", RemainderKind::as_str);
        say!("  {whom}  {kind}: not known: {}", it.why);
    }
    if remains.found.is_empty() && remains.not_known.is_empty() {
        say!("  nothing");
    }
}

/// Returns how many profiles may still act: those that do, and those of which that is not known.
fn still_there(remains: &Remains) -> u64 {
    let is_access = |kind: Option<RemainderKind>| {
        matches!(kind, None | Some(RemainderKind::Profile | RemainderKind::Invitation))
    };
    let known = remains.found.iter().filter(|it| is_access(Some(it.kind))).map(|it| Some(&it.profile));
    let not_known = remains.not_known.iter().filter(|it| is_access(it.kind)).map(|it| it.profile.as_ref());
    known.chain(not_known).flatten().collect::<BTreeSet<_>>().len() as u64
}
