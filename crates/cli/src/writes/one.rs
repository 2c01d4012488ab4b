//! One plan, executed; what became of it is the output.

use std::time::SystemTime;

use anyprofile::{Error, Executed, FieldPath, Plan, ProfileProvider, Timestamp, Write};
use serde_json::json;

use super::{Ended, Shown, confirmed, execute, in_words, look};
use crate::{
    args::{Confirm, Format, Global},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::{print_line, print_one, printable},
};

/// Shows a plan, asks, executes it, and prints what the service shows then.
pub(crate) async fn write_one(
    global: &Global,
    confirm: &Confirm,
    provider: &dyn ProfileProvider,
    plan: &Plan,
) -> Result<Exit, Failure> {
    let shown = Shown { plan, capabilities: provider.capabilities() };
    if confirm.dry_run {
        // Where a link is printed, nothing else is.
        if matches!(plan.write(), Write::Enroll { .. }) {
            diagnostics::say_lines(&shown.text());
        } else {
            shown.print(global.output)?;
        }
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !(global.quiet && confirm.yes) {
        diagnostics::say_lines(&shown.text());
    }
    if plan.is_settled() {
        return Ok(Exit::Complete);
    }
    if !confirmed(confirm)? {
        return Ok(Exit::Usage);
    }
    let sent = Timestamp::try_from(SystemTime::now()).ok();
    let interrupt = Interrupt::listen();
    match execute(provider, plan, &interrupt).await {
        Ended::NotBegun => {
            say!("nothing was written");
            Ok(Exit::Partial)
        }
        Ended::With(Ok(executed)) => report(global, provider, plan, &executed, &interrupt),
        Ended::With(Err(error)) if !error.may_have_taken_effect() => {
            Ok(interrupt.exit(Failure::from(error).report()))
        }
        unanswered => {
            let error = unanswered.error();
            error.into_iter().for_each(diagnostics::error);
            let exit = looked(provider, plan.write(), error, sent, &interrupt).await;
            Ok(interrupt.exit(exit))
        }
    }
}

/// What became of a write without an answer, as far as the service shows it.
async fn looked(
    provider: &dyn ProfileProvider,
    write: &Write,
    error: Option<&Error>,
    sent: Option<Timestamp>,
    interrupt: &Interrupt,
) -> Exit {
    let otherwise = error.map_or(Exit::Partial, Exit::of);
    match (write, sent) {
        (Write::Create { draft }, Some(sent)) => {
            let exit = interrupt.look(look::look_for(provider, draft, sent, otherwise)).await;
            if exit.is_none() {
                say!(
                    "look for it before it is created again: `anyprofile find`, or the newest profiles of the account"
                );
            }
            exit.unwrap_or(otherwise)
        }
        (Write::Update { .. }, _) => {
            let exit = interrupt.look(look::look_again(provider, write, error, otherwise)).await;
            exit.unwrap_or(Exit::Partial)
        }
        _ => otherwise,
    }
}

/// Prints what was made, and says what the service shows otherwise than it was written.
fn report(
    global: &Global,
    provider: &dyn ProfileProvider,
    plan: &Plan,
    executed: &Executed,
    interrupt: &Interrupt,
) -> Result<Exit, Failure> {
    if let Write::Enroll { id } = plan.write() {
        return report_link(global, &id.to_string(), executed, interrupt);
    }
    let done = if matches!(plan.write(), Write::Create { .. }) { "created" } else { "written" };
    let Some(profile) = &executed.profile else {
        say!("it was {done}, and the service does not show it");
        return Ok(interrupt.exit(Exit::Partial));
    };
    let id = plan.write().id().unwrap_or(&profile.id);
    let printed = print_one(global.output, profile, &[], provider.capabilities());
    let exit = interrupt.exit(after_write(printed, || format!("it was {done}: {id}"))?);
    if interrupt.is_raised() {
        say!("it was {done}: {id}");
    }
    if !executed.ignored.is_empty() {
        let shown = |path: &FieldPath| {
            let value = profile.value(path).map_or_else(|| "(none)".to_owned(), |value| in_words(&value));
            format!("{path} ({})", printable(&value))
        };
        let ignored: Vec<_> = executed.ignored.iter().map(shown).collect();
        let accepted = if done == "created" { "made the profile" } else { "accepted the change" };
        say!("warning: the service {accepted} and shows something else for: {}", ignored.join(", "));
        return Ok(Exit::Partial);
    }
    if done == "written" && !executed.unshown.is_empty() {
        let unshown: Vec<_> = executed.unshown.iter().map(FieldPath::as_str).collect();
        say!("accepted; the service does not show: {}", unshown.join(", "));
    } else if done == "written" && !global.quiet {
        say!("written, and the service shows it so");
    }
    Ok(exit)
}

/// Prints a link, and nothing else, on standard output: it is a credential, and nowhere else.
fn report_link(
    global: &Global,
    id: &str,
    executed: &Executed,
    interrupt: &Interrupt,
) -> Result<Exit, Failure> {
    let Some(enrollment) = &executed.enrollment else {
        say!("the service accepted it, and gave no link");
        return Ok(Exit::Partial);
    };
    let printed = match global.output {
        Format::Table | Format::Csv => print_line(enrollment.url.expose()),
        Format::Json | Format::Ndjson => {
            let document = json!({"url": enrollment.url.expose(), "expires_at": enrollment.expires_at});
            print_line(&document.to_string())
        }
    };
    let exit = after_write(printed, || {
        format!("a link was made for {id}, and could not be printed: make another one")
    })?;
    if !global.quiet {
        let until = enrollment.expires_at.map_or_else(String::new, |time| format!(" until {time}"));
        say!("the link is a credential: whoever holds it can enroll{until}");
    }
    Ok(if interrupt.is_raised() { exit.unless_complete() } else { exit })
}
