//! The page that reviewers open.

use std::io;

use anyprofile_core::Timestamp;
use minijinja::{AutoEscape, Environment, context};

use crate::{
    Review,
    digest::csp_source,
    error::{Result, ReviewError},
};

/// The title of the page.
pub(crate) const TITLE: &str = "Access review";

/// What stands for the data until it is written.
const DATA: &str = "{data}";

const TEMPLATE: &str = include_str!("../templates/review.html");
/// The style, in the order of the names of its files.
const STYLE: &str = concat!(
    include_str!("../assets/style/10-page.css"),
    include_str!("../assets/style/20-controls.css"),
    include_str!("../assets/style/30-content.css"),
    include_str!("../assets/style/40-table.css"),
    include_str!("../assets/style/50-panel.css"),
    include_str!("../assets/style/60-media.css"),
);
/// The script, in the order of the names of its files: one script, whose parts are checked one by one.
const SCRIPT: &str = concat!(
    include_str!("../assets/script/10-elements.js"),
    include_str!("../assets/script/20-data.js"),
    include_str!("../assets/script/30-decisions.js"),
    include_str!("../assets/script/40-rows.js"),
    include_str!("../assets/script/50-table.js"),
    include_str!("../assets/script/60-panel.js"),
    include_str!("../assets/script/70-details.js"),
    include_str!("../assets/script/80-tables.js"),
    include_str!("../assets/script/90-overview.js"),
    include_str!("../assets/script/95-sections.js"),
);

impl Review {
    /// Returns a page for reviewers: one HTML file, which works from a disk and without a network. It holds every profile with all its
    /// fields, so it is as private as they are.
    ///
    /// A Content-Security-Policy allows its own script and style alone. Reviewers decide in the page, and save a file that
    /// [`Decisions::read`](crate::Decisions::read) checks.
    ///
    /// # Errors
    /// [`ReviewError::Document`] if the review was made without [`ReviewOptions::with_profiles`](crate::ReviewOptions::with_profiles).
    pub fn page(&self) -> Result<String> {
        let mut page = Vec::new();
        self.write_page(&mut page)?;
        String::from_utf8(page).map_err(|_| ReviewError::Document("it is not UTF-8".to_owned()))
    }

    /// Writes the page of [`page`](Self::page), which is about 1 KiB for each profile.
    ///
    /// # Errors
    /// Those of [`page`](Self::page), and if it cannot be written.
    pub fn write_page(&self, out: &mut dyn io::Write) -> Result<()> {
        let frame = self.frame()?;
        let (before, after) = frame
            .split_once(DATA)
            .ok_or_else(|| ReviewError::Document("its template has no data".to_owned()))?;
        out.write_all(before.as_bytes())?;
        self.write_document(&mut WithoutMarkup(out))?;
        Ok(out.write_all(after.as_bytes())?)
    }

    /// Returns the page with [`DATA`] in place of its data.
    fn frame(&self) -> Result<String> {
        let policy = format!(
            "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
            csp_source(SCRIPT),
            csp_source(STYLE)
        );
        let wrong = |error: minijinja::Error| ReviewError::Document(error.to_string());
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("review.html", TEMPLATE).map_err(wrong)?;
        let template = environment.get_template("review.html").map_err(wrong)?;
        let page = template.render(context! {
            title => TITLE,
            verdict => self.verdict(),
            policy => policy,
            css => STYLE,
            script => SCRIPT,
            data => DATA,
        });
        page.map_err(wrong)
    }

    /// Returns whether everybody was read, in one line.
    pub fn verdict(&self) -> String {
        let manifest = &self.manifest;
        let (rows, accounts) = (manifest.rows, manifest.accounts.len());
        let of = format!(
            "{rows} {} of {accounts} {}, read until {}",
            if rows == 1 { "profile" } else { "profiles" },
            if accounts == 1 { "account" } else { "accounts" },
            to_the_second(manifest.ended)
        );
        match (manifest.complete, manifest.is_filtered()) {
            (true, false) => format!("Complete: {of}"),
            (true, true) => format!("Complete, of those that were asked for: {of}"),
            (false, _) => {
                let gaps = manifest.gaps().len();
                format!("Incomplete, {gaps} {}: {of}", if gaps == 1 { "gap" } else { "gaps" })
            }
        }
    }
}

/// Writes JSON so that nothing in it can end the element that holds it: `<` as `\u003c`, which only texts have.
struct WithoutMarkup<'a>(&'a mut dyn io::Write);

impl io::Write for WithoutMarkup<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut parts = bytes.split(|byte| *byte == b'<');
        if let Some(first) = parts.next() {
            self.0.write_all(first)?;
        }
        for part in parts {
            self.0.write_all(b"\\u003c")?;
            self.0.write_all(part)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Returns a time as people read it.
fn to_the_second(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..19).map_or(text.clone(), |text| text.replace('T', " ") + " UTC")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_file_of_the_page_is_in_it_in_the_order_of_their_names() {
        for (name, whole) in [("style", STYLE), ("script", SCRIPT)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(name);
            let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
            files.sort();
            let parts: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
            assert!(parts == whole, "{name}");
        }
    }
}
