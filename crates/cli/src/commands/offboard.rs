//! `anyprofile offboard`

use std::{
    collections::{BTreeSet, HashSet},
    path::PathBuf,
};

use anyprofile::{
    AccountFound, ListQuery, ProfileId, ProfileProviderExt as _, Timestamp,
    person::{Mapping, PersonLinker, Strength},
    review::sealed,
    snapshot::Snapshot,
    writing::{RemainderKind, Remains, WriteOutcome},
};
use anyprofile_terminal::printable;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::{
    find, persons,
    selected::{self, SelectedAction},
    source::Source,
};
use crate::{
    args::{Global, OffboardArguments, Selected, Whom},
    exit::{Exit, Failure},
    files::{check_writable, failure, write_whole},
    session::Session,
    summary::counted,
    writes::Outcomes,
};

/// Deactivates a person everywhere, and says what remains.
pub(crate) async fn run(global: &Global, arguments: OffboardArguments) -> Result<Exit, Failure> {
    let started = Timestamp::now();
    let mapping = persons::mapping(arguments.mapping.as_deref())?;
    if arguments.person.trim().is_empty() {
        return Err(Failure::Usage(
            "name the person: an e-mail address, a user name, or the id of a profile".to_owned(),
        ));
    }
    if let Some(file) = &arguments.evidence {
        check_writable(file).map_err(|error| failure(file, &error))?;
        if file.metadata().is_ok_and(|it| it.len() > 0) {
            let why = "it exists, and evidence replaces nothing; name another file";
            return Err(Failure::Usage(format!("{}: {why}", file.display())));
        }
    }
    let session = Session::start(global).await?;
    let person = Found::search(global, &session, &arguments.person, mapping).await?;
    let mut evidence = Evidence::new(global, &session, &arguments, &person, started);
    if person.ids.is_empty() {
        evidence.write()?;
        return Ok(person.exit);
    }
    let before = session.directory.remains(&person.ids).await;
    say!("before:");
    tell(&before);
    evidence.document["before"] = json!(before);
    if person.count > 1 {
        let count = person.count;
        say!(
            "warning: nothing links these profiles to one person: they are {count} persons by what is known of them"
        );
        let why = format!(
            "{count} persons were found; name one of their profiles, link them with --mapping, or add --allow-several"
        );
        match &arguments.confirm {
            _ if arguments.allow_several => {}
            confirm if confirm.dry_run => say!("note: --yes would be refused: {why}"),
            confirm if confirm.yes => {
                evidence.document["refused"] = json!(why);
                evidence.write()?;
                return Err(Failure::Usage(format!("nothing was written: {why}")));
            }
            _ => {}
        }
    }
    // What was there is kept also if this run does not come to its end.
    if !arguments.confirm.dry_run {
        evidence.write()?;
    }
    let whom = Whom {
        ids: Vec::new(),
        find: Some(arguments.person.clone()),
        // Several profiles of one account are of several people, unless somebody has linked them.
        allow_several: arguments.allow_several || person.count == 1,
        allow_own_profile: arguments.allow_own_profile,
        allow_last_owner: arguments.allow_last_owner,
        is_of_file: true,
    };
    let is_dry_run = arguments.confirm.dry_run;
    let selected = Selected { whom, confirm: arguments.confirm };
    let mut outcomes = Vec::new();
    let record = |ended: &Outcomes| {
        let outcome = |(id, outcome): &(String, WriteOutcome)| json!({"id": id, "state": outcome.word(), "outcome": outcome.in_full()});
        outcomes.extend(ended.iter().map(outcome));
    };
    let chosen = (person.ids.clone(), person.exit);
    let exit =
        selected::write_each(global, &session, chosen, &selected, SelectedAction::Deactivate, record).await?;
    if is_dry_run {
        evidence.tell_of_nothing();
        return Ok(exit);
    }
    let after = session.directory.remains(&person.ids).await;
    say!("after:");
    tell(&after);
    evidence.document["outcomes"] = json!(outcomes);
    evidence.document["after"] = json!(after);
    evidence.write()?;
    let still = still_there(&after);
    if still > 0 {
        say!("warning: {} may still act", counted(still, "profile", "profiles"));
    }
    let keys = after.found.iter().filter(|it| {
        matches!(it.kind, RemainderKind::Credential | RemainderKind::Membership | RemainderKind::Ownership)
    });
    let keys = keys.count() as u64;
    if keys > 0 {
        say!(
            "warning: {} still there; `anyprofile delete` ends a membership, and the service's own pages the others",
            counted(
                keys,
                "membership, token or service user is",
                "memberships, tokens and service users are"
            )
        );
    }
    let left = (still + keys > 0).then_some(Exit::Partial);
    Ok(Exit::of_all(std::iter::once(exit).chain(left)))
}

/// The evidence file, if one is wanted.
struct Evidence {
    file: Option<PathBuf>,
    document: Value,
}

impl Evidence {
    fn new(
        global: &Global,
        session: &Session,
        arguments: &OffboardArguments,
        person: &Found,
        started: Timestamp,
    ) -> Self {
        let document = json!({
            "format": "anyprofile.offboarding",
            "version": 1,
            "tool": { "name": global.program.name(), "version": global.program.version() },
            "person": arguments.person,
            "started": started,
            "ended": null,
            "searches": person.searches,
            "gaps": person.gaps,
            "unusable_accounts": session.unusable.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "profiles": person.ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "persons": person.count,
            "owned": person.owned.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "may_be_theirs": person.undecided.iter().map(|(id, reason)| json!({"profile": id.to_string(), "reason": reason})).collect::<Vec<_>>(),
            "before": null,
            "outcomes": [],
            "after": null,
        });
        Self { file: arguments.evidence.clone(), document }
    }

    fn write(&mut self) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        self.document["ended"] = json!(Timestamp::now());
        write_whole(file, sealed("evidence", &self.document)?.as_bytes())?;
        say!("the evidence is in {}", file.display());
        Ok(())
    }

    /// Says that a run without writes leaves no evidence.
    fn tell_of_nothing(&self) {
        if let Some(file) = &self.file {
            say!("{}: not written, since this was a dry run", file.display());
        }
    }
}

/// The profiles of a person at all accounts.
struct Found {
    ids: Vec<ProfileId>,
    /// How many persons they are, by what links them.
    count: usize,
    /// Service users that they own, which are not deactivated here.
    owned: Vec<ProfileId>,
    /// What may be theirs, and is not linked, and why not.
    undecided: Vec<(ProfileId, &'static str)>,
    searches: Vec<Value>,
    gaps: Vec<String>,
    exit: Exit,
}

impl Found {
    /// Searches for the key at every account, and then lists everybody: what links profiles is told from all of them, since a key that two
    /// people have links nobody.
    async fn search(
        global: &Global,
        session: &Session,
        key: &str,
        mapping: Mapping,
    ) -> Result<Self, Failure> {
        let named: Option<ProfileId> = key.trim().parse().ok();
        // An id is read from its account, and is no key to search others for.
        let (accounts, of_search, read) = if let Some(id) = &named {
            (Vec::new(), Exit::Complete, Some(session.provider_of(id)?.get(id).await?))
        } else {
            let accounts = find::search(global, session, key).await;
            let exit = find::report_accounts(global, session, &accounts);
            (accounts, exit, None)
        };
        let mut linker = PersonLinker::new().with_mapping(mapping);
        let (mut meant, mut is_listed): (Vec<ProfileId>, HashSet<ProfileId>) = (Vec::new(), HashSet::new());
        let source = Source::live(global, session, ListQuery::new()).await?;
        let mut profiles = source.snapshot.read();
        while let Some(profile) = profiles.try_next().await? {
            linker.add(&profile);
            if profile.has_email(key.trim()) {
                meant.push(profile.id.clone());
            }
            is_listed.insert(profile.id);
        }
        for profile in accounts.iter().flat_map(AccountFound::profiles).chain(&read) {
            if !meant.iter().any(|id| id.is_same_as(&profile.id)) {
                meant.push(profile.id.clone());
            }
            // A listing need not show everybody who can be found.
            if is_listed.insert(profile.id.clone()) {
                linker.add(profile);
            }
        }
        let persons = linker.link();
        let theirs = persons.persons().iter().filter(|it| it.profiles.iter().any(|id| meant.contains(id)));
        let theirs: Vec<_> = theirs.collect();
        let (mut ids, mut undecided, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        for person in &theirs {
            let (named, others): (Vec<_>, Vec<_>) = person.profiles.iter().partition(|id| meant.contains(id));
            for id in others {
                // An external id of another system may be that of somebody else.
                let strengths = named.iter().filter_map(|meant| person.strength_between(meant, id));
                match strengths.max() {
                    None | Some(Strength::Weak) => undecided.push((id.clone(), "weak_link")),
                    Some(_) => ids.push(id.clone()),
                }
            }
            ids.extend(named.into_iter().cloned());
            owned.extend(person.owns.iter().cloned());
        }
        // A service user is no person, and may be meant.
        let others: Vec<_> = meant.iter().filter(|id| !ids.contains(id)).cloned().collect();
        let count = theirs.len() + others.len();
        owned.retain(|id| !others.contains(id));
        ids.extend(others);
        for person in &theirs {
            for link in &person.links {
                say!("{}  linked to {} by {} ({})", link.other, link.one, link.rule, link.strength);
            }
        }
        for ambiguity in
            persons.ambiguities().iter().filter(|it| it.profiles.iter().any(|id| ids.contains(id)))
        {
            let others = ambiguity.profiles.iter().filter(|id| !ids.contains(id)).cloned();
            undecided.extend(others.map(|id| (id, ambiguity.reason.as_str())));
        }
        // A service user with the address of a person is linked to nobody, and may be theirs all the same.
        let addresses = addresses_of(&source.snapshot, &ids).await?;
        let mut profiles = source.snapshot.read();
        while let Some(profile) = profiles.try_next().await? {
            let is_known = ids.contains(&profile.id) || undecided.iter().any(|(id, _)| *id == profile.id);
            let is_like = |address: &String| {
                let is_name = |name: &String| name.eq_ignore_ascii_case(address);
                profile.has_email(address) || profile.username.is_known_and(is_name)
            };
            let is_known = is_known || owned.contains(&profile.id);
            if !is_known && addresses.iter().any(is_like) {
                undecided.push((profile.id, "same_address"));
            }
        }
        drop(profiles);
        for (id, reason) in &undecided {
            say!("warning: {id} may be theirs, and is not linked ({reason}); --mapping decides it");
        }
        for id in &owned {
            say!("warning: they own {id}, which is not deactivated here");
        }
        let manifest = source.snapshot.manifest();
        let gaps: Vec<_> =
            manifest.gaps().into_iter().map(|(account, gap)| format!("{account}: {gap}")).collect();
        for gap in &gaps {
            say!("warning: {gap}");
        }
        let is_open = !manifest.complete || !undecided.is_empty() || !owned.is_empty();
        let listed = if is_open { source.exit.unless_complete() } else { source.exit };
        let is_nobody = ids.is_empty() && of_search == Exit::Complete && listed == Exit::Complete;
        let exit = if is_nobody { find::nobody(&accounts) } else { of_search.and(listed) };
        let searches = accounts.iter().map(|account| search_document(key, account)).collect();
        Ok(Self { ids, count, owned, undecided, searches, gaps, exit })
    }
}

/// Returns the addresses of some profiles of a snapshot.
async fn addresses_of(snapshot: &Snapshot, ids: &[ProfileId]) -> Result<Vec<String>, Failure> {
    let mut addresses = Vec::new();
    let mut profiles = snapshot.read();
    while let Some(profile) = profiles.try_next().await? {
        if ids.contains(&profile.id) {
            addresses
                .extend(profile.emails.items().iter().filter_map(|email| email.address.value().cloned()));
        }
    }
    Ok(addresses)
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
