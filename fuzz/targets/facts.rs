//! `longma_tests::fuzz::facts` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("facts"), |bytes: &[u8]| {
    let _ = fuzz::facts(bytes);
});
