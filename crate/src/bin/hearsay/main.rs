//! The command-line program: reads a text or a page's blocks and prints the list of its flags.
//!
//! Exit code 0: read. 1: the input can't be read. 2: the command line makes no sense.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use hearsay::export::{self, Format, Options};
use hearsay::model::Category;
use hearsay::page::{Page, PageInput};
use hearsay::read::read;
use hearsay::trace;

const HELP: &str = "\
Marks claims laid on anonymous sources, assertions without a source, and hedged claims in English text.

Usage: hearsay [OPTIONS] [FILE]

Reads FILE, or standard input where there is none or it is `-`. Every line is a paragraph.

Options:
  --format FORMAT     text, json, csv or markdown (text)
  --min-strength X    only flags at least this strong, from 0 to 1 (0: all)
  --wrapped           a paragraph runs over lines up to a blank one
  --blocks            the input is a page's blocks as JSON, as the extension sends them
  --explain           instead of the list, how it came about: sentence by sentence the tokens with
                      their word classes, the rules that fitted, who each source is, the flags
  --include-text      put the whole text into the JSON list
  --help              this help
  --version           the version

Exit code: 0 read, 1 the input can't be read, 2 the command line makes no sense.
";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
enum Command {
    Help,
    Version,
    List(Request),
}

#[derive(Debug, PartialEq)]
struct Request {
    format: Format,
    min_strength: f32,
    wrapped: bool,
    blocks: bool,
    include_text: bool,
    explain: bool,
    file: Option<PathBuf>,
}

fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("hearsay: {message}\nTry `hearsay --help`.");
            return ExitCode::from(2);
        }
    };
    let out = match command {
        Command::Help => HELP.to_owned(),
        Command::Version => format!("hearsay {}\n", env!("CARGO_PKG_VERSION")),
        Command::List(request) => match list(&request) {
            Ok(out) => out,
            Err(message) => {
                eprintln!("hearsay: {message}");
                return ExitCode::from(1);
            }
        },
    };
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(out.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => ExitCode::SUCCESS,
        // The reader (`head`) has seen enough: nothing to complain about.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("hearsay: can't write the list: {e}");
            ExitCode::from(1)
        }
    }
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    use lexopt::prelude::*;

    let mut request = Request {
        format: Format::Text,
        min_strength: 0.0,
        wrapped: false,
        blocks: false,
        include_text: false,
        explain: false,
        file: None,
    };
    let mut positional = false;
    // Options that shape the list, of which `--explain` gives none.
    let mut shaped = None;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|e| e.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("format") => {
                shaped = Some("--format");
                let name = value(&mut parser)?;
                request.format = Format::from_name(&name).ok_or_else(|| {
                    format!("unknown format {name:?}: text, json, csv or markdown")
                })?;
            }
            Long("min-strength") => {
                shaped = Some("--min-strength");
                let number = value(&mut parser)?;
                request.min_strength = number
                    .parse()
                    .ok()
                    .filter(|x| (0.0..=1.0).contains(x))
                    .ok_or_else(|| {
                        format!("--min-strength is a number from 0 to 1, not {number:?}")
                    })?;
            }
            Long("wrapped") => request.wrapped = true,
            Long("blocks") => request.blocks = true,
            Long("explain") => request.explain = true,
            Long("include-text") => {
                shaped = Some("--include-text");
                request.include_text = true;
            }
            Value(file) if !positional => {
                positional = true;
                request.file = Some(PathBuf::from(file)).filter(|f| f != Path::new("-"));
            }
            Value(file) => {
                return Err(format!(
                    "one FILE at a time; {} is one too many",
                    file.to_string_lossy()
                ));
            }
            other => return Err(other.unexpected().to_string()),
        }
    }
    if request.wrapped && request.blocks {
        return Err(
            "--wrapped is for text, --blocks has its own paragraphs: use one of them".to_owned(),
        );
    }
    if let (true, Some(option)) = (request.explain, shaped) {
        return Err(format!(
            "--explain prints no list that {option} could shape: use one of them"
        ));
    }
    Ok(Command::List(request))
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|e| e.to_string())?;
    Ok(value.to_string_lossy().into_owned())
}

fn list(request: &Request) -> Result<String, String> {
    let name = match &request.file {
        Some(file) => file.display().to_string(),
        None => "standard input".to_owned(),
    };
    let bytes = match &request.file {
        Some(file) => fs::read(file),
        None => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
    }
    .map_err(|e| format!("can't read {name}: {e}"))?;
    let text = String::from_utf8(bytes).unwrap_or_else(|e| {
        eprintln!("hearsay: {name} is not valid UTF-8; what can't be read is shown as \u{FFFD}");
        String::from_utf8_lossy(e.as_bytes()).into_owned()
    });
    let page = if request.blocks {
        let json = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let input: PageInput = serde_json::from_str(&mended(json))
            .map_err(|e| format!("{name} holds no blocks: {e}"))?;
        Page::from_input(input)
    } else {
        Page::from_text(&text, request.wrapped)
    };
    if request.explain {
        return Ok(trace::trace(&page));
    }
    let options = Options {
        min_strength: request.min_strength,
        categories: Category::ALL.to_vec(),
        include_text: request.include_text,
        created: utc(SystemTime::now()),
    };
    Ok(export::list(&page, &read(&page), request.format, &options))
}

/// JSON with the escape of every lone surrogate replaced by U+FFFD's. A page may hold such halves,
/// the browser escapes them as they are, and serde_json refuses them; U+FFFD is one UTF-16 unit too
/// and what the extension's engine gets in their place.
fn mended(json: &str) -> Cow<'_, str> {
    let unit = |at: usize| -> Option<u16> {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        let hexadecimal = digits.bytes().all(|b| b.is_ascii_hexdigit());
        hexadecimal
            .then(|| u16::from_str_radix(digits, 16).ok())
            .flatten()
    };
    let mut out = String::new();
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = json[at..].find('\\') {
        at += next;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                out.push_str(&json[kept..at]);
                out.push_str("\\ufffd");
                kept = at + 6;
                6
            }
            // Any other escape: the mark and one ASCII character, which may be a mark itself.
            _ => 1 + json[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    if kept == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(&json[kept..]);
    Cow::Owned(out)
}

/// A time as ISO 8601 in UTC, to the second. Times before 1970 read as its first second.
fn utc(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Gregorian date of a day counted from 1970-01-01. Years here begin in March, so that the leap
/// day is the last of its year and months follow one formula.
fn civil(day: u64) -> (u64, u64, u64) {
    let since = day + 719_468; // days since 0000-03-01
    let (era, of_era) = (since / 146_097, since % 146_097); // 400 years each
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, String> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn dates() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(951_868_799), "2000-02-29T23:59:59Z");
        assert_eq!(at(1_709_210_096), "2024-02-29T12:34:56Z");
        assert_eq!(at(1_767_225_599), "2025-12-31T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut before = civil(0);
        for day in 1..146_097 {
            let (y, m, d) = civil(day);
            let next = match before {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, month, _) if d == 1 => (year, month + 1, 1),
                (year, month, day) => (year, month, day + 1),
            };
            assert_eq!((y, m, d), next);
            assert!(d <= 31 && before.2 >= if d == 1 { 28 } else { 1 });
            before = (y, m, d);
        }
        assert_eq!(before, (2369, 12, 31));
    }

    #[test]
    fn halves_of_surrogate_pairs_become_replacement_characters() {
        for (json, text) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\udc00""#, "\u{fffd}"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\n\ude00""#, "\u{fffd}\n\u{fffd}"),
            (r#""\\ud800""#, "\\ud800"),
            (r#""\\\ud800é\"""#, "\\\u{fffd}é\""),
        ] {
            let read: String = serde_json::from_str(&mended(json)).expect(json);
            assert_eq!(read, text, "{json}");
        }
        for json in ["", "\\", "\\u", "\\ud8", "\\ud800", "\\é", "\"\\uD8é0\""] {
            let _ = mended(json); // no JSON, but no panic either
        }
    }

    #[test]
    fn strengths_are_numbers_from_0_to_1() {
        for wrong in ["-0.1", "1.1", "NaN", "inf", "", "half"] {
            assert!(parsed(&["--min-strength", wrong]).is_err(), "{wrong}");
        }
        let Ok(Command::List(request)) = parsed(&["--min-strength=0.8"]) else {
            panic!("not read")
        };
        assert_eq!(request.min_strength, 0.8);
    }

    #[test]
    fn a_dash_is_standard_input_and_two_dashes_end_the_options() {
        let Ok(Command::List(request)) = parsed(&["-"]) else {
            panic!("not read")
        };
        assert_eq!(request.file, None);
        let Ok(Command::List(request)) = parsed(&["--", "--help"]) else {
            panic!("not read")
        };
        assert_eq!(request.file, Some(PathBuf::from("--help")));
        assert!(parsed(&["a", "b"]).is_err());
        assert!(parsed(&["-", "b"]).is_err());
    }
}
