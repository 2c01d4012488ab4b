//! What belongs to a user besides the records of the person: teams, API tokens, and logins through other services.

use anyprofile_core::{Error, ErrorKind, Profile, ProfileId, Result, listing::Quarantined};
use anyprofile_http::Caller;
use futures_util::future::try_join;

use crate::{
    ListUserTeams, map,
    operations::{self, MAX_PAGE_SIZE},
};

/// The most pages of teams that are read; more would not be those of a person.
const MAX_PAGES: usize = 100;

/// Reads the teams of a user.
pub(super) async fn teams(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let mut list = ListUserTeams { page_size: Some(MAX_PAGE_SIZE), ..ListUserTeams::default() };
    let mut teams = Vec::new();
    for _ in 0..MAX_PAGES {
        let page = caller.call(&operations::list_user_teams(id.native(), &list)).await?;
        whole(&page.quarantined, "a team")?;
        teams.extend(page.items);
        let next = page.next.map(|link| link.position());
        match next {
            None => return Ok(map::teams(id.clone(), teams)),
            next if next == list.position => break,
            next => list.position = next,
        }
    }
    Err(Error::new(ErrorKind::Decode, "the list of the user's teams does not end"))
}

/// Reads the API tokens of a user, and the logins through other services.
pub(super) async fn credentials(caller: &Caller, id: &ProfileId) -> Result<Profile> {
    let tokens = operations::list_user_api_tokens(id.native());
    let connections = operations::list_user_connections(id.native());
    let (tokens, connections) = try_join(caller.call(&tokens), caller.call(&connections)).await?;
    whole(&tokens.quarantined, "an API token")?;
    whole(&connections.quarantined, "a login through another service")?;
    Ok(map::credentials(id.clone(), tokens.items, connections.items))
}

/// Checks that every record could be read: the others alone would look like all.
fn whole(quarantined: &[Quarantined], what: &str) -> Result<()> {
    match quarantined.first() {
        None => Ok(()),
        Some(first) => Err(Error::new(ErrorKind::Decode, format!("{what} cannot be read: {}", first.reason))),
    }
}
