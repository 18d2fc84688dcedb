//! Secrets are wiped when a call is over: the whole memory of the process is searched for them. hyper's
//! and the kernel's buffers are left out.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};

use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, ResponseBody, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::{Client, Config};

/// The secrets stand nowhere as they are, so that what is found is a copy.
const MASK: u8 = 0x5a;
const TOKEN: &[u8] = &masked(b"The token of a session, long enough that memory which is used again still has its end.");
const KEY: &[u8] = &masked(b"The key of an account, which is of some length for the same reason, but ends otherwise!");

const fn masked<const N: usize>(text: &[u8; N]) -> [u8; N] {
    let mut masked = [0; N];
    let mut at = 0;
    while at < N {
        masked[at] = text[at] ^ MASK;
        at += 1;
    }
    masked
}

fn unmasked(secret: &[u8]) -> String {
    secret.iter().map(|byte| char::from(byte ^ MASK)).fold(String::with_capacity(secret.len() + 1), |mut text, char| {
        text.push(char);
        text
    })
}

/// How often the end of a secret stands in the memory of this process. An allocator writes notes of
/// its own over the start of what was freed, which does not count as overwritten.
fn found(secret: &[u8]) -> usize {
    let secret = &secret[secret.len() - 16..];
    const CHUNK: usize = 1 << 16;
    let memory = File::open("/proc/self/mem").expect("this process has memory");
    let maps = std::fs::read_to_string("/proc/self/maps").expect("it is listed");
    let mut buffer = vec![0; CHUNK];
    // What is read must not be found once more, where it is read to.
    let own = buffer.as_ptr() as u64..buffer.as_ptr_range().end as u64;
    let mut count = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, _) = line.split_once(' ').expect("a range");
        let (start, end) = range.split_once('-').expect("two addresses");
        let address = |text| u64::from_str_radix(text, 16).expect("an address");
        let (mut at, end) = (address(start), address(end));
        while at < end {
            if own.contains(&at) {
                at = own.end;
                continue;
            }
            let stop = if at < own.start { end.min(own.start) } else { end };
            let wanted = usize::try_from(stop - at).map_or(CHUNK, |left| left.min(CHUNK));
            let Ok(read) = memory.read_at(&mut buffer[..wanted], at) else { break };
            let whole = |window: &[u8]| window.iter().zip(secret).all(|(byte, masked)| byte ^ MASK == *masked);
            count += buffer[..read].windows(secret.len()).filter(|window| whole(window)).count();
            // The next chunk begins where a secret may that this one cuts.
            let overlap = if read == CHUNK { secret.len() - 1 } else { 0 };
            at += (read.max(1) - overlap) as u64;
        }
    }
    buffer.fill(0);
    std::hint::black_box(&buffer);
    count
}

/// Overwrites what is the caller's own.
fn forget(text: Option<String>) {
    let mut bytes = text.expect("a secret").into_bytes();
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

/// A transport without buffers, that fails the first attempt of every two.
#[derive(Debug, Default)]
struct Transport(AtomicUsize);

impl HttpClient for Transport {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let sent = found(TOKEN);
        assert!(sent > 0, "the token is in the request");
        drop(request);
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let mut body = Vec::with_capacity(256);
        let status = if number % 2 == 0 { 500 } else { 200 };
        body.extend_from_slice(br#"{"roleCredentials":{"secretAccessKey":""#);
        body.extend(KEY.iter().map(|byte| byte ^ MASK));
        body.extend_from_slice(br#"","expiration":7}}"#);
        let response = http::Response::builder().status(status).body(ResponseBody::from(body)).expect("a response");
        Box::pin(std::future::ready(Ok(response)))
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_session() {
    // The search finds what is there.
    let control = unmasked(TOKEN);
    assert_eq!(found(TOKEN), 1);
    forget(Some(control));
    assert_eq!((found(TOKEN), found(KEY)), (0, 0));

    let retries = RetryConfig::standard().with_initial_backoff(std::time::Duration::ZERO);
    let config = Config::builder().endpoint_url("http://portal.test").http_client(Transport::default());
    let client = Client::from_conf(config.retry_config(retries).build());
    let call = || client.get_role_credentials().account_id("1").role_name("r");

    // A call with a retry. The output is the caller's.
    let output = call().access_token(unmasked(TOKEN)).send().await.expect("credentials");
    assert_eq!((found(TOKEN), found(KEY)), (0, 1));
    forget(output.role_credentials.and_then(|credentials| credentials.secret_access_key));
    assert_eq!((found(TOKEN), found(KEY)), (0, 0));

    // Builders that are not sent, or given another token.
    let builder = call().access_token(unmasked(TOKEN));
    let copy = builder.clone();
    assert_eq!(found(TOKEN), 2);
    drop(builder.access_token("another"));
    drop(copy.set_access_token(None));
    drop(call().access_token(unmasked(TOKEN)).customize());
    drop(client.list_accounts().access_token(unmasked(TOKEN)).into_paginator().items().send());
    assert_eq!(found(TOKEN), 0);

    // A call that is not complete, one with a header that cannot be, and one that is given up.
    client.get_role_credentials().access_token(unmasked(TOKEN)).send().await.expect_err("no account");
    call().access_token(unmasked(TOKEN) + "\n").send().await.expect_err("a line break");
    drop(call().access_token(unmasked(TOKEN)).send());
    assert_eq!(found(TOKEN), 0);

    // An error keeps its response, as long as it is there.
    let off = Config::builder().retry_config(RetryConfig::disabled());
    let error = call().access_token(unmasked(TOKEN)).customize().config_override(off).send().await.expect_err("500");
    assert_eq!((found(TOKEN), found(KEY)), (0, 1));
    drop(error);
    assert_eq!(found(KEY), 0);

    // An input that was taken out of its builder is the caller's.
    let input = call().access_token(unmasked(TOKEN)).as_input().clone().build().expect("an input");
    assert_eq!(found(TOKEN), 1);
    forget(input.access_token);
    assert_eq!(found(TOKEN), 0);
}
