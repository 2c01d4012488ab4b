//! `anyprofile review`

mod shown;

use std::{collections::HashSet, fs, path::Path};

use anyprofile::{
    Timestamp,
    review::{
        DecisionKind, Decisions, Finding, FindingState, Policy, Review, ReviewError, ReviewOptions, Roster,
        Severity,
    },
};

use super::{
    persons,
    selected::{self, SelectedAction},
    verify,
};
use crate::{
    args::{ApplyDecisions, Format, Global, ReviewArguments, ReviewCommand, ReviewRun, Selected, Whom},
    exit::{Exit, Failure},
    files::{self, write_whole},
    interrupt,
    output::print_line,
    printable::printable,
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
    let Some(every) = arguments.watch else {
        let run = once(global, &arguments, &HashSet::new()).await?;
        return Ok(run.exit);
    };
    if global.output == Format::Json {
        return Err(Failure::Usage("--watch prints more than one document; use -o ndjson".to_owned()));
    }
    let mut interrupted = std::pin::pin!(interrupt::signalled());
    let mut known = HashSet::new();
    loop {
        let run = once(global, &arguments, &known).await?;
        if !global.quiet {
            let gone = known.difference(&run.found).count() as u64;
            if gone > 0 {
                say!("{} found no longer", counted(gone, "finding is", "findings are"));
            }
        }
        known = run.found;
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = &mut interrupted => return Ok(run.exit),
        }
    }
}

/// One review of a series.
struct ReviewedOnce {
    exit: Exit,
    /// What tells each finding from the others.
    found: HashSet<String>,
}

/// Reviews everybody once. Findings that are known already are not printed again, and are in every file.
async fn once(
    global: &Global,
    arguments: &ReviewRun,
    known: &HashSet<String>,
) -> Result<ReviewedOnce, Failure> {
    // Everything that can be wrong with a file is told before anybody is asked.
    let policy = match &arguments.policy {
        Some(file) => Policy::from_toml(&read(file)?).map_err(|error| in_file(file, &error))?,
        None => Policy::suggested()?,
    };
    let options = options(global, arguments, policy.clone())?;
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
    let is_new = |finding: &&Finding| !known.contains(&key(finding));
    shown::print(global.output, &review.findings().iter().filter(is_new).collect::<Vec<_>>())?;
    let headline = shown::headline(&review);
    write_artifacts(global, arguments, &policy, &review, &headline)?;
    if !global.quiet {
        shown::tell(&review);
        say!("{headline}");
    }
    let exit = exit_of(arguments, &review, source.exit);
    Ok(ReviewedOnce { exit, found: review.findings().iter().map(key).collect() })
}

/// Returns what tells a finding from others: the rule, whom it is about, and whether it is known. The words may count days.
fn key(finding: &Finding) -> String {
    let profiles: Vec<_> = finding.profiles.iter().map(ToString::to_string).collect();
    let account = finding.account.as_deref().unwrap_or_default();
    format!("{} {} {account} {}", finding.rule, finding.state, profiles.join(" "))
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
    fs::read_to_string(file).map_err(|error| files::failure(file, &error))
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
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let roster = if is_json { Roster::from_ndjson(&text) } else { Roster::from_csv(&text) };
    roster.map(Some).map_err(|error| in_file(file, &error))
}

/// Writes the files that were asked for.
fn write_artifacts(
    global: &Global,
    arguments: &ReviewRun,
    policy: &Policy,
    review: &Review,
    headline: &str,
) -> Result<(), Failure> {
    if let Some(file) = &arguments.html {
        write_whole(file, review.page()?.as_bytes())?;
    }
    if let Some(file) = &arguments.sarif {
        let tool = (global.program.name(), global.program.version());
        let policy_file = arguments.policy.as_ref().map(|file| file.to_string_lossy());
        let sarif = review.sarif(policy, tool, policy_file.as_deref());
        write_whole(file, format!("{}\n", serde_json::to_string_pretty(&sarif)?).as_bytes())?;
    }
    if let Some(file) = &arguments.junit {
        write_whole(file, review.junit(policy)?.as_bytes())?;
    }
    if let Some(file) = &arguments.headline {
        write_whole(file, format!("{headline}\n").as_bytes())?;
    }
    Ok(())
}

/// Carries out what reviewers decided.
async fn apply_decisions(global: &Global, apply: ApplyDecisions) -> Result<Exit, Failure> {
    let file = &apply.decisions;
    let decisions = Decisions::read(&read(file)?).map_err(|error| in_file(file, &error))?;
    let count = |kind| decisions.of(kind).count();
    say!(
        "{} decided by {} on {}: {} to keep, {} to remove, {} to change, {} to ask about",
        counted(decisions.decisions.len() as u64, "profile", "profiles"),
        if decisions.reviewer.trim().is_empty() { "nobody who gave a name" } else { &*decisions.reviewer },
        decisions.decided,
        count(DecisionKind::Keep),
        count(DecisionKind::Remove),
        count(DecisionKind::Change),
        count(DecisionKind::Ask)
    );
    for decision in decisions.of(DecisionKind::Change) {
        say!("note: {} is to be changed by hand: {}", decision.id, printable(&decision.reason));
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
