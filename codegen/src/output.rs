//! Renders tokens as text: parses, pretty-prints, adds blank lines and the header.

use crate::FileTree;
use crate::emit::Pending;

/// Renders every file. A parse failure is a bug of an emitter, which is reported.
pub(crate) fn render(header: &str, files: Vec<Pending<'_>>) -> Result<FileTree, String> {
    files
        .into_iter()
        .map(|(path, tokens)| {
            let file = syn::parse2(tokens()).map_err(|error| {
                format!("{path}: the generator wrote something that is not Rust ({error}); please report this")
            })?;
            Ok((path, format!("{header}\n{}", space_out(&prettyplease::unparse(&file)))))
        })
        .collect()
}

/// Adds blank lines between items and between methods, which the printer leaves out.
fn space_out(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 20);
    let mut previous = "";
    for line in text.lines() {
        if needs_blank(previous, line) {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}

fn needs_blank(previous: &str, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let starts_item = |line: &str| {
        const STARTS: &[&str] = &[
            "///",
            "#[",
            "pub ",
            "pub(",
            "fn ",
            "async fn ",
            "impl",
            "mod ",
            "struct ",
            "enum ",
            "const ",
            "static ",
            "use ",
        ];
        STARTS.iter().any(|start| line.trim_start().starts_with(start))
    };
    let previous_code = previous.trim_start();
    let ends_import = previous_code == "};" && line.starts_with("use ");
    if ends_import || previous_code.is_empty() || line.trim().is_empty() || indent(previous) != indent(line) {
        return false;
    }
    let ends_block = previous_code == "}"
        || previous_code == "};"
        || (previous_code.ends_with("{}") && !previous_code.starts_with("//"));
    let ends_line = previous_code.ends_with(';') && !previous_code.starts_with("//");
    let same_kind = |start: &str| previous_code.starts_with(start) && line.trim_start().starts_with(start);
    if previous_code.starts_with("//!") && !line.trim_start().starts_with("//!") {
        return true;
    }
    starts_item(line)
        && (ends_block
            || (ends_line
                && !["use ", "const ", "type ", "mod ", "pub mod ", "pub use ", "pub(crate) mod "]
                    .into_iter()
                    .any(same_kind)
                && indent(line) <= 4
                && (indent(line) == 0 || !line.trim_start().starts_with("const "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines() {
        let text = "//! Docs.\nuse a;\nuse b;\nstruct C;\n/// D.\nimpl C {\n    const X: u8 = 1;\n    fn d() {\n        a();\n        if b {\n        }\n        c();\n    }\n    fn e() {}\n}\nfn f() {}\n";
        let spaced = "//! Docs.\n\nuse a;\nuse b;\n\nstruct C;\n\n/// D.\nimpl C {\n    const X: u8 = 1;\n\n    fn d() {\n        a();\n        if b {\n        }\n        c();\n    }\n\n    fn e() {}\n}\n\nfn f() {}\n";
        assert_eq!(space_out(text), spaced);
        let documented = "/// fn main() {}\n/// }\n/// x;\nfn f() {}\n";
        assert_eq!(space_out(documented), documented);
    }
}
