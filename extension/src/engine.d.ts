/**
 * The wasm-bindgen output as the extension uses it. The build resolves "hearsay-engine" to the
 * generated `hearsay.js`; these types keep the type check independent of a built engine.
 */
declare module "hearsay-engine" {
  import type {
    Category,
    Change,
    Details,
    ExportOptions,
    Guide,
    List,
    PageInput,
    Phrase,
    Reading,
    Sourcing,
    Wrong,
  } from "./protocol";

  /** Compiles and starts the engine. */
  export default function init(options: { module_or_path: string }): Promise<unknown>;
  /** Reads one document and keeps it under `key`. Throws an Error on malformed input. */
  export function read(key: string, page: PageInput): Reading;
  /**
   * Changes the document under `base` (undefined: an empty one), keeps it under `key` instead and reads it.
   * Undefined where there is no such document, and with `more`, when nothing is read yet.
   */
  export function change(
    base: string | undefined,
    key: string,
    change: Change,
    more: boolean,
  ): Reading | undefined;
  export function knows(key: string): boolean;
  export function forget(key: string): void;
  /** Bytes of text of all documents that are kept. */
  export function held(): number;
  /** `keys`: the tab's documents in page order; `flag`: which flag of `key`'s reading; `address`: that document's. */
  export function details(keys: string[], key: string, flag: number, address: string): Details | undefined;
  /** Of these documents as one page; undefined where no claim is attributed. Throws when a key is unknown. */
  export function sourcing(keys: string[]): Sourcing | undefined;
  /** The list of these documents as one page. Throws when a key is unknown. */
  export function panel(keys: string[], choice: { minStrength: number; categories: Category[] }): List;
  /** What is wrong with a phrase; undefined where nothing is. */
  export function check_phrase(phrase: Phrase): Wrong | undefined;
  export function guide(): Guide;
  /** Throws an Error when a key is unknown, or the format has no room for this page. */
  export function export_list(keys: string[], options: ExportOptions): string;
}
