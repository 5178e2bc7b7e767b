//! `longma_tests::fuzz::records` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("records"), |bytes: &[u8]| {
    let _ = fuzz::records(bytes);
});
