//! The modules of the runtime are ordered: each imports only modules before it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// Facades over the other modules, which none of them imports.
const FACADES: [&str; 5] = ["prelude", "primitives", "protocol_tests", "public", "test_util"];

/// Returns the modules of the crate's root in the order in which it declares them.
fn modules(src: &Path) -> Vec<String> {
    let root = syn::parse_file(&fs::read_to_string(src.join("lib.rs")).expect("lib.rs")).expect("Rust");
    let names = root.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    names.filter(|name| !FACADES.contains(&name.as_str())).collect()
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => files(&path, found),
            Some(extension) if extension == "rs" => found.push(path),
            _ => {}
        }
    }
}

/// Collects the modules of the root that the paths of a file lead to, tests aside.
struct Paths<'a> {
    modules: &'a [String],
    /// How many modules the items being visited are below the root.
    depth: usize,
    found: BTreeSet<String>,
}

impl Paths<'_> {
    fn path(&mut self, segments: &[String]) {
        let supers = segments.iter().take_while(|segment| *segment == "super").count();
        let root = match segments.first().map(String::as_str) {
            Some("crate") => 1,
            Some("super") if supers >= self.depth => supers,
            _ => return,
        };
        self.found.extend(segments.get(root).filter(|name| self.modules.contains(name)).cloned());
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before)),
            syn::UseTree::Name(name) => self.path(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.path(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.path(before),
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module.attrs.iter().any(|attribute| {
            matches!(&attribute.meta, syn::Meta::List(list) if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
        });
        if !is_test {
            self.depth += 1;
            syn::visit::visit_item_mod(self, module);
            self.depth -= 1;
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.path(&segments);
        syn::visit::visit_path(self, path);
    }
}

/// Returns `file: module` for each import of a module that is not before the importing one.
fn violations(src: &Path) -> Vec<String> {
    let modules = modules(src);
    let mut wrong = Vec::new();
    for (index, module) in modules.iter().enumerate() {
        let mut found = Vec::new();
        files(&src.join(module), &mut found);
        for file in found {
            let below = file.strip_prefix(src).expect("below the root");
            let is_test = below.iter().any(|part| part == "tests.rs" || part == "tests" || part == "feature_tests");
            if is_test {
                continue;
            }
            let depth = below.components().count() - usize::from(file.ends_with("mod.rs"));
            let text = fs::read_to_string(&file).expect("a file");
            let mut paths = Paths { modules: &modules, depth, found: BTreeSet::new() };
            paths.visit_file(&syn::parse_file(&text).expect("Rust"));
            let later = paths.found.iter().filter(|name| modules[index + 1..].contains(name));
            wrong.extend(later.map(|name| format!("{} imports {name}", below.display())));
        }
    }
    wrong
}

#[test]
fn each_module_imports_only_modules_before_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert!(modules(&src).len() >= 10, "{:?}", modules(&src));
    let wrong = violations(&src);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_violation_is_found() {
    let src = std::env::temp_dir().join(format!("module-order-{}", std::process::id()));
    let write = |path: &str, text: &str| {
        let path = src.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        fs::write(path, text).expect("written");
    };
    write("lib.rs", "mod first;\nmod second;\n");
    write("second/mod.rs", "use crate::first::A;\n");
    for bad in [
        "use crate::second::B;",
        "use crate::{second::B};",
        "use super::second::B;",
        "fn f() -> crate::second::B { todo() }",
        "mod inner { use super::super::second::B; }",
    ] {
        write("first/mod.rs", bad);
        assert_eq!(violations(&src), ["first/mod.rs imports second"], "{bad}");
    }
    write("first/mod.rs", "#[cfg(test)]\nmod tests { use crate::second::B; }\n");
    assert_eq!(violations(&src), [""; 0]);
    fs::remove_dir_all(&src).expect("removed");
}
