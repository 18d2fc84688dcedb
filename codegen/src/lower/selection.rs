//! Which operations are lowered, and how those that need unsupported features are found.

use std::collections::HashSet;

use super::protocol;
use super::{Closure, Customization, Lowering};
use crate::Options;
use crate::ir::Service;
use crate::model::{Model, ShapeId};
use crate::report::{Problem, Report};

/// The operations to lower.
#[derive(Default)]
pub(super) enum Selection<'a> {
    /// All.
    #[default]
    All,
    /// None: what remains is the service itself.
    None,
    /// One.
    One(&'a ShapeId),
    /// All but these, each with the reason.
    Without(Vec<(&'a ShapeId, String)>),
}

impl Selection<'_> {
    pub(super) fn takes(&self, operation: &ShapeId) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::One(one) => *one == operation,
            Self::Without(left_out) => left_out.iter().all(|(id, _)| *id != operation),
        }
    }
}

/// The result of lowering, and the operations that were lowered.
pub(super) struct Outcome<'a> {
    pub(super) service: Result<Service, Report>,
    pub(super) operations: Vec<&'a ShapeId>,
}

/// Lowers the selected operations.
pub(super) fn lower<'a>(model: &'a Model, options: &'a Options, selection: Selection<'a>) -> Outcome<'a> {
    let left_out = match &selection {
        Selection::Without(left_out) => left_out.iter().map(|(id, reason)| format!("{id}: {reason}")).collect(),
        _ => Vec::new(),
    };
    let mut lowering = Lowering {
        model,
        options,
        protocol: protocol::NONE,
        selection,
        operations: Vec::new(),
        report: Report::new(&model.file),
        closure: Closure::default(),
        customization: Customization::default(),
        endpoint_schemes: None,
        left_out,
    };
    let service = lowering.service();
    let service = match service {
        Some(service) => lowering.report.into_result(service),
        None => Err(lowering.report),
    };
    Outcome { service, operations: lowering.operations }
}

/// Lowers a service without the operations that cannot be generated: those that have problems when they are lowered
/// alone, apart from the problems of the service itself.
///
/// # Errors
///
/// Returns the problems of the service itself, or those that no single operation has.
pub(super) fn without_unsupported<'a>(
    model: &'a Model,
    options: &'a Options,
    operations: &[&'a ShapeId],
) -> Result<Service, Report> {
    // Protocol tests are not a reason to leave an operation out.
    let alone = Options { tests: false, ..options.clone() };
    lower(model, &alone, Selection::None).service?;
    let mut left_out = Vec::new();
    for &id in operations {
        if let Err(report) = lower(model, &alone, Selection::One(id)).service {
            left_out.push((id, reason(id, &report)));
        }
    }
    lower(model, options, Selection::Without(left_out)).service
}

/// Returns why an operation is left out, in one line.
fn reason(id: &ShapeId, report: &Report) -> String {
    let mut seen = HashSet::new();
    let mut problems = report.problems().filter(|problem| seen.insert(&problem.message));
    let Some(Problem { place, message }) = problems.next() else { return String::new() };
    let first = match place {
        Some(place) if place != id.as_str() => format!("{place}: {message}"),
        _ => message.clone(),
    };
    match problems.count() {
        0 => first,
        more => format!("{first}; and {more} more"),
    }
}
