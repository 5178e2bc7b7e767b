//! `longma_tests::fuzz::tables` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("tables"), |bytes: &[u8]| {
    let _ = fuzz::tables(bytes);
});
