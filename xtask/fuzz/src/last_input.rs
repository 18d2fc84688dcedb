//! The file that holds the inputs being run, so that they outlive the process.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The file, written anew by each batch: every input behind its length in 8 bytes, and a length that there is not. It is
/// never cut, since one write is all that a batch may cost.
pub(crate) struct LastInputs {
    file: File,
    record: Vec<u8>,
}

const END: u64 = u64::MAX;

impl LastInputs {
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: File::create(path)?, record: Vec::new() })
    }

    pub(crate) fn write(&mut self, batch: &[Vec<u8>]) -> io::Result<()> {
        self.record.clear();
        for input in batch {
            self.record.extend((input.len() as u64).to_le_bytes());
            self.record.extend(input);
        }
        self.record.extend(END.to_le_bytes());
        self.file.write_all_at(&self.record, 0)
    }
}

/// The inputs that were written last.
pub(crate) fn read(path: &Path) -> Vec<Vec<u8>> {
    let record = std::fs::read(path).unwrap_or_default();
    let (mut inputs, mut rest) = (Vec::new(), &record[..]);
    while let Some((length, after)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let Some((input, after)) = after.split_at_checked(length) else { break };
        inputs.push(input.to_vec());
        rest = after;
    }
    inputs
}
