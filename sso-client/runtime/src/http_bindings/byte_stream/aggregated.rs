//! All pieces of a stream.

use std::collections::VecDeque;
use std::fmt;

use bytes::{Buf, Bytes, BytesMut};

/// The bytes of a stream, in the pieces in which they came. `Debug` shows their number only.
#[derive(Clone, Default)]
pub struct AggregatedBytes {
    pieces: VecDeque<Bytes>,
}

impl AggregatedBytes {
    pub(super) fn push(&mut self, piece: Bytes) {
        self.pieces.push_back(piece);
    }

    /// The bytes in one piece; copied only if they came in several.
    pub fn into_bytes(mut self) -> Bytes {
        if self.pieces.len() > 1 {
            let mut whole = BytesMut::with_capacity(self.remaining());
            whole.extend(self.pieces);
            return whole.freeze();
        }
        self.pieces.pop_front().unwrap_or_default()
    }

    /// The bytes, copied.
    pub fn to_vec(self) -> Vec<u8> {
        let mut whole = Vec::with_capacity(self.remaining());
        for piece in &self.pieces {
            whole.extend_from_slice(piece);
        }
        whole
    }
}

impl Buf for AggregatedBytes {
    fn remaining(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map(AsRef::as_ref).unwrap_or_default()
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            // More than there is: what `Buf` says is the caller's mistake.
            let Some(front) = self.pieces.front_mut() else { return };
            let step = count.min(front.len());
            front.advance(step);
            count -= step;
            if front.is_empty() {
                self.pieces.pop_front();
            }
        }
    }
}

impl fmt::Debug for AggregatedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregatedBytes({} bytes)", self.remaining())
    }
}
