//! The benchmark server: responds to `GetRoleCredentials` and `ListAccounts` on loopback, over HTTP/1.1 with and
//! without TLS, from bodies that are built at startup.
//!
//! `server FOLDER` copies the system's store of root certificates to the folder, in the same layout, and adds the
//! certificate of the server's own authority: `bundle.pem` is for `SSL_CERT_FILE`, and the folder, if the system has
//! one, for `SSL_CERT_DIR`. Then it prints its two URLs, one per line, and serves until its standard input ends.

use std::convert::Infallible;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Read;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The largest number of accounts in a page, as in the portal service.
const PAGE: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("needs a folder")?;
    let acceptor = tls(Path::new(&folder))?;
    let answers = Arc::new(Answers::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let secure = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", plain.local_addr()?);
        println!("https://{}", secure.local_addr()?);
        // Exit with the process that started this server.
        std::thread::spawn(|| {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
        let secure_answers = Arc::clone(&answers);
        tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = secure.accept().await else { continue };
                // As on servers that are meant to be fast; without it, a start may wait for a delayed
                // acknowledgement of the session's tickets.
                if stream.set_nodelay(true).is_err() {
                    continue;
                }
                let (acceptor, answers) = (acceptor.clone(), Arc::clone(&secure_answers));
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, answers).await;
                    }
                });
            }
        });
        loop {
            // A client may disconnect before it is accepted.
            let Ok((stream, _)) = plain.accept().await else { continue };
            if stream.set_nodelay(true).is_ok() {
                tokio::spawn(serve(stream, Arc::clone(&answers)));
            }
        }
    })
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, answers: Arc<Answers>) {
    let service = service_fn(|request| std::future::ready(Ok::<_, Infallible>(answers.of(&request))));
    // A client that ends closes its connections as it likes.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The bodies of all responses.
struct Answers {
    credentials: Bytes,
    /// The accounts of a page as JSON, without the next token.
    accounts: String,
}

impl Answers {
    fn new() -> Self {
        // As long as those of the portal service.
        let credentials = format!(
            "{{\"roleCredentials\":{{\"accessKeyId\":\"ASIAIOSFODNN7EXAMPLE\",\"expiration\":4000000000000,\
             \"secretAccessKey\":\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\",\"sessionToken\":\"{}\"}}}}",
            "IQoJb3JpZ2luX2VjEXAMPLE".repeat(36)
        );
        let mut accounts = String::new();
        for item in 0..PAGE {
            let separator = if item == 0 { "" } else { "," };
            let _ = write!(
                accounts,
                "{separator}{{\"accountId\":\"1111222233{item:02}\",\"accountName\":\"workload {item} (production)\",\
                 \"emailAddress\":\"aws+workload-{item}@example.com\"}}"
            );
        }
        Self { credentials: credentials.into(), accounts }
    }

    fn of(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let body = match request.uri().path() {
            "/federation/credentials" => self.credentials.clone(),
            "/assignment/accounts" => self.page(request),
            _ => Bytes::from_static(b"{}"),
        };
        let mut response = Response::new(Full::new(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let id = HeaderValue::from_static("5f0e2d1c-7b3a-4c5d-9e8f-0a1b2c3d4e5f");
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id);
        response
    }

    /// Returns a page. The access token contains the number of pages, and each next token the number of pages left.
    fn page(&self, request: &Request<Incoming>) -> Bytes {
        let query = request.uri().query().unwrap_or_default();
        let left = query.split('&').find_map(|pair| pair.strip_prefix("next_token="));
        let token = request.headers().get("x-amz-sso_bearer_token").and_then(|token| token.to_str().ok());
        let pages = left.or(token.and_then(|token| token.strip_prefix("pages-")));
        let pages = pages.and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(1);
        let items = &self.accounts;
        Bytes::from(if pages > 1 {
            format!("{{\"accountList\":[{items}],\"nextToken\":\"{}\"}}", pages - 1)
        } else {
            format!("{{\"accountList\":[{items}]}}")
        })
    }
}

/// Creates a certificate for 127.0.0.1, signed by an authority that it adds to the store in the folder.
fn tls(folder: &Path) -> Result<TlsAcceptor, Box<dyn Error>> {
    let ca_key = KeyPair::generate()?;
    let mut ca = CertificateParams::new(Vec::new())?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "authority of the benchmarks");
    let ca = ca.self_signed(&ca_key)?;
    store(folder, &ca.pem())?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])?.signed_by(&key, &ca, &ca_key)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der())?)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Copies the system's certificate store and adds a certificate. The copy has as many files, links and certificates as
/// the original, so that loading it costs the same.
fn store(folder: &Path, ca: &str) -> Result<(), Box<dyn Error>> {
    let system = openssl_probe::probe();
    let bundle = system.cert_file.as_deref().map(Path::canonicalize).transpose()?;
    let text = bundle.as_ref().map(std::fs::read_to_string).transpose()?.unwrap_or_default();
    std::fs::write(folder.join("bundle.pem"), format!("{text}\n{ca}"))?;
    let Some(dir) = system.cert_dir.first() else { return Ok(()) };
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        // Skip broken links.
        let Ok(target) = entry.path().canonicalize() else { continue };
        if target.is_file() && Some(&target) != bundle.as_ref() {
            std::os::unix::fs::symlink(target, folder.join(entry.file_name()))?;
        }
    }
    Ok(())
}
