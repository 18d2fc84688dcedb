//! The retry quota, whatever calls do: its tokens stay between 0 and 500, and none is lost or made.

use proptest::collection;
use proptest::prelude::*;
use smithy_client_runtime::config::retry::{Paid, TokenBucket};
use smithy_client_runtime::error::RetryKind;

/// What happens to calls that share a bucket, in any order.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A failed attempt would be made again.
    Take(RetryKind),
    /// The wait before it ends, or is cancelled with its call.
    Spend,
    Cancel,
    /// A call ends well after that retry, or without one.
    Succeed,
    SucceedAtOnce,
    /// A call gives up: what its retries cost is gone.
    Fail,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Take(RetryKind::Transient)),
        3 => Just(Step::Take(RetryKind::Throttling)),
        2 => Just(Step::Spend),
        1 => Just(Step::Cancel),
        1 => Just(Step::Succeed),
        1 => Just(Step::SucceedAtOnce),
        1 => Just(Step::Fail),
    ]
}

fn cost(kind: RetryKind) -> u32 {
    match kind {
        RetryKind::Transient => 14,
        RetryKind::Throttling => 5,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_token_is_lost_or_made(first in 0..600_u32, steps in collection::vec(step(), 0..400)) {
        let bucket = TokenBucket::holding(first);
        let mut expected = first.min(500);
        // Retries that wait, and those that were made, each with its cost.
        let (mut waiting, mut made) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Take(kind) => match bucket.take(kind) {
                    Some(paid) => {
                        expected = expected.checked_sub(cost(kind)).expect("it was there");
                        waiting.push((paid, cost(kind)));
                    }
                    None => prop_assert!(expected < cost(kind)),
                },
                Step::Spend => made.extend(waiting.pop().map(|(paid, cost)| (Paid::spend(paid), cost))),
                // The oldest one, so that calls end in another order than they began.
                Step::Cancel if !waiting.is_empty() => expected += waiting.remove(0).1,
                Step::Succeed => {
                    if let Some((spent, cost)) = made.pop() {
                        bucket.refund(Some(spent));
                        expected += cost;
                    }
                }
                Step::SucceedAtOnce => {
                    bucket.refund(None);
                    expected += 1;
                }
                Step::Fail => drop(made.pop()),
                Step::Cancel => {}
            }
            expected = expected.min(500);
            prop_assert_eq!(bucket.tokens(), expected);
        }
        expected += waiting.drain(..).map(|(_, cost)| cost).sum::<u32>();
        prop_assert_eq!(bucket.tokens(), expected.min(500));
    }
}
