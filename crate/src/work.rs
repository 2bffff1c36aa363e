//! The engine's steps, counted, so that tests can hold it to a bound without a clock. Only builds
//! with debug assertions count; in others there is nothing of it.

#[cfg(debug_assertions)]
thread_local! {
    static TOKENS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Work done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Tokens made.
    pub tokens: u64,
    /// Looks at tokens, their classes and words, and at sources told of before.
    pub steps: u64,
}

/// What this thread has done so far; nothing where steps aren't counted.
pub fn done() -> Work {
    #[cfg(debug_assertions)]
    return Work {
        tokens: TOKENS.get(),
        steps: STEPS.get(),
    };
    #[cfg(not(debug_assertions))]
    Work::default()
}

/// One step is taken.
#[inline(always)]
pub(crate) fn step() {
    #[cfg(debug_assertions)]
    STEPS.set(STEPS.get() + 1);
}

/// So many tokens are made.
#[inline(always)]
pub(crate) fn tokens(_count: usize) {
    #[cfg(debug_assertions)]
    TOKENS.set(TOKENS.get() + _count as u64);
}
