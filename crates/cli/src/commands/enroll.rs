//! `anyprofile enroll`

use anyprofile::{PlanOptions, Write};
use serde_json::json;

use super::{confirm::confirmed, own::OwnProfiles};
use crate::{
    args::{Enroll, Format, Global},
    diagnostics,
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::print_line,
    session::Session,
    writes::{Ended, Shown, execute},
};

/// Makes a link and prints it, and nothing else, on standard output: it is a credential.
pub(crate) async fn run(global: &Global, enroll: Enroll) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &enroll.id).await?;
    let provider = session.provider_of(&enroll.id)?;
    // That nobody has the id is told before anything is asked.
    let plan = provider.plan(&Write::enroll(enroll.id.clone()), &PlanOptions::always()).await?;
    diagnostics::say_lines(&Shown { plan: &plan, capabilities: provider.capabilities() }.lines());
    OwnProfiles::at(&session, [&enroll.id]).await.warn(&enroll.id);
    if enroll.confirm.dry_run {
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !confirmed(&enroll.confirm)? {
        return Ok(Exit::Usage);
    }
    let interrupt = Interrupt::listen();
    let executed = match execute(provider.as_ref(), &plan, &interrupt).await {
        Ended::With(executed) => executed?,
        Ended::NotBegun => {
            say!("nothing was written");
            return Ok(Exit::Partial);
        }
        Ended::Unanswered => return Ok(Exit::Partial),
    };
    let Some(enrollment) = executed.enrollment else {
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
    // The link is nowhere else: another one has to be made.
    let id = &enroll.id;
    let exit = after_write(printed, || {
        format!("a link was made for {id}, and could not be printed: make another one")
    })?;
    if !global.quiet {
        let until = enrollment.expires_at.map_or_else(String::new, |time| format!(" until {time}"));
        say!("the link is a credential: whoever holds it can enroll{until}");
    }
    Ok(if interrupt.is_raised() { exit.unless_complete() } else { exit })
}
