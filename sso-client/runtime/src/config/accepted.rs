//! Settings of other AWS SDKs that this one has no use for.

use std::time::Duration;

/// Accepted so that programs written for other AWS SDKs compile; it has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BehaviorVersion(());

impl BehaviorVersion {
    /// The latest, which is the only one.
    pub fn latest() -> Self {
        Self(())
    }

    /// The same as [`latest`](Self::latest).
    pub fn v2023_11_09() -> Self {
        Self(())
    }

    /// The same as [`latest`](Self::latest).
    pub fn v2024_03_28() -> Self {
        Self(())
    }

    /// The same as [`latest`](Self::latest).
    pub fn v2025_01_17() -> Self {
        Self(())
    }

    /// The same as [`latest`](Self::latest).
    pub fn v2025_08_07() -> Self {
        Self(())
    }

    /// The same as [`latest`](Self::latest).
    pub fn v2026_01_12() -> Self {
        Self(())
    }
}

/// Accepted so that programs written for other AWS SDKs compile; it has no effect. Here the
/// read timeout limits how long a response may stall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StalledStreamProtectionConfig(());

impl StalledStreamProtectionConfig {
    /// The same as [`disabled`](Self::disabled), with a builder for what it does not have.
    pub fn enabled() -> StalledStreamProtectionConfigBuilder {
        StalledStreamProtectionConfigBuilder(())
    }

    /// The only one there is.
    pub fn disabled() -> Self {
        Self(())
    }
}

/// Builds a [`StalledStreamProtectionConfig`].
#[derive(Clone, Copy, Debug)]
pub struct StalledStreamProtectionConfigBuilder(());

impl StalledStreamProtectionConfigBuilder {
    /// Accepted without effect.
    pub fn grace_period(self, _period: Duration) -> Self {
        self
    }

    /// The only configuration there is.
    pub fn build(self) -> StalledStreamProtectionConfig {
        StalledStreamProtectionConfig(())
    }
}
