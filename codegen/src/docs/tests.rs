//! Tests of the conversion of a model's HTML documentation to Markdown, of line wrapping and of summaries.

use super::{summary, to_markdown, wrap};

/// Checks rows of documentation and expected Markdown, and that wrapping the Markdown changes nothing but where its
/// lines end.
fn check(rows: &[(&str, &str)]) {
    for (input, expected) in rows {
        let markdown = to_markdown(input);
        assert_eq!(&markdown, expected, "for {input:?}");
        let narrow = wrap(&markdown, 20).join("\n");
        let again = wrap(&narrow, usize::MAX).join("\n");
        assert_eq!(&again, expected, "wrapped, for {input:?}");
    }
}

#[test]
fn paragraphs_and_inline_tags() {
    check(&[
        ("", ""),
        ("<p> </p>", ""),
        ("<p>One.</p>\n      <p>Two\n   lines.</p>", "One.\n\nTwo lines."),
        ("<p>A <b>bold </b>word</p>", "A **bold** word"),
        ("<p>An <i> odd</i> and <em>even</em> day</p>", "An _odd_ and _even_ day"),
        ("<p>the <i>n</i>th and <b>(x)</b>y</p>", "the *n*th and (x)y"),
        ("<p><b>a <i>b</i></b><i>c</i></p>", "**a b**_c_"),
        ("<p>a<b></b><i> </i>b</p>", "a b"),
        ("<p>one<br>two<br><br>three</p>", "one\\\ntwo\n\nthree"),
        ("<p>Set <code>a\n   b</code>\n  .</p>", "Set `a b`."),
        ("<p><code>a`b</code> <code>`</code> <code> </code></p>", "``a`b`` `` ` ``"),
        ("<p><code>a</code><code>b</code><b><code>c</code></b></p>", "`ab`**`c`**"),
        ("<p><code>arn:<i>x</i>:<b>y</b></code></p>", "`arn:x:y`"),
        ("<p>the `Name` here</p>", "the `Name` here"),
        ("<p>x <!-- gone --> y</p>", "x y"),
        ("<p>x</p><script>if (a < b) {}</script><style>p {}</style>", "x"),
        ("<p>x <span>y</span> <img alt=\"z\"></p>", "x y z"),
        ("<p>put &lt;key&gt; &amp; <bucket> in <x-y>it</x-y></p>", "put \\<key> & \\<bucket> in it"),
        ("<p><code>s3://<bucket>/<Key Name></code></p>", "`s3://<bucket>/<Key Name>`"),
    ]);
}

#[test]
fn links() {
    check(&[
        ("<p><a href=\"https://a.example/b\">t</a></p>", "[t](https://a.example/b)"),
        ("<p><a href=\"\">t</a> <a>u</a> <a href=\"../v.html\">v</a></p>", "t u v"),
        ("<p><a href=\"https://a.example\"><code>x</code></a></p>", "[`x`](https://a.example)"),
        ("<p><code><a href=\"https://a.example\">x</a></code></p>", "[`x`](https://a.example)"),
        ("<p>see<a href=\"https://a.example\"> t </a>.</p>", "see [t](https://a.example)."),
        ("<p><a href=\"https://a.example/b c)\">[t]</a></p>", "[\\[t\\]](https://a.example/b%20c%29)"),
        ("<p><a href=\"https://a.example\">https://a.example</a></p>", "<https://a.example>"),
        (
            "<p>At https://a.example/b_c. Or (http://d.example)</p>",
            "At <https://a.example/b_c>. Or (<http://d.example>)",
        ),
        ("<p>At https://{name}.example/x, say</p>", "At `https://{name}.example/x`, say"),
        ("<p>At https://localhost/</p>", "At https://localhost/"),
        ("<p>Look!<a href=\"https://a.example\">t</a></p>", "Look\\![t](https://a.example)"),
        ("<p><b>see <a href=\"https://a.example\">t u</a></b></p>", "**see [t u](https://a.example)**"),
        ("<p><a href=\"https://a.example/?a=b&amp;copy;\">t</a></p>", "[t](https://a.example/?a=b&amp;copy;)"),
    ]);
}

#[test]
fn blocks() {
    check(&[
        ("<ul><li><p>a</p></li> <li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol><li>a<p>b</p><li>c</ol>d", "1. a\n\n   b\n\n2. c\n\nd"),
        ("<li>a</li><li>b</li><p>c</p>", "- a\n- b\n\nc"),
        ("<ul><li></li></ul><p></p>", ""),
        (
            "<dl><dt>T:</dt><dd><p>one</p><p>two</p></dd><dt><code>U</code></dt><dd>x</dd></dl>",
            "- **T**: one\n\n  two\n\n- **`U`**: x",
        ),
        ("<dl><dt>alone</dt></dl>", "- **alone**"),
        ("<note><p>a</p><p>b</p></note><p>c</p>", "> **Note:** a\n>\n> b\n\nc"),
        ("<important>a<ul><li>b</li></ul></important>", "> **Important:** a\n>\n> - b"),
        ("<note> </note><warning>x</warning>", "> **Warning:** x"),
        ("<fullname>A B</fullname><h3>C</h3><p>d</p>", "## A B\n\n### C\n\nd"),
        ("<pre>\n let x = 1;\n\n\t`y` */\n</pre>", "```text\n let x = 1;\n\n    `y` */\n```"),
        ("<pre>```</pre>", "````text\n```\n````"),
        (
            "<table><tr><th>a</th><th>b|c</th></tr><tr><td><p>d</p><p>e</p></td></table>",
            "| a | b\\|c |\n| --- | --- |\n| d e |  |",
        ),
        ("<p>a</p><hr/><ul><li><hr></li></ul>", "a\n\n***\n\n- ***"),
    ]);
}

#[test]
fn text_that_looks_like_markdown() {
    check(&[
        ("<p>[text] a[0] snake_case _x_ 2 * 3 *y* `</p>", "\\[text\\] a\\[0\\] snake_case \\_x\\_ 2 * 3 \\*y\\* \\`"),
        ("<p>C:\\dir \\* a\\ ~~b~~ ~5</p>", "C:\\dir \\\\\\* a\\\\ \\~\\~b\\~\\~ ~5"),
        ("<p>&amp;lt; A&amp;B a &lt; b &lt;p&gt;</p>", "\\&lt; A&B a < b \\<p>"),
        ("<p># a</p><p>1. b</p><p>- c</p><p>&gt; d</p><p>+ e</p>", "\\# a\n\n1\\. b\n\n\\- c\n\n\\> d\n\n\\+ e"),
        ("<p>---</p><p>a<br>===</p><p>__ b</p>", "\\---\n\na\\\n\\===\n\n\\_\\_ b"),
        ("<p>use --flag -- or not</p>", "use \\--flag -- or not"),
        ("<p>a */ b ```rust</p>", "a \\*/ b \\`\\`\\`rust"),
        ("<p>a\u{202E}b&#x2066;c\u{200F}d\u{7}e\rf</p>", "abcde f"),
        ("<p>a\u{85}b\u{2028}c&#x2029;d <code>e\u{85}f\u{2028}g</code></p>", "a b c d `e f g`"),
        ("<pre>a\u{85}b\u{2028}c\u{2029}d\u{7}e</pre>", "```text\na\nb\nc\nde\n```"),
        ("```\na\u{85}b\u{2028}c\n```", "```text\na\nb\nc\n```"),
        ("<p><a href=\"https://a.example/\u{85}b\u{2028}c\">t</a></p>", "[t](https://a.example/%20b%20c)"),
    ]);
    let lines = wrap(&to_markdown("<p>some words - 1. # + > = x</p>"), 10);
    assert_eq!(lines, ["some words", "\\- 1. # +", "\\> = x"]);
}

#[test]
fn commonmark() {
    check(&[
        ("Plain *text* with `code`\nand **more**.", "Plain _text_ with `code` and **more**."),
        ("    Laid out\n    by accident.\n", "Laid out by accident."),
        ("A [Foo] and [`Bar`] and [baz](Qux).", "A \\[Foo\\] and \\[`Bar`\\] and baz."),
        (
            "A [t](https://a.example) and [u].\n\n[u]: https://b.example",
            "A [t](https://a.example) and [u](https://b.example).",
        ),
        (
            "x:\n\n    indented\n\n```\nbare\n```\n\n```rust\nfn f() {}",
            "x:\n\n```text\nindented\n```\n\n```text\nbare\n```\n\n```text\nfn f() {}\n```",
        ),
        ("* a\n* b\n  1. c", "- a\n- b\n  1. c"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("# Title\n\n> quote\n\na\\\nb", "# Title\n\n> quote\n\na\\\nb"),
        ("| a | b |\n|---|---|\n| c | `d\\|e` |", "| a | b |\n| --- | --- |\n| c | `d\\|e` |"),
        ("a <b>b</b> <unknown> c", "a **b** \\<unknown> c"),
        (
            "Text.\n\n<note>\n<p>n</p>\n</note>\n\nMore `code` with `</p>`.",
            "Text.\n\n> **Note:** n\n\nMore `code` with `</p>`.",
        ),
        (
            "Use <me@a.example> or <https://b.example>.",
            "Use [me@a.example](mailto:me@a.example) or <https://b.example>.",
        ),
        (
            "starts plain\n\n        <p>but is HTML</p>\n\n        <ul><li>a</li></ul>",
            "starts plain\n\nbut is HTML\n\n- a",
        ),
    ]);
}

#[test]
fn broken_input_keeps_its_text() {
    check(&[
        ("<p>a <b>b <i>c</b> d</i> e", "a **b c** _d_ e"),
        ("<p>a <b>b</p><p>c</p>", "a **b**\n\nc"),
        ("</ul></li><p>a</b></code></p></note>", "a"),
        ("<p>a <b", "a \\<b"),
        ("<p>a <a href=\"https://x>t</a> b</p>", "a \\<a href=\"https://x>t b"),
        ("<p>a <!-- b</p>", "a \\<!-- b"),
        ("<ul><li>a<note>b</ul>c", "- a\n\n  > **Note:** b\n\nc"),
        ("<td>a</td><tr>b</tr><dd>c", "a\n\nb\n\n- c"),
        ("<p>a <code>b <p>c</p>", "a `b`\n\nc"),
        ("<pre>a <b>b</b><p>c</p>", "```text\na b\n```\n\nc"),
    ]);
}

#[test]
fn wrapping() {
    let check = |markdown: &str, width: usize, expected: &[&str]| {
        assert_eq!(wrap(markdown, width), expected, "for {markdown:?}");
    };
    check("aaa bbb ccc\nddd", 7, &["aaa bbb", "ccc ddd"]);
    check("é é é é", 3, &["é é", "é é"]);
    check("a `b c d e f` g", 5, &["a", "`b c d e f`", "g"]);
    check("a [b c](https://x.example/y) d", 8, &["a [b", "c](https://x.example/y)", "d"]);
    check("# a b c d e", 4, &["# a b c d e"]);
    check("- aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb\n  - c", 20, &["- aaaaaaaaaaaaaaaa", "  bbbbbbbbbbbbbbbb", "  - c"]);
    // The generator's own links and code survive.
    check("See [`Client`], [`x`](crate::X), and [y][`Z`].", 80, &["See [`Client`], [`x`](crate::X), and [y](Z)."]);
    check("```no_run\nlet x = 1;\n```", 80, &["```no_run", "let x = 1;", "```"]);
    check("", 80, &[]);
}

#[test]
fn summaries() {
    let check = |documentation: &str, expected: &str| {
        assert_eq!(summary(&to_markdown(documentation)), expected, "for {documentation:?}");
    };
    check("", "");
    check("<p>The name. It is long.</p>", "The name.");
    check("<p>The name of it</p><p>More.</p>", "The name of it.");
    check(
        "<p>A thing, e.g. Foo or i.e. Bar in the U.S. East. Next.</p>",
        "A thing, e.g. Foo or i.e. Bar in the U.S. East.",
    );
    check(
        "<p>(Optional) When it ended (or not. Who knows?). Next.</p>",
        "(Optional) When it ended (or not. Who knows?).",
    );
    check(
        "<p>Set <code>a. B</code> to 1.5 at <a href=\"https://a.example\">A. b</a>. Next.</p>",
        "Set `a. B` to 1.5 at [A. b](https://a.example).",
    );
    check("<p>Is it on? Yes.</p>", "Is it on?");
    check("<p>One of these:</p><ul><li>a</li></ul>", "One of these.");
    check("<p>Reads <b>it all. Then</b> stops.</p>", "Reads **it all.**");
    check("<h2>Title</h2><p><b>Overview</b></p><p>The text. More.</p>", "The text.");
    check("<fullname>Just a title</fullname>", "Just a title.");
    check("<note><p>Only this. More.</p></note>", "**Note:** Only this.");
    check("<p>token</p>", "token");
    check("Ends in `code`. `More` of it.", "Ends in `code`.");
    check("1\\. is no list", "1\\. is no list.");
}

#[test]
fn large_and_deep_input_is_no_danger() {
    let nested = "<b> <ul><li> <note> <dl><dt> <dd> <table><tr><td> <code> <pre> <x> <ol>";
    let repeated = "<!-- <a\"\" <a\" - > * **a [ ![a]( ` _a* & \\ <b>x</b>y<i>(</i> https:// https://a.b/ (( h` a.";
    let nested = nested.split(' ').map(|text| (text, 10_000));
    let repeated = repeated.split(' ').map(|text| (text, 2_000));
    for (text, count) in nested.chain(repeated) {
        for (before, between) in [("", ""), ("<p>", " ")] {
            let input = format!("{before}{}\nend", format!("{text}{between}").repeat(count));
            let markdown = to_markdown(&input);
            assert!(markdown.contains("end"), "{text}");
            assert!(!wrap(&markdown, 80).is_empty());
            summary(&markdown);
        }
    }
}

#[test]
fn tables_of_many_rows_and_columns_stay_small() {
    const COLUMNS: usize = 5000;
    const ROWS: usize = 5000;
    let row = |cells: usize| format!("<tr>{}</tr>", "<td>a</td>".repeat(cells));
    for long_first in [true, false] {
        let (long, short) = (row(COLUMNS), row(1).repeat(ROWS));
        let rows = if long_first { format!("{long}{short}") } else { format!("{short}{long}") };
        let table = format!("<table>{rows}</table>");
        let markdown = to_markdown(&table);
        assert_eq!(markdown.matches('a').count(), COLUMNS + ROWS);
        assert_eq!(markdown.lines().count(), ROWS + 2);
        // Not each row as long as the longest.
        assert!(markdown.len() < 10 * table.len(), "{} of {}", markdown.len(), table.len());
        assert!(wrap(&markdown, 80).join("\n") == markdown);
    }
}

#[test]
fn text_of_one_line() {
    for (text, line) in [
        ("model/a b.json", "model/a b.json"),
        ("a\nb\r.json", r"a\u{a}b\u{d}.json"),
        ("a\u{85}\u{2028}\u{202e}", r"a\u{85}\u{2028}\u{202e}"),
    ] {
        assert_eq!(super::one_line(text), line);
    }
}

#[test]
fn links_give_way_to_their_texts() {
    for (line, plain) in [
        ("no link", "no link"),
        ("see [this](https://x.example/a_(b)) there", "see this there"),
        ("[`a`](b) and [c](d)", "`a` and c"),
        (r"\[not\](a link)", r"\[not\](a link)"),
        ("[open](", "open"),
        ("a ] b [ c", "a ] b [ c"),
    ] {
        assert_eq!(super::without_links(line), plain, "{line}");
    }
}
