/** Waiting for a state, never for a time. */

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `probe` until it answers something truthy, which it returns; gives up after `ms` with `what` in the message.
 * Only what fails takes that long: it is far more than a slow and busy machine needs.
 */
export async function until(what, probe, ms = 30_000) {
  const end = Date.now() + ms;
  let failure = "";
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      failure = "";
    } catch (error) {
      failure = ` (${error.message.split("\n", 1)[0]})`;
    }
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}${failure}`);
    await sleep(25);
  }
}
