//! Targets that fail in each way there is, so that tests see each found and its input kept.

use std::hint::black_box;
use std::time::Duration;

/// Fails by the name that the input is.
pub(super) fn run(input: &[u8]) {
    match input {
        b"panic" => panic!("as asked"),
        b"panic elsewhere" => drop(std::thread::spawn(|| panic!("as asked")).join()),
        b"slow" => std::thread::sleep(Duration::from_millis(1_100)),
        b"hang" => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        b"abort" => std::process::abort(),
        b"memory" => drop(black_box(vec![1_u8; 2 << 30])),
        b"stack" => drop(black_box(deep(1))),
        _ => {}
    }
}

fn deep(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == 0 { 0 } else { deep(depth + 1) + frame[1] }
}

pub(super) fn seeds(name: &str) -> Vec<Vec<u8>> {
    [b"fine", name.as_bytes(), b"fine"].map(<[u8]>::to_vec).to_vec()
}
