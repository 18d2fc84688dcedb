//! Counts the heap allocations of calls, in programs of their own, so that counting costs the
//! others nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::driver::{ACCOUNT, Client, ROLE, TOKEN, say};

/// The system's allocator, counted. What is made longer counts as allocated again.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

fn count(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    BYTES.fetch_add(bytes, Relaxed);
}

// SAFETY: every method hands its arguments on as they came, and the system's allocator keeps the
// contract. Counting touches two atomics and never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Makes some calls, then as many as it is told, and says what those allocated: URL, number.
pub fn main<C: Client>() {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(calls)) = (arguments.next(), arguments.next()) else {
        panic!("needs the server's URL and a number of calls");
    };
    let calls: usize = calls.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = C::new(&url);
    runtime.block_on(async {
        for _ in 0..10 {
            client.credentials(ACCOUNT, ROLE, TOKEN).await;
        }
        let (allocations, bytes) = (ALLOCATIONS.load(Relaxed), BYTES.load(Relaxed));
        let mut checksum = 0;
        for _ in 0..calls {
            checksum += client.credentials(ACCOUNT, ROLE, TOKEN).await;
        }
        let (allocations, bytes) = (ALLOCATIONS.load(Relaxed) - allocations, BYTES.load(Relaxed) - bytes);
        say(&[("calls", calls), ("checksum", checksum), ("allocations", allocations), ("bytes", bytes)]);
    });
}
