//! `anyprofile review`

mod shown;

pub(super) use self::shown::cut;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyprofile::{
    Timestamp,
    review::{
        DecisionKind, Decisions, Finding, FindingState, Policy, Review, ReviewError, ReviewOptions, Roster,
        Severity,
    },
};
use anyprofile_terminal::printable;

use super::{
    export::resolved,
    persons,
    selected::{self, SelectedAction},
    verify,
};
use crate::{
    args::{ApplyDecisions, Format, Global, ReviewArguments, ReviewCommand, ReviewRun, Selected, Whom},
    exit::{Exit, Failure},
    files::{self, check_writable, write_whole},
    interrupt,
    output::print_line,
    progress::Progress,
    summary::counted,
};

impl From<ReviewError> for Failure {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Snapshot(error) => error.into(),
            ReviewError::Document(why) => Self::Output(std::io::Error::other(why)),
            other => Self::Usage(other.to_string()),
        }
    }
}

/// Reviews everybody, or does what the subcommand says.
pub(crate) async fn run(global: &Global, arguments: ReviewArguments) -> Result<Exit, Failure> {
    match arguments.command {
        None => review(global, arguments.review).await,
        Some(ReviewCommand::Policy) => {
            print_line(Policy::suggested_text().trim_end())?;
            Ok(Exit::Complete)
        }
        Some(ReviewCommand::Apply(apply)) => apply_decisions(global, apply).await,
    }
}

async fn review(global: &Global, arguments: ReviewRun) -> Result<Exit, Failure> {
    check_outputs(&arguments)?;
    let Some(every) = arguments.watch else {
        let run = once(global, &arguments, &BTreeSet::new()).await?;
        return Ok(run.exit);
    };
    if matches!(global.output, Format::Json | Format::Csv) {
        return Err(Failure::Usage("--watch prints again and again; use -o ndjson, or a table".to_owned()));
    }
    let mut interrupted = std::pin::pin!(interrupt::signalled());
    let mut known = BTreeSet::new();
    loop {
        let mut run = once(global, &arguments, &known).await?;
        // While somebody may be missing, nothing is over: a finding may be about who is missing, or about all.
        let gone = if run.is_whole { known.difference(&run.found).count() as u64 } else { 0 };
        if !run.is_whole {
            run.found.extend(known);
        }
        if gone > 0 && !global.quiet {
            say!("{} no longer", counted(gone, "finding is found", "findings are found"));
        }
        known = run.found;
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = &mut interrupted => return Ok(run.exit),
        }
    }
}

/// Checks that every file can be written, before anybody is asked, and that no two of them are one.
fn check_outputs(arguments: &ReviewRun) -> Result<(), Failure> {
    let inputs = [&arguments.policy, &arguments.roster, &arguments.from.mapping].into_iter().flatten();
    let snapshots = [&arguments.from.snapshot, &arguments.since].into_iter().flatten().map(PathBuf::from);
    let mut taken: Vec<PathBuf> = inputs.cloned().chain(snapshots).map(|file| resolved(&file)).collect();
    let files = [&arguments.html, &arguments.sarif, &arguments.junit, &arguments.headline];
    for file in files.into_iter().flatten() {
        check_writable(file).map_err(|error| files::failure(file, &error))?;
        let folder = files::folder_of(file);
        if !folder.is_dir() {
            return Err(Failure::Usage(format!("{}: its directory does not exist", file.display())));
        }
        let file_itself = resolved(file);
        if taken.contains(&file_itself) {
            let why = "it is read or written as something else in this run; name another file";
            return Err(Failure::Usage(format!("{}: {why}", file.display())));
        }
        taken.push(file_itself);
    }
    Ok(())
}

/// One review of a series.
struct ReviewedOnce {
    exit: Exit,
    /// What tells each finding from the others.
    found: BTreeSet<String>,
    /// Whether everybody was read.
    is_whole: bool,
}

/// Reviews everybody once. Findings that are known already are not printed again, and are in every file.
async fn once(
    global: &Global,
    arguments: &ReviewRun,
    known: &BTreeSet<String>,
) -> Result<ReviewedOnce, Failure> {
    // Everything that can be wrong with a file is told before anybody is asked.
    let policy = match &arguments.policy {
        Some(file) => Policy::from_toml(&read(file)?).map_err(|error| in_file(file, &error))?,
        None => Policy::suggested()?,
    };
    let options = options(global, arguments, policy)?;
    let since = match &arguments.since {
        Some(name) => Some(verify::open(name).await?),
        None => None,
    };
    let source = persons::source(global, &arguments.from).await?;
    let progress = Progress::waiting(global, "reviewing".to_owned());
    let mut review = Review::of(&source.snapshot, &options).await?;
    if let Some(since) = &since {
        review.compare(since, &source.snapshot).await?;
    }
    drop(progress);
    let headline = shown::headline(&review);
    write_artifacts(global, arguments, &review, &headline)?;
    let is_new = |finding: &&Finding| keys(finding).iter().any(|key| !known.contains(key));
    let new: Vec<_> = review.findings().iter().filter(is_new).collect();
    shown::print(global.output, &new, &review)?;
    if !global.quiet {
        shown::tell(&review);
        say!("{headline}");
    }
    let exit = exit_of(arguments, &review, source.exit);
    let is_whole = review.manifest().complete && source.exit == Exit::Complete;
    Ok(ReviewedOnce { exit, found: review.findings().iter().flat_map(keys).collect(), is_whole })
}

/// Returns what tells a finding from others: the rule, whether it is known, and each profile. The words may count days.
fn keys(finding: &Finding) -> Vec<String> {
    let account = finding.account.as_deref().unwrap_or_default();
    let key = |whom: &dyn std::fmt::Display| format!("{} {} {account} {whom}", finding.rule, finding.state);
    match &*finding.profiles {
        [] => vec![key(&"")],
        profiles => profiles.iter().map(|id| key(id)).collect(),
    }
}

fn exit_of(arguments: &ReviewRun, review: &Review, of_source: Exit) -> Exit {
    let is_over = |state: FindingState, limit: Option<Severity>| {
        review.worst(state).zip(limit).is_some_and(|(worst, limit)| worst >= limit)
    };
    if is_over(FindingState::Violated, arguments.fail_on)
        || is_over(FindingState::NotKnown, arguments.fail_on_not_known)
    {
        Exit::Differences
    } else if review.manifest().complete {
        of_source
    } else {
        of_source.unless_complete()
    }
}

/// Reads the files that say what is compared with what.
fn options(global: &Global, arguments: &ReviewRun, policy: Policy) -> Result<ReviewOptions, Failure> {
    let mut options = ReviewOptions::new(policy)
        .with_mapping(persons::mapping(arguments.from.mapping.as_deref())?)
        .with_now(arguments.now.unwrap_or_else(Timestamp::now));
    if let Some(roster) = roster(arguments)? {
        if !global.quiet {
            shown::tell_of_roster(&roster);
        }
        options = options.with_roster(roster);
    }
    Ok(if arguments.html.is_some() { options.with_profiles() } else { options })
}

fn read(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| files::failure(file, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::Usage(format!("{}: it is not UTF-8; save it as UTF-8 (Excel: CSV UTF-8)", file.display()))
    })
}

fn in_file(file: &Path, error: &ReviewError) -> Failure {
    Failure::Usage(format!("{}: {error}", file.display()))
}

/// Reads the people who should be there.
fn roster(arguments: &ReviewRun) -> Result<Option<Roster>, Failure> {
    if let Some(account) = &arguments.roster_account {
        return Ok(Some(Roster::of_account(account)));
    }
    let Some(file) = &arguments.roster else { return Ok(None) };
    let text = read(file)?;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('[') {
        return Err(Failure::Usage(format!(
            "{}: a roster in JSON has an object a line, and no list",
            file.display()
        )));
    }
    let is_json = start.starts_with('{');
    let roster = if is_json { Roster::from_ndjson(&text) } else { Roster::from_csv(&text) };
    roster.map(Some).map_err(|error| in_file(file, &error))
}

/// Writes the files that were asked for.
fn write_artifacts(
    global: &Global,
    arguments: &ReviewRun,
    review: &Review,
    headline: &str,
) -> Result<(), Failure> {
    if let Some(file) = &arguments.html {
        let mut page = Vec::new();
        review.write_page(&mut page)?;
        write_whole(file, &page)?;
    }
    if let Some(file) = &arguments.sarif {
        let tool = (global.program.name(), global.program.version());
        let policy_file = arguments.policy.as_ref().map(|file| file.to_string_lossy());
        let sarif = review.sarif(tool, policy_file.as_deref());
        write_whole(file, format!("{}\n", serde_json::to_string_pretty(&sarif)?).as_bytes())?;
    }
    if let Some(file) = &arguments.junit {
        write_whole(file, review.junit()?.as_bytes())?;
    }
    if let Some(file) = &arguments.headline {
        write_whole(file, format!("{headline}\n").as_bytes())?;
    }
    Ok(())
}

/// After how many days a decision is old enough to be said.
const OLD: u64 = 30;

/// Carries out what reviewers decided.
async fn apply_decisions(global: &Global, apply: ApplyDecisions) -> Result<Exit, Failure> {
    let file = &apply.decisions;
    let decisions = Decisions::read(&read(file)?).map_err(|error| in_file(file, &error))?;
    if let Some(name) = &apply.snapshot {
        let snapshot = verify::open(name).await?;
        if snapshot.manifest().seal != decisions.seal {
            let why = "the decisions are about another snapshot: its seal differs; nothing was written";
            return Err(Failure::Usage(format!("{}: {why}", file.display())));
        }
    }
    let count = |kind| decisions.of(kind).count();
    let reviewer = decisions.reviewer.trim();
    say!(
        "{} decided by {} on {}: {} to keep, {} to remove, {} to change, {} to ask about",
        counted(decisions.decisions.len() as u64, "profile", "profiles"),
        if reviewer.is_empty() { "nobody who gave a name".into() } else { printable(reviewer) },
        decisions.decided,
        count(DecisionKind::Keep),
        count(DecisionKind::Remove),
        count(DecisionKind::Change),
        count(DecisionKind::Ask)
    );
    let age =
        Timestamp::now().unix_seconds().saturating_sub(decisions.decided.unix_seconds()) / (24 * 60 * 60);
    if u64::try_from(age).is_ok_and(|age| age > OLD) {
        say!("warning: that was {age} days ago; who has access may have changed since");
    }
    let hints = [
        (DecisionKind::Change, "is to be changed by hand"),
        (DecisionKind::Ask, "is to be asked about"),
        (DecisionKind::Remove, "is to be removed"),
    ];
    for (kind, what) in hints {
        for decision in decisions.of(kind) {
            say!("{}  {what}: {}", decision.id, printable(&decision.reason));
        }
    }
    let ids: Vec<_> = decisions.of(DecisionKind::Remove).map(|decision| decision.id.to_string()).collect();
    if ids.is_empty() {
        say!("nobody is to be removed: nothing was written");
        return Ok(Exit::Complete);
    }
    let whom = Whom {
        ids,
        find: None,
        allow_several: false,
        allow_own_profile: apply.allow_own_profile,
        allow_last_owner: apply.allow_last_owner,
        is_of_file: true,
    };
    selected::run(global, Selected { whom, confirm: apply.confirm }, SelectedAction::Deactivate).await
}
