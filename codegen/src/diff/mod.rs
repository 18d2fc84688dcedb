//! Compares two versions of a model, and the crates generated from them.
//!
//! There are two verdicts. That of the *model* is what Smithy's own diff reports, if it has an event for it. That of the
//! *crate* is not derived from the model: both sides are generated, their public API and their behavior on the wire
//! are compared, and every difference is attributed to the finding that caused it.
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

/// The severity of an event in Smithy's own diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Informational.
    Note,
    /// May break users.
    Warning,
    /// Probably breaks users.
    Danger,
    /// Breaks clients of some language.
    Error,
}

/// The event of Smithy's own diff for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVerdict {
    /// How severe it is.
    pub severity: Severity,
    /// The id of its event, such as `ChangedMemberTarget`.
    pub id: String,
}

/// The effect of a finding on the generated crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CrateVerdict {
    /// No effect: it is not generated, or makes no difference.
    None,
    /// Documentation changes.
    Docs,
    /// Programs still compile, but behave differently on the wire or when printing.
    Behaviour,
    /// The API is extended.
    Additive,
    /// Some program no longer compiles, or makes calls that fail before they are sent.
    Breaking,
}

/// The required version bump. Before 1.0.0 the minor number stands for the major one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// None.
    None,
    /// Patch.
    Patch,
    /// Minor.
    Minor,
    /// Major.
    Major,
}

/// A side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The old model.
    Old,
    /// The new model.
    New,
}

/// A change of the model.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its rule.
    pub rule: &'static Rule,
    /// The shape or, after `$`, member that it is about.
    pub shape: String,
    /// Other shapes that it is about.
    pub related: Vec<String>,
    /// The old state.
    pub was: Option<String>,
    /// The new state.
    pub is: Option<String>,
    /// The event of Smithy's own diff.
    pub model: Option<ModelVerdict>,
    /// Its effect on the crate; `None` if a side cannot be generated.
    pub krate: Option<CrateVerdict>,
    /// The differences of the crate that it causes.
    pub changes: Vec<Change>,
}

/// The result of a comparison.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The findings, by rule and shape.
    pub findings: Vec<Finding>,
    /// The required version bump; `None` if a side cannot be generated.
    pub bump: Option<Bump>,
    /// Why a side cannot be generated.
    pub refused: Vec<(Side, Report)>,
}

impl Diff {
    /// Returns the findings that require the version bump.
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
    /// Returns all findings, the most severe first.
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

/// Compares two versions of a model. Models that cannot be generated are compared, too, without the effect on the
/// crate.
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
