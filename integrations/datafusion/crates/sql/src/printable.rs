//! Replaces characters that are unsafe to show on a terminal.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory},
};

/// Returns the text with U+FFFD for control characters, invisible characters, and those that change the direction of the text. Line ends
/// are kept.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || is_visible(c) { c } else { '\u{fffd}' }).collect()
}

fn is_visible(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator};
    let is_layout = matches!(
        CodePointMapData::<GeneralCategory>::new().get(c),
        Control | Format | LineSeparator | ParagraphSeparator
    );
    !is_layout && !CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_or_hides_is_replaced() {
        assert_eq!(
            printable("a\u{1b}[31m\u{202e}b\r\n\u{200b}é"),
            "a\u{fffd}[31m\u{fffd}b\u{fffd}\n\u{fffd}é"
        );
    }
}
