//! The command-line program: reads a text, a web page or a page's blocks and prints the list of its
//! flags; or a whole corpus of them, a line each.
//!
//! Exit code 0: read. 1: the input can't be read or the output written. 2: the command line makes no
//! sense. 3: lines of a corpus were passed over.

mod clock;
mod corpus;
#[cfg(test)]
#[path = "../../../tests/common/lines.rs"]
mod lines;
mod mend;
mod progress;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use corpus::{Corpus, Event, Stop};
use progress::Progress;

use hearsay::export::{self, Format, Options};
use hearsay::model::Category;
use hearsay::page::{Page, PageInput};
use hearsay::read::read;
use hearsay::{html, trace};

const HELP: &str = "\
Marks claims laid on anonymous sources, assertions without a source, and hedged claims in English text.

Usage: hearsay [OPTIONS] [FILE]

Reads FILE, or standard input where there is none or it is `-`. Every line is a paragraph; a FILE
whose name ends in .html or .htm is a web page.

Options:
  --format FORMAT     text, json, csv, csvbom (for Excel), markdown, html (a report to read and to
                      print), webannotation (JSON-LD), hypothesis, or gold (of a page's blocks with a
                      reader's marks: what ./build.sh eval scores against) (text)
  --min-strength X    only flags at least this strong, from 0 to 1 (0: all)
  --wrapped           a paragraph runs over lines up to a blank one
  --html              the input is a web page, whatever its name; style sheets and scripts don't count
  --blocks            the input is a page's blocks as JSON, as the extension sends them
  --explain           instead of the list, how it came about: sentence by sentence the tokens with
                      their word classes, the rules that fitted, who each source is, the flags
  --print-blocks      instead of the list, the page's blocks, as --blocks reads them
  --print-text        instead of the list, the main text, a block a line: what flags are looked for in
  --whole-page        look for flags in all of a web page, and not in its main text alone
  --include-text      put the whole text into the JSON list
  --jsonl             the input is a corpus: every line is an article, a JSON object with `id` and
                      `text` or `html`, and if you like `url` and `title`; for each its JSON list is
                      printed in one line, with its `id`, in the same order
  --threads N         how many articles of a corpus are read at a time (one for each core)
  --help              this help
  --version           the version

Exit code: 0 read, 1 the input can't be read or the output can't be written, 2 the command line makes
no sense, 3 some lines of a corpus were passed over; standard error says which and why.
";

/// More would only wait for each other.
const MOST_THREADS: usize = 1024;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
enum Command {
    Help,
    Version,
    List(Request),
    Corpus(Request),
}

#[derive(Debug, PartialEq)]
struct Request {
    format: Format,
    min_strength: f32,
    wrapped: bool,
    html: bool,
    blocks: bool,
    whole_page: bool,
    include_text: bool,
    instead: Option<Instead>,
    threads: usize,
    file: Option<PathBuf>,
}

/// What is printed instead of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Instead {
    Trace,
    Blocks,
    Text,
}

/// A message for people. That nobody hears it is no reason to end.
fn say(message: &str) {
    let _ = writeln!(io::stderr(), "hearsay: {message}");
}

fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            say(&format!("{message}\nTry `hearsay --help`."));
            return ExitCode::from(2);
        }
    };
    let out = match command {
        Command::Help => HELP.to_owned(),
        Command::Version => format!("hearsay {}\n", env!("CARGO_PKG_VERSION")),
        Command::Corpus(request) => return read_corpus(&request),
        Command::List(request) => match list(&request) {
            Ok(out) => out,
            Err(message) => {
                say(&message);
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
            say(&format!("can't write the list: {e}"));
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
        html: false,
        blocks: false,
        whole_page: false,
        include_text: false,
        instead: None,
        threads: thread::available_parallelism().map_or(1, NonZero::get),
        file: None,
    };
    let mut positional = false;
    let (mut corpus, mut threads, mut format) = (false, false, false);
    // Options that shape the list, of which `--explain` gives none.
    let mut shaped = None;
    let mut instead = None;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next().map_err(|e| e.to_string())? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("format") => {
                shaped = Some("--format");
                format = true;
                let name = value(&mut parser)?;
                request.format = Format::from_name(&name).ok_or_else(|| {
                    let known = Format::ALL.map(|(name, _)| name).join(", ");
                    format!("unknown format {name:?}; there are {known}")
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
            Long("html") => request.html = true,
            Long("jsonl") => corpus = true,
            Long("threads") => {
                threads = true;
                let number = value(&mut parser)?;
                request.threads = number
                    .parse()
                    .ok()
                    .filter(|n| (1..=MOST_THREADS).contains(n))
                    .ok_or_else(|| {
                        format!("--threads is a number from 1 to {MOST_THREADS}, not {number:?}")
                    })?;
            }
            Long("explain") => {
                instead = Some("--explain");
                request.instead = Some(Instead::Trace);
            }
            Long("print-blocks") => {
                instead = Some("--print-blocks");
                request.instead = Some(Instead::Blocks);
            }
            Long("print-text") => {
                instead = Some("--print-text");
                request.instead = Some(Instead::Text);
            }
            Long("whole-page") => request.whole_page = true,
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
    let inputs = [
        (request.blocks, "--blocks"),
        (request.html, "--html"),
        (corpus, "--jsonl"),
        (request.wrapped && !corpus, "--wrapped"),
    ];
    let inputs: Vec<&str> = inputs.iter().filter(|(on, _)| *on).map(|i| i.1).collect();
    if let [one, other, ..] = inputs[..] {
        return Err(format!(
            "{one} and {other} are different sorts of input: use one of them"
        ));
    }
    if let (Some(instead), Some(option)) = (instead, shaped) {
        return Err(format!(
            "{instead} prints no list that {option} could shape: use one of them"
        ));
    }
    if corpus {
        if let Some(option) = instead.or(Some("--format").filter(|_| format)) {
            return Err(format!(
                "--jsonl prints JSON, a list in a line, whatever {option} says: use one of them"
            ));
        }
        return Ok(Command::Corpus(request));
    }
    if threads {
        return Err("--threads is for --jsonl: one article is read by one thread".to_owned());
    }
    let web = |file: &PathBuf| {
        let end = file.extension().unwrap_or_default();
        end.eq_ignore_ascii_case("html") || end.eq_ignore_ascii_case("htm")
    };
    request.html |= inputs.is_empty() && request.file.as_ref().is_some_and(web);
    Ok(Command::List(request))
}

fn value(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|e| e.to_string())?;
    Ok(value.to_string_lossy().into_owned())
}

/// What the input is called in messages.
fn name_of(request: &Request) -> String {
    match &request.file {
        Some(file) => file.display().to_string(),
        None => "standard input".to_owned(),
    }
}

/// All flags that are asked for; the time is now.
fn options(request: &Request) -> Options {
    Options {
        min_strength: request.min_strength,
        categories: Category::ALL.to_vec(),
        include_text: request.include_text,
        created: clock::utc(SystemTime::now()),
    }
}

fn list(request: &Request) -> Result<String, String> {
    let name = name_of(request);
    let bytes = match &request.file {
        Some(file) => fs::read(file),
        None => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
    }
    .map_err(|e| format!("can't read {name}: {e}"))?;
    let note = |encoding: &str| say(&format!("{name} {}", mend::not_valid(encoding)));
    let mut page = if request.html {
        let (text, broken) = html::decode(&bytes);
        broken.into_iter().for_each(note);
        Page::from_input(html::page(&text))
    } else {
        let (text, broken) = mend::text(bytes);
        broken.then_some("UTF-8").into_iter().for_each(note);
        if request.blocks {
            let json = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
            let input: PageInput = serde_json::from_str(&mend::json(json))
                .map_err(|e| format!("{name} holds no blocks: {e}"))?;
            Page::from_input(input)
        } else {
            Page::from_text(&text, request.wrapped)
        }
    };
    page.input.whole |= request.whole_page;
    match request.instead {
        Some(Instead::Text) => Ok(page.main_text()),
        Some(Instead::Trace) => Ok(trace::trace(&page)),
        Some(Instead::Blocks) => serde_json::to_string(&page.input)
            .map(|json| json + "\n")
            .map_err(|e| e.to_string()),
        None => export::list(&page, &read(&page), request.format, &options(request))
            .map_err(|e| format!("{name}: {e}")),
    }
}

fn read_corpus(request: &Request) -> ExitCode {
    let name = name_of(request);
    let (input, bytes): (Box<dyn BufRead + Send>, _) = match &request.file {
        None => (Box::new(BufReader::new(io::stdin())), None),
        Some(file) => match File::open(file) {
            Ok(file) => {
                let facts = file.metadata().ok().filter(|facts| facts.is_file());
                (
                    Box::new(BufReader::new(file)),
                    facts.map(|facts| facts.len()),
                )
            }
            Err(e) => {
                say(&format!("can't read {name}: {e}"));
                return ExitCode::from(1);
            }
        },
    };
    let mut progress = Progress::new(bytes);
    let corpus = Arc::new(Corpus {
        threads: request.threads,
        wrapped: request.wrapped,
        options: options(request),
    });
    let told = &mut |event: Event| match event {
        Event::Read { bytes } => progress.read(bytes),
        Event::PassedOver { line, why, bytes } => {
            progress.passed_over(bytes);
            progress.aside(|| say(&format!("line {line} passed over: {why}")));
        }
        Event::Note { line, what } => progress.aside(|| say(&format!("line {line} {what}"))),
    };
    let outcome = corpus::run(input, &mut io::stdout().lock(), &corpus, told);
    progress.end();
    match outcome.stop {
        None if outcome.passed_over == 0 => ExitCode::SUCCESS,
        None => {
            let (over, all) = (outcome.passed_over, outcome.passed_over + outcome.read);
            say(&format!("{over} of {all} lines passed over"));
            ExitCode::from(3)
        }
        // The reader (`head`) has seen enough: nothing to complain about.
        Some(Stop::Writing { error, .. }) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Some(Stop::Writing { line, error }) => {
            say(&format!(
                "can't write the list of line {line}: {error}. Those before it are whole"
            ));
            ExitCode::from(1)
        }
        Some(Stop::Reading { line, error }) => {
            say(&format!(
                "can't read {name} from line {line} on: {error}. What came before it is written"
            ));
            ExitCode::from(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, String> {
        parse(arguments.iter().map(OsString::from))
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
