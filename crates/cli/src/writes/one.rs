//! Executes one plan, and prints its result.

use anyprofile::{Executed, FieldPath, Plan, ProfileProvider, Write, writing::WriteOutcome};
use anyprofile_terminal::printable;
use serde_json::json;

use super::{
    confirm::{confirmed, question},
    execute,
    outcome::exit_of,
    shown::{ShownPlan, in_words},
};
use crate::{
    args::{Confirm, Format, Global},
    diagnostics,
    exit::{Exit, Failure},
    interrupt::Interrupt,
    output::{print_line, print_one},
    report::after_write,
};

/// Shows a plan, asks for confirmation, executes it, and prints the written profile.
pub(crate) async fn write_one(
    global: &Global,
    confirm: &Confirm,
    provider: &dyn ProfileProvider,
    plan: &Plan,
) -> Result<Exit, Failure> {
    let shown = ShownPlan { plan, capabilities: provider.capabilities() };
    if confirm.dry_run {
        // Standard output is only for the link.
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
    let account = &plan.issuer().account;
    if !confirmed(confirm, &question([(plan.write(), account)]))? {
        return Ok(Exit::Usage);
    }
    let interrupt = Interrupt::listen();
    let (outcome, executed) = execute(provider, plan, &interrupt).await;
    match (&outcome, executed) {
        (WriteOutcome::NotTried, _) => {
            say!("nothing was written");
            Ok(Exit::Partial)
        }
        (_, Some(executed)) if executed.error.is_none() => {
            report(global, provider, plan, &executed, &interrupt)
        }
        (_, executed) => {
            if executed.is_some_and(|executed| executed.steps.len() > 1) {
                say!("{outcome}");
            }
            Ok(interrupt.exit(exit_of(&outcome).unwrap_or(Exit::Partial)))
        }
    }
}

/// Prints the written profile, and the fields for which the service shows another value.
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
        say!("warning: the profile was {done}, but the service does not show it");
        return Ok(interrupt.exit(Exit::Partial));
    };
    let id = plan.write().id().unwrap_or(&profile.id);
    let printed = print_one(global.output, profile, &[], provider.capabilities());
    let exit = interrupt.exit(after_write(printed, || format!("the profile was {done}: {id}"))?);
    if interrupt.is_raised() {
        say!("the profile was {done}: {id}");
    }
    if !executed.ignored.is_empty() {
        let shown = |path: &FieldPath| {
            let value = profile.value(path).map_or_else(|| "(none)".to_owned(), |value| in_words(&value));
            format!("{path} ({})", printable(&value))
        };
        let ignored: Vec<_> = executed.ignored.iter().map(shown).collect();
        let accepted = if done == "created" { "created the profile" } else { "accepted the change" };
        say!("warning: the service {accepted}, but shows another value for: {}", ignored.join(", "));
        return Ok(Exit::Partial);
    }
    if !executed.also_changed.is_empty() {
        let changed: Vec<_> = executed.also_changed.iter().map(FieldPath::as_str).collect();
        say!(
            "warning: the service also shows another value, or none, for what was not written: {}",
            changed.join(", ")
        );
    }
    if done == "written" && !executed.unshown.is_empty() {
        let unshown: Vec<_> = executed.unshown.iter().map(FieldPath::as_str).collect();
        say!("accepted; the service does not show: {}", unshown.join(", "));
    } else if done == "written" && !global.quiet {
        say!("written and verified");
    }
    Ok(exit)
}

/// Prints the link, and only the link, on standard output, since it is a credential.
fn report_link(
    global: &Global,
    id: &str,
    executed: &Executed,
    interrupt: &Interrupt,
) -> Result<Exit, Failure> {
    let Some(enrollment) = &executed.enrollment else {
        say!("warning: the service accepted the request, but returned no link");
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
        format!("an enrollment link was created for {id}, but could not be printed; create another one")
    })?;
    if !global.quiet {
        let until = enrollment.expires_at.map_or_else(String::new, |time| format!(" until {time}"));
        say!("the link is a credential: anyone who has it can enroll{until}");
    }
    Ok(if interrupt.is_raised() { exit.unless_complete() } else { exit })
}
