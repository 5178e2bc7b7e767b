//! `longma_tests::fuzz::house` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("house"), |bytes: &[u8]| {
    let _ = fuzz::house(bytes);
});
