//! `JUnit` XML, for a CI that shows tests.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use crate::{
    Finding, FindingState, Review,
    error::{Result, ReviewError},
};

impl Review {
    /// Returns the findings as `JUnit` XML: a suite for each rule, with a failed test for each finding that breaks it, and a skipped one for
    /// each that is not known, excepted or not checked. The suite `complete` has a test for each account: whether everybody was read.
    ///
    /// # Errors
    /// [`ReviewError::Document`] if it cannot be written; a defect of this library.
    pub fn junit(&self) -> Result<String> {
        self.write_junit().map_err(|error| ReviewError::Document(error.to_string()))
    }

    fn write_junit(&self) -> std::io::Result<String> {
        let mut xml = Xml(Writer::new_with_indent(Vec::new(), b' ', 2));
        xml.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.open("testsuites", &[("name", "access review")])?;
        let mut accounts = Vec::new();
        for (account, _) in self.accounts() {
            let name = format!("{}:{}", account.service, account.account);
            let gaps = (!account.complete).then(|| account.gaps.join("; "));
            accounts.push((name, gaps.map(|gaps| ("failure", "not everybody was read".to_owned(), gaps))));
        }
        for name in &self.manifest().unusable_accounts {
            accounts
                .push((name.clone(), Some(("failure", "it could not be used".to_owned(), String::new()))));
        }
        if self.manifest().is_filtered() {
            let what = "the snapshot was asked for some profiles only".to_owned();
            accounts.push(("everybody".to_owned(), Some(("skipped", what, String::new()))));
        }
        xml.suite("complete", accounts)?;
        for rule in &self.policy.rules {
            let of_rule = self.findings().iter().filter(|finding| finding.rule == rule.name());
            let mut tests: Vec<_> = of_rule.map(test).collect();
            if tests.is_empty() {
                // A rule that was not checked is not one that nobody breaks.
                let why = self.unchecked().find(|(name, _)| *name == rule.name());
                let said = why.map(|(_, why)| ("skipped", format!("not checked: {why}"), String::new()));
                tests.push((rule.name().to_owned(), said));
            }
            xml.suite(rule.name(), tests)?;
        }
        xml.close("testsuites")?;
        let mut text = xml.0.into_inner();
        text.push(b'\n');
        String::from_utf8(text).map_err(std::io::Error::other)
    }
}

/// What a test says besides that it passed: the element, its message and its text.
type Said = Option<(&'static str, String, String)>;

fn test(finding: &Finding) -> (String, Said) {
    let mut whom: Vec<_> = finding.profiles.iter().take(20).map(ToString::to_string).collect();
    if let Some(more) = finding.profiles.len().checked_sub(whom.len()).filter(|more| *more > 0) {
        whom.push(format!("and {more} more"));
    }
    let name = match &*whom {
        [id] => id.clone(),
        _ => finding.account.clone().unwrap_or_else(|| finding.rule.clone()),
    };
    let said = match (finding.state, &finding.exception) {
        (FindingState::Violated, _) => ("failure", format!("{}: {}", finding.severity, finding.message)),
        (FindingState::NotKnown, _) => ("skipped", finding.message.clone()),
        (FindingState::Excepted, exception) => {
            let until = exception.as_ref().map(|it| format!(" until {}: {}", it.expires, it.reason));
            ("skipped", format!("excepted{}; {}", until.unwrap_or_default(), finding.message))
        }
    };
    (name, Some((said.0, said.1, whom.join("\n"))))
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> std::io::Result<()> {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes {
            start.push_attribute((*key, &*sayable(value)));
        }
        self.0.write_event(Event::Start(start))
    }

    fn close(&mut self, name: &str) -> std::io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn suite(&mut self, name: &str, tests: Vec<(String, Said)>) -> std::io::Result<()> {
        let count = |element: &str| {
            tests
                .iter()
                .filter(|(_, said)| said.as_ref().is_some_and(|it| it.0 == element))
                .count()
                .to_string()
        };
        let (all, failures, skipped) = (tests.len().to_string(), count("failure"), count("skipped"));
        let attributes = [
            ("name", name),
            ("tests", &*all),
            ("failures", &*failures),
            ("skipped", &*skipped),
            ("errors", "0"),
        ];
        self.open("testsuite", &attributes)?;
        for (test, said) in tests {
            self.open("testcase", &[("classname", name), ("name", &*test)])?;
            if let Some((element, message, text)) = said {
                self.open(element, &[("message", &*message)])?;
                self.0.write_event(Event::Text(BytesText::new(&sayable(&text))))?;
                self.close(element)?;
            }
            self.close("testcase")?;
        }
        self.close("testsuite")
    }
}

/// Replaces the characters that XML 1.0 does not have.
fn sayable(text: &str) -> String {
    let is_sayable = |it: char| matches!(it, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|it| if is_sayable(it) { it } else { '\u{fffd}' }).collect()
}
