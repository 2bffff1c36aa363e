//! The list as one JSON object; [`super::schema`] says what is in it.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::schema::List;
use super::{Options, wording};
use crate::model::Reading;
use crate::page::Page;

/// The object, indented, with a line end.
pub fn write(page: &Page, reading: &Reading, options: &Options) -> String {
    let mut out = pretty(&List::new(page, reading, options));
    out.push('\n');
    out
}

/// Text as a string of JSON, in its quotation marks.
pub(super) fn quoted(text: &str) -> String {
    pretty(text)
}

/// Anything of ours, indented. Its fractions are hundredths.
fn pretty<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = Memory(Vec::new());
    // Strings and numbers in structs, written to memory: there is nothing that could fail.
    let _ = value.serialize(&mut Serializer::with_formatter(
        &mut out,
        Hundredths(PrettyFormatter::new()),
    ));
    String::from_utf8(out.0).unwrap_or_default()
}

/// What is written to. Every field of every object calls for it, so nothing of it is inlined: that
/// would make up most of this format.
struct Memory(Vec<u8>);

impl io::Write for Memory {
    #[inline(never)]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    #[inline(never)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes fractions without the tables that any fraction would need, which are larger than all the
/// rest of this format.
struct Hundredths<'a>(PrettyFormatter<'a>);

/// Leaves these methods to the formatter within.
macro_rules! as_within {
    ($($name:ident($($argument:ident)?);)*) => {
        $(#[inline(never)]
        fn $name<W: ?Sized + io::Write>(&mut self, to: &mut W $(, $argument: bool)?) -> io::Result<()> {
            self.0.$name(to $(, $argument)?)
        })*
    };
}

impl Formatter for Hundredths<'_> {
    #[inline(never)]
    fn write_f64<W: ?Sized + io::Write>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        to.write_all(wording::decimal(value).as_bytes())
    }

    as_within! {
        begin_array();
        end_array();
        begin_array_value(first);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first);
        begin_object_value();
        end_object_value();
    }
}
