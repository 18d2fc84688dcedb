//! Pagination: the trait `smithy.api#paginated`, resolved against input and output.

use super::{Lowering, members::Position};
use crate::ir::{Member, PagedItems, Pagination, PathStep, Type};
use crate::model::{PaginatedTrait, Shape, ShapeId, ShapeKind};

impl Lowering<'_> {
    /// Lowers the pagination of an operation; `None` if it has none, or none that is supported, which is noted as left out:
    /// the operation works without it.
    pub(super) fn pagination(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        service: &Shape,
        input: &[Member],
        output: &[Member],
    ) -> Option<Pagination> {
        let own: PaginatedTrait = self.read_trait(id, shape, "smithy.api#paginated")?;
        let defaults: PaginatedTrait = self.read_trait(id, service, "smithy.api#paginated").unwrap_or_default();
        let (Some(input_token), Some(output_token)) =
            (own.input_token.or(defaults.input_token), own.output_token.or(defaults.output_token))
        else {
            self.report.shape(id, "paginated needs both an inputToken and an outputToken, here or on the service");
            return None;
        };
        let items = own.items.or(defaults.items);
        let page_size = own.page_size.or(defaults.page_size);

        let problems = self.report.problems().len();
        let input_token = self.input_member(id, "inputToken", &input_token, input);
        let output_token = self.output_path(id, "outputToken", &output_token, output);
        let items = items.and_then(|items| self.output_path(id, "items", &items, output));
        let page_size = page_size.and_then(|size| self.input_member(id, "pageSize", &size, input));
        if self.report.problems().len() > problems {
            return None;
        }
        let (input_token, (token_path, token)) = (input_token?, output_token?);
        if input_token.ty != Type::String || token.ty != Type::String {
            self.left_out.push(format!("{id}: its paginator, since its token is no string"));
            return None;
        }
        let items = items.and_then(|(path, member)| match member.ty {
            Type::List(element) => Some((path, PagedItems::List(*element))),
            Type::Map(key, element) => Some((path, PagedItems::Map(*key, *element))),
            _ => {
                self.left_out.push(format!("{id}: the items of its pages, since they are no list or map"));
                None
            }
        });
        let page_size = page_size.and_then(|size| {
            if matches!(size.ty, Type::Integer | Type::Long | Type::String) {
                return Some((size.name, size.ty));
            }
            self.left_out.push(format!("{id}: the size of its pages, since it is no number"));
            None
        });
        Some(Pagination { input_token: input_token.name, output_token: token_path, items, page_size })
    }

    fn input_member(&mut self, id: &ShapeId, what: &str, name: &str, input: &[Member]) -> Option<Member> {
        let found = input.iter().find(|member| member.wire_name == name).cloned();
        if found.is_none() {
            self.report.shape(id, format!("paginated.{what} names {name:?}, which is no member of the input"));
        }
        found
    }

    /// Returns the members on a path like `a.b`, and the last of them.
    fn output_path(
        &mut self,
        id: &ShapeId,
        what: &str,
        path: &str,
        output: &[Member],
    ) -> Option<(Vec<PathStep>, Member)> {
        let model = self.model;
        let mut steps = Vec::new();
        let mut members = output.to_vec();
        let ShapeKind::Operation(operation) = &model.shape(id)?.kind else { return None };
        let mut holder = operation.output.clone();
        let mut last = None;
        for name in path.split('.') {
            let Some(member) = members.iter().find(|member| member.wire_name == name).cloned() else {
                let mut message = format!("paginated.{what} names {path:?}, which is no member of the output");
                if name != path {
                    message.push_str(&format!(": there is no {name:?} where it looks for it"));
                }
                self.report.shape(id, message);
                return None;
            };
            steps.push(PathStep { name: member.name.clone(), optional: member.is_optional(), boxed: member.boxed });
            // The next token may be absent.
            let target = holder.as_ref().and_then(|holder| match &model.shape(holder)?.kind {
                ShapeKind::Structure(members) => Some(members.get(name)?.target.clone()),
                _ => None,
            });
            members = match target.as_ref().and_then(|target| Some((target, model.shape(target)?))) {
                Some((target, shape)) => match &shape.kind {
                    ShapeKind::Structure(inner) => self.members(target, shape, inner, Position::Body),
                    _ => Vec::new(),
                },
                None => Vec::new(),
            };
            holder = target;
            last = Some(member);
        }
        last.map(|last| (steps, last))
    }
}
