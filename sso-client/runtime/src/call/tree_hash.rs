//! The checksums of uploads to Amazon S3 Glacier.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::error::BuildError;
use crate::http::HttpRequest;

/// The size in bytes of a leaf of the tree.
const CHUNK: usize = 1024 * 1024;
const LINEAR_HASH: &str = "x-amz-content-sha256";
const TREE_HASH: &str = "x-amz-sha256-tree-hash";

type Hash = [u8; 32];

/// Sets `x-amz-content-sha256` to the SHA-256 of the body and `x-amz-sha256-tree-hash` to its tree hash, in hexadecimal,
/// each unless it is set.
pub fn glacier_tree_hash(request: &mut HttpRequest, _config: &Config) -> Result<(), BuildError> {
    for (name, hash) in [(LINEAR_HASH, sha256 as fn(&[u8]) -> Hash), (TREE_HASH, tree_hash)] {
        if request.headers().contains_key(name) {
            continue;
        }
        let body = request.known_body().ok_or_else(|| {
            BuildError::other(format!(
                "the body comes piece by piece and cannot be hashed before it is sent, as this operation requires: \
                 read it into memory first, or set the headers {LINEAR_HASH} and {TREE_HASH}"
            ))
        })?;
        request.headers_mut().insert(name, hex(&hash(&body))).map_err(BuildError::other)?;
    }
    Ok(())
}

fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Hashes each mebibyte, then pairs of hashes until one is left. An unpaired hash moves up unchanged.
fn tree_hash(bytes: &[u8]) -> Hash {
    if bytes.is_empty() {
        return sha256(bytes);
    }
    let mut level: Vec<Hash> = bytes.chunks(CHUNK).map(sha256).collect();
    while level.len() > 1 {
        let up = |pair: &[Hash]| match pair {
            [alone] => *alone,
            pair => sha256(pair.as_flattened()),
        };
        level = level.chunks(2).map(up).collect();
    }
    level[0]
}

fn hex(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const HELLO: &str = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

    #[test]
    fn trees() {
        let leaf = |byte: u8| sha256(&vec![byte; CHUNK]);
        let both = |left: Hash, right: Hash| sha256(&[left, right].concat());
        let bytes: Vec<u8> = (0..5).flat_map(|byte| vec![byte; CHUNK]).collect();
        let (two, four) = (both(leaf(0), leaf(1)), both(both(leaf(0), leaf(1)), both(leaf(2), leaf(3))));
        for (length, expected) in [
            (CHUNK, leaf(0)),
            (2 * CHUNK, two),
            (2 * CHUNK + 1, both(two, sha256(&[2]))),
            (3 * CHUNK, both(two, leaf(2))),
            (4 * CHUNK, four),
            (5 * CHUNK, both(four, leaf(4))),
        ] {
            assert_eq!(hex(&tree_hash(&bytes[..length])), hex(&expected), "{length}");
        }
    }

    #[test]
    fn headers() {
        let config = Config::builder().build();
        for (body, hash) in [("", EMPTY), ("hello world", HELLO)] {
            let mut request: HttpRequest = http::Request::new(body).into();
            glacier_tree_hash(&mut request, &config).expect("in memory");
            assert_eq!(request.headers().get(LINEAR_HASH), Some(hash));
            assert_eq!(request.headers().get(TREE_HASH), Some(hash));
            *request.body_mut() = "other".into();
            glacier_tree_hash(&mut request, &config).expect("nothing to do");
            assert_eq!(request.headers().get(TREE_HASH), Some(hash), "kept");
        }
    }
}
