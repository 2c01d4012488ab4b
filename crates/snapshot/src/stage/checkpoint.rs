//! The progress of an export, and how it is stored.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::AccountExport;
use crate::digest::digest;

const VERSION: u32 = 2;

/// The progress of an export.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    /// What is exported.
    pub(super) export: Identity,
    /// The length of the file, in bytes.
    pub(super) length: u64,
    pub(crate) accounts: Vec<AccountExport>,
    /// Whether the snapshot is at its target, so that what is left of the export can go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_handed_over: bool,
}

/// The stored form of a checkpoint. The checksum covers the text of the checkpoint: an edited number would omit or
/// repeat profiles in an export that is reported as complete.
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

/// What is exported, as hashes. Only the same export can be resumed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) accounts: String,
    /// The base URLs of the accounts.
    pub(crate) places: String,
    /// The owner of each account's credential, or `None` if the service does not show it or it could not be read.
    pub(crate) owners: Vec<Option<String>>,
    pub(crate) query: String,
    /// What is hidden or replaced in the snapshot.
    #[serde(default)]
    pub(crate) privacy: String,
}

impl Identity {
    /// Describes the differences, if any. An unknown owner does not count as a difference.
    fn differences(&self, other: &Self) -> Option<String> {
        let same_accounts = self.accounts == other.accounts && self.owners.len() == other.owners.len();
        let mut owners = self.owners.iter().zip(&other.owners);
        let is_other = |(one, other): (&Option<String>, &Option<String>)| {
            one.is_some() && other.is_some() && one != other
        };
        // With other accounts, everything that belongs to them differs too.
        let parts = [
            ("other accounts", !same_accounts),
            ("another base URL of a service", same_accounts && self.places != other.places),
            ("credentials of another owner", same_accounts && owners.any(is_other)),
            ("another query", self.query != other.query),
            ("other options of privacy", self.privacy != other.privacy),
        ];
        let parts: Vec<_> = parts.into_iter().filter_map(|(what, differs)| differs.then_some(what)).collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    /// Adds the owners that were not known before.
    fn learn(&mut self, other: &Self) {
        for (known, now) in self.owners.iter_mut().zip(&other.owners) {
            if known.is_none() {
                known.clone_from(now);
            }
        }
    }
}

impl Checkpoint {
    /// Returns the text to store.
    pub(super) fn text(&self) -> serde_json::Result<String> {
        let checkpoint = serde_json::to_string(self)?;
        let sha256 = digest(checkpoint.as_bytes());
        Ok(format!("{{\"version\":{VERSION},\"sha256\":\"{sha256}\",\"checkpoint\":{checkpoint}}}\n"))
    }

    /// Returns whether a stored checkpoint is that of an export whose snapshot is at its target.
    pub(super) fn is_of_the_past(text: &[u8]) -> bool {
        let Ok(Version { version: VERSION }) = serde_json::from_slice(text) else { return false };
        let Ok(Stored { sha256, checkpoint }) = serde_json::from_slice(text) else { return false };
        digest(checkpoint.get().as_bytes()) == sha256
            && serde_json::from_str::<Self>(checkpoint.get()).is_ok_and(|stored| stored.is_handed_over)
    }

    /// Parses the stored checkpoint of an export of these accounts.
    ///
    /// # Errors
    /// The reason why the export cannot be resumed.
    pub(super) fn parse(text: &[u8], export: &Identity, accounts: &[AccountExport]) -> Result<Self, String> {
        let unreadable = || "its checkpoint cannot be read".to_owned();
        let Version { version } = serde_json::from_slice(text).map_err(|_| unreadable())?;
        if version != VERSION {
            return Err(format!(
                "its checkpoint has version {version}, but this program reads version {VERSION}"
            ));
        }
        let Stored { sha256, checkpoint } = serde_json::from_slice(text).map_err(|_| unreadable())?;
        if digest(checkpoint.get().as_bytes()) != sha256 {
            return Err("its checkpoint is damaged or was edited: the checksum does not match".to_owned());
        }
        let mut stored: Self = serde_json::from_str(checkpoint.get()).map_err(|_| unreadable())?;
        if let Some(differences) = stored.export.differences(export) {
            return Err(format!("it was started with {differences}"));
        }
        let names = |accounts: &[AccountExport]| -> Vec<_> {
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
            privacy: String::new(),
        }
    }

    pub(crate) fn accounts() -> Vec<AccountExport> {
        vec![AccountExport::new("one", "probely"), AccountExport::new("two", "upsun")]
    }

    fn stored(owners: [Option<&str>; 2]) -> String {
        Checkpoint { export: identity(owners), length: 150, accounts: accounts(), is_handed_over: false }
            .text()
            .unwrap()
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
                Err(()) => {
                    assert_eq!(parsed.unwrap_err(), "it was started with credentials of another owner");
                }
            }
        }
    }

    #[test]
    fn a_checkpoint_that_was_changed_in_any_place_is_refused() {
        let text = stored([Some("ada"), None]);
        assert_eq!(parse(&text, [Some("ada"), None]).unwrap().length, 150);
        let changed = parse(&text.replace("\"length\":150", "\"length\":120"), [None, None]).unwrap_err();
        assert!(changed.contains("is damaged or was edited: the checksum does not match"), "{changed}");
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
                .contains("has version 9")
        );
    }
}
