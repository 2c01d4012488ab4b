//! Which module of a crate uses which other.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use syn::visit::{self, Visit};

/// The modules of a crate, each a file, with those that it uses.
pub(super) struct Modules(BTreeMap<String, BTreeSet<String>>);

impl Modules {
    /// Reads the files of a crate.
    ///
    /// # Errors
    /// If one cannot be read or parsed.
    pub(super) fn of(source: &Path, files: &[PathBuf]) -> Result<Self, String> {
        let mut parsed = BTreeMap::new();
        for file in files {
            let text = super::read(file)?;
            let tree = syn::parse_file(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            parsed.insert(module_of(source, file), tree);
        }
        let names: BTreeSet<_> = parsed.keys().cloned().collect();
        // What the root re-exports is used by its name alone.
        let mut exported = BTreeMap::new();
        for root in parsed.iter().filter(|(name, _)| name.is_empty()).map(|(_, tree)| tree) {
            let mut uses = Uses::of("");
            uses.visit_file(root);
            for path in uses.paths {
                if let (Some(name), Some(module)) = (path.last(), longest(&names, &path)) {
                    exported.insert(name.clone(), module);
                }
            }
        }
        let mut graph = BTreeMap::new();
        for (name, tree) in parsed.iter().filter(|(name, _)| !name.is_empty()) {
            let mut uses = Uses::of(name);
            uses.visit_file(tree);
            let targets = uses.paths.iter().filter_map(|path| match longest(&names, path) {
                Some(module) => Some(module),
                None => exported.get(path.first()?).cloned(),
            });
            let targets = targets.filter(|target| target != name).collect();
            graph.insert(name.clone(), targets);
        }
        Ok(Self(graph))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The most modules of which each uses each other, be it by way of others.
    pub(super) fn largest_circle(&self) -> Vec<String> {
        let reached: BTreeMap<_, _> = self.0.keys().map(|name| (name, self.reached_from(name))).collect();
        let circle_of = |name: &String| -> Vec<String> {
            let both = |other: &&String| reached[name].contains(*other) && reached[*other].contains(name);
            self.0.keys().filter(|other| *other == name || both(other)).cloned().collect()
        };
        self.0.keys().map(circle_of).max_by_key(Vec::len).unwrap_or_default()
    }

    fn reached_from(&self, name: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut left = vec![name.to_owned()];
        while let Some(module) = left.pop() {
            for target in self.0.get(&module).into_iter().flatten() {
                if reached.insert(target.clone()) {
                    left.push(target.clone());
                }
            }
        }
        reached
    }
}

/// The path of a file's module; the root's is empty.
fn module_of(source: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(source).unwrap_or(file).with_extension("");
    let mut parts: Vec<_> = relative.iter().filter_map(|part| part.to_str()).map(ToOwned::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts.join("::")
}

/// The module that a path leads into.
fn longest(modules: &BTreeSet<String>, path: &[String]) -> Option<String> {
    (1..=path.len()).rev().map(|length| path[..length].join("::")).find(|module| modules.contains(module))
}

/// The paths of the crate that a module names, from the crate's root.
struct Uses {
    module: Vec<String>,
    paths: Vec<Vec<String>>,
}

impl Uses {
    fn of(module: &str) -> Self {
        let module = module.split("::").filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect();
        Self { module, paths: Vec::new() }
    }

    /// A path from the crate's root, if it leads into the crate.
    fn resolved(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let mut from = match first.as_str() {
            "crate" | "$crate" => Vec::new(),
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len().checked_sub(1)?].to_vec(),
            _ => return None,
        };
        for part in rest {
            if part == "super" {
                from.pop();
            } else {
                from.push(part.clone());
            }
        }
        Some(from)
    }

    fn tree(&mut self, prefix: &mut Vec<String>, tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(prefix, tree)),
            syn::UseTree::Name(syn::UseName { ident })
            | syn::UseTree::Rename(syn::UseRename { ident, .. }) => {
                let mut path = prefix.clone();
                if ident != "self" {
                    path.push(ident.to_string());
                }
                self.paths.extend(self.resolved(&path));
            }
            syn::UseTree::Glob(_) => self.paths.extend(self.resolved(prefix)),
        }
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.paths.extend(self.resolved(&parts));
        visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {
        // Who may see something is nothing that it uses.
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests may use whatever they like.
        if !module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            visit::visit_item_mod(self, module);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(uses: &[(&str, &[&str])]) -> Modules {
        let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Modules(uses.iter().map(|(name, used)| ((*name).to_owned(), of(used))).collect())
    }

    #[test]
    fn a_circle_is_what_reaches_each_other() {
        let one = modules(&[("a", &["b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[]), ("e", &["a"])]);
        assert_eq!(one.largest_circle(), ["a", "b", "c"]);
        assert_eq!(modules(&[("a", &["b"]), ("b", &[])]).largest_circle().len(), 1);
    }

    #[test]
    fn paths_are_read_from_where_they_stand() {
        let tree = syn::parse_file(
            "use crate::{a::B, c}; use super::d::E; use self::f; fn g() { crate::h::i(); } #[cfg(test)] mod tests { use crate::j; }",
        )
        .unwrap();
        let mut uses = Uses::of("x::y");
        uses.visit_file(&tree);
        let paths: Vec<_> = uses.paths.iter().map(|path| path.join("::")).collect();
        assert_eq!(paths, ["a::B", "c", "x::d::E", "x::y::f", "h::i"]);
    }
}
