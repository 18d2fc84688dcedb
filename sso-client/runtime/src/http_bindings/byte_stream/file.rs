//! Files as bodies, read chunk by chunk on Tokio's blocking threads.

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

/// The default chunk size in bytes.
const CHUNK: usize = 64 * 1024;

/// The number of bytes to read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Length {
    /// Exactly this many bytes; it is an error if there are fewer.
    Exact(u64),
    /// At most this many bytes.
    UpTo(u64),
}

/// Builds a [`ByteStream`] of a file or a part of it.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until something is built of it"]
pub struct FsBuilder {
    path: Option<PathBuf>,
    offset: u64,
    length: Option<Length>,
    buffer_size: Option<usize>,
}

impl FsBuilder {
    /// Returns a builder without a path.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the path of the file, which is required.
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = Some(path.as_ref().to_owned());
        self
    }

    /// Sets the offset of the first byte to read; 0 by default.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Sets the number of bytes to read; by default the rest of the file.
    pub fn length(mut self, length: Length) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets the chunk size in bytes; 64 KiB by default.
    pub fn buffer_size(mut self, size: usize) -> Self {
        self.buffer_size = Some(size);
        self
    }

    /// Builds the stream. The size of the file is read, but the file is not opened yet.
    ///
    /// # Errors
    ///
    /// [`ByteStreamError`] if no path was set, the file does not exist or is too short, or there is no Tokio runtime.
    pub async fn build(self) -> Result<ByteStream, ByteStreamError> {
        let Self { path, offset, length, buffer_size } = self;
        let path = path.ok_or_else(|| ByteStreamError("no path was set to read from".into()))?;
        let file = path.clone();
        let metadata = blocking(move || std::fs::metadata(file)).map_err(Into::into);
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
        let chunk = buffer_size.unwrap_or(CHUNK).max(1);
        Ok(ByteStream::of(Arc::new(Part { path, offset, length, chunk })))
    }
}

/// Runs blocking work on a thread of the runtime.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<JoinHandle<io::Result<T>>> {
    let runtime = Handle::try_current().map_err(|_| io::Error::other("files are read inside a Tokio runtime only"))?;
    Ok(runtime.spawn_blocking(work))
}

/// Flattens the outcome of blocking work, which is cancelled only by a shutdown of the runtime.
fn joined<T>(outcome: Result<io::Result<T>, tokio::task::JoinError>) -> io::Result<T> {
    outcome.map_err(io::Error::other)?
}

/// A part of a file.
#[derive(Clone)]
struct Part {
    path: PathBuf,
    offset: u64,
    length: u64,
    chunk: usize,
}

/// Shows no path: it may be personal.
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

/// The body of a file.
struct Reading {
    part: Part,
    left: u64,
    state: State,
}

enum State {
    /// Between two chunks; the file is opened for the first.
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
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(self.chunk);
        let mut bytes = Vec::with_capacity(size);
        (&mut file).take(size as u64).read_to_end(&mut bytes)?;
        if bytes.len() < size {
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
