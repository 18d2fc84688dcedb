//! The program, run as people and scripts run it, against services on loopback.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `cases` | the recorded cases of AWS CLI v1 |
//! | `identity` | the cases of signing in and out that others wrote |
//! | `wishes` | what people want, a sentence a test; the modules below have more of them |
//! | `session`, `sign_in`, `configuring` | commands that stand on a session |
//! | `shells` | completion and `export`, by the shells that are installed |
//! | `packaged` | the manual page and the completions in the package |
//! | `secrets` | what is never shown |
//! | `terminals` | texts of others, which steer no terminal |
//! | `urls` | what is shown of URLs and documents that may hold secrets |
//! | `kills` | `kill -9` at every system call |
//! | `clocks`, `disks` | wrong clocks, full and read-only disks |
//! | `home`, `server` | a temporary home, and the services that it is about |

mod cases;
#[cfg(target_os = "linux")]
mod clocks;
mod configuring;
#[cfg(target_os = "linux")]
mod disks;
mod home;
mod identity;
#[cfg(target_os = "linux")]
mod kills;
mod packaged;
mod secrets;
mod server;
mod session;
mod shells;
mod sign_in;
mod terminals;
mod urls;
mod wishes;
