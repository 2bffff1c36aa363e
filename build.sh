#!/usr/bin/env bash
# Builds, shows and tests Hearsay. `./build.sh help` lists the verbs.
set -euo pipefail

CALLER=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
ROOT=$PWD
TARGET=$(realpath -m "${CARGO_TARGET_DIR:-target}")
SHARED=$(realpath -m "$ROOT/../shared")
export HEARSAY_ENGINE=$TARGET/bindgen
export HEARSAY_CLI=$TARGET/release/hearsay
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

WASM=wasm32-unknown-unknown
# What the benchmarks measure besides.
export HEARSAY_LINKED=$TARGET/$WASM/release/hearsay.wasm
export HEARSAY_MAP=$TARGET/hearsay.map
export HEARSAY_NATIVE=$TARGET/release/examples/bench
export HEARSAY_FLOOR=$TARGET/$WASM/release/hearsay_floor.wasm

help() {
  cat <<'TEXT'
Hearsay marks anonymous sources, unsourced assertions and hedged claims on a page.

  ./build.sh                    build dist/chromium/ and dist/firefox/, and a zip of each
  ./build.sh run [FILE-or-URL]  open a browser with Hearsay on, on our own article or on yours
                                --firefox: Firefox, not Chromium
  ./build.sh test               run every check and every test there is
  ./build.sh eval [DIR]         score the engine against annotated articles: those in DIR (NAME.txt with
                                NAME.gold or NAME.json, or a reader's NAME.gold.json), else our own and whatever corpora are at hand
                                --errors N: how many errors of each sort to list (5; or all)
                                --rules: count for every rule how often it was right and wrong
                                --min-strength S: score only flags at least this strong (0.5)
  ./build.sh bench [browser]    time the way from click to paint
  ./build.sh bench engine       time the engine beside a floor and its peers, in processes of their own
                                --starts N: of every process (3)
                                --record: write what was measured into tests/bench/RESULTS.md
  ./build.sh bench corpus [--record]
                                time hearsay --jsonl on one core and on all: articles a second
  ./build.sh bench instructions count the engine's instructions, which fails if they grew by more than 5 %
  ./build.sh bench start [N]    time what the engine does before it can read, in N fresh processes
  ./build.sh bench size         tell what takes how much room in the WebAssembly
                                --bless (either): keep the figure; the next ones are compared with it
  ./build.sh fuzz [TARGET] [SECONDS]
                                ask of made-up input what must hold of any (crate/tests/common/promises.rs):
                                one target or each in turn, for so long (60)
  ./build.sh reproduce          build this commit twice, from two clones in different folders: the zips must be the same
  ./build.sh audit              look for licences that may not be, and for known holes where their lists can be reached
  ./build.sh shots [WORD…]      take pictures of every screen into dist/shots/ (only those with WORD in their name)
  ./build.sh clean              remove everything that was built or installed here
  ./build.sh help               this text

Each verb first installs what it is missing. CHROMIUM=/path/to/chrome or FIREFOX=/path/to/firefox
picks a browser.
TEXT
}

# --- talking ---------------------------------------------------------------------------------

say() { printf '\033[2m›\033[0m %s\n' "$*"; }

die() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# --- doing nothing twice ---------------------------------------------------------------------

# hash_of PATH...: one hash over the contents and names of all files below the paths.
hash_of() {
  find "$@" -type d \( -name node_modules -o -name .git \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# done_before STAMP HASH: whether the step behind STAMP last ended well with these inputs.
done_before() { [[ -f $1 && $(<"$1") == "$2" ]]; }

remember() {
  mkdir -p "$(dirname "$1")"
  printf '%s' "$2" >"$1"
}

# --- what the verbs need ---------------------------------------------------------------------

need_rust() {
  have cargo || die "Rust is missing. Install it with: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  if [[ ! -d $(rustc --print target-libdir --target "$WASM") ]]; then
    have rustup || die "Rust's WebAssembly target is missing. With rustup: rustup target add $WASM"
    say "Adding Rust's WebAssembly target"
    rustup target add "$WASM"
  fi
}

need_rust_lints() {
  need_rust
  if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
    have rustup || die "rustfmt and clippy are missing. With rustup: rustup component add rustfmt clippy"
    say "Adding rustfmt and clippy"
    rustup component add rustfmt clippy
  fi
}

need_node() {
  have node || die "Node 20 or later is missing. On Debian: sudo apt install nodejs npm (or see https://nodejs.org)"
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' ||
    die "Node $(node --version) is too old: Hearsay needs 20 or later (https://nodejs.org)"
  have npm || die "npm is missing. On Debian: sudo apt install npm"
}

# npm_packages FOLDER: installs exactly what the lock file says, if it isn't there yet.
npm_packages() {
  need_node
  local stamp=$1/node_modules/.hearsay-installed hash
  hash=$(hash_of "$1/package-lock.json")
  done_before "$stamp" "$hash" && return
  say "Installing npm packages for $1/"
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) || return
  remember "$stamp" "$hash"
}

# is_chromium PROGRAM: whether it runs and loads unpacked extensions from the command line.
is_chromium() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  [[ $version == *Chromium* || $version == *"for Testing"* ]]
}

# apt_install PACKAGE: where there is apt and the right to use it.
apt_install() {
  have apt-get || return 1
  local as_root=()
  if [[ $EUID -ne 0 ]]; then
    as_root=(sudo)
    have sudo && sudo -n true 2>/dev/null || return 1
  fi
  say "Installing $1 with apt"
  "${as_root[@]}" apt-get update -qq && "${as_root[@]}" apt-get install -y -qq "$1" >/dev/null
}

find_chromium() {
  local candidate
  for candidate in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome-for-testing chrome-for-testing \
    "$HOME"/.cache/puppeteer/chrome/*/chrome-linux64/chrome "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome; do
    candidate=$(command -v "$candidate") || continue
    if is_chromium "$candidate"; then
      export CHROMIUM=$candidate
      return
    fi
  done
  return 1
}

need_chromium() {
  [[ -z ${CHROMIUM:-} ]] || is_chromium "$CHROMIUM" ||
    die "CHROMIUM=$CHROMIUM is neither Chromium nor Chrome for Testing (branded Chrome ignores --load-extension)"
  find_chromium && return
  if apt_install chromium && find_chromium; then return; fi
  local why=""
  if have google-chrome; then why=" Google Chrome is here, but it ignores --load-extension since version 137."; fi
  if have apt-get; then
    die "Chromium is missing.$why Install it with: sudo apt install chromium"
  fi
  die "Chromium is missing.$why Install it with: npx @puppeteer/browsers install chrome@stable --path \"\$HOME/.cache/puppeteer\""
}

# Firefox is wanted, not needed: what is tested in it is skipped, with a word, where there is none.
want_firefox() {
  local candidate
  for candidate in ${FIREFOX:+"$FIREFOX"} firefox-esr firefox; do
    if have "$candidate"; then return; fi
  done
  apt_install firefox-esr || say "Firefox is missing. On Debian: sudo apt install firefox-esr"
}

# --- building --------------------------------------------------------------------------------

build_engine() {
  need_rust
  say "Building the engine (Rust to WebAssembly)"
  # Not passed through wasm-opt: what it saves was what compresses well, and the compressed module grows.
  # Unstripped: wasm-bindgen reads the list of features, then drops names and that list itself.
  # The linker's map says what takes how much room (`bench size`).
  # Functions are pasted into one another, and loops written out, less than is usual: about a tenth
  # less to load, and as much more to run. What runs for every token says itself that it is to be pasted.
  local lean=(-C llvm-args=-inline-threshold=50 -C llvm-args=-inlinehint-threshold=120 -C llvm-args=-unroll-threshold=20 -C llvm-args=-unroll-partial-threshold=0)
  mkdir -p "$TARGET"
  # What panics tell names the packages' files: as they are called anywhere, not where they are on this machine.
  RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$(realpath -m "${CARGO_HOME:-$HOME/.cargo}")/registry/src=packages" \
    cargo rustc --quiet --release --lib --package hearsay --target "$WASM" --config profile.release.strip=false --config profile.release.opt-level=2 -- \
    -C link-arg=--Map="$HEARSAY_MAP" "${lean[@]}"
  local module=$HEARSAY_LINKED stamp=$HEARSAY_ENGINE/.stamp hash
  hash=$(hash_of "$module" crate/bindgen Cargo.lock)
  done_before "$stamp" "$hash" && return
  say "Writing its JavaScript side (wasm-bindgen)"
  cargo run --quiet --package hearsay-bindgen -- "$module" "$HEARSAY_ENGINE"
  remember "$stamp" "$hash"
}

build_cli() {
  need_rust
  say "Building the command-line program"
  cargo build --quiet --release --bin hearsay
}

build() {
  build_engine
  npm_packages extension
  local stamp=dist/.stamp hash
  hash=$(hash_of extension crate/data/page "$HEARSAY_ENGINE" LICENSE-MIT LICENSE-APACHE)
  if done_before "$stamp" "$hash" && [[ -f dist/chromium/manifest.json && -f dist/firefox/manifest.json && -f dist/hearsay-chromium.zip && -f dist/hearsay-firefox.zip ]]; then
    say "The extension is up to date: dist/chromium/ and dist/firefox/"
    return
  fi
  say "Bundling the extension"
  (cd extension && npm run --silent build)
  remember "$stamp" "$hash"
  node tests/bench/size.mjs --quiet
  say "Ready to load unpacked: dist/chromium/ and dist/firefox/ ($(du -sh dist/chromium | cut -f 1) each); to upload: dist/hearsay-{chromium,firefox}.zip"
}

# --- showing ---------------------------------------------------------------------------------

run() {
  local browser=chromium
  if [[ ${1:-} == --firefox ]]; then
    browser=firefox
    shift
  fi
  [[ $# -le 1 ]] || die "run takes one file or URL, after --firefox if it is to be Firefox"
  local what=${1:-tests/article/index.html}
  case $what in
    http://* | https://*) ;;
    *)
      [[ $# -eq 0 || $what == /* ]] || what=$CALLER/$what
      [[ -r $what && -f $what ]] || die "cannot read the file $what"
      ;;
  esac
  build
  npm_packages tests
  if [[ $browser == firefox ]]; then want_firefox; else need_chromium; fi
  node tests/run.mjs "$browser" "$what"
}

shots() {
  build
  npm_packages tests
  need_chromium
  node tests/shots.mjs "$@"
}

bench() {
  local what=${1:-browser}
  [[ $# -eq 0 ]] || shift
  case $what in
    browser) bench_browser "$@" ;;
    engine) bench_engine "$@" ;;
    corpus)
      build_cli
      need_node
      node tests/bench/corpus.mjs "$@"
      ;;
    instructions) bench_instructions "$@" ;;
    start)
      build
      npm_packages tests
      need_chromium
      node tests/bench/start.mjs "$@"
      ;;
    size)
      build_engine
      need_node
      node tests/bench/size.mjs "$@"
      ;;
    *) die "bench knows browser, engine, corpus, instructions, start and size, not '$what'" ;;
  esac
}

bench_browser() {
  build
  npm_packages tests
  need_chromium
  node tests/bench/browser.mjs "$@"
}

bench_engine() {
  build_engine
  build_native
  say "Building the floor"
  cargo build --quiet --release --package hearsay-floor --target "$WASM"
  npm_packages tests/bench || say "skipped: peers whose packages could not be installed"
  node tests/bench/engine.mjs "$@"
}

bench_instructions() {
  need_rust
  need_node
  if ! have valgrind; then
    say "skipped: valgrind is missing. On Debian: sudo apt install valgrind"
    return
  fi
  build_native
  node tests/bench/instructions.mjs "$@"
}

# The engine as a process that answers texts. Unstripped: callgrind goes by names.
build_native() {
  say "Building the native engine"
  cargo build --quiet --release --package hearsay --example bench --config profile.release.strip=false
}

# --- scoring ---------------------------------------------------------------------------------

# evaluate [DIR] [OPTIONS]: see tests/eval.mjs, which reads all but a leading DIR.
evaluate() {
  local folder=""
  if [[ $# -gt 0 && $1 != -* ]]; then
    folder=$1
    shift
    [[ $folder == /* ]] || folder=$CALLER/$folder
    [[ -d $folder ]] || die "there is no folder $folder"
  fi
  need_node
  build_cli
  if [[ -n $folder ]]; then
    node tests/eval.mjs "$folder" "$@"
    return
  fi
  say "Flags against our own annotated articles, tests/gold/"
  node tests/eval.mjs tests/gold "$@"
  printf '\n'
  if [[ -d $SHARED/gold/dev ]]; then
    say "Flags against the annotated articles beside this repository"
    node tests/eval.mjs "$SHARED/gold/dev" "$@"
    printf '\n'
  else
    say "skipped: there are no annotated articles beside this repository"
  fi
  attributions
}

# attributions: who is found to be cited, against the attribution corpus.
attributions() {
  if [[ ! -f $SHARED/polnear/dev.jsonl ]]; then
    say "skipped: there is no attribution corpus beside this repository"
    return
  fi
  have python3 || die "Python 3 is missing. On Debian: sudo apt install python3"
  say "Attributions against the attribution corpus"
  local work=$TARGET/eval text
  rm -rf "$work"
  mkdir -p "$work/texts" "$work/lists"
  python3 "$SHARED/eval/attribution.py" "$SHARED/polnear/dev.jsonl" --write-texts "$work/texts" >/dev/null
  for text in "$work/texts"/*.txt; do
    "$HEARSAY_CLI" --format json "$text" >"$work/lists/$(basename "${text%.txt}").json"
  done
  python3 "$SHARED/eval/attribution.py" "$SHARED/polnear/dev.jsonl" "$work/lists"
}

# --- testing ---------------------------------------------------------------------------------

PASSED=0
FAILED=0
SKIPPED=0

# outcome NAME STATUS SECONDS LOG: tells how a check went; what a failed one said is shown in full.
outcome() {
  if [[ $2 -eq 0 ]]; then
    printf '  ok    %s (%s s)\n' "$1" "$3"
  else
    cat "$4"
    printf '  FAIL  %s (%s s)\n' "$1" "$3"
  fi
}

# check NAME COMMAND...: one thing that must succeed.
check() {
  local name=$1 log status=0 start=$SECONDS
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [[ $status -eq 0 ]]; then PASSED=$((PASSED + 1)); else FAILED=$((FAILED + 1)); fi
  outcome "$name" "$status" $((SECONDS - start)) "$log"
  rm -f "$log"
  return "$status"
}

# sum PATTERN FILE: the sum of the numbers that PATTERN captures.
sum() { sed -n "s/$1/\1/p" "$2" | awk '{ total += $1 } END { print total + 0 }'; }

# count NAME STATUS PASSED FAILED SKIPPED: adds the counts of a test runner. One that ended badly
# without naming a failed test (it didn't compile, it crashed), or ran none, is a failure itself.
count() {
  local failed=$4
  if [[ $failed -eq 0 && $2 -ne 0 ]] || [[ $3 -eq 0 && $failed -eq 0 ]]; then failed=1; fi
  PASSED=$((PASSED + $3))
  FAILED=$((FAILED + failed))
  SKIPPED=$((SKIPPED + $5))
  printf '        %s: %s passed, %s failed, %s skipped\n' "$1" "$3" "$failed" "$5"
}

rust_tests() {
  local log status=0 start=$SECONDS
  log=$(mktemp)
  cargo test --workspace --quiet --no-fail-fast >"$log" 2>&1 || status=$?
  outcome "Rust tests" "$status" $((SECONDS - start)) "$log"
  count "Rust" "$status" "$(sum '^test result: .* \([0-9]*\) passed.*' "$log")" \
    "$(sum '^test result: .* \([0-9]*\) failed.*' "$log")" "$(sum '^test result: .* \([0-9]*\) ignored.*' "$log")"
  rm -f "$log"
}

# node_tests NAME FILE...: runs node's own test runner, shown as it goes.
node_tests() {
  local name=$1 tap status=0
  shift
  tap=$(mktemp)
  node --test --test-concurrency=2 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$tap" "$@" || status=$?
  count "$name" "$status" "$(sum '^# pass \([0-9]*\)$' "$tap")" \
    $(($(sum '^# fail \([0-9]*\)$' "$tap") + $(sum '^# cancelled \([0-9]*\)$' "$tap"))) \
    $(($(sum '^# skipped \([0-9]*\)$' "$tap") + $(sum '^# todo \([0-9]*\)$' "$tap")))
  rm -f "$tap"
}

# Every step is taken whatever became of the ones before, so that the last line always comes.
test_all() {
  say "Checking what the tests need"
  (need_rust_lints && npm_packages extension && npm_packages tests && need_chromium) || FAILED=$((FAILED + 1))
  find_chromium || true
  want_firefox

  say "Rust"
  check "rustfmt" cargo fmt --all --check || true
  check "rustfmt, fuzzer" cargo fmt --manifest-path crate/fuzz/Cargo.toml --check || true
  check "clippy" cargo clippy --quiet --workspace --all-targets -- -D warnings || true
  check "clippy, WebAssembly" cargo clippy --quiet --package hearsay --lib --target "$WASM" -- -D warnings || true
  rust_tests

  say "Extension"
  local built=yes
  check "engine" "$0" engine || built=no
  check "types (tsc)" npm --prefix extension run --silent typecheck || true
  check "licences" node tests/audit.mjs --offline || true
  check "lint (biome)" npm --prefix extension run --silent lint || true
  check "build" "$0" build || built=no
  check "command-line program" "$0" cli || built=no

  say "Browser"
  if [[ $built == yes ]]; then
    node_tests "Browser" tests/*.test.mjs
  else
    printf '  FAIL  browser tests: there is nothing to test, the build failed\n'
    FAILED=$((FAILED + 1))
  fi

  printf '\n'
  if [[ $SKIPPED -gt 0 ]]; then printf '%s skipped (each said why)\n' "$SKIPPED"; fi
  printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
  [[ $FAILED -eq 0 ]]
}

# --- what is shipped ---------------------------------------------------------------------------

# Two folders whose names have nothing in common, the length neither.
reproduce() {
  need_rust
  need_node
  local work one two clone zip status=0
  [[ -z $(git status --porcelain) ]] || say "What isn't committed is left out"
  work=$(mktemp -d)
  one=$work/a two="$work/another place/b"
  for clone in "$one" "$two"; do
    say "Building in $clone"
    git clone --quiet --no-hardlinks "$ROOT" "$clone"
    (cd "$clone" && CARGO_TARGET_DIR=$clone/target ./build.sh)
  done
  for zip in hearsay-chromium.zip hearsay-firefox.zip; do
    (cd "$one/dist" && sha256sum "$zip")
    cmp "$one/dist/$zip" "$two/dist/$zip" || status=1
  done
  [[ $status -eq 0 ]] || die "the zips differ; both builds are kept in $work"
  rm -rf "$work"
  say "The same bytes from $(git rev-parse --short HEAD), twice"
}

# Licences are in the packages. Known holes are in lists that others keep: they are asked where they can be reached.
audit() {
  need_rust
  need_node
  local status=0
  node tests/audit.mjs || status=1
  if ! cargo deny --version >/dev/null 2>&1; then
    say "skipped: known holes of Rust packages, since cargo-deny is missing: cargo install --locked cargo-deny"
  elif cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --workspace check || status=1
  else
    say "skipped: known holes of Rust packages, since their list can't be reached"
    cargo deny --workspace check bans licenses sources || status=1
  fi
  return "$status"
}

# --- fuzzing ---------------------------------------------------------------------------------

# fuzz [TARGET] [SECONDS]: libFuzzer makes up the input. What it learns is kept beside the build, and what
# breaks a promise too, to be made a test of its own.
fuzz() {
  local targets=() seconds=60 target host seeds
  if [[ $# -gt 0 && ! $1 =~ ^[0-9]+$ ]]; then
    [[ -f crate/fuzz/targets/$1.rs ]] || die "there is no target '$1'; those in crate/fuzz/targets/ are"
    targets=("$1")
    shift
  else
    for target in crate/fuzz/targets/*.rs; do targets+=("$(basename "$target" .rs)"); done
  fi
  seconds=${1:-$seconds}
  [[ $seconds =~ ^[0-9]+$ && $# -le 1 ]] || die "fuzz takes a target and a number of seconds"
  cargo +nightly --version >/dev/null 2>&1 ||
    die "Fuzzing needs a nightly Rust, which is missing. With rustup: rustup toolchain install nightly"
  if ! cargo fuzz --version >/dev/null 2>&1; then
    say "Installing cargo-fuzz"
    cargo install --quiet --locked cargo-fuzz
  fi
  say "Building the fuzzer"
  (cd crate/fuzz && CARGO_TARGET_DIR=$TARGET/fuzz cargo +nightly fuzz build --fuzz-dir .)
  host=$(rustc +nightly -vV | sed -n 's/^host: //p')
  for target in "${targets[@]}"; do
    say "Fuzzing $target for $seconds s"
    mkdir -p "$TARGET/fuzz/corpus/$target" "$TARGET/fuzz/found"
    case $target in
      text) seeds=crate/tests/articles ;;
      page) seeds=tests/article ;;
      *) seeds="" ;;
    esac
    # The rules unfold once and stay: that is no leak.
    "$TARGET/fuzz/$host/release/$target" "$TARGET/fuzz/corpus/$target" ${seeds:+"$seeds"} -max_total_time="$seconds" \
      -max_len=1000 -len_control=0 -timeout=60 -detect_leaks=0 -artifact_prefix="$TARGET/fuzz/found/$target-" -print_final_stats=1
  done
}

clean() {
  if have cargo; then cargo clean --quiet; fi
  rm -rf dist extension/node_modules tests/node_modules tests/bench/node_modules
}

# ---------------------------------------------------------------------------------------------

verb=${1:-build}
[[ $# -eq 0 ]] || shift
case $verb in
  build) build ;;
  run) run "$@" ;;
  test) test_all ;;
  eval) evaluate "$@" ;;
  bench) bench "$@" ;;
  fuzz) fuzz "$@" ;;
  reproduce) reproduce ;;
  audit) audit ;;
  shots) shots "$@" ;;
  clean) clean ;;
  help | -h | --help) help ;;
  engine) build_engine ;; # steps that `test` counts one by one
  cli) build_cli ;;
  *)
    help >&2
    die "there is no verb '$verb'"
    ;;
esac
