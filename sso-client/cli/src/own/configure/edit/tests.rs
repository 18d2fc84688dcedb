//! What stays and what changes.

use proptest::collection;
use proptest::prelude::*;

use super::*;

fn profiles(names: &[(&str, &str)]) -> BTreeMap<String, Profile> {
    let profile = |account: &str| Profile {
        session: "corp".to_owned(),
        account_id: account.to_owned(),
        role_name: "Audit".to_owned(),
    };
    names.iter().map(|(name, account)| ((*name).to_owned(), profile(account))).collect()
}

fn applied(text: &str, names: &[(&str, &str)], prune: bool) -> Result<Edited, Failed> {
    let profiles = profiles(names);
    let granted = profiles.values().map(|profile| (profile.account_id.clone(), profile.role_name.clone())).collect();
    Edit { profiles: &profiles, section: None, prune: prune.then_some(("corp", &granted)) }.apply(text)
}

const FOREIGN: &str =
    "# mine\r\n[default]\r\nregion=eu-west-1 # not a comment\r\n\r\n\r\n[profile x]\r\n  \r\nregion = a";

#[test]
fn foreign_bytes_stay_and_a_second_run_changes_nothing() {
    let edited = applied(FOREIGN, &[("a", "1"), ("b", "2")], true).expect("edited");
    let text = edited.text();
    assert!(text.starts_with(&format!("{FOREIGN}\r\n\r\n[profile a]\r\n")), "{text}");
    assert!(!text.replace("\r\n", "").contains('\n'), "line endings are those of the file");
    let again = applied(&text, &[("a", "1"), ("b", "2")], true).expect("edited");
    assert!(!again.is_changed() && again.diff().is_empty());
}

#[test]
fn only_what_is_marked_changes_or_goes() {
    let text = applied("", &[("a", "1"), ("b", "2")], false).expect("edited").text()
        + "# of y\n[profile y]\nsso_session = corp\n";
    let text = text.replace("sso_account_id = 1\n", "sso_account_id = 1\noutput = table\n");
    let edited = applied(&text, &[("a", "3")], true).expect("edited");
    assert_eq!(edited.removed, ["b"]);
    let new = edited.text();
    assert!(
        new.contains("sso_account_id = 3\noutput = table\n")
            && new.ends_with("# of y\n[profile y]\nsso_session = corp\n"),
        "{new}"
    );
    assert!(!new.contains("[profile b]"));
    assert!(edited.diff().contains("-sso_account_id = 1\n+sso_account_id = 3\n"), "{}", edited.diff());
    let failed = applied("[profile a]\nregion = x\n", &[("a", "1")], false).expect_err("unmarked");
    assert!(failed.message.ends_with("did not write: a"), "{}", failed.message);
}

/// Lines as people and programs write them, marked profiles and broken ones among them.
fn line() -> impl Strategy<Value = String> {
    let whole = prop_oneof![
        Just("[default]"),
        Just("[profile a]"),
        Just("[profile  b ]"),
        Just("[profile y] # mine"),
        Just(" [profile b]"),
        Just("[sso-session corp]"),
        Just("[services s]"),
        Just(MARK),
        Just("# of mine"),
        Just("; of mine"),
        Just(""),
        Just("  "),
        Just("sso_session = corp"),
        Just("sso_account_id = 1"),
        Just("sso_account_id=7"),
        Just("sso_role_name: Gone"),
        Just("sso_role_name = Audit"),
        Just("s3 ="),
        Just("  max = 1"),
        Just("\tsso_account_id = 5"),
        Just("[broken"),
    ];
    let end = prop_oneof![Just("\n"), Just("\n"), Just("\n"), Just("\r\n"), Just(" \n"), Just("\r"), Just("")];
    let any = prop_oneof![4 => whole.prop_map(str::to_owned), 1 => "[ -~\u{e9}\u{a0}\u{feff}]{0,12}"];
    (any, end).prop_map(|(line, end)| line + end)
}

/// The lines of sections that are not marked.
fn foreign(text: &str) -> Vec<&str> {
    let of_others = |block: &Block<'_>| !(block.is_marked() && block.profile().is_some());
    blocks(text).into_iter().filter(of_others).flat_map(|block| block.lines).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_ours_stays(lines in collection::vec(line(), 0..16), prune: bool) {
        let text = lines.concat();
        let names = [("a", "1"), ("b", "2")];
        let Ok(edited) = applied(&text, &names, prune) else { return Ok(()) };
        let new = edited.text();
        // Only the lines that were taken and added differ, and those that were taken are all of marked profiles.
        let kept: String = edited.lines.iter().filter(|(tag, _)| *tag != Tag::Add).map(|(_, line)| line.as_str()).collect();
        prop_assert_eq!(&kept, &text);
        let mut rest = new.split_inclusive('\n');
        for line in foreign(&text) {
            // A last line without an end gets one.
            let is_it = |found: &str| found.strip_prefix(line).is_some_and(|end| {
                end.is_empty() || !line.ends_with('\n') && (end == "\n" || end == "\r\n")
            });
            prop_assert!(rest.any(is_it), "{:?} is not in {:?}", line, new);
        }
        if !text.contains(MARK) {
            prop_assert!(new.starts_with(&text), "{:?} became {:?}", text, new);
        }
        let again = applied(&new, &names, prune).expect("what was written can be read");
        prop_assert!(!again.is_changed(), "{:?} changes again: {}", new, again.diff());
    }
}
