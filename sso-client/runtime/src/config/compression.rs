//! Settings of request compression.

use super::{Builder, Config};

impl Builder {
    /// Sets whether request bodies are sent as they are, even where they could be compressed.
    pub fn disable_request_compression(mut self, disable: impl Into<Option<bool>>) -> Self {
        self.set_disable_request_compression(disable.into());
        self
    }

    /// Sets whether request bodies are never compressed, or goes back to the default with `None`.
    pub fn set_disable_request_compression(&mut self, disable: Option<bool>) -> &mut Self {
        self.disable_compression = disable;
        self
    }

    /// Sets from how many bytes on request bodies are compressed: 0 to 10485760, by default 10240.
    /// Bodies of operations that stream them always are.
    pub fn request_min_compression_size_bytes(mut self, size: impl Into<Option<u32>>) -> Self {
        self.set_request_min_compression_size_bytes(size.into());
        self
    }

    /// Sets from how many bytes on request bodies are compressed, or goes back to the default with
    /// `None`.
    pub fn set_request_min_compression_size_bytes(&mut self, size: Option<u32>) -> &mut Self {
        self.min_compression_size = size;
        self
    }
}

impl Config {
    /// Whether request bodies are never compressed, where that was said.
    pub fn disable_request_compression(&self) -> Option<bool> {
        self.settings.disable_compression
    }

    /// From how many bytes on request bodies are compressed, where that was said.
    pub fn request_min_compression_size_bytes(&self) -> Option<u32> {
        self.settings.min_compression_size
    }
}
