//! Recursive types: in each cycle, one member is boxed.

use std::collections::HashMap;

use proc_macro2::Ident;

use crate::ir::{Member, Structure, Type, Union};

/// The state of a type in the search.
#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    /// Its members are being visited.
    Open,
    Done,
}

/// Boxes members that close a cycle without a list or map. The first cycle found decides, in the order of the types.
pub(super) fn box_cycles(structures: &mut [&mut Structure], unions: &mut [Union]) {
    // Structures and unions share a namespace; errors have their own.
    let index: HashMap<(bool, Ident), usize> = structures
        .iter()
        .map(|structure| (structure.error, structure.name.clone()))
        .chain(unions.iter().map(|union| (false, union.name.clone())))
        .enumerate()
        .map(|(index, name)| (name, index))
        .collect();
    let inner = |members: &mut dyn Iterator<Item = &Member>| -> Vec<(usize, usize)> {
        members.enumerate().filter_map(|(at, member)| Some((at, *index.get(&held_directly(member)?)?))).collect()
    };
    let mut holds: Vec<Vec<(usize, usize)>> =
        structures.iter().map(|structure| inner(&mut structure.members.iter())).collect();
    holds.extend(unions.iter().map(|union| inner(&mut union.variants.iter().map(|variant| &variant.member))));

    let mut state = vec![State::New; holds.len()];
    let mut boxed = Vec::new();
    for start in 0..holds.len() {
        if state[start] != State::New {
            continue;
        }
        // An explicit stack, since models may nest arbitrarily deep.
        let mut stack = vec![(start, 0)];
        state[start] = State::Open;
        while let Some((outer, next)) = stack.last_mut() {
            let outer = *outer;
            let Some(&(member, inner)) = holds[outer].get(*next) else {
                state[outer] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            match state[inner] {
                State::New => {
                    state[inner] = State::Open;
                    stack.push((inner, 0));
                }
                State::Open => boxed.push((outer, member)),
                State::Done => {}
            }
        }
    }
    for (outer, member) in boxed {
        match outer.checked_sub(structures.len()) {
            None => structures[outer].members[member].boxed = true,
            Some(union) => unions[union].variants[member].member.boxed = true,
        }
    }
}

/// Returns the type that a member holds directly: whether it is an error, and its name.
fn held_directly(member: &Member) -> Option<(bool, Ident)> {
    match &member.ty {
        Type::Structure(name) | Type::Union(name) => Some((false, name.clone())),
        Type::Error(name) => Some((true, name.clone())),
        _ => None,
    }
}
