//! The URL of an endpoint, which requests put their paths and queries behind.
//!
//! What must stay true: a URL that holds a password, or a port that is none, is refused and not
//! repeated; what it has of a path and a query is kept.

/// An endpoint's URL, cut where paths and queries join it.
#[derive(Debug)]
pub(super) struct BaseUrl {
    /// Scheme, authority and path, without a slash at the end.
    front: String,
    /// Where the authority starts in it.
    authority: usize,
    query: Option<String>,
}

impl BaseUrl {
    /// Takes an absolute `http` or `https` URL apart. The message does not repeat it: what is
    /// wrong with it may be that it holds a password.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        const FORM: &str = "it has to have the form https://host[:port][/path]";
        let uri: http::Uri = url.parse().map_err(|error| format!("{error}; {FORM}"))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!("it has no scheme or no host; {FORM}"));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(format!("its scheme is {scheme}; {FORM}"));
        }
        if authority.as_str().contains('@') {
            return Err("it holds a user name or password, which requests never carry".to_owned());
        }
        // Nobody else looks at ports: a broken one would fall back to that of the scheme, and the
        // request with its token go to whoever listens there.
        let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        if !port.is_empty() && authority.port_u16().is_none_or(|number| number == 0 || port != format!(":{number}")) {
            return Err(format!("{:?} is no port; {FORM}", port.trim_start_matches(':')));
        }
        let front = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        Ok(Self { front, authority: scheme.len() + "://".len(), query: uri.query().map(str::to_owned) })
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> &str {
        let end = self.front[self.authority..].find('/').map_or(self.front.len(), |slash| self.authority + slash);
        &self.front[..end]
    }

    /// Puts a request's path behind its own, a request's query behind its own, and a prefix in
    /// front of its host.
    pub(super) fn join(&self, host_prefix: &str, path: &str, query: &str) -> String {
        let mut uri = String::with_capacity(host_prefix.len() + self.front.len() + path.len() + query.len() + 1);
        let (scheme, rest) = self.front.split_at(self.authority);
        uri.push_str(scheme);
        uri.push_str(host_prefix);
        uri.push_str(rest);
        uri.push_str(path);
        let queries = [self.query.as_deref().unwrap_or_default(), query];
        for (query, separator) in queries.into_iter().filter(|query| !query.is_empty()).zip(['?', '&']) {
            uri.push(separator);
            uri.push_str(query);
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for (base, path, query, expected) in [
            ("https://h", "/a/b", "", "https://h/a/b"),
            ("https://h/", "/a", "x=1", "https://h/a?x=1"),
            ("http://h:8080/base/", "/a", "x=1", "http://h:8080/base/a?x=1"),
            ("http://h/base?y=2", "/a", "x=1", "http://h/base/a?y=2&x=1"),
            ("http://h?y=2", "/a", "", "http://h/a?y=2"),
            ("http://[::1]:8080", "/a", "", "http://[::1]:8080/a"),
        ] {
            let base = BaseUrl::parse(base).expect(base);
            assert_eq!(base.join("", path, query), expected);
        }
        let base = BaseUrl::parse("https://h:1/p").expect("a URL");
        assert_eq!(base.join("a.b-", "/q", ""), "https://a.b-h:1/p/q");
        assert_eq!(base.origin(), "https://h:1");
        assert_eq!(BaseUrl::parse("http://[::1]?q").expect("a URL").origin(), "http://[::1]");
        for bad in [
            "",
            "h",
            "/path",
            "ftp://h",
            "http://",
            "https://user:SECRET@h",
            "http://a b",
            "http://h:",
            "http://h:99999",
            "http://h:80a",
            "http://h:+80",
            "http://[::1]:x",
            "http://h:0",
        ] {
            let reason = BaseUrl::parse(bad).map(|_| ()).expect_err(bad);
            assert!(!reason.contains("SECRET"), "{reason}");
        }
    }
}
