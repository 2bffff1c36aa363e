/** This document as the platform has it, past what a page may put in its way. It may take its root or its body away. */
import { getter } from "./nodes";

const bodyOf = getter(Document, "body");
const elementOf = getter(Document, "documentElement");
const titleOf = getter(Document, "title");
const hiddenOf = getter(Document, "hidden");
const readyOf = getter(Document, "readyState");
const scrollerOf = getter(Document, "scrollingElement");
const activeOf = getter(Document, "activeElement");
const contentTypeOf = getter(Document, "contentType");

export const body = (): Element | null => bodyOf(document);
export const root = (): Element | null => elementOf(document);
export const title = () => titleOf(document);
/** Whether nobody sees it. */
export const hidden = () => hiddenOf(document);
export const loading = () => readyOf(document) === "loading";
/** What scrolls when the page scrolls. */
export const scroller = () => scrollerOf(document) ?? elementOf(document);
export const active = () => activeOf(document);
/** Its media type. */
export const type = () => contentTypeOf(document);
/** Whether it is a plain text, which the browser shows in an element of its own. */
export const isPlain = () => type() === "text/plain";
