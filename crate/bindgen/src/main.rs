//! The wasm-bindgen step of the build, as a program of the workspace.
//!
//! `hearsay-bindgen MODULE.wasm OUT_DIR` writes `hearsay.js`, `hearsay.d.ts` and
//! `hearsay_bg.wasm` (target "web") into `OUT_DIR`, which it creates. It replaces the
//! `wasm-bindgen` command, so that nobody has to install a tool of exactly the right version.

use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [module, out] = arguments.as_slice() else {
        eprintln!("usage: hearsay-bindgen MODULE.wasm OUT_DIR");
        return ExitCode::from(2);
    };
    match generate(Path::new(module), Path::new(out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("hearsay-bindgen: {text}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the three files for `module` into `out`. The error says what went wrong, in words.
fn generate(module: &Path, out: &Path) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .input_path(module)
                .out_name("hearsay")
                .typescript(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate(out)
        })
        .map_err(|error| format!("{}: {error:#}", module.display()))
}
