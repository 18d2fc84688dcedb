//! The memory that a body may take as a value.
//!
//! An element of a list takes what its structure takes, even if the body has only `{},` for it: without a limit, a body of
//! 16 MiB would take 400 MB, and a process that may not have them would be aborted.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::Hash;

use serde::de::Error;

/// What the elements of lists and maps, and boxed members, may take together. Their texts do not count: they take about
/// what they take in the body.
#[derive(Debug)]
pub(crate) struct Room {
    /// What is left, in bytes; `None` once more was asked for.
    left: Cell<Option<usize>>,
}

impl Room {
    /// What every body may take: a service's pages take less by far.
    const LEAST: usize = 64 << 20;
    /// What a larger body may take, as a multiple of its size: structures that take more than their JSON.
    const FACTOR: usize = 4;

    pub(super) fn of(body: &[u8]) -> Self {
        Self { left: Cell::new(Some(Self::size(body))) }
    }

    /// Returns what a body may take in all, in bytes.
    pub(super) fn size(body: &[u8]) -> usize {
        body.len().saturating_mul(Self::FACTOR).max(Self::LEAST)
    }

    pub(super) fn is_exceeded(&self) -> bool {
        self.left.get().is_none()
    }

    /// Takes a number of bytes.
    ///
    /// # Errors
    ///
    /// If less is left. What the error says is not shown: [`BodyError::TooManyElements`](super::BodyError) takes its place.
    pub(super) fn take<E: Error>(&self, bytes: usize) -> Result<(), E> {
        self.left.set(self.left.get().and_then(|left| left.checked_sub(bytes)));
        if self.is_exceeded() { Err(E::custom("too many elements")) } else { Ok(()) }
    }

    /// Appends to a list, for which memory is taken when it grows.
    pub(crate) fn push<T, E: Error>(&self, list: &mut Vec<T>, element: T) -> Result<(), E> {
        /// The initial capacity: lists of services are empty or have more than a few elements.
        const CAPACITY: usize = 8;
        if list.len() == list.capacity() {
            let more = list.len().max(CAPACITY);
            self.take(size_of::<T>().saturating_mul(more))?;
            list.reserve_exact(more);
        }
        list.push(element);
        Ok(())
    }

    /// Inserts into a map, for which memory is taken when it grows.
    pub(crate) fn insert<K: Eq + Hash, T, E: Error>(&self, map: &mut HashMap<K, T>, key: K, value: T) -> Result<(), E> {
        /// The least capacity of a map that is not empty.
        const CAPACITY: usize = 3;
        if map.len() == map.capacity() {
            let more = map.len().max(CAPACITY);
            self.take(size_of::<(K, T)>().saturating_mul(more))?;
            map.reserve(more);
        }
        map.insert(key, value);
        Ok(())
    }
}
