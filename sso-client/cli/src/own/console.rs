//! `console`: a URL that signs a browser in to the console of an account.
//!
//! The URL is as good as the credentials. It is printed where somebody asks for it, or opened; a browser is given
//! a URL of this computer in its place, which works once, so that no secret stands in a list of arguments.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use zeroize::Zeroizing;

use super::accounts::{self, Credentials};
use super::{ACCOUNT, Call, ROLE, TOKEN, browser};
use crate::args::{Opt, Takes};
use crate::config::{self, Profile};
use crate::errors::Failed;
use crate::output::{self, Secret, note};
use crate::urls;

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    ACCOUNT,
    ROLE,
    (Opt::own("open", Takes::Nothing), "Opens the console in a browser, in place of printing the URL."),
    (Opt::own("destination", Takes::Text), "The page to go to."),
    (Opt::own("federation-url", Takes::Text), "The federation endpoint, where it is not that of the partition."),
    TOKEN,
];

/// What is percent-encoded in a query: all but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How long a browser may take to come.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let url = call.block_on(async {
        let (session, all) = accounts::all(call, true).await?;
        let [credentials] = all.as_slice() else { return Err(Failed::usage("console takes one account")) };
        let domain = domain(session.region());
        let federation = call.parsed.value("federation-url").map(str::to_owned);
        let federation = federation.unwrap_or_else(|| format!("https://signin.{domain}/federation"));
        let destination = call.parsed.value("destination").map(str::to_owned);
        let destination = destination.unwrap_or_else(|| format!("https://console.{domain}/"));
        sign_in_url(call, &federation, &destination, credentials).await
    })?;
    if call.parsed.has("open") { hand_over(&url) } else { output::write(&format!("{}\n", *url)) }
}

/// Where the console of a region's partition is.
fn domain(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.cn",
        Some("us") if region.starts_with("us-gov-") => "amazonaws-us-gov.com",
        _ => "aws.amazon.com",
    }
}

async fn sign_in_url(
    call: &Call<'_>,
    federation: &str,
    destination: &str,
    credentials: &Credentials,
) -> Result<Zeroizing<String>, Failed> {
    let globals = &call.prepared.globals;
    let profile = Profile::load(globals.profile.as_deref()).unwrap_or_default();
    let session = Secret(json!({
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key.as_str(),
        "sessionToken": credentials.session_token.as_ref().map(|token| token.as_str()),
    }));
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * 1024));
    serde_json::to_writer(&mut *bytes, &session.0).map_err(|error| Failed::failure(error.to_string()))?;
    let session = String::from_utf8_lossy(&bytes);
    let asked = with_query(federation, &[("Action", "getSigninToken"), ("Session", &session)]);
    // Not by the transport that --debug looks at: all of this request is secret.
    let client = config::transport(globals, &profile, call.prepared.timeouts)?;
    let failed = |what: &str| {
        Failed::failure(format!("{} gave no sign-in token: {what}", urls::shown(federation)))
            .hint("is that the federation endpoint of the partition?")
    };
    let (status, body) = crate::call::get(&client, &asked).await.map_err(|_| failed("the request failed"))?;
    let body = Zeroizing::new(body);
    if !status.is_success() {
        return Err(failed(&format!("HTTP {}", status.as_u16())));
    }
    let document: Option<Secret> = serde_json::from_slice(&body).ok().map(Secret);
    let token = document.as_ref().and_then(|document| document.0["SigninToken"].as_str());
    let token = token.ok_or_else(|| failed("the response has none"))?;
    Ok(with_query(federation, &[("Action", "login"), ("Destination", destination), ("SigninToken", token)]))
}

/// Adds a query to a URL. Parameters may be secret, so that the text is allocated once: growing would leave copies.
fn with_query(url: &str, parameters: &[(&str, &str)]) -> Zeroizing<String> {
    let length = parameters.iter().map(|(name, value)| name.len() + 3 * value.len() + 2).sum::<usize>();
    let mut text = Zeroizing::new(String::with_capacity(url.len() + length));
    text.push_str(url);
    for (index, (name, value)) in parameters.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        text.extend(utf8_percent_encode(value, ESCAPED));
    }
    text
}

/// Opens a page of this computer, and sends the browser on that comes for it, once.
fn hand_over(url: &str) -> Result<(), Failed> {
    let mut secret = [0; 16];
    getrandom::fill(&mut secret).map_err(|error| Failed::failure(format!("there are no random numbers: {error}")))?;
    let path: String = std::iter::once('/')
        .chain(secret.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).map(char::from))
        .collect();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let page = format!("http://{}{path}", listener.local_addr()?);
    note(&format!("Opening {page}, which works once."));
    browser::open(&page);
    let end = Instant::now() + LIMIT;
    while Instant::now() < end {
        match listener.accept() {
            // One that asks for something else, or says nothing, does not use it up.
            Ok((stream, _)) => {
                if answer(stream, &path, url).unwrap_or(false) {
                    return Ok(());
                }
            }
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    Err(Failed::failure(format!("no browser came within {} s", LIMIT.as_secs()))
        .hint("without --open the URL is printed"))
}

fn answer(mut stream: TcpStream, path: &str, url: &str) -> std::io::Result<bool> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut buffer = [0; 2048];
    let count = stream.read(&mut buffer)?;
    let is_it = buffer[..count].starts_with(format!("GET {path} ").as_bytes());
    let head = if is_it { format!("302 Found\r\nLocation: {url}") } else { "404 Not Found".to_owned() };
    let head = format!(
        "HTTP/1.1 {head}\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Length: 0\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    Ok(is_it)
}
