//! Replaces characters that are unsafe to show on a terminal. Unicode's properties decide, so that new characters are covered.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, PrependedConcatenationMark, VariationSelector},
};

/// The replacement for a hidden character.
const HIDDEN: char = '\u{fffd}';

/// The joiners of emoji and of the scripts of India, Persia and others.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// Returns the text as one line, with U+FFFD for control characters, line ends, invisible characters and characters
/// that change the text direction.
///
/// ```
/// use anyprofile_terminal::printable;
///
/// assert_eq!(printable("Ada\u{1b}[2J\nLovelace"), "Ada\u{fffd}[2J\u{fffd}Lovelace");
/// // The joiners of emoji and of some scripts are visible by what they join.
/// assert_eq!(printable("می\u{200c}خواهم"), "می\u{200c}خواهم");
/// ```
pub fn printable(text: &str) -> String {
    shown(text, |_| false)
}

/// Returns a text as [`printable`] does, but keeps its line ends and tabs.
///
/// ```
/// assert_eq!(anyprofile_terminal::printable_lines("one\ntwo\r"), "one\ntwo\u{fffd}");
/// ```
pub fn printable_lines(text: &str) -> String {
    shown(text, |c| matches!(c, '\n' | '\t'))
}

fn shown(text: &str, is_layout: impl Fn(char) -> bool) -> String {
    let mut before = None;
    let show = |c| {
        let is_shown = is_layout(c) || is_visible(c, before);
        before = Some(c);
        if is_shown { c } else { HIDDEN }
    };
    text.chars().map(show).collect()
}

/// Returns whether a character is visible and does not control the terminal. Joiners and variation selectors are
/// visible by their effect on the character before them; they have no effect on an ASCII letter.
pub(super) fn is_visible(c: char, before: Option<char>) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    if JOINERS.contains(&c) || CodePointSetData::new::<VariationSelector>().contains(c) {
        return before.is_some_and(|before| !before.is_ascii_alphabetic() && !before.is_whitespace());
    }
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        GeneralCategory::Control | GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => {
            false
        }
        // Some signs of Arabic and other scripts are written under the next number, and are visible.
        GeneralCategory::Format => CodePointSetData::new::<PrependedConcatenationMark>().contains(c),
        _ => !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_is_not_seen_is_shown_as_such() {
        for (text, expected) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("a\u{1b}[31mb", "a\u{fffd}[31mb"),
            ("a\u{9b}31mb\u{7f}\u{0}\r", "a\u{fffd}31mb\u{fffd}\u{fffd}\u{fffd}"),
            ("one\ntwo\tthree", "one\u{fffd}two\u{fffd}three"),
            ("one\u{2028}two\u{2029}", "one\u{fffd}two\u{fffd}"),
            // Change the direction: embeddings, overrides, isolates, marks.
            ("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e", "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"),
            // Invisible: zero-width spaces, fillers, soft hyphens, tags, a letter without a shape.
            ("a\u{200b}b\u{feff}c\u{2060}d\u{ad}", "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}"),
            ("\u{3164}\u{115f}\u{ffa0}\u{34f}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("a\u{e0041}\u{180e}", "a\u{fffd}\u{fffd}"),
            ("a\u{fff9}b\u{1d173}", "a\u{fffd}b\u{fffd}"),
            // Joined: a family, a flag, a heart in colour, a word of Persian, a conjunct of Hindi, a variant of a name.
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧"),
            ("🏳\u{fe0f}\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
            ("❤\u{fe0f} 1\u{fe0f}\u{20e3}", "❤\u{fe0f} 1\u{fe0f}\u{20e3}"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क्\u{200d}ष", "क्\u{200d}ष"),
            ("辻\u{e0100}", "辻\u{e0100}"),
            // Joiners after a character that cannot be joined.
            ("ad\u{200d}a \u{200c}", "ad\u{fffd}a \u{fffd}"),
            ("\u{200d}x\u{fe0f}", "\u{fffd}x\u{fffd}"),
            // Visible format characters.
            ("\u{600}\u{661}", "\u{600}\u{661}"),
            ("Zoë Ω Ж 名\u{a0}é e\u{301}", "Zoë Ω Ж 名\u{a0}é e\u{301}"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
            assert_eq!(printable_lines(text).replace(['\n', '\t'], "\u{fffd}"), expected, "{text:?}");
        }
        assert_eq!(printable_lines("one\ntwo\t\r\u{1b}"), "one\ntwo\t\u{fffd}\u{fffd}");
    }

    #[test]
    fn no_control_character_is_ever_shown() {
        let all: String = ('\u{0}'..=char::MAX).collect();
        assert!(!printable(&all).chars().any(char::is_control));
    }
}
