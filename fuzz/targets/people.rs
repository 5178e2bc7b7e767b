//! `longma_tests::fuzz::people` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("people"), |bytes: &[u8]| {
    let _ = fuzz::people(bytes);
});
