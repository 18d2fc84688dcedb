//! `completions`: scripts for shells, which ask this program for candidates, a line each.
//!
//! Names of profiles and sessions come from the configuration, without network. They are untrusted: no script
//! lets the shell expand them, and what could not stand in a command line as one word is left out.

use sso_client::identity::SsoSession;

use super::{Call, OWN};
use crate::args::{GLOBAL, Opt, Takes};
use crate::errors::Failed;
use crate::output;
use crate::table::{COMMANDS, Command};

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    (Opt::own("shell", Takes::Choice(&["bash", "zsh", "fish", "powershell"])), "The shell; that of $SHELL by default."),
    (Opt::own("words", Takes::Text), "Prints the candidates for the last of these words, which line breaks part."),
];

const BASH: &str = r#"_sso_complete() {
    local line words
    words=$(printf '%s\n' "${COMP_WORDS[@]:1:COMP_CWORD}")
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(sso completions --words "$words" 2>/dev/null)
}
complete -o default -F _sso_complete sso
"#;

const ZSH: &str = r#"#compdef sso
_sso_complete() {
    local -a candidates
    candidates=("${(@f)$(sso completions --words "${(F)words[2,CURRENT]}" 2>/dev/null)}")
    compadd -- "${candidates[@]}"
}
compdef _sso_complete sso
"#;

const FISH: &str = r#"function __sso_complete
    set -l words (commandline -opc) (commandline -ct)
    sso completions --words (string join \n -- $words[2..-1] | string collect) 2>/dev/null
end
complete -c sso -f -a '(__sso_complete)'
"#;

const POWERSHELL: &str = r#"Register-ArgumentCompleter -Native -CommandName sso -ScriptBlock {
    param($word, $ast, $position)
    $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '' }
    sso completions "--words=$($words -join "`n")" 2>$null | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
"#;

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    if let Some(words) = call.parsed.value("words") {
        let words: Vec<&str> = words.split('\n').collect();
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
        _ => return Err(Failed::usage("which shell? --shell bash, zsh, fish or powershell")),
    })
}

/// What may stand in place of the last word.
fn candidates(words: &[&str]) -> Vec<String> {
    let (last, before) = words.split_last().unwrap_or((&"", &[]));
    let command = before.iter().find(|word| !word.starts_with('-') && by_name(word));
    let options = options(command.copied());
    let takes = before.last().and_then(|word| word.strip_prefix("--"));
    let takes = takes.and_then(|name| options.iter().find(|option| option.name == name)).map(|option| option.takes);
    let all: Vec<String> = match (takes, before.last().copied()) {
        (Some(Takes::Choice(choices) | Takes::OptionalChoice(choices)), _) => {
            choices.iter().map(|choice| (*choice).to_owned()).collect()
        }
        (Some(Takes::Text), Some("--profile")) => names().0,
        (Some(Takes::Text), Some("--sso-session")) => names().1,
        (Some(Takes::Text | Takes::Integer), _) => Vec::new(),
        _ if command.is_none() && !last.starts_with('-') => {
            let own = OWN.iter().map(|own| own.name);
            COMMANDS.iter().map(|command| command.name).chain(own).chain(["help"]).map(str::to_owned).collect()
        }
        _ => options.iter().map(|option| format!("--{}", option.name)).collect(),
    };
    all.into_iter().filter(|candidate| candidate.starts_with(last)).collect()
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

/// The names of profiles and sessions that are one word in every shell.
fn names() -> (Vec<String>, Vec<String>) {
    let plain = |names: Vec<String>| {
        let safe = |char: char| char.is_alphanumeric() || "_-.@:/+,=".contains(char);
        names.into_iter().filter(|name| name.chars().all(safe)).collect()
    };
    SsoSession::loader().names().map(|(profiles, sessions)| (plain(profiles), plain(sessions))).unwrap_or_default()
}
