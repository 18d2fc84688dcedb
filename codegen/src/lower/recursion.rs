//! Structures that hold themselves.

use std::collections::HashMap;

use proc_macro2::Ident;

use super::Lowering;
use crate::ir::{Member, Structure, Type};
use crate::model::ShapeId;

impl Lowering<'_> {
    /// A structure that holds itself other than through a list would need a box.
    pub(super) fn refuse_recursion(&mut self, structures: &[(ShapeId, Structure)]) {
        // What holds no other structure is no part of a cycle, nor is what no other holds. Taking
        // both away, one after the other, leaves the cycles and what lies between two of them.
        let index: HashMap<&Ident, usize> =
            structures.iter().enumerate().map(|(index, (_, structure))| (&structure.name, index)).collect();
        let inner = |index_of: usize| -> Vec<usize> {
            let members = structures[index_of].1.members.iter();
            members.filter_map(held_directly).filter_map(|name| index.get(name).copied()).collect()
        };
        let holds: Vec<Vec<usize>> = (0..structures.len()).map(inner).collect();
        let mut held_by = vec![Vec::new(); structures.len()];
        for (outer, holds) in holds.iter().enumerate() {
            for &inner in holds {
                held_by[inner].push(outer);
            }
        }
        let mut cyclic = vec![true; structures.len()];
        for (forward, backward) in [(&holds, &held_by), (&held_by, &holds)] {
            let alive = |edges: &Vec<usize>, cyclic: &[bool]| edges.iter().filter(|edge| cyclic[**edge]).count();
            let mut left: Vec<usize> = forward.iter().map(|edges| alive(edges, &cyclic)).collect();
            let mut done: Vec<usize> = (0..left.len()).filter(|&index| cyclic[index] && left[index] == 0).collect();
            while let Some(index) = done.pop() {
                cyclic[index] = false;
                for &other in &backward[index] {
                    left[other] -= 1;
                    if left[other] == 0 && cyclic[other] {
                        done.push(other);
                    }
                }
            }
        }
        for (outer, (id, structure)) in structures.iter().enumerate().filter(|(outer, _)| cyclic[*outer]) {
            for member in &structure.members {
                let inner = held_directly(member).and_then(|name| index.get(name));
                if inner.is_some_and(|&inner| cyclic[outer] && cyclic[inner]) {
                    let message = "leads back to its structure without a list between, which is not supported yet";
                    self.report.member(id, &member.wire_name, message);
                }
            }
        }
    }
}

/// The structure that a member holds itself, not in a list.
fn held_directly(member: &Member) -> Option<&Ident> {
    match &member.ty {
        Type::Structure(name) => Some(name),
        _ => None,
    }
}
