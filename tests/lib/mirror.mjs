/**
 * A copy of the extension whose English is written in Hebrew letters, from right to left. Nobody can read
 * it; but what still shows Latin letters in it comes from elsewhere, and what isn't mirrored is seen.
 */
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EXTENSION } from "./browser.mjs";

const LETTERS = "אבגדהוזחטיכלמנסעפצקרשתםןףץ";

/** The folder of the copy; whoever asks for it removes it. */
export async function mirrored() {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hearsay-mirror-"));
  await cp(EXTENSION, folder, { recursive: true });
  const file = path.join(folder, "_locales", "en", "messages.json");
  const messages = JSON.parse(await readFile(file, "utf8"));
  for (const [key, entry] of Object.entries(messages)) {
    if (key === "direction") entry.message = "rtl";
    // Urdu has the plural forms and digits of English, and joins lists in letters of its own.
    else if (key === "locale") entry.message = "ur";
    else entry.message = entry.message.replace(/[a-z]/gi, (letter) => LETTERS[letter.toLowerCase().charCodeAt(0) - 97]);
  }
  await writeFile(file, JSON.stringify(messages));
  return folder;
}
