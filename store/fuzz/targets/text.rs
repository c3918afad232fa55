//! `store_fuzz::text` for libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| store_fuzz::text(bytes));
