//! Counts the heap allocations of calls. Separate programs do this, so that counting does not slow down the other
//! measurements.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::driver::{ACCOUNT, Client, ROLE, TOKEN, print};

/// The system's allocator, with counters. A reallocation counts as an allocation of the new size.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

fn count(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Relaxed);
    BYTES.fetch_add(bytes, Relaxed);
}

// SAFETY: every method passes its arguments on unchanged, and the system's allocator keeps the
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

/// Makes ten calls to warm up, then the given number of calls, and prints what the latter allocated. The arguments are
/// the server's URL and the number of calls.
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
        print(&[("calls", calls), ("checksum", checksum), ("allocations", allocations), ("bytes", bytes)]);
    });
}
