//! Compares two snapshots, and prints what differs, how long that takes and how much memory.
//!
//! `diff generate FOLDER PROFILES CHANGES` writes two snapshots that differ in a known number of profiles; `diff OLD NEW` compares two, and `diff list OLD NEW`
//! also prints each change.

use std::{
    error::Error,
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
    sync::Arc,
    time::Instant,
};

use anyprofile_core::{AccountName, ListQuery, Profile, memory::MemoryProvider};
use anyprofile_snapshot::{ExportOptions, Manifest, Snapshot, Target, Tool, diff::DiffOptions};
use serde_json::json;
use sha2::{Digest as _, Sha256};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match &*arguments.iter().map(String::as_str).collect::<Vec<_>>() {
        ["generate", folder, profiles, changes] => {
            generate(Path::new(folder), profiles.parse()?, changes.parse()?).await
        }
        [old, new] => compare(old, new, false).await,
        ["list", old, new] => compare(old, new, true).await,
        _ => Err("usage: diff generate FOLDER PROFILES CHANGES, or diff [list] OLD NEW".into()),
    }
}

async fn compare(old: &str, new: &str, lists: bool) -> Result<(), Box<dyn Error>> {
    let (old, new) = (Snapshot::open_path(old).await?, Snapshot::open_path(new).await?);
    let started = Instant::now();
    let mut diff = old.diff(&new, DiffOptions::new()).await?;
    let sorted = started.elapsed();
    let mut words = std::io::stdout().lock();
    for change in &mut diff {
        let change = change?;
        if lists {
            writeln!(words, "{change}")?;
        }
    }
    println!("{:#?}", diff.summary());
    println!(
        "{:.1} s, of which {:.1} s to read and sort",
        started.elapsed().as_secs_f64(),
        sorted.as_secs_f64()
    );
    // Linux only.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// Of the changes, a quarter are titles, a quarter are gone, a quarter added, and a quarter renamed.
async fn generate(folder: &Path, profiles: u64, changes: u64) -> Result<(), Box<dyn Error>> {
    let every = profiles / changes;
    for is_new in [false, true] {
        let people = (0..profiles).flat_map(|number| {
            let planted = (number % every == every / 2).then_some(number / every % 4).filter(|_| is_new);
            let same = person(number, number, "Engineer, building things");
            match planted {
                None => vec![same],
                Some(0) => vec![person(number, number, "Manager of those who build things")],
                Some(1) => vec![],
                Some(2) => vec![same, person(profiles + number, profiles + number, "Engineer, new here")],
                Some(_) => vec![person(2 * profiles + number, number, "Engineer, building things")],
            }
        });
        write(folder, if is_new { "new" } else { "old" }, people).await?;
    }
    Ok(())
}

fn person(id: u64, external_id: u64, title: &str) -> serde_json::Value {
    // The ids of services are in no order.
    let native = format!("{:016x}", id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    json!({
        "id": {"service": "memory", "account": "acme", "kind": "user", "native": native},
        "kind": "person",
        "status": "active",
        "external_id": format!("E{external_id:09}"),
        "username": format!("user.{id}"),
        "emails": [{"address": format!("user.{id}@example.org"), "primary": true, "verified": true}],
        "title": title,
        "locale": "en-GB",
        "country": "NO",
        "roles": [{"role": {"id": "member", "name": "Member"}}],
        "name": {"display": format!("Person Number {id}"), "given": "Person", "family": format!("Number {id}")},
        "security": {"mfa_enabled": !id.is_multiple_of(3), "last_login": "2026-03-01T12:00:00Z"},
        "times": {"created": "2024-02-03T04:05:06Z", "updated": "2026-01-31T12:00:00Z"},
    })
}

async fn write(
    folder: &Path,
    name: &str,
    people: impl Iterator<Item = serde_json::Value>,
) -> Result<(), Box<dyn Error>> {
    // An export of nobody has a manifest, which is then made that of these people.
    let template = folder.join(format!("{name}-template.ndjson"));
    let provider = MemoryProvider::builder(AccountName::new("acme")?).build()?;
    let options = ExportOptions::new(ListQuery::new(), Tool::new("example", "1"));
    let mut manifest: Manifest =
        Snapshot::write(&[Arc::new(provider)], options, &Target::of_path(&template)?).await?;
    let path = folder.join(format!("{name}.ndjson"));
    let mut file = BufWriter::new(File::create_new(&path)?);
    let (mut digest, mut rows, mut bytes) = (Sha256::new(), 0, 0);
    for person in people {
        let profile: Profile = serde_json::from_value(person)?;
        let mut line = serde_json::to_vec(&profile)?;
        line.push(b'\n');
        file.write_all(&line)?;
        digest.update(&line);
        rows += 1;
        bytes += line.len() as u64;
    }
    file.flush()?;
    let sha256 = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    manifest.rows = rows;
    for account in &mut manifest.accounts {
        (account.seen, account.sha256) = (rows, sha256.clone());
    }
    for file in &mut manifest.files {
        (file.rows, file.bytes, file.sha256) = (rows, bytes, sha256.clone());
        file.path = format!("{name}.ndjson");
    }
    let manifest = serde_json::to_vec_pretty(&manifest.sealed()?)?;
    std::fs::write(folder.join(format!("{name}.ndjson.manifest.json")), manifest)?;
    println!("{}: {rows} profiles, {bytes} bytes", path.display());
    Ok(())
}
