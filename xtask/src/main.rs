//! `cargo xtask <command>`.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use codegen::Runtime;
use codegen::diff::CrateVerdict;
use lexopt::{Arg, Parser, ValueExt};
use xtask::codegen::Mode;
use xtask::{Outcome, bench, conformance, diff, emit, emit_all, update};

const HELP: &str = "\
The workspace's own commands.

Usage: cargo xtask <command> [options]

Commands:
  codegen              Reads model/ and writes the generated part of sso-client
      --check          Writes nothing; shows a diff and fails when files are not up to date
      --dry-run        Writes nothing; says what would be written
  diff [OLD [NEW]]     Says what changed between two versions of a model, what that does to the crate, and
                       which version it needs. A side is a file or git:REV[:PATH]; without NEW the model
                       in model/, without OLD the same as it was at HEAD
      --format KIND    text (the default), markdown, json, or github (annotations)
      --fail-on LEVEL  Fails when a finding is breaking, additive, behaviour or docs, or worse
      --allow FILE     Findings that are accepted and do not fail, in TOML: [[allow]] tables of rule, shape,
                       reason. One that matches nothing is an error
      --docs           Shows findings about documentation too
      --all            Folds nothing: every finding, and all that it does to the crate
      --service ID     The service's shape id, where the models have more than one
      --skip-unsupported
                       Leaves out operations that need what is not supported, in place of refusing
      --list-rules     Lists the rules
  update FILE          Validates a new version of the model, shows the diff, puts it into model/, generates,
                       checks, and prints the entry of the changelog and the suggested version
      --model NAME     The file in model/ that it replaces, where there is more than one
      --dry-run        Does all but write
  emit                 Writes a crate of its own for a service of the restJson1 protocol
      --model FILE     Its Smithy model, in the JSON AST
      --out DIR        The folder of the crate, new, empty, or written by this command before
      --service ID     The service's shape id, where the model has more than one
      --name NAME      The crate's name, in place of one made of the service's
      --runtime KIND   vendored (a copy of its own; the default) or dependency (on sso-client)
      --partitions FILE
                       The partitions to look regions up in, in place of model/partitions.json
      --skip-unsupported
                       Leaves out operations that need what is not supported, in place of refusing
  emit-all PATH...     Emits models, each or every one of a folder, checks the crates, runs their endpoint
                       tests, and prints a table
      --out DIR        The folder of the crates; target/emitted where there is none
      --before-2025    For models from then: their tests say that isolated partitions have no dual-stack
  conformance FILE...  Runs the protocol and endpoint tests that models hold against the clients generated
                       of them, and counts what passed, failed and was skipped
  bench                Measures what calls cost, beside a client written by hand, in one table
      --with-aws-sdk   Measures aws-sdk-sso, too
      --build-time     Times clean release builds, too, which takes minutes
      --quick          Shorter runs
      --only ID,...    Only these rows of xtask/bench/budgets.toml, or concurrency, or generator
      --model FILE     What the generator is timed with, in place of the largest model that is found
      --json FILE      Writes the figures as JSON, too
      --budgets        Measures only what has a budget there, and fails when one is exceeded
  help                 Shows this text

Exit status: 0 when all is well; 1 when --check found differences, --fail-on a finding, a test failed or a limit is
exceeded; 2 when something could not be done, such as reading a model.
";

enum Command {
    Help,
    Codegen(Mode),
    Diff(Box<diff::Request>),
    ListRules,
    Update(update::Request),
    Emit(emit::Request),
    EmitAll(emit_all::Options),
    Conformance(Vec<PathBuf>),
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let command = match parse(Parser::from_env()) {
        Ok(command) => command,
        Err(error) => return fail(&format!("{error}\n\n{HELP}")),
    };
    match run(command) {
        Ok(Outcome::Success) => ExitCode::SUCCESS,
        Ok(Outcome::Failure) => ExitCode::from(1),
        Err(error) => fail(&format!("{error:#}\n")),
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    let root = xtask::workspace_root();
    let print = &mut |line| {
        say(&format!("{line}\n"));
    };
    match command {
        Command::Help => say(HELP),
        Command::ListRules => say(&diff::rules()),
        Command::Codegen(mode) => return xtask::codegen::run(&root, mode, print),
        Command::Diff(request) => return diff::run(&root, &request, &mut say),
        Command::Update(request) => return update::run(&root, &request, print),
        Command::EmitAll(options) => return emit_all::run(&root, &options, print),
        Command::Bench(options) => return bench::run(&root, &options, print),
        Command::Conformance(models) => return conformance::run(&root, &models, print),
        Command::Emit(request) => {
            let package = emit::run(&root, &request)?;
            let codegen::Size { operations, types, lines } = package.size;
            let out = request.out.display();
            print(format!("wrote {} to {out}: {operations} operations, {types} types, {lines} lines", package.name));
            for line in &package.left_out {
                print(format!("left out {line}"));
            }
            print(format!("Next: `cargo doc --open` in {out}."));
        }
    }
    Ok(Outcome::Success)
}

fn parse(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let command = match parser.next()? {
        None => return Ok(Command::Help),
        Some(Arg::Long("help") | Arg::Short('h')) => return Ok(Command::Help),
        Some(Arg::Value(value)) => value,
        Some(other) => return Err(other.unexpected()),
    };
    match command.to_str() {
        Some("help") => Ok(Command::Help),
        Some("codegen") => parse_codegen(parser),
        Some("diff") => parse_diff(parser),
        Some("update") => parse_update(parser),
        Some("emit") => parse_emit(parser),
        Some("emit-all") => parse_emit_all(parser),
        Some("conformance") => parse_conformance(parser),
        Some("bench") => Ok(bench::Options::parse(&mut parser)?.map_or(Command::Help, Command::Bench)),
        _ => Err(format!("there is no command {command:?}").into()),
    }
}

fn parse_codegen(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut mode = Mode::Write;
    while let Some(argument) = parser.next()? {
        let chosen = match argument {
            Arg::Long("check") => Mode::Check,
            Arg::Long("dry-run") => Mode::DryRun,
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        };
        if mode != Mode::Write && mode != chosen {
            return Err("--check and --dry-run exclude each other".into());
        }
        mode = chosen;
    }
    Ok(Command::Codegen(mode))
}

fn parse_diff(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut request = diff::Request { colour: colour(), ..diff::Request::default() };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(side) if request.old.is_none() => request.old = Some(side.string()?),
            Arg::Value(side) if request.new.is_none() => request.new = Some(side.string()?),
            Arg::Long("format") => {
                request.format = match parser.value()?.string()?.as_str() {
                    "text" => diff::Format::Text,
                    "markdown" => diff::Format::Markdown,
                    "json" => diff::Format::Json,
                    "github" => diff::Format::Github,
                    other => return Err(format!("--format is text, markdown, json or github, not {other:?}").into()),
                };
            }
            Arg::Long("fail-on") => {
                let level = parser.value()?.string()?;
                let levels = CrateVerdict::ALL.into_iter().filter(|verdict| *verdict != CrateVerdict::None);
                let found = levels.clone().find(|verdict| verdict.to_string() == level);
                if found.is_none() {
                    let levels: Vec<String> = levels.map(|verdict| verdict.to_string()).collect();
                    return Err(format!("--fail-on is one of {}, not {level:?}", levels.join(", ")).into());
                }
                request.fail_on = found;
            }
            Arg::Long("allow") => request.allow = Some(PathBuf::from(parser.value()?)),
            Arg::Long("docs") => request.docs = true,
            Arg::Long("all") => request.all = true,
            Arg::Long("service") => request.service = Some(parser.value()?.string()?),
            Arg::Long("skip-unsupported") => request.skip_unsupported = true,
            Arg::Long("list-rules") => return Ok(Command::ListRules),
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Diff(Box::new(request)))
}

fn parse_update(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut request = update::Request { colour: colour(), ..update::Request::default() };
    let mut file = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            Arg::Long("model") => request.model = Some(parser.value()?.string()?),
            Arg::Long("dry-run") => request.dry_run = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    request.file = file.ok_or("update needs the file of the new version")?;
    Ok(Command::Update(request))
}

/// Whether a person looks at a terminal and does not mind colours.
fn colour() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

fn parse_emit(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let (mut model, mut out) = (None, None);
    let mut request = emit::Request::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("model") => model = Some(PathBuf::from(parser.value()?)),
            Arg::Long("out") => out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("service") => request.service = Some(parser.value()?.string()?),
            Arg::Long("name") => request.name = Some(parser.value()?.string()?),
            Arg::Long("runtime") => request.runtime = runtime(parser.value()?)?,
            Arg::Long("partitions") => request.partitions = Some(PathBuf::from(parser.value()?)),
            Arg::Long("skip-unsupported") => request.skip_unsupported = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    request.model = model.ok_or("emit needs --model FILE")?;
    request.out = out.ok_or("emit needs --out DIR")?;
    Ok(Command::Emit(request))
}

fn parse_emit_all(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut options = emit_all::Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(value) => options.models.push(PathBuf::from(value)),
            Arg::Long("out") => options.out = Some(PathBuf::from(parser.value()?)),
            Arg::Long("before-2025") => options.before_2025 = true,
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    if options.models.is_empty() {
        return Err("emit-all needs models, or a folder of them".into());
    }
    Ok(Command::EmitAll(options))
}

fn parse_conformance(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut models = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(model) => models.push(PathBuf::from(model)),
            Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
            other => return Err(other.unexpected()),
        }
    }
    if models.is_empty() {
        return Err("conformance needs at least one model".into());
    }
    Ok(Command::Conformance(models))
}

fn runtime(value: OsString) -> Result<Runtime, lexopt::Error> {
    match value.to_str() {
        Some("vendored") => Ok(Runtime::Vendored),
        Some("dependency") => Ok(Runtime::Dependency),
        _ => Err(format!("--runtime is vendored or dependency, not {value:?}").into()),
    }
}

/// Prints to standard output. A reader that went away is no reason to panic.
fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn fail(text: &str) -> ExitCode {
    let _ = std::io::stderr().write_all(format!("error: {text}").as_bytes());
    ExitCode::from(2)
}
