/** Comes into a frame with the first change of its page: reads it again from then on, and only where it changed. */
import { changes } from "./changes";
import type { Collection } from "./collect";
import { Mend } from "./mend";
import { rest } from "./rest";

const again = { changes, mend: (page: Collection) => new Mend(page), rest };

export type Again = typeof again;

globalThis.hearsay?.again(again);
