//! How far a corpus is read, for somebody who waits at a terminal.

use std::io::{self, IsTerminal};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line at the foot of the terminal; nothing where standard error is none, or where the lists
/// themselves run over it.
pub struct Progress {
    bar: ProgressBar,
    read: u64,
    passed_over: u64,
}

impl Progress {
    /// Of so many bytes, if that is known.
    pub fn new(bytes: Option<u64>) -> Progress {
        let target = if io::stdout().is_terminal() {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let shape = match bytes {
            Some(_) => "{bar:20} {percent} %, {eta} left  {wide_msg}",
            None => "{wide_msg}",
        };
        let style = ProgressStyle::with_template(shape);
        let bar = ProgressBar::with_draw_target(bytes, target);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress {
            bar,
            read: 0,
            passed_over: 0,
        }
    }

    /// One more line was read, of so many bytes.
    pub fn read(&mut self, bytes: u64) {
        self.read += 1;
        self.show(bytes);
    }

    /// One more was passed over.
    pub fn passed_over(&mut self, bytes: u64) {
        self.passed_over += 1;
        self.show(bytes);
    }

    /// Lets something else be written to standard error.
    pub fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self, bytes: u64) {
        if self.bar.is_hidden() {
            return;
        }
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let pace = HumanCount((self.read as f64 / seconds) as u64);
        let read = HumanCount(self.read);
        let over = match self.passed_over {
            0 => String::new(),
            n => format!(", {} passed over", HumanCount(n)),
        };
        let message = format!("{read} read{over}, {pace} a second");
        self.bar.set_message(message);
        self.bar.inc(bytes);
    }
}
