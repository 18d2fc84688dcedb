//! For tests: a transport that replays canned responses, and a fake clock.

mod fake_clock;
mod replay;

pub use fake_clock::FakeClock;
pub use replay::ReplayClient;
