//! How far an export is, and how that is stored.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::AccountProgress;

const VERSION: u32 = 2;

/// How far an export is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// What is exported.
    pub(super) export: Identity,
    /// How long the file is, in bytes.
    pub(super) length: u64,
    pub(crate) accounts: Vec<AccountProgress>,
}

/// The form that a checkpoint is stored in. The checksum is over the text of the checkpoint itself: a number that somebody
/// changed would lose people, or export them twice, in an export that is called complete.
#[derive(Deserialize)]
struct Stored<'a> {
    sha256: String,
    #[serde(borrow)]
    checkpoint: &'a RawValue,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// What is exported, as hashes: an export goes on with the same alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) accounts: String,
    /// Where they are.
    pub(crate) places: String,
    /// Whose credentials are used, of each account; none where the service does not show it, and where it could not be asked.
    pub(crate) owners: Vec<Option<String>>,
    pub(crate) query: String,
}

impl Identity {
    /// What differs, in words; none if nothing does. An owner that is not known is not somebody else.
    fn differences(&self, other: &Self) -> Option<String> {
        let same_accounts = self.accounts == other.accounts && self.owners.len() == other.owners.len();
        let mut owners = self.owners.iter().zip(&other.owners);
        let is_other = |(one, other): (&Option<String>, &Option<String>)| {
            one.is_some() && other.is_some() && one != other
        };
        // Of other accounts, all that belongs to them differs too.
        let parts = [
            ("other accounts", !same_accounts),
            ("another address of a service", same_accounts && self.places != other.places),
            ("credentials of somebody else", same_accounts && owners.any(is_other)),
            ("another query", self.query != other.query),
        ];
        let parts: Vec<_> = parts.into_iter().filter_map(|(what, differs)| differs.then_some(what)).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// Takes the owners that were not known before.
    fn learn(&mut self, other: &Self) {
        for (known, now) in self.owners.iter_mut().zip(&other.owners) {
            if known.is_none() {
                known.clone_from(now);
            }
        }
    }
}

/// A hash that nobody can find another text for.
pub(crate) fn digest(text: &str) -> String {
    let mut digest = String::new();
    for byte in Sha256::digest(text) {
        // Writing to a string does not fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

impl Checkpoint {
    /// The text that is stored.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        let checkpoint = serde_json::to_string(self)?;
        let sha256 = digest(&checkpoint);
        Ok(format!("{{\"version\":{VERSION},\"sha256\":\"{sha256}\",\"checkpoint\":{checkpoint}}}\n"))
    }

    /// Reads what was stored of an export of these accounts.
    ///
    /// # Errors
    /// Why it cannot be gone on with.
    pub(super) fn parse(
        text: &[u8],
        export: &Identity,
        accounts: &[AccountProgress],
    ) -> Result<Self, String> {
        let unreadable = || "its checkpoint cannot be read".to_owned();
        let Version { version } = serde_json::from_slice(text).map_err(|_| unreadable())?;
        if version != VERSION {
            return Err(format!("its checkpoint is of version {version}, and this is {VERSION}"));
        }
        let Stored { sha256, checkpoint } = serde_json::from_slice(text).map_err(|_| unreadable())?;
        if digest(checkpoint.get()) != sha256 {
            return Err("its checkpoint is damaged or was changed: its checksum is another one".to_owned());
        }
        let mut stored: Self = serde_json::from_str(checkpoint.get()).map_err(|_| unreadable())?;
        if let Some(differences) = stored.export.differences(export) {
            return Err(format!("it was begun with {differences}"));
        }
        let names = |accounts: &[AccountProgress]| -> Vec<_> {
            accounts.iter().map(|account| account.account.clone()).collect()
        };
        if names(&stored.accounts) != names(accounts) {
            return Err(unreadable());
        }
        stored.export.learn(export);
        Ok(stored)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn identity(owners: [Option<&str>; 2]) -> Identity {
        Identity {
            accounts: "a".to_owned(),
            places: "p".to_owned(),
            owners: owners.map(|owner| owner.map(str::to_owned)).to_vec(),
            query: "q".to_owned(),
        }
    }

    pub(crate) fn accounts() -> Vec<AccountProgress> {
        vec![AccountProgress::new("one", "probely"), AccountProgress::new("two", "upsun")]
    }

    fn stored(owners: [Option<&str>; 2]) -> String {
        Checkpoint { export: identity(owners), length: 150, accounts: accounts() }.text().unwrap()
    }

    fn parse(text: &str, owners: [Option<&str>; 2]) -> Result<Checkpoint, String> {
        Checkpoint::parse(text.as_bytes(), &identity(owners), &accounts())
    }

    #[test]
    fn an_owner_that_could_not_be_asked_is_not_somebody_else() {
        let ada = Some("ada");
        for (before, now, after) in [
            ([ada, None], [ada, None], Ok([ada, None])),
            ([ada, None], [None, None], Ok([ada, None])),
            ([None, None], [ada, None], Ok([ada, None])),
            ([ada, None], [ada, Some("grace")], Ok([ada, Some("grace")])),
            ([ada, None], [Some("grace"), None], Err(())),
            ([None, ada], [ada, Some("grace")], Err(())),
        ] {
            let parsed = parse(&stored(before), now);
            match after {
                Ok(after) => assert_eq!(parsed.unwrap().export, identity(after)),
                Err(()) => assert_eq!(parsed.unwrap_err(), "it was begun with credentials of somebody else"),
            }
        }
    }

    #[test]
    fn a_checkpoint_that_was_changed_in_any_place_is_refused() {
        let text = stored([Some("ada"), None]);
        assert_eq!(parse(&text, [Some("ada"), None]).unwrap().length, 150);
        let changed = parse(&text.replace("\"length\":150", "\"length\":120"), [None, None]).unwrap_err();
        assert!(changed.contains("is damaged or was changed: its checksum is another one"), "{changed}");
        for place in text.char_indices().filter_map(|(place, c)| c.is_ascii_digit().then_some(place)) {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(parse(&changed, [Some("ada"), None]).is_err(), "{changed}");
        }
        for damaged in ["", "{", "null", "{\"version\":2}", &text[..text.len() / 2]] {
            let refused = parse(damaged, [None, None]).unwrap_err();
            assert_eq!(refused, "its checkpoint cannot be read");
        }
        assert!(
            parse(&text.replace("\"version\":2", "\"version\":9"), [None, None])
                .unwrap_err()
                .contains("of version 9")
        );
    }
}
