use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn delays() {
    let delays = Delays { min: seconds(2), max: seconds(20) };
    for (polls, remaining, jitter, delay) in [
        (1, 600, 0.0, Some(2)),
        (1, 600, 1.0, Some(2)),
        (2, 600, 1.0, Some(4)),
        (3, 600, 0.5, Some(5)),
        (4, 600, 1.0, Some(16)),
        (5, 600, 1.0, Some(20)),
        (40, 600, 1.0, Some(20)),
        (u32::MAX, 600, 0.0, Some(2)),
        // The last poll comes when the lower bound is all that is left.
        (4, 10, 1.0, Some(8)),
        (4, 3, 0.0, Some(1)),
        (4, 2, 0.0, None),
        (4, 0, 1.0, None),
    ] {
        assert_eq!(delays.after(polls, seconds(remaining), jitter), delay.map(seconds), "{polls} {remaining} {jitter}");
    }
    let steady = Delays { min: seconds(5), max: seconds(5) };
    assert_eq!(steady.after(9, seconds(60), 0.7), Some(seconds(5)));
}
