//! Where a listing is, in one text: the part, what came before, and the service's own position.

use std::fmt::Write as _;

/// Where a listing of a collection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The part of the list.
    pub(super) part: usize,
    /// How many records of the part came so far.
    pub(super) count: u64,
    /// The number of the page in the part, from 0.
    pub(super) page: u64,
    /// Whether the end of an earlier part is not proven.
    pub(super) is_doubted: bool,
    /// The total of the part, where a request of its own told it.
    pub(super) total: Option<u64>,
    /// The service's position; empty for the first page of a part.
    pub(super) position: String,
}

impl Progress {
    /// Writes the progress as a token.
    pub(super) fn to_token(&self) -> String {
        let mut token = format!("{}.{}.{}.{}.", self.part, self.count, self.page, u8::from(self.is_doubted));
        if let Some(total) = self.total {
            // A text never fails to take another one.
            let _ = write!(token, "{total}");
        }
        token.push('.');
        token.push_str(&self.position);
        token
    }

    /// Reads a token; `None` if it is not one of ours.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        let mut pieces = token.splitn(6, '.');
        let part = pieces.next()?.parse().ok()?;
        let count = pieces.next()?.parse().ok()?;
        let page = pieces.next()?.parse().ok()?;
        let is_doubted = pieces.next()? == "1";
        let total = match pieces.next()? {
            "" => None,
            total => Some(total.parse().ok()?),
        };
        Some(Self { part, count, page, is_doubted, total, position: pieces.next()?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_as_it_was_written() {
        for progress in [
            Progress::default(),
            Progress {
                part: 2,
                count: 1000,
                page: 10,
                is_doubted: true,
                total: Some(7),
                position: "a.b..c".into(),
            },
        ] {
            assert_eq!(Progress::of_token(&progress.to_token()), Some(progress));
        }
        for foreign in ["", "abc", "1.2.3", "1.2.3.0.x.y"] {
            assert_eq!(Progress::of_token(foreign), None, "{foreign}");
        }
    }
}
