//! Files as bodies. The disk is read on Tokio's threads for what blocks, one piece at a time.

use std::fmt;
use std::fs::File;
use std::future::Future as _;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{ByteStream, ByteStreamError};
use crate::base::BoxError;
use crate::http::{BodySource, RequestBody};

/// How many bytes are read at once, unless another number is set.
const PIECE: usize = 64 * 1024;

/// How much of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Length {
    /// As many bytes; it is an error if there are fewer.
    Exact(u64),
    /// As many bytes, or fewer if there are no more.
    UpTo(u64),
}

/// Builds a [`ByteStream`] of a file, or a part of one.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct FsBuilder {
    path: Option<PathBuf>,
    offset: u64,
    length: Option<Length>,
    buffer_size: Option<usize>,
}

impl FsBuilder {
    /// Starts with no file.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the file.
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// Sets how many bytes to leave out at the start.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Sets how many bytes are wanted; by default all that follow.
    pub fn length(mut self, length: Length) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets how many bytes are read at once.
    pub fn buffer_size(mut self, size: usize) -> Self {
        self.buffer_size = Some(size);
        self
    }

    /// The finished stream. The file is looked at, but not opened yet.
    ///
    /// # Errors
    ///
    /// When no file was set, there is none of this name, it is shorter than it has to be, or there
    /// is no Tokio runtime.
    pub async fn build(self) -> Result<ByteStream, ByteStreamError> {
        let Self { path, offset, length, buffer_size } = self;
        let path = path.ok_or_else(|| ByteStreamError("no path was set to read from".into()))?;
        let looked_at = path.clone();
        let metadata = blocking(move || std::fs::metadata(looked_at)).map_err(Into::into);
        let metadata = match metadata {
            Ok(task) => joined(task.await).map_err(Into::into),
            Err(error) => Err(error),
        };
        let size = metadata.map_err(ByteStreamError)?.len();
        let left = size.checked_sub(offset).ok_or_else(|| {
            ByteStreamError(format!("the file has {size} bytes, and reading was to start at {offset}").into())
        })?;
        let length = match length {
            None => left,
            Some(Length::UpTo(length)) => left.min(length),
            Some(Length::Exact(length)) if length <= left => length,
            Some(Length::Exact(length)) => {
                let message = format!("the file has {left} bytes from {offset} on, and {length} were wanted");
                return Err(ByteStreamError(message.into()));
            }
        };
        let piece = buffer_size.unwrap_or(PIECE).max(1);
        Ok(ByteStream::of(Arc::new(Part { path, offset, length, piece })))
    }
}

/// Starts what may block.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<JoinHandle<io::Result<T>>> {
    let runtime = Handle::try_current().map_err(|_| io::Error::other("files are read inside a Tokio runtime only"))?;
    Ok(runtime.spawn_blocking(work))
}

/// What came of it; that it came to nothing means that the runtime is being shut down.
fn joined<T>(outcome: Result<io::Result<T>, tokio::task::JoinError>) -> io::Result<T> {
    outcome.map_err(io::Error::other)?
}

/// A part of a file.
#[derive(Clone)]
struct Part {
    path: PathBuf,
    offset: u64,
    length: u64,
    piece: usize,
}

/// Leaves out the path: it may tell whose file it is.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes in a file", self.length)
    }
}

impl BodySource for Part {
    fn open(&self) -> Result<RequestBody, BoxError> {
        let state = State::Idle(None);
        Ok(RequestBody::stream(Reading { part: self.clone(), left: self.length, state }))
    }

    fn content_length(&self) -> Option<u64> {
        Some(self.length)
    }

    fn is_replayable(&self) -> bool {
        true
    }
}

/// A file that is being read.
struct Reading {
    part: Part,
    left: u64,
    state: State,
}

enum State {
    /// Waiting to be asked for the next piece; the file is opened for the first.
    Idle(Option<File>),
    Busy(JoinHandle<io::Result<(File, Bytes)>>),
}

impl Part {
    fn next(&self, file: Option<File>, left: u64) -> io::Result<(File, Bytes)> {
        let mut file = match file {
            Some(file) => file,
            None => {
                let mut file = File::open(&self.path)?;
                file.seek(SeekFrom::Start(self.offset))?;
                file
            }
        };
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(self.piece);
        let mut bytes = Vec::with_capacity(want);
        (&mut file).take(want as u64).read_to_end(&mut bytes)?;
        if bytes.len() < want {
            let message = "the file has become shorter since it was looked at";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        Ok((file, bytes.into()))
    }
}

impl Body for Reading {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            match &mut this.state {
                State::Idle(_) if this.left == 0 => return Poll::Ready(None),
                State::Idle(file) => {
                    let (part, file, left) = (this.part.clone(), file.take(), this.left);
                    match blocking(move || part.next(file, left)) {
                        Ok(task) => this.state = State::Busy(task),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::Busy(task) => {
                    let outcome = joined(ready!(Pin::new(task).poll(cx)));
                    let (file, bytes) = match outcome {
                        Ok((file, bytes)) => (Some(file), bytes),
                        Err(error) => {
                            (this.state, this.left) = (State::Idle(None), 0);
                            return Poll::Ready(Some(Err(error)));
                        }
                    };
                    this.state = State::Idle(file);
                    this.left -= bytes.len() as u64;
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
