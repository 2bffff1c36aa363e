//! The promises of `crate/tests/common/promises.rs`, for the fuzzer's targets: a file each, all alike.

#[path = "../tests/common/promises.rs"]
pub mod promises;
