/** Comes into a frame when something is to be said there and nothing else has brought our element. */
import { Host } from "./host";

if (globalThis.hearsay) globalThis.hearsay.host ??= new Host();
