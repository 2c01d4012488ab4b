//! `anyprofile verify`

use std::path::Path;

use anyprofile::snapshot::{Snapshot, Target};
use serde_json::json;

use crate::{
    args::{Format, Global},
    exit::{Exit, Failure},
    output::{print_line, print_rows},
    progress::Progress,
    summary::counted,
};

/// Re-checks a snapshot, and prints what was altered.
pub(crate) async fn run(global: &Global, name: &str) -> Result<Exit, Failure> {
    let snapshot = open(name).await?;
    let progress = Progress::waiting(global, format!("checking {}", snapshot.place()));
    let findings = snapshot.verify().await?;
    drop(progress);
    let manifest = snapshot.manifest();
    match global.output {
        Format::Json | Format::Ndjson => {
            let document = json!({
                "snapshot": snapshot.place(), "altered": findings, "complete": manifest.complete, "rows": manifest.rows,
                "seal": manifest.seal,
            });
            print_line(&document.to_string())?;
        }
        Format::Table | Format::Csv => {
            let rows: Vec<_> = findings.iter().map(|finding| vec![json!(finding)]).collect();
            if !rows.is_empty() || global.output == Format::Csv {
                print_rows(global.output, &["altered"], &rows)?;
            }
        }
    }
    if !global.quiet {
        let rows = counted(manifest.rows, "profile", "profiles");
        let accounts = counted(manifest.accounts.len() as u64, "account", "accounts");
        let verdict = if manifest.complete { "complete" } else { "incomplete" };
        say!(
            "{rows} of {accounts}, {verdict}, written {} by {} {}",
            manifest.ended,
            manifest.tool.name,
            manifest.tool.version
        );
        for (account, gap) in manifest.gaps() {
            say!("{account}: {gap}");
        }
        say!("seal {}", manifest.seal);
        match findings.len() as u64 {
            0 => say!("nothing was altered"),
            count => say!("{} altered", counted(count, "thing was", "things were")),
        }
    }
    Ok(if findings.is_empty() { Exit::Complete } else { Exit::Differences })
}

/// Opens a snapshot by the name of its target, or by the file of its manifest.
pub(super) async fn open(name: &str) -> Result<Snapshot, Failure> {
    let named = name.strip_suffix(".manifest.json").unwrap_or(name);
    let named = match Path::new(named) {
        path if path.file_name().is_some_and(|name| name == "manifest.json") => path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map_or(".", |folder| folder.to_str().unwrap_or(named)),
        _ => named,
    };
    Ok(Snapshot::open(&named.parse::<Target>()?).await?)
}
