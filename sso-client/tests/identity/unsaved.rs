//! Refreshed tokens that cannot be stored: the session goes on with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use sso_client::config::http::BoxFuture;
use sso_client::identity::{
    Document, Entry, EntryKind, FileTokenStore, IdentityError, IdentityErrorKind, TokenStore, TryLock,
};
use sso_client::runtime::test_util::FakeClock;

use super::common::{Home, Script, at, block_on, scripted};

/// A store that may be full.
#[derive(Clone, Debug)]
struct Disk {
    files: FileTokenStore,
    /// Where nothing can be written.
    nowhere: FileTokenStore,
    is_full: Arc<AtomicBool>,
}

impl TokenStore for Disk {
    fn read<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<Option<Document>, IdentityError>> {
        self.files.read(entry)
    }

    fn write<'a>(&'a self, entry: &'a Entry, document: Document) -> BoxFuture<'a, Result<(), IdentityError>> {
        if self.is_full.load(Ordering::SeqCst) { &self.nowhere } else { &self.files }.write(entry, document)
    }

    fn remove<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<bool, IdentityError>> {
        self.files.remove(entry)
    }

    fn list(&self, kind: EntryKind) -> BoxFuture<'_, Result<Vec<Entry>, IdentityError>> {
        self.files.list(kind)
    }

    fn try_lock<'a>(&'a self, entry: &'a Entry) -> BoxFuture<'a, Result<TryLock, IdentityError>> {
        self.files.try_lock(entry)
    }

    fn describe(&self, entry: &Entry) -> String {
        self.files.describe(entry)
    }
}

/// One refresh, not one at each call; the next one is by the newest refresh token; and what somebody else stores counts.
#[test]
fn a_token_that_cannot_be_stored_is_used_all_the_same() {
    let home =
        Home::new("[sso-session own]\nsso_start_url = https://d-123.awsapps.com/start\nsso_region = us-west-2\n");
    home.put(".aws/sso/cache/x.json", "");
    let folder = home.path(".aws/sso/cache");
    let disk = Disk {
        files: FileTokenStore::new(&folder, &folder),
        nowhere: FileTokenStore::new("/dev/null/tokens", "/dev/null/roles"),
        is_full: Arc::new(AtomicBool::new(true)),
    };
    let clock = FakeClock::at(at("2023-01-01T03:00:00Z"));
    let answer = |number: u32| json!({ "body": { "accessToken": format!("T{number}"), "expiresIn": 3600, "refreshToken": format!("R{number}") } });
    let script = Script::new([answer(1), answer(2), answer(3)]);
    let loader = home.loader().session_name("own").token_store(disk.clone());
    let session = scripted(loader, &script, &clock).load().expect("a session");
    let store = |token: &str, expires_at: &str| {
        let token = json!({
            "accessToken": token, "expiresAt": expires_at, "clientId": "i", "clientSecret": "s", "refreshToken": "R0",
            "registrationExpiresAt": "2024-01-01T00:00:00Z",
        });
        std::fs::write(session.token_location(), token.to_string()).expect("written");
    };
    let token = || block_on(session.token()).expect("a token").secret().to_owned();
    let sent = |index: usize| script.requests()[index].body["refreshToken"].clone();

    store("T0", "2023-01-01T01:00:00Z");
    assert!(session.unsaved_token().is_none());
    assert_eq!([token(), token(), token()], ["T1", "T1", "T1"]);
    assert_eq!((script.count(), sent(0)), (1, json!("R0")));
    let why = session.unsaved_token().expect("it is not stored");
    assert_eq!(why.kind(), IdentityErrorKind::CacheWrite);
    assert!(!why.to_string().contains("T1"), "{why}");

    clock.set(at("2023-01-01T05:00:00Z"));
    assert_eq!([token(), token()], ["T2", "T2"]);
    assert_eq!((script.count(), sent(1)), (2, json!("R1")));

    // With room again, the next one is stored.
    disk.is_full.store(false, Ordering::SeqCst);
    clock.set(at("2023-01-01T07:00:00Z"));
    assert_eq!([token(), token()], ["T3", "T3"]);
    assert_eq!((script.count(), sent(2)), (3, json!("R2")));
    assert!(session.unsaved_token().is_none());
    let stored = std::fs::read_to_string(session.token_location()).expect("a file");
    assert!(stored.contains("T3") && stored.contains("R3"), "{stored}");

    // A login elsewhere counts at once.
    disk.is_full.store(true, Ordering::SeqCst);
    clock.set(at("2023-01-01T09:00:00Z"));
    assert_eq!(token(), "T3", "the script repeats its last answer");
    assert!(session.unsaved_token().is_some());
    store("ELSEWHERE", "2023-01-02T00:00:00Z");
    assert_eq!(token(), "ELSEWHERE");
}
