//! What several test files need: texts of our own, and what must hold for every reading ([`promises`]).

#![allow(dead_code, unused_imports)] // each test file uses its part

pub mod promises;

use std::io::Write;
use std::process::{Command, Output, Stdio};

pub use promises::{TOKENS, check, everything, json, page_of};

/// A short story with flags of all three categories.
pub const STORY: &str = "\
The night ferry is to close, a senior official at the harbour board told the Gazette on Monday.
“The money was gone by January,” said the official, who asked not to be named.
Fees have risen by 40 per cent since 2019. Clearly, the board wants the matter closed.
It appears to be the oldest ferry on the coast. Theresa Vale, the mayor, said it may sail again.
According to documents seen by the Gazette, some islanders were reportedly promised a bridge.
";

/// Runs the program with `input` on standard input.
pub fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hearsay"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // In a thread: the program may answer before it has read all, or not read at all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// What the program printed, if it succeeded.
pub fn printed(arguments: &[&str], input: &[u8]) -> String {
    let output = run(arguments, input);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A small deterministic generator (xorshift64*), so that every failure can be seen again.
pub struct Random(pub u64);

impl Random {
    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    /// One of `all`.
    pub fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// `count` random tokens; a line end now and then.
pub fn soup(random: &mut Random, count: usize) -> String {
    let mut text = String::new();
    for _ in 0..count {
        text.push_str(random.pick(TOKENS));
        match random.below(40) {
            0 => text.push('\n'),
            1 | 2 => {}
            _ => text.push(' '),
        }
    }
    text
}
