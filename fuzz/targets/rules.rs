//! `longma_tests::fuzz::rules` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("rules"), |bytes: &[u8]| {
    let _ = fuzz::rules(bytes);
});
