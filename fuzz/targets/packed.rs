//! `longma_tests::fuzz::packed` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("packed"), |bytes: &[u8]| {
    let _ = fuzz::packed(bytes);
});
