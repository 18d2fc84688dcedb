//! Random UUIDs. They tell requests apart; they keep nothing secret.

/// A random UUID (version 4).
pub(super) fn random() -> String {
    format(fastrand::u128(..))
}

fn format(random: u128) -> String {
    let bits = (random & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_variant_are_set() {
        assert_eq!(format(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(format(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_ne!(random(), random());
    }
}
