//! `completions`: scripts for shells, which ask this program for candidates, a line each.
//!
//! Names of profiles and sessions come from the configuration, those of accounts and roles also from what was listed
//! last; the network is never asked. They are untrusted: no script
//! lets the shell expand them, and what could not stand in a command line as one word is left out.

use std::collections::BTreeSet;

use sso_client::identity::SsoSession;

use super::known::Known;
use super::{Call, OWN};
use crate::args::{CSV, GLOBAL, Opt, Takes};
use crate::config;
use crate::errors::Failed;
use crate::output;
use crate::table::{COMMANDS, Command};

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    (Opt::own("shell", Takes::Choice(&["bash", "zsh", "fish", "powershell"])), "The shell; that of $SHELL by default."),
    (Opt::own("words", Takes::Text), "Prints the candidates for the last of these words, parted by U+001F."),
];

const BASH: &str = r#"_sso_complete() {
    local line words
    words=$(printf '%s\x1f' "${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(sso completions --words="${words%?}" 2>/dev/null)
}
complete -o default -F _sso_complete sso
"#;

const ZSH: &str = r#"#compdef sso
_sso_complete() {
    local -a candidates
    candidates=("${(@f)$(sso completions --words="${(pj:\x1f:)words[2,CURRENT]}" 2>/dev/null)}")
    [[ -n $candidates ]] && compadd -- "${candidates[@]}"
}
if [[ $funcstack[1] == _sso ]]; then _sso_complete "$@"; else compdef _sso_complete sso; fi
"#;

const FISH: &str = r#"function __sso_complete
    set -l words (commandline -opc) (commandline -ct)
    sso completions --words=(string join \x1f -- $words[2..-1]) 2>/dev/null
end
complete -c sso -f -a '(__sso_complete)'
"#;

const POWERSHELL: &str = r#"Register-ArgumentCompleter -Native -CommandName sso -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '' }
    sso completions "--words=$($words -join [char]31)" 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
"#;

/// What parts the words that a script hands over: no shell puts it into one.
const SEPARATOR: char = '\u{1f}';

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    if let Some(words) = call.parsed.value("words") {
        let words: Vec<&str> = words.split(SEPARATOR).collect();
        let found = candidates(&words).into_iter().map(|candidate| candidate + "\n");
        return output::write(&found.collect::<String>());
    }
    let shell = std::env::var("SHELL").unwrap_or_default();
    let shell = call.parsed.value("shell").or_else(|| shell.rsplit('/').next()).unwrap_or_default();
    output::write(match shell {
        "bash" => BASH,
        "zsh" => ZSH,
        "fish" => FISH,
        "powershell" => POWERSHELL,
        _ => return Err(Failed::usage("which shell? sso completions bash, zsh, fish or powershell")),
    })
}

/// What may stand in place of the last word.
fn candidates(words: &[&str]) -> Vec<String> {
    let (last, before) = words.split_last().unwrap_or((&"", &[]));
    let command = before.iter().find(|word| !word.starts_with('-') && by_name(word)).copied();
    match (last.split_once('='), before) {
        // `--option=value` is one word in some shells, and three in bash.
        (Some((option, value)), _) if option.starts_with("--") => {
            let found = values(command, option).unwrap_or_default();
            starting(found, value).into_iter().map(|found| format!("{option}={found}")).collect()
        }
        (Some(("", value)), [.., option]) if option.starts_with("--") => {
            starting(values(command, option).unwrap_or_default(), value)
        }
        (_, [.., option, "="]) if option.starts_with("--") => {
            starting(values(command, option).unwrap_or_default(), last)
        }
        _ => {
            let all = before.last().and_then(|option| values(command, option));
            starting(all.unwrap_or_else(|| names_of(command, last)), last)
        }
    }
}

fn starting(all: Vec<String>, beginning: &str) -> Vec<String> {
    all.into_iter().filter(|candidate| candidate.starts_with(beginning)).collect()
}

/// The names of commands, or of options.
fn names_of(command: Option<&str>, last: &str) -> Vec<String> {
    if command.is_none() && !last.starts_with('-') {
        let own = OWN.iter().map(|own| own.name);
        return COMMANDS.iter().map(|command| command.name).chain(own).chain(["help"]).map(str::to_owned).collect();
    }
    options(command).iter().map(|option| format!("--{}", option.name)).collect()
}

/// The values of an option, as far as they are known; `None` where the word is no option that takes one.
fn values(command: Option<&str>, word: &str) -> Option<Vec<String>> {
    let name = word.strip_prefix("--")?;
    let takes = options(command).iter().find(|option| option.name == name)?.takes;
    Some(match (takes, name) {
        (Takes::Nothing, _) => return None,
        (Takes::Choice(choices) | Takes::OptionalChoice(choices), _) => {
            choices.iter().map(|choice| (*choice).to_owned()).collect()
        }
        (Takes::ChoiceByCommand(choices), _) => {
            let csv = command.and_then(super::by_name).is_some_and(|own| own.csv);
            let fits = |choice: &&&str| csv || **choice != CSV;
            choices.iter().filter(fits).map(|choice| (*choice).to_owned()).collect()
        }
        (_, "profile") => plain(sessions().0),
        (_, "sso-session") => plain(sessions().1),
        (_, "account" | "account-id") => {
            let known = Known::everything().into_iter();
            let named = known.flat_map(|row| [row.account_id, row.account_name]);
            let is_fit = |account: &String| name == "account" || account.bytes().all(|byte| byte.is_ascii_digit());
            plain(named.chain(properties("sso_account_id")).filter(is_fit))
        }
        (_, "role" | "role-name") => {
            plain(Known::everything().into_iter().map(|row| row.role_name).chain(properties("sso_role_name")))
        }
        _ => Vec::new(),
    })
}

fn by_name(name: &str) -> bool {
    Command::by_name(name).is_some() || super::by_name(name).is_some()
}

fn options(command: Option<&str>) -> Vec<Opt> {
    let name = command.unwrap_or_default();
    let of_operation = Command::by_name(name).map(crate::call::options).unwrap_or_default();
    let own = super::by_name(name).map_or(&[][..], |own| own.options).iter().map(|(option, _)| *option);
    of_operation.into_iter().chain(own).chain(GLOBAL.iter().copied()).collect()
}

/// The names of profiles and sessions.
fn sessions() -> (Vec<String>, Vec<String>) {
    SsoSession::loader().names().unwrap_or_default()
}

/// What profiles say of a property.
fn properties(key: &str) -> Vec<String> {
    let text = std::fs::read_to_string(config::config_file()).unwrap_or_default();
    let sections = config::parse_ini(&text).unwrap_or_default();
    sections.iter().filter_map(|section| section.get(key).map(str::to_owned)).collect()
}

/// Those that are one word in every shell, each once, in order.
fn plain(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let safe = |char: char| char.is_alphanumeric() || "_-.@:/+,=".contains(char);
    // One that begins with a dash would be taken for an option.
    let is_word = |name: &String| !name.is_empty() && !name.starts_with('-') && name.chars().all(safe);
    let names: BTreeSet<String> = names.into_iter().filter(is_word).collect();
    names.into_iter().collect()
}
