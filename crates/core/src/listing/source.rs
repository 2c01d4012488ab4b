//! Where the pages of a stream come from.

use std::{
    ops::Deref,
    task::{Context, Poll},
};

use super::{pages::Pages, report::ListReport};
use crate::{Page, Profile, ProfileProvider, Result};

/// A source of pages whose provider is not named in its type.
pub(super) trait PageSource: Send {
    fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>>;
    fn poll_ahead(&mut self, context: &mut Context<'_>);
    fn report(&self) -> ListReport;
}

impl<'a, P> PageSource for Pages<'a, P>
where
    P: Deref + Clone + Send + Sync + 'a,
    P::Target: ProfileProvider,
{
    fn poll_next_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<Profile>>>> {
        Pages::poll_next_page(self, context)
    }

    fn poll_ahead(&mut self, context: &mut Context<'_>) {
        Pages::poll_ahead(self, context);
    }

    fn report(&self) -> ListReport {
        Pages::report(self).clone()
    }
}
