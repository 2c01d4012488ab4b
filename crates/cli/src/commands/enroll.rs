//! `anyprofile enroll`

use anyprofile::ProfileProviderExt as _;
use serde_json::json;

use super::{confirm::confirmed, own::OwnProfiles};
use crate::{
    args::{Enroll, Format, Global},
    exit::{Exit, Failure, after_write},
    interrupt::Interrupt,
    output::{print_line, printable},
    session::Session,
};

/// Makes a link and prints it, and nothing else, on standard output: it is a credential.
pub(crate) async fn run(global: &Global, enroll: Enroll) -> Result<Exit, Failure> {
    let session = Session::start_for(global, &enroll.id).await?;
    let Some(provider) = session.directory.provider_of(&enroll.id) else {
        return Err(Failure::Usage("there is no such account".to_owned()));
    };
    provider.capabilities().operations.enroll.check(provider.info(), "enroll", &enroll.id)?;
    let requests = provider.plan_enroll(&enroll.id)?;
    // That nobody has the id is told before anything is asked.
    let profile = provider.get(&enroll.id).await?;
    say!("{}  {}", enroll.id, printable(&profile.label()));
    for request in requests {
        say!("{}  {} {}", enroll.id, request.method, request.url);
    }
    OwnProfiles::at(&session, [&enroll.id]).await.warn(&enroll.id);
    if enroll.confirm.dry_run {
        say!("dry run: nothing was written");
        return Ok(Exit::Complete);
    }
    if !confirmed(&enroll.confirm)? {
        return Ok(Exit::Usage);
    }
    let interrupt = Interrupt::listen();
    let Some(enrollment) = interrupt.finish(provider.enroll(&enroll.id)).await else {
        return Ok(Exit::Partial);
    };
    let enrollment = enrollment?;
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
