//! What a profile says about whose it is.

use super::name::words_of;
use crate::{Kind, Profile, ProfileId, email::normalized_address};

/// The keys of one profile.
#[derive(Clone)]
pub(super) struct Evidence {
    pub(super) id: ProfileId,
    /// Whether it is known to be no human.
    pub(super) is_not_human: bool,
    pub(super) emails: Box<[EmailKey]>,
    pub(super) external_id: Option<Box<str>>,
    pub(super) employee_number: Option<Box<str>>,
    /// The words of its names, if they can be compared.
    pub(super) name: Option<Box<str>>,
    /// Whom it names as its owner.
    pub(super) owner: Option<OwnerKey>,
}

/// The keys of an owner.
#[derive(Clone)]
pub(super) struct OwnerKey {
    pub(super) id: Option<Box<str>>,
    pub(super) address: Option<Box<str>>,
}

#[derive(Clone)]
pub(super) struct EmailKey {
    pub(super) address: Box<str>,
    pub(super) is_verified: bool,
}

impl Evidence {
    pub(super) fn of(profile: &Profile) -> Self {
        let key = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| Box::<str>::from(text))
        };
        let mut emails: Vec<EmailKey> = Vec::new();
        for email in profile.emails.items() {
            let Some(address) = email.address.value().and_then(|address| normalized_address(address)) else {
                continue;
            };
            let is_verified = email.verified.is_known_to_be(&true);
            match emails.iter_mut().find(|known| *known.address == *address) {
                Some(known) => known.is_verified |= is_verified,
                None => emails.push(EmailKey { address: address.into(), is_verified }),
            }
        }
        let owner = profile.owner.value().map(|owner| {
            let address = owner.email.value().and_then(|address| normalized_address(address));
            OwnerKey { id: owner.id.value().and_then(|id| key(id)), address: address.map(Box::from) }
        });
        Self {
            id: profile.id.clone(),
            is_not_human: matches!(profile.kind.value(), Some(Kind::Service | Kind::Organization)),
            emails: emails.into(),
            external_id: profile.external_id.value().and_then(|id| key(id)),
            employee_number: profile.employee.number.value().and_then(|number| key(number)),
            name: words_of(profile),
            owner,
        }
    }

    /// Returns whether two profiles are of one account.
    pub(super) fn is_same_account(&self, other: &Self) -> bool {
        (&self.id.service, &self.id.account) == (&other.id.service, &other.id.account)
    }
}
