/** The native program, as the tests run it. Without a browser, so that scoring needs none. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export const CLI = process.env.HEARSAY_CLI ?? fileURLToPath(new URL("../../target/release/hearsay", import.meta.url));

/** Runs the native program; what it printed and how it ended. */
export function cli(args, { input } = {}) {
  return new Promise((resolve, reject) => {
    const child = execFile(CLI, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else resolve({ code: error?.code ?? 0, stdout, stderr });
    });
    child.stdin.on("error", () => {}); // It may stop reading early, and say why on stderr.
    child.stdin.end(input ?? "");
  });
}
