//! The native engine as a process for `./build.sh bench`: texts come in on stdin, each after its
//! length in bytes (four bytes, little-endian); each is answered with a line of JSON. No text at all
//! (length 0) forgets what was read. All times are nanoseconds.

use std::io::{self, Read, Write};
use std::time::Instant;

use hearsay::model::Reading;
use hearsay::page::Page;
use hearsay::read::Reader;
use hearsay::{language, maintext};

fn main() -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut reader = Reader::default();
    writeln!(output, "{{}}")?;
    loop {
        output.flush()?;
        let mut length = [0; 4];
        if input.read_exact(&mut length).is_err() {
            return Ok(());
        }
        let mut text = vec![0; u32::from_le_bytes(length) as usize];
        input.read_exact(&mut text)?;
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        if text.is_empty() {
            reader = Reader::default();
            writeln!(output, "{{}}")?;
            continue;
        }
        let (whole, reading) = timed(|| read(&mut reader, &text));
        // Read again, every block is known: the way in and the passes over the page are left.
        let (again, _) = timed(|| reader.read(&Page::from_text(&text, false)));
        let (way_in, _) = timed(|| {
            let page = Page::from_text(&text, false);
            language::of_page(&page, &maintext::main_blocks(&page))
        });
        writeln!(
            output,
            r#"{{"ns":{whole},"count":"{} flags","words":{},"again":{again},"wayIn":{way_in}}}"#,
            reading.flags.len(),
            reading.words,
        )?;
    }
}

/// Text in, spans out. A function of its own, so that callgrind can count just this.
#[inline(never)]
fn read(reader: &mut Reader, text: &str) -> Reading {
    reader.read(&Page::from_text(text, false))
}

fn timed<T>(work: impl FnOnce() -> T) -> (u128, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_nanos(), done)
}
