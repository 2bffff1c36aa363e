//! `hearsay --jsonl`: an article a line in, a list a line out, in the same order.
//!
//! One thread takes lines off the input, others read them, and the one that started them writes the
//! lists as their turn comes. What is between input and output is bounded in lines and in bytes; when
//! it is full the input waits, so a corpus may be endless.

use std::io::{self, BufRead, Read, Write};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use hearsay::export::Options;
use hearsay::export::schema::List;
use hearsay::html;
use hearsay::page::Page;
use hearsay::read::Reader;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{clock, mend};

/// Bytes of a line beyond which it is passed over.
const LONGEST: usize = 32 << 20;
/// Bytes of all lines between input and output, unless it is one line alone.
const ROOM: usize = 64 << 20;
/// Lines between input and output for each thread: while one is long the others have work.
const AHEAD: usize = 16;

/// How a corpus is read.
pub struct Corpus {
    /// Lines read at a time.
    pub threads: usize,
    /// Whether a paragraph of a text runs over lines up to a blank one.
    pub wrapped: bool,
    /// What goes into the lists.
    pub options: Options,
}

/// What became of a line.
pub enum Event<'a> {
    /// Its list was written.
    Read { bytes: u64 },
    /// It has none.
    PassedOver { line: u64, why: &'a str, bytes: u64 },
    /// It is read, but was not quite in order.
    Note { line: u64, what: &'a str },
}

/// How it ended.
pub struct Outcome {
    /// Lines whose lists were written.
    pub read: u64,
    /// Lines that have none. Blank ones don't count.
    pub passed_over: u64,
    /// Why it ended before the input did.
    pub stop: Option<Stop>,
}

/// Why it ended early, and at which line.
pub enum Stop {
    /// The line could not be taken off the input.
    Reading { line: u64, error: io::Error },
    /// Its list could not be written.
    Writing { line: u64, error: io::Error },
}

/// Reads all lines of `input`. Returns at once when `output` can't be written to, whatever `input`
/// does; what waits for it then is left to the end of the program.
pub fn run(
    input: impl BufRead + Send + 'static,
    output: &mut impl Write,
    corpus: &Arc<Corpus>,
    told: &mut impl FnMut(Event),
) -> Outcome {
    let room = Arc::new(Room::default());
    let (work, jobs) = mpsc::channel();
    let jobs = Arc::new(Mutex::new(jobs));
    for _ in 0..corpus.threads {
        let (corpus, jobs) = (Arc::clone(corpus), Arc::clone(&jobs));
        thread::spawn(move || labour(&corpus, &jobs));
    }
    let (queue, waiting) = mpsc::sync_channel(corpus.threads * AHEAD);
    let own = Arc::clone(&room);
    thread::spawn(move || take_lines(input, &own, &queue, &work));

    let mut outcome = Outcome {
        read: 0,
        passed_over: 0,
        stop: None,
    };
    for waiting in waiting {
        let Waiting {
            line,
            size,
            kept,
            answer,
        } = match waiting {
            Ok(waiting) => waiting,
            Err(stop) => {
                outcome.stop = Some(stop);
                break;
            }
        };
        // A thread that is gone gives no answer. It must not happen, and costs a line if it does.
        let answer = answer.recv().unwrap_or_else(|_| Answer {
            list: Err("it could not be read".to_owned()),
            note: None,
        });
        if let Some(what) = &answer.note {
            told(Event::Note { line, what });
        }
        match answer.list {
            Ok(list) => {
                let written = output.write_all(list.as_bytes());
                if let Err(error) = written.and_then(|()| output.flush()) {
                    outcome.stop = Some(Stop::Writing { line, error });
                    break;
                }
                outcome.read += 1;
                told(Event::Read { bytes: size });
            }
            Err(why) => {
                outcome.passed_over += 1;
                let (why, bytes) = (&why, size);
                told(Event::PassedOver { line, why, bytes });
            }
        }
        room.give(kept);
    }
    outcome
}

/// A line whose list will be written when its turn comes.
struct Waiting {
    /// Counted from 1.
    line: u64,
    /// Its bytes in the input.
    size: u64,
    /// Those that are in memory.
    kept: usize,
    answer: Receiver<Answer>,
}

struct Answer {
    /// The list with its line end, or why there is none.
    list: Result<String, String>,
    note: Option<String>,
}

/// A line to be read, and where its list goes.
struct Job {
    line: Vec<u8>,
    answer: SyncSender<Answer>,
}

/// Takes lines off the input until it ends or nobody wants them any more.
fn take_lines(
    mut input: impl BufRead,
    room: &Room,
    queue: &SyncSender<Result<Waiting, Stop>>,
    work: &mpsc::Sender<Job>,
) {
    for number in 1.. {
        let (line, size) = match take_line(&mut input) {
            Ok(Some(taken)) => taken,
            Ok(None) => return,
            Err(error) => {
                let line = number;
                let _ = queue.send(Err(Stop::Reading { line, error }));
                return;
            }
        };
        if line
            .as_ref()
            .is_some_and(|line| line.trim_ascii().is_empty())
        {
            continue;
        }
        let kept = line.as_ref().map_or(0, Vec::len);
        room.take(kept);
        let (answer, receiver) = mpsc::sync_channel(1);
        let waiting = Waiting {
            line: number,
            size,
            kept,
            answer: receiver,
        };
        if queue.send(Ok(waiting)).is_err() {
            return;
        }
        let sent = match line {
            Some(line) => work.send(Job { line, answer }).is_ok(),
            None => {
                let list = Err(format!("it is longer than {} MiB", LONGEST >> 20));
                answer.send(Answer { list, note: None }).is_ok()
            }
        };
        if !sent {
            return;
        }
    }
}

/// The next line with its end, none where it is too long, and its bytes; nothing at the end of the input.
fn take_line(input: &mut impl BufRead) -> io::Result<Option<(Option<Vec<u8>>, u64)>> {
    let mut line = Vec::new();
    let taken = input.take(LONGEST as u64).read_until(b'\n', &mut line)?;
    if taken == 0 {
        return Ok(None);
    }
    let more = if taken < LONGEST || line.ends_with(b"\n") {
        0
    } else {
        input.skip_until(b'\n')?
    };
    let size = (taken + more) as u64;
    Ok(Some(((more == 0).then_some(line), size)))
}

/// One of the threads that read. It remembers what many pages of a site have in common.
fn labour(corpus: &Corpus, jobs: &Mutex<Receiver<Job>>) {
    let mut reader = Reader::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { line, answer }) = job else {
            return;
        };
        let _ = answer.send(read(line, corpus, &mut reader));
    }
}

/// A line as it should be. Whatever else it holds is left alone.
#[derive(Deserialize)]
struct Article {
    id: Option<Value>,
    text: Option<String>,
    html: Option<String>,
    url: Option<String>,
    title: Option<String>,
}

/// A list as it is written: with the article's id before the rest.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a Value,
    #[serde(flatten)]
    list: List<'a>,
}

fn read(line: Vec<u8>, corpus: &Corpus, reader: &mut Reader) -> Answer {
    let (line, broken) = mend::text(line);
    let note = broken.then(|| mend::not_valid("UTF-8"));
    let list = list(&line, corpus, reader);
    Answer { list, note }
}

fn list(line: &str, corpus: &Corpus, reader: &mut Reader) -> Result<String, String> {
    // With its end, what breaks off would be said to do so in a line after it.
    let line = line.trim_end_matches(['\r', '\n']);
    let line = line.strip_prefix('\u{FEFF}').unwrap_or(line);
    let Article {
        id,
        text,
        html,
        url,
        title,
    } = serde_json::from_str(&mend::json(line)).map_err(|e| {
        let what = e.to_string();
        let what = what
            .rsplit_once(" at line ")
            .map_or(&*what, |(what, _)| what);
        format!("it is no article in JSON: {what} (column {})", e.column())
    })?;
    let id = id.filter(|id| id.is_string() || id.is_i64() || id.is_u64());
    let id = id.ok_or("it has no `id`, which is a string or a whole number")?;
    let mut page = match (text, html) {
        (Some(text), None) => Page::from_text(&text, corpus.wrapped),
        (None, Some(html)) => Page::from_input(html::page(&html)),
        (None, None) => return Err("it has neither `text` nor `html`".to_owned()),
        (Some(_), Some(_)) => return Err("it has `text` and `html`: one of them".to_owned()),
    };
    page.input.url = url;
    page.input.title = title.or(page.input.title);
    let reading = reader.read(&page);
    let options = Options {
        created: clock::utc(SystemTime::now()),
        ..corpus.options.clone()
    };
    let listed = Listed {
        id: &id,
        list: List::new(&page, &reading, &options),
    };
    let json = serde_json::to_string(&listed).map_err(|e| e.to_string())?;
    Ok(json + "\n")
}

/// How much is between input and output.
#[derive(Default)]
struct Room {
    taken: Mutex<usize>,
    given: Condvar,
}

impl Room {
    /// Waits until there is room for so many bytes; something larger waits until it is alone.
    fn take(&self, bytes: usize) {
        let full = |taken: &mut usize| *taken > 0 && *taken + bytes > ROOM;
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = self.given.wait_while(taken, full);
        *taken.unwrap_or_else(PoisonError::into_inner) += bytes;
    }

    fn give(&self, bytes: usize) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
        self.given.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

    use super::*;
    use crate::lines::lines;

    const PATIENCE: Duration = Duration::from_millis(300);

    fn corpus(threads: usize) -> Arc<Corpus> {
        Arc::new(Corpus {
            threads,
            wrapped: false,
            options: Options {
                min_strength: 0.0,
                categories: Vec::new(),
                include_text: false,
                created: String::new(),
            },
        })
    }

    /// Gives the same line again and again, one at a call, and counts.
    struct Lines {
        line: Vec<u8>,
        left: usize,
        taken: Arc<AtomicUsize>,
    }

    impl Read for Lines {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.left == 0 {
                return Ok(0);
            }
            self.left -= 1;
            self.taken.fetch_add(1, Ordering::SeqCst);
            buffer[..self.line.len()].copy_from_slice(&self.line);
            Ok(self.line.len())
        }
    }

    /// The most lines that were ever between input and output, and how many there were.
    fn most_at_a_time(line: &str, count: usize, threads: usize) -> (usize, Outcome) {
        let taken = Arc::new(AtomicUsize::new(0));
        let line = format!("{line}\n").into_bytes();
        let room = line.len();
        let lines = Lines {
            line,
            left: count,
            taken: Arc::clone(&taken),
        };
        let corpus = corpus(threads);
        let (mut most, mut done) = (0, 0);
        let outcome = run(
            BufReader::with_capacity(room, lines),
            &mut io::sink(),
            &corpus,
            &mut |_| {
                // With the first list not yet done, what isn't held back has time to run ahead.
                let patience = Instant::now();
                while done == 0 && patience.elapsed() < PATIENCE {
                    thread::yield_now();
                }
                most = most.max(taken.load(Ordering::SeqCst) - done);
                done += 1;
            },
        );
        (most, outcome)
    }

    #[test]
    fn lines_between_input_and_output_are_bounded() {
        let line = r#"{"id":1,"text":"Officials said the wall may fall."}"#;
        let (most, outcome) = most_at_a_time(line, 5000, 2);
        assert_eq!((outcome.read, outcome.passed_over), (5000, 0));
        // Those that wait, the one that is written and the one that waits for a place.
        assert!(most <= 2 * AHEAD + 2, "{most} lines");
    }

    #[test]
    fn bytes_between_input_and_output_are_bounded() {
        let line = "x".repeat(LONGEST / 2 - 1);
        let (most, outcome) = most_at_a_time(&line, 40, 4);
        assert_eq!((outcome.read, outcome.passed_over), (0, 40));
        // One more has been taken and waits for room.
        assert!(most <= ROOM / (LONGEST / 2) + 1, "{most} lines");
    }

    /// Found by the test below: it was said to be in column 0.
    #[test]
    fn a_line_that_breaks_off_is_told_where_it_does() {
        let mut told = Vec::new();
        let input: &[u8] = b"{\"id\":1,\"text\":\"It may\r\n[[\n";
        let outcome = run(input, &mut io::sink(), &corpus(1), &mut |event| {
            if let Event::PassedOver { why, .. } = event {
                told.push(why.to_owned());
            }
        });
        assert_eq!((outcome.read, outcome.passed_over), (0, 2));
        for (why, column) in told.iter().zip(["(column 22)", "(column 2)"]) {
            assert!(why.ends_with(column), "{why}");
        }
    }

    #[test]
    fn any_bytes_are_read_line_by_line() {
        let mut runner = TestRunner::new_with_rng(
            ProptestConfig {
                cases: 100,
                failure_persistence: None,
                ..ProptestConfig::default()
            },
            TestRng::deterministic_rng(RngAlgorithm::ChaCha),
        );
        let asked = runner.run(&vec(any::<u8>(), 0..30), |bytes| {
            lines(&bytes);
            Ok(())
        });
        asked.unwrap_or_else(|e| panic!("{e}"));
    }

    #[test]
    fn input_that_breaks_off_keeps_what_came_before() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        let line: &[u8] = b"{\"id\":1,\"text\":\"It may.\"}\n{\"id\":2,";
        let corpus = corpus(1);
        let mut output = Vec::new();
        let input = BufReader::new(line.chain(Broken));
        let outcome = run(input, &mut output, &corpus, &mut |_| {});
        assert!(matches!(outcome.stop, Some(Stop::Reading { line: 2, .. })));
        assert!(output.starts_with(b"{\"id\":1,") && output.ends_with(b"\n"));
    }
}
