use std::time::Duration;

use super::*;
use crate::call::waiter::{Acceptance, FinalPoll, Polled, Waiter, WaiterError};

fn accept(_input: &Thing, result: &Polled<GetThing<Open>>) -> Acceptance {
    match result {
        Ok(output) if output.state.as_deref() == Some("ready") => Acceptance::Success,
        Ok(output) if output.state.as_deref() == Some("broken") => Acceptance::Failure,
        Err(error) if error.code() == Some("NotYet") => Acceptance::Retry,
        Err(error) if error.code() == Some("Never") => Acceptance::Failure,
        _ => Acceptance::NoMatch,
    }
}

async fn wait(
    answers: &[(u16, &'static str)],
    seconds: u64,
) -> (Result<FinalPoll<Thing, SdkError<ThingError>>, WaiterError<Thing, ThingError>>, usize) {
    let (handle, replay) = client(Config::builder(), answers);
    let waiter = Waiter::<GetThing<Open>>::new(handle, Thing::default(), accept, 2, 120);
    let result = waiter.wait(Duration::from_secs(seconds)).await;
    for request in replay.requests() {
        let agent = request.headers()["user-agent"].to_str().expect("ASCII").to_owned();
        assert!(agent.contains(" m/B,E"), "{agent}");
    }
    (result, replay.requests().len())
}

const PENDING: (u16, &str) = (200, r#"{"state":"pending"}"#);

#[tokio::test(start_paused = true)]
async fn until_the_condition_is_met() {
    let started = tokio::time::Instant::now();
    let answers = [PENDING, (400, r#"{"__type":"NotYet"}"#), (200, r#"{"state":"ready"}"#)];
    let (result, calls) = wait(&answers, 60).await;
    assert_eq!(calls, 3);
    assert_eq!(result.expect("ready").into_result().expect("an output").state.as_deref(), Some("ready"));
    let elapsed = started.elapsed().as_secs_f64();
    assert!((4.0..6.1).contains(&elapsed), "{elapsed}");
}

#[tokio::test(start_paused = true)]
async fn errors() {
    let (result, calls) = wait(&[PENDING, (200, r#"{"state":"broken"}"#)], 60).await;
    let error = result.expect_err("broken");
    assert!(matches!(error, WaiterError::FailureState(_)), "{error:?}");
    assert_eq!(error.to_string(), "the condition can no longer be met, says the output of the last call");
    assert_eq!(calls, 2);

    let (result, _) = wait(&[(400, r#"{"__type":"Never","message":"no"}"#)], 60).await;
    let error = result.expect_err("an error");
    assert!(matches!(error, WaiterError::FailureState(_)), "{error:?}");
    assert_eq!(error.to_string(), "the condition can no longer be met: GetThing: Never: no (HTTP 400, 1 attempt)");

    let (result, _) = wait(&[(400, r#"{"__type":"Other"}"#)], 60).await;
    let error = result.expect_err("an error");
    assert!(matches!(error, WaiterError::OperationFailed(_)), "{error:?}");
    assert_eq!(error.to_string(), "the wait ended with a failed call: GetThing: Other (HTTP 400, 1 attempt)");
    assert_eq!(error.code(), Some("Other"));
}

#[tokio::test(start_paused = true)]
async fn the_maximum_wait_is_enforced() {
    let started = tokio::time::Instant::now();
    let (result, calls) = wait(&[PENDING; 9], 5).await;
    let error = result.expect_err("time is up");
    let WaiterError::ExceededMaxWait(context) = &error else { panic!("{error:?}") };
    assert_eq!((context.max_wait(), context.poll_count()), (Duration::from_secs(5), 3));
    assert_eq!(error.to_string(), "the condition was not met within 5s (3 calls)");
    assert_eq!(calls, 3);
    assert!(started.elapsed() <= Duration::from_secs(5));
}

#[test]
fn outside_of_a_runtime() {
    let mut waiting = Box::pin(wait(&[PENDING], 5));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready((result, calls)) = waiting.as_mut().poll(&mut cx) else { panic!("it waits") };
    let error = result.expect_err("no runtime").to_string();
    assert!(error.starts_with("the wait did not begin: calls have to be made inside a Tokio runtime"), "{error}");
    assert_eq!(calls, 0);
}
