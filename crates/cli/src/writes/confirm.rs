//! Confirmation before a write.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, IsTerminal as _, Write as _},
};

use anyprofile::{AccountName, Write};

use crate::{args::Confirm, exit::Failure, summary::counted};

/// Asks for confirmation, unless it was given before. Without a terminal, nothing is written. `question` says what is written, how often
/// and where.
pub(crate) fn confirmed(confirm: &Confirm, question: &str) -> Result<bool, Failure> {
    if confirm.yes {
        return Ok(true);
    }
    let Some(mut terminal) = terminal() else {
        return Err(Failure::Usage(
            "nothing was written: there is no terminal for the confirmation prompt; add --yes".to_owned(),
        ));
    };
    let response = ask(&mut terminal, &format!("{question} [y/N]"))?;
    let is_confirmed = matches!(response.to_ascii_lowercase().as_str(), "y" | "yes");
    if !is_confirmed {
        say!("nothing was written");
    }
    Ok(is_confirmed)
}

/// Asks a question on the terminal; returns what was typed, without the white space around it.
pub(crate) fn ask(terminal: &mut dyn BufRead, question: &str) -> Result<String, Failure> {
    write!(io::stderr(), "{question} ")?;
    io::stderr().flush()?;
    let mut response = String::new();
    terminal.read_line(&mut response)?;
    Ok(response.trim().to_owned())
}

/// The kinds of ids whose deletion ends a membership, and keeps the profile.
const MEMBERSHIPS: [&str; 4] =
    ["member", "workspace_member", "workspace_service_account", "rbac_group_member"];

/// Returns the question for writes at these accounts: `Delete 2 profiles for good at probely?`
pub(crate) fn question<'a>(writes: impl IntoIterator<Item = (&'a Write, &'a AccountName)>) -> String {
    let (mut verbs, mut accounts, mut count) = (BTreeSet::new(), BTreeSet::new(), 0_u64);
    for (write, account) in writes {
        count += 1;
        accounts.insert(account.as_str());
        let is_membership = write.id().is_some_and(|id| MEMBERSHIPS.contains(&id.kind.as_str()));
        verbs.insert(match write {
            Write::Create { .. } => ("Create", "profile", "profiles", ""),
            Write::Update { .. } => ("Change", "profile", "profiles", ""),
            Write::Deactivate { .. } => ("Deactivate", "profile", "profiles", ""),
            Write::Delete { .. } if is_membership => ("End", "membership", "memberships", ""),
            Write::Delete { .. } => ("Delete", "profile", "profiles", " for good"),
            Write::Enroll { .. } => ("Create", "enrollment link", "enrollment links", ""),
            _ => ("Write", "change", "changes", ""),
        });
    }
    let accounts = accounts.into_iter().collect::<Vec<_>>().join(", ");
    let mut verbs = verbs.into_iter();
    match (verbs.next(), verbs.next()) {
        (Some((verb, one, many, how)), None) => {
            format!("{verb} {}{how} at {accounts}?", counted(count, one, many))
        }
        _ => format!("Write {} at {accounts}?", counted(count, "change", "changes")),
    }
}

/// Opens the terminal for the user's input. Standard input may be a pipe from another command.
pub(crate) fn terminal() -> Option<Box<dyn BufRead>> {
    if !io::stderr().is_terminal() {
        return None;
    }
    if io::stdin().is_terminal() {
        return Some(Box::new(io::stdin().lock()));
    }
    let device = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    let terminal = std::fs::File::open(device).ok()?;
    Some(Box::new(io::BufReader::new(terminal)))
}

#[cfg(test)]
mod tests {
    use anyprofile::ProfileChange;

    use super::*;

    #[test]
    fn the_question_says_what_how_often_and_where() {
        let delete = |id: &str| Write::delete(id.parse().unwrap());
        let (probely, scim) = (AccountName::from_static("probely"), AccountName::from_static("scim"));
        let [one, two] = ["probely:probely/user/a", "probely:probely/user/b"].map(delete);
        assert_eq!(question([(&one, &probely), (&two, &probely)]), "Delete 2 profiles for good at probely?");
        let member = delete("upsun:upsun/member/o/u");
        assert_eq!(question([(&member, &scim)]), "End 1 membership at scim?");
        let claude = AccountName::from_static("claude");
        let program = delete("anthropic:claude/workspace_service_account/w%2Fs");
        assert_eq!(question([(&program, &claude)]), "End 1 membership at claude?");
        let change = Write::update("scim:scim/user/a".parse().unwrap(), ProfileChange::new());
        assert_eq!(question([(&change, &scim)]), "Change 1 profile at scim?");
        assert_eq!(question([(&one, &probely), (&change, &scim)]), "Write 2 changes at probely, scim?");
    }
}
