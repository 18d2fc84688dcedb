//! Trust in certificates, over real sockets with real TLS.

use std::path::PathBuf;

use sso_client::config::http::{HyperClient, HyperClientBuilder};
use sso_client::error::{ConnectorError, SdkError};
use sso_client::{Client, Config};
use test_support::servers::{Authority, Certificate, ScriptedServer, Step, TlsAcceptor, respond};

/// A server that answers each connection's first request with an empty list of accounts.
fn start(acceptor: TlsAcceptor) -> ScriptedServer {
    ScriptedServer::start_tls(
        acceptor,
        [respond("200 OK", "connection: close\r\n", r#"{"accountList":[]}"#), Step::Close],
    )
}

/// The same, known as `localhost` and with a valid certificate.
fn start_valid(authority: &Authority) -> ScriptedServer {
    start(authority.acceptor("localhost", Certificate::Valid))
}

/// The kind of failure and its line.
async fn failure(server: &ScriptedServer, http: HyperClientBuilder) -> String {
    let config = Config::builder().endpoint_url(server.url_as("localhost")).http_client(http.build());
    let error = Client::from_conf(config.build()).list_accounts().access_token("SECRET").send().await;
    let error = error.expect_err("not trusted");
    let SdkError::DispatchFailure(failure) = &error else { panic!("{error:?}") };
    assert!(failure.is_other(), "{error:?}");
    assert!(failure.as_connector_error().is_some_and(ConnectorError::is_tls), "{error:?}");
    let text = error.to_string();
    assert!(text.ends_with("(1 attempt)"), "another attempt mends nothing: {text}");
    assert!(!format!("{text} {error:?}").contains("SECRET"), "{error:?}");
    text
}

async fn success(server: &ScriptedServer, http: HyperClientBuilder) {
    let config = Config::builder().endpoint_url(server.url_as("localhost")).http_client(http.build());
    Client::from_conf(config.build()).list_accounts().access_token("t").send().await.expect("trusted");
}

/// A file that is removed with the test.
struct Bundle(PathBuf);

impl Bundle {
    fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
        std::fs::write(&path, content).expect("written");
        Self(path)
    }
}

impl Drop for Bundle {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn certificates_that_are_not_trusted() {
    let authority = Authority::new("known");
    let trusting = || HyperClient::builder().trust_only_pem(authority.pem());
    for (acceptor, problem, detail) in [
        (authority.acceptor("localhost", Certificate::Expired), "the certificate has expired", "certificate expired"),
        (
            authority.acceptor("localhost", Certificate::OtherHost),
            "the certificate is that of another host",
            "not valid for name",
        ),
        (
            authority.acceptor("localhost", Certificate::UnknownAuthority),
            "the certificate is of an authority that is not trusted here",
            "UnknownIssuer",
        ),
    ] {
        let server = start(acceptor);
        let text = failure(&server, trusting()).await;
        let front = format!("ListAccounts: could not connect to localhost: {problem}");
        assert!(text.starts_with(&front) && text.contains(detail), "{text}");
    }
    let server = start_valid(&authority);
    success(&server, trusting()).await;
}

#[tokio::test]
async fn the_error_of_tls_is_among_the_causes() {
    let server = start_valid(&Authority::new("unknown"));
    let http = HyperClient::builder().trust_only_pem(Authority::new("known").pem()).build();
    let config = Config::builder().endpoint_url(server.url_as("localhost")).http_client(http).build();
    let error = Client::from_conf(config).list_accounts().access_token("t").send().await.expect_err("not trusted");
    let mut cause = std::error::Error::source(&error);
    let mut found = false;
    while let Some(error) = cause {
        // The I/O error that rustls's is wrapped in is skipped by `source`.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        found |= error.is::<rustls::Error>()
            || inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
        cause = error.source();
    }
    assert!(found, "{error:?}");
}

#[tokio::test]
async fn bundles() {
    let authority = Authority::new("of a bundle");
    let server = start_valid(&authority);
    let both = format!("# a comment\n{}\n{}", Authority::new("other").pem(), authority.pem());
    let bundle = Bundle::new("both.pem", both);
    success(&server, HyperClient::builder().ca_bundle_path(&bundle.0)).await;
    let config = Config::builder().endpoint_url(server.url_as("localhost")).ca_bundle(&bundle.0).build();
    Client::from_conf(config).list_accounts().access_token("t").send().await.expect("trusted");
    // Instead of the system's, not in addition.
    let other = Bundle::new("other.pem", Authority::new("other").pem());
    assert!(failure(&server, HyperClient::builder().ca_bundle_path(&other.0)).await.contains("not trusted here"));
}

#[tokio::test]
async fn certificates_are_found_in_any_text() {
    let authority = Authority::new("known");
    let server = start_valid(&authority);
    let pem = authority.pem();
    let pem = pem.trim();
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    for text in [
        format!("\u{feff}{pem}").into_bytes(),
        pem.replace('\n', "\r\n").into_bytes(),
        [b"# caf\xe9\n".as_slice(), pem.as_bytes()].concat(),
        format!("Certificate:\n    Data: a line that mentions -----BEGIN CERTIFICATE-----\n{pem}").into_bytes(),
        format!("{key}\n{pem}\n{key}\n").into_bytes(),
    ] {
        let bundle = Bundle::new("around.pem", text);
        success(&server, HyperClient::builder().ca_bundle_path(&bundle.0)).await;
    }
}

#[tokio::test]
async fn bundles_that_cannot_be_used() {
    let server = start_valid(&Authority::new("any"));
    let pem = Authority::new("good").pem();
    let cut = pem.replacen("-----END CERTIFICATE-----", "", 1);
    for (name, content, detail) in [
        ("empty.pem", b"\n".as_slice(), "is empty"),
        ("der.pem", b"\x30\x82\x01\x0a\x02\x82", "holds no certificate: it has to be PEM"),
        ("key.pem", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate"),
        ("cut.pem", cut.as_bytes(), "certificate number 1 in the CA bundle"),
        ("bad.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate number 1 in"),
        ("base64.pem", b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "certificate number 1 in"),
    ] {
        let bundle = Bundle::new(name, content);
        let text = failure(&server, HyperClient::builder().ca_bundle_path(&bundle.0)).await;
        assert!(text.contains(detail) && text.contains(&bundle.0.display().to_string()), "{name}: {text}");
    }
    for path in ["/no/such/file.pem", "/"] {
        let text = failure(&server, HyperClient::builder().ca_bundle_path(path)).await;
        assert!(text.contains(&format!("the CA bundle {path} cannot be read: ")), "{text}");
    }
    let text = failure(&server, HyperClient::builder().trust_only_pem("")).await;
    assert!(text.contains("the PEM text of certificates to trust is empty"), "{text}");
    let http = HyperClient::builder().trust_only_pem(pem).add_trusted_pem("no PEM");
    let text = failure(&server, http).await;
    assert!(text.contains("the PEM text of more certificates to trust holds no certificate"), "{text}");
}

#[tokio::test]
async fn a_bundle_is_read_when_it_is_needed_and_a_failure_is_not_kept() {
    let authority = Authority::new("late");
    let server = start_valid(&authority);
    let bundle = Bundle::new("late.pem", "");
    let http = HyperClient::builder().ca_bundle_path(&bundle.0).build();
    let client =
        Client::from_conf(Config::builder().endpoint_url(server.url_as("localhost")).http_client(http).build());
    client.list_accounts().access_token("t").send().await.expect_err("empty");
    std::fs::write(&bundle.0, authority.pem()).expect("written");
    client.list_accounts().access_token("t").send().await.expect("there now");
    std::fs::write(&bundle.0, "").expect("written");
    client.list_accounts().access_token("t").send().await.expect("read once");
}

#[tokio::test]
async fn more_authorities_than_the_given_ones() {
    let authority = Authority::new("of the company");
    let server = start_valid(&authority);
    let base = HyperClient::builder().trust_only_pem(Authority::new("base").pem());
    success(&server, base.clone().add_trusted_pem(Authority::new("more").pem()).add_trusted_pem(authority.pem())).await;
    failure(&server, base).await;
}

#[tokio::test]
async fn verification_can_be_switched_off_loudly() {
    let http = HyperClient::builder().danger_disable_certificate_verification_for_tests_only();
    assert!(format!("{http:?}").contains("WITHOUT VERIFICATION"), "{http:?}");
    for kind in [Certificate::Valid, Certificate::Expired, Certificate::NotYetValid, Certificate::OtherHost] {
        let server = start(Authority::new("unknown").acceptor("localhost", kind));
        success(&server, http.clone()).await;
    }
}

/// Where both kinds of cryptography are on (`--features aws-lc-rs`), rustls has no default and
/// would panic; the other tests here run with it as well.
#[tokio::test]
async fn no_default_of_the_process_is_needed_or_set() {
    let authority = Authority::new("known");
    let server = start_valid(&authority);
    success(&server, HyperClient::builder().trust_only_pem(authority.pem())).await;
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

/// What cannot be read to an end in a short time is not read: pipes, devices, files of any size.
#[cfg(unix)]
#[tokio::test]
async fn bundles_that_are_no_files() {
    let authority = Authority::new("of a bundle");
    let server = start_valid(&authority);
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().expect("mkfifo");
    assert!(made.success());
    let large = folder.path().join("large.pem");
    std::fs::File::create(&large).and_then(|file| file.set_len((16 << 20) + 1)).expect("a sparse file");
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    for (path, reason) in [
        (fifo, "it is no regular file"),
        ("/dev/zero".into(), "it is no regular file"),
        (socket, "it is no regular file"),
        (folder.path().to_owned(), "it is a directory"),
        (large, "it is larger than 16 MiB, the most that is read"),
        (folder.path().join("none"), "No such file or directory (os error 2)"),
    ] {
        let text = failure(&server, HyperClient::builder().ca_bundle_path(&path)).await;
        let expected = format!(
            "ListAccounts: could not connect to localhost: the CA bundle {} cannot be read: {reason} (1 attempt)",
            path.display()
        );
        assert_eq!(text, expected);
    }
}

/// A bundle that is mended is read by the client that could not use it, and once it was read it is not read again.
#[tokio::test]
async fn a_failure_to_read_a_bundle_is_not_kept() {
    let authority = Authority::new("of a bundle");
    let server = start_valid(&authority);
    let bundle = Bundle::new("mended.pem", "");
    let http = HyperClient::builder().ca_bundle_path(&bundle.0).build();
    let config = Config::builder().endpoint_url(server.url_as("localhost")).http_client(http);
    let client = Client::from_conf(config.build());
    let error = client.list_accounts().access_token("t").send().await.expect_err("empty");
    assert!(error.to_string().contains("is empty"), "{error}");
    std::fs::write(&bundle.0, authority.pem()).expect("written");
    client.list_accounts().access_token("t").send().await.expect("mended");
    std::fs::write(&bundle.0, "").expect("written");
    client.list_accounts().access_token("t").send().await.expect("it was read");
}

/// `SSL_CERT_FILE` is read by a library, which does not ask what it is.
#[cfg(target_os = "linux")]
#[test]
fn the_file_of_a_variable_is_checked() {
    const INSIDE: &str = "SSO_CLIENT_TEST_CERT_FILE";
    let test = "the_file_of_a_variable_is_checked";
    if std::env::var_os(INSIDE).is_none() {
        let program = std::env::current_exe().expect("the test's program");
        let mut program = std::process::Command::new(program);
        program.args([test, "--exact", "--nocapture"]).env(INSIDE, "1").env("SSL_CERT_FILE", "/dev/zero");
        let output = program.output().expect("the inner run");
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success() && text.contains("1 passed"), "inside: {text}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = Config::builder().endpoint_url("https://127.0.0.1:1").build();
    let error = runtime.block_on(Client::from_conf(config).list_accounts().access_token("t").send());
    let text = error.expect_err("no certificates").to_string();
    let expected = "SSL_CERT_FILE, /dev/zero, cannot be read: it is no regular file (1 attempt)";
    assert!(text.ends_with(expected), "{text}");
}
