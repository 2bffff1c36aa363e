//! What the program makes of a corpus, with the program's own files.

#![no_main]

#[path = "../../src/bin/hearsay/clock.rs"]
mod clock;
// What the program tells its user nobody asks for here.
#[allow(dead_code)]
#[path = "../../src/bin/hearsay/corpus.rs"]
mod corpus;
#[path = "../../tests/common/lines.rs"]
mod lines;
#[path = "../../src/bin/hearsay/mend.rs"]
mod mend;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lines::lines(bytes));
