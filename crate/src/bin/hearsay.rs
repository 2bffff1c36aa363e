//! The command-line program.

fn main() {
    println!("hearsay {}", env!("CARGO_PKG_VERSION"));
}
