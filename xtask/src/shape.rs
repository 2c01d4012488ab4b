//! The shape of the code in numbers: what the architecture says must hold.

mod modules;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::modules::Modules;
use crate::{
    cargo::{Outcome, workspace},
    files::read,
};

/// The words by which a service would be named.
const SERVICES: [&str; 6] = ["upsun", "platform.sh", "platformsh", "probely", "snyk", "anthropic"];

/// Crates that name no service outside their tests and examples.
const WITHOUT_SERVICES: [&str; 2] = ["core", "http"];

/// Prints the table.
///
/// # Errors
/// If a file cannot be read or parsed.
pub(crate) fn run() -> Outcome {
    let crates = workspace()?.root.join("crates");
    let mut crate_names: Vec<_> = fs::read_dir(&crates)
        .map_err(|error| format!("{}: {error}", crates.display()))?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    crate_names.sort();
    let methods = trait_methods(&crates.join("core/src/provider.rs"))?;
    println!("methods of ProfileProvider: {}", methods.len());
    let writing: Vec<_> = methods.iter().filter(|it| writes(it)).map(|it| it.ident.to_string()).collect();
    println!("methods of ProfileProvider that can send a write: {} ({})", writing.len(), writing.join(", "));
    for name in WITHOUT_SERVICES {
        let files = files_naming_services(&crates.join(name).join("src"))?;
        println!("files of {name} that name a service: {}", files.len());
        for file in files {
            println!("  {}", file.strip_prefix(&crates).unwrap_or(&file).display());
        }
    }
    println!("\n| crate | lines of src | modules | largest circle of modules |\n|---|---|---|---|");
    for name in crate_names {
        let source = crates.join(&name).join("src");
        let files = rust_files(&source)?;
        let mut lines = 0;
        for file in &files {
            lines += read(file)?.lines().count();
        }
        let modules = Modules::of(&source, &files)?;
        let circle = modules.largest_circle();
        println!("| {name} | {lines} | {} | {} |", modules.len(), circle.len());
        if circle.len() > 1 {
            eprintln!("{name}: {}", circle.join(", "));
        }
    }
    Ok(())
}

/// The Rust files below a folder, without those of tests.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The methods of the trait, provided ones included.
fn trait_methods(file: &Path) -> Result<Vec<syn::Signature>, String> {
    let parsed = syn::parse_file(&read(file)?).map_err(|error| format!("{}: {error}", file.display()))?;
    let of_trait = |item: syn::Item| match item {
        syn::Item::Trait(it) if it.ident == "ProfileProvider" => {
            let methods = it.items.into_iter().filter_map(|item| match item {
                syn::TraitItem::Fn(method) => Some(method.sig),
                _ => None,
            });
            Some(methods.collect())
        }
        _ => None,
    };
    let found = parsed.items.into_iter().find_map(of_trait);
    found.ok_or_else(|| format!("{}: there is no trait ProfileProvider", file.display()))
}

/// Whether a method can send a write: it is given a plan or what is to be written, or is named like a write, and does not make
/// a plan of it.
fn writes(method: &syn::Signature) -> bool {
    const GIVEN: [&str; 5] = ["Plan", "Write", "WriteOptions", "ProfileChange", "ProfileDraft"];
    const VERBS: [&str; 6] = ["create", "update", "deactivate", "delete", "enroll", "write"];
    let is_given = |argument: &syn::FnArg| {
        let syn::FnArg::Typed(argument) = argument else { return false };
        let of = match &*argument.ty {
            syn::Type::Reference(reference) => &*reference.elem,
            other => other,
        };
        let syn::Type::Path(path) = of else { return false };
        path.path.segments.last().is_some_and(|last| GIVEN.contains(&last.ident.to_string().as_str()))
    };
    let name = method.ident.to_string();
    let is_plan = name.starts_with("plan");
    !is_plan && (VERBS.iter().any(|verb| name.starts_with(verb)) || method.inputs.iter().any(is_given))
}

/// The files that name a service outside their tests, and outside the examples in their documentation.
fn files_naming_services(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut named = Vec::new();
    for file in rust_files(folder)? {
        let text = read(&file)?;
        let (mut is_test, mut is_example) = (false, false);
        let names_one = text.lines().any(|line| {
            is_test |= line.trim() == "#[cfg(test)]";
            let is_fence = line.trim_start().trim_start_matches(['/', '!']).trim_start().starts_with("```");
            is_example ^= is_fence;
            let line = line.to_lowercase();
            !is_test && !is_example && SERVICES.iter().any(|service| line.contains(service))
        });
        if names_one {
            named.push(file);
        }
    }
    Ok(named)
}
