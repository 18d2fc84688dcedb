//! libFuzzer on a target: keeps inputs that reach new code, and makes others of them. The script `guided` builds and runs it.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use fuzz::targets::{self, Target};

static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    targets::named(&name).unwrap_or_else(|| panic!("there is no target {name:?}"))
});

/// Writes the target's own inputs where libFuzzer begins.
fn begin() {
    let folder = std::env::var_os("FUZZ_CORPUS").expect("the script sets FUZZ_CORPUS");
    for (number, input) in TARGET.corpus().iter().enumerate() {
        std::fs::write(Path::new(&folder).join(format!("own-{number}")), input).expect("written");
    }
}

libfuzzer_sys::fuzz_target!(init: begin(), |input: &[u8]| (TARGET.run)(input));

// Half of the mutations are libFuzzer's, which knows what was compared; the others are the target's, which know its form.
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(2) {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let mut random = fastrand::Rng::with_seed(seed.into());
    let mutated = (TARGET.mutate)(&mut random, &[data[..size].to_vec()]);
    let length = mutated.len().min(max_size);
    data[..length].copy_from_slice(&mutated[..length]);
    length
});
