//! What changed between two versions of a model, and what that does to the crate.
//!
//! Two verdicts stand side by side. The *model's* is what Smithy's own diff says, where it has a
//! word for it. The *crate's* is not guessed from the model: both sides are generated, what they
//! offer to Rust programs and what they do on the wire is compared, and every difference found
//! there is put down to the finding that brought it about.
//!
//! | file | what |
//! | --- | --- |
//! | `rules` | the rules, in one table |
//! | `shapes`, `members`, `enums`, `operations`, `traits` | the two models, compared: findings without the crate's verdict |
//! | `endpoints` | endpoint rules and tests, compared by evaluating them |
//! | `api` | the public API of a generated crate as a list, with the shapes that it comes from |
//! | `wire` | what the two IRs put on the wire |
//! | `changes`, `attribute` | how the generated crates differ, and which finding each difference is due to |

mod api;
mod attribute;
mod changes;
mod endpoints;
mod enums;
mod members;
mod operations;
mod rules;
mod shapes;
mod traits;
mod wire;

use std::fmt;

pub use changes::Change;
pub use rules::{RULES, Rule, rule};

use crate::model::Model;
use crate::{Options, Report};

/// How severe Smithy's own diff finds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// May break somebody.
    Warning,
    /// Probably breaks somebody.
    Danger,
    /// Breaks clients of some language.
    Error,
}

/// What Smithy's own diff says of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVerdict {
    /// How severe it is.
    pub severity: Severity,
    /// The id of its event, such as `ChangedMemberTarget`.
    pub id: String,
}

/// What a finding does to the generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrateVerdict {
    /// Nothing that programs notice: it is outside of what is generated, or comes to the same.
    None,
    /// It changes documentation.
    Docs,
    /// The same programs compile, and something else goes over the wire or is printed.
    Behaviour,
    /// There is more than there was.
    Additive,
    /// Some program that compiled does no longer.
    Breaking,
}

/// Which part of the version has to go up. Before 1.0.0 the minor number stands for the major one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// None: programs notice nothing.
    None,
    /// The last number.
    Patch,
    /// The middle number.
    Minor,
    /// The first number.
    Major,
}

/// One of the two models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What was.
    Old,
    /// What is.
    New,
}

/// Something that changed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// By which rule.
    pub rule: &'static Rule,
    /// The shape that it is about, or after `$` its member.
    pub shape: String,
    /// Other shapes that it is about.
    pub related: Vec<String>,
    /// What was.
    pub was: Option<String>,
    /// What is.
    pub is: Option<String>,
    /// What Smithy's own diff says.
    pub model: Option<ModelVerdict>,
    /// What it does to the crate; `None` where the crate could not be generated on one side.
    pub krate: Option<CrateVerdict>,
    /// How the crate differs because of it.
    pub changes: Vec<Change>,
}

/// All that changed.
#[derive(Clone, Debug)]
pub struct Diff {
    /// By rule, and by shape.
    pub findings: Vec<Finding>,
    /// The version that the crate needs; `None` where one side cannot be generated.
    pub bump: Option<Bump>,
    /// Why a side cannot be generated.
    pub refused: Vec<(Side, Report)>,
}

impl Diff {
    /// The findings that force the version.
    pub fn forcing(&self) -> impl Iterator<Item = &Finding> {
        let bump = self.bump.filter(|bump| *bump != Bump::None);
        self.findings.iter().filter(move |found| bump.is_some() && found.krate.map(Bump::from) == bump)
    }
}

impl From<CrateVerdict> for Bump {
    fn from(verdict: CrateVerdict) -> Self {
        match verdict {
            CrateVerdict::None => Self::None,
            CrateVerdict::Docs | CrateVerdict::Behaviour => Self::Patch,
            CrateVerdict::Additive => Self::Minor,
            CrateVerdict::Breaking => Self::Major,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "NOTE",
            Self::Warning => "WARNING",
            Self::Danger => "DANGER",
            Self::Error => "ERROR",
        })
    }
}

impl CrateVerdict {
    /// All of them, the worst first.
    pub const ALL: [Self; 5] = [Self::Breaking, Self::Additive, Self::Behaviour, Self::Docs, Self::None];
}

impl fmt::Display for CrateVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Breaking => "breaking",
            Self::Additive => "additive",
            Self::Behaviour => "behaviour",
            Self::Docs => "docs",
            Self::None => "none",
        })
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Major => "major",
            Self::Minor => "minor",
            Self::Patch => "patch",
            Self::None => "none",
        })
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Old => "old",
            Self::New => "new",
        })
    }
}

/// Compares two versions of a model. Models that cannot be generated are compared all the same;
/// what that does to the crate is then unknown.
pub fn diff(old: &Model, new: &Model, options: &Options) -> Diff {
    let mut findings = shapes::compare(old, new);
    let mut refused = Vec::new();
    let mut lowered =
        |side, model: &Model| crate::lower::lower(model, options).map_err(|report| refused.push((side, report))).ok();
    let services = (lowered(Side::Old, old), lowered(Side::New, new));
    let mut bump = None;
    if let (Some(was), Some(is)) = &services {
        let before = changes::Generated { service: was, options };
        let after = changes::Generated { service: is, options };
        let mut changes = endpoints::compare(&before, &after, &mut findings);
        changes.extend(changes::between(&before, &after));
        attribute::attribute(&mut findings, changes, old, new, &is.id);
        let worst = findings.iter().filter_map(|found| found.krate).max();
        bump = Some(worst.map_or(Bump::None, Bump::from));
    }
    findings.sort_by(|a, b| {
        (b.krate, rules::position(a.rule), &a.shape, &a.is).cmp(&(a.krate, rules::position(b.rule), &b.shape, &b.is))
    });
    Diff { findings, bump, refused }
}
