//! The same server over HTTP/2: its faults are those of streams and of connections that many calls share.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, SendStream};
use test_support::servers::{Authority, Certificate, TlsAcceptor};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use super::faults::{Fault, Faults, body};

/// A frame of no settings, and one of a ping.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

/// Accounts of a list that needs the flow control's windows to be opened again, however often it is cancelled.
const LARGE: usize = 8_000;

/// Why streams and connections end early. `HTTP_1_1_REQUIRED` would end HTTP/2 for good.
const REASONS: [Reason; 5] =
    [Reason::REFUSED_STREAM, Reason::INTERNAL_ERROR, Reason::CANCEL, Reason::ENHANCE_YOUR_CALM, Reason::NO_ERROR];

/// The certificate of the server: how it accepts connections, and what clients trust.
pub(crate) fn acceptor() -> (TlsAcceptor, String) {
    let authority = Authority::new("of the soak");
    let acceptor = authority.acceptor("localhost", Certificate::ValidAndOffersHttp2);
    let mut config = (**acceptor.config()).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    (TlsAcceptor::from(Arc::new(config)), authority.pem())
}

/// What a stream wants of its connection.
enum Order {
    /// Take no more streams, and end with the last.
    Leave,
    /// End them all.
    GoAway(Reason),
    Reset,
}

/// Answers the streams of a connection until one of them ends it.
pub(crate) async fn converse(
    stream: TcpStream,
    acceptor: TlsAcceptor,
    faults: Faults,
    resets: &Arc<Notify>,
) -> Result<(), h2::Error> {
    let Ok(stream) = acceptor.accept(stream).await else { return Ok(()) };
    if fastrand::u32(0..100) == 0 {
        flood(stream).await;
        return Ok(());
    }
    let mut builder = h2::server::Builder::new();
    if fastrand::bool() {
        // Then calls wait for the streams of others.
        builder.max_concurrent_streams(16);
    }
    let mut connection = builder.handshake::<_, Bytes>(stream).await?;
    let (order, mut orders) = mpsc::unbounded_channel();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Leave) => connection.graceful_shutdown(),
                Some(Order::GoAway(reason)) => connection.abrupt_shutdown(reason),
                Some(Order::Reset) | None => return Ok(()),
            },
            accepted = connection.accept() => {
                let Some(accepted) = accepted else { return Ok(()) };
                let (request, respond) = accepted?;
                let token = request.headers().get("x-amz-sso_bearer_token").and_then(|value| value.to_str().ok());
                let token = token.unwrap_or_default().to_owned();
                let (order, resets) = (order.clone(), Arc::clone(resets));
                tokio::spawn(async move {
                    // Whoever gave the stream up hears nothing.
                    let _ = answer(faults.draw(), &token, respond, &order, &resets).await;
                });
            }
        }
    }
}

/// Sends what the client owes an answer to, and never reads.
async fn flood(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let frame = if fastrand::bool() { PING } else { SETTINGS };
    let all = async {
        let _ = stream.write_all(SETTINGS).await;
        while stream.write_all(&frame.repeat(100)).await.is_ok() {}
    };
    let _ = tokio::time::timeout(Duration::from_millis(fastrand::u64(1..400)), all).await;
}

async fn answer(
    fault: Fault,
    token: &str,
    mut respond: SendResponse<Bytes>,
    order: &mpsc::UnboundedSender<Order>,
    resets: &Notify,
) -> Result<(), h2::Error> {
    let pause = || tokio::time::sleep(Duration::from_millis(fastrand::u64(1..4)));
    let reason = REASONS[fastrand::usize(..REASONS.len())];
    let count = fastrand::usize(1..40);
    // What ends the connection is that of many calls.
    let fault = match fault {
        Fault::Garbage | Fault::Hangup | Fault::ResetAll if fastrand::u32(0..10) > 0 => Fault::None,
        fault => fault,
    };
    match fault {
        Fault::Slow => pause().await,
        Fault::Status(status, code) => {
            let status: u16 = status[..3].parse().expect("a status");
            let response = http::Response::builder().status(status).header("x-amzn-errortype", code);
            let mut body = respond.send_response(response.body(()).expect("a response"), false)?;
            return body.send_data(r#"{"message":"as the test wants it"}"#.into(), true);
        }
        Fault::Garbage => {
            let _ = order.send(Order::GoAway(reason));
            return held(&mut respond).await;
        }
        Fault::CloseBefore => {
            let _ = order.send(Order::Leave);
            pause().await;
        }
        Fault::ResetBefore => {
            respond.send_reset(reason);
            return Ok(());
        }
        Fault::Stall => return held(&mut respond).await,
        Fault::ResetAll => resets.notify_waiters(),
        _ => {}
    }
    let count = if matches!(fault, Fault::TwoResponses | Fault::HugeList) { LARGE } else { count };
    let whole = Bytes::from(body(token, count));
    let half = whole.slice(..whole.len() - 80);
    let mut to = respond.send_response(http::Response::new(()), false)?;
    match fault {
        Fault::ResetMidway => {
            send(&mut to, half, false).await?;
            to.send_reset(reason);
        }
        Fault::Truncated => send(&mut to, half, true).await?,
        Fault::StallMidway => {
            send(&mut to, half, false).await?;
            std::future::poll_fn(|cx| to.poll_reset(cx)).await?;
        }
        Fault::SlowHead => {
            for at in 0..4 {
                send(&mut to, whole.slice(at..=at), false).await?;
                pause().await;
            }
            send(&mut to, whole.slice(4..), true).await?;
        }
        _ => send(&mut to, whole, true).await?,
    }
    if fault == Fault::Hangup {
        pause().await;
        let _ = order.send(Order::Reset);
    }
    Ok(())
}

/// Waits until the client gives a stream up.
async fn held(respond: &mut SendResponse<Bytes>) -> Result<(), h2::Error> {
    std::future::poll_fn(|cx| respond.poll_reset(cx)).await.map(drop)
}

/// Sends data as the client's windows allow.
async fn send(to: &mut SendStream<Bytes>, mut data: Bytes, ends: bool) -> Result<(), h2::Error> {
    while !data.is_empty() {
        to.reserve_capacity(data.len());
        let Some(capacity) = std::future::poll_fn(|cx| to.poll_capacity(cx)).await else { return Ok(()) };
        let part = data.split_to(capacity?.min(data.len()));
        to.send_data(part, ends && data.is_empty())?;
    }
    Ok(())
}
