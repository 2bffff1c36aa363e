/**
 * `then`, some milliseconds from now; returns how to call it off. Timers don't run on a page whose
 * scripts the reader switched off, scheduled tasks do.
 */
export function later(then: () => void, after: number): () => void {
  const end = new AbortController();
  // Called off: nothing to say.
  scheduler.postTask(then, { delay: after, signal: end.signal }).catch(() => {});
  return () => end.abort();
}
