//! What stays and what changes.

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
