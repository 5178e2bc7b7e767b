//! `longma_tests::fuzz::sealed` under libFuzzer.
#![no_main]

use longma_tests::fuzz;

libfuzzer_sys::fuzz_target!(init: fuzz::leave_seeds("sealed"), |bytes: &[u8]| {
    let _ = fuzz::sealed(bytes);
});
