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

/** The next task, after what the page has waiting; a timer would be held back to 4 ms and more. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}
