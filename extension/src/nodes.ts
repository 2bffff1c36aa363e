/**
 * The page's nodes as the platform has them. A form answers with a control of its own
 * where that bears a property's name, a document with an image: `form.firstChild` may be an `<input>`,
 * `document.body` a picture. What may be a form or the document is therefore read here and in `here.ts`, and nowhere else;
 * a text node, a shadow root and the window answer for themselves.
 */

interface Type<T> {
  readonly prototype: T;
}

/**
 * Reads a property past whatever bears its name.
 * @__NO_SIDE_EFFECTS__
 */
export function getter<T extends object, K extends keyof T & string>({ prototype }: Type<T>, name: K) {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: T) => T[K];
  return (of: T): T[K] => get.call(of);
}

export const typeOf = getter(Node, "nodeType");
export const nameOf = getter(Node, "nodeName");
export const parentNode = getter(Node, "parentNode");
export const parentElement = getter(Node, "parentElement");
export const firstChild = getter(Node, "firstChild");
export const lastChild = getter(Node, "lastChild");
export const nextSibling = getter(Node, "nextSibling");
export const previousSibling = getter(Node, "previousSibling");
export const isConnected = getter(Node, "isConnected");

/** Lower-case in HTML. */
export const tagOf = getter(Element, "localName");
export const firstElement = getter(Element, "firstElementChild");
export const classesOf = getter(Element, "classList");
export const shadowRootOf = getter(Element, "shadowRoot");
const elementSlot = getter(Element, "assignedSlot");
const textSlot = getter(Text, "assignedSlot");
export const scrollHeight = getter(Element, "scrollHeight");
export const clientWidth = getter(Element, "clientWidth");
export const clientHeight = getter(Element, "clientHeight");

export function isElement(node: Node | null): node is Element {
  return node !== null && typeOf(node) === Node.ELEMENT_NODE;
}

export function isText(node: Node): node is Text {
  return typeOf(node) === Node.TEXT_NODE;
}

/** The slot that a node stands in, unless its root is closed. */
export function slotOf(node: Node): HTMLSlotElement | null {
  if (isElement(node)) return elementSlot(node);
  return isText(node) ? textSlot(node) : null;
}

const { getAttribute, hasAttribute, hasAttributes, checkVisibility, getBoundingClientRect } =
  Element.prototype;
const { getRootNode, hasChildNodes } = Node.prototype;

export const attribute = (of: Element, name: string) => getAttribute.call(of, name);
export const hasAttributeOf = (of: Element, name: string) => hasAttribute.call(of, name);
export const hasAnyAttribute = (of: Element) => hasAttributes.call(of);
export const hasChildren = (of: Node) => hasChildNodes.call(of);
export const rootOf = (of: Node) => getRootNode.call(of);
export const boxOf = (of: Element) => getBoundingClientRect.call(of);
/** Whether it has a box, and none of what is around it hides it. */
export const isVisible = (of: Element) => checkVisibility.call(of, { visibilityProperty: true });
/** Whether the browser has put off laying it out, as it stands far from what is seen. */
export const isPutOff = (of: Element) =>
  !checkVisibility.call(of, { contentVisibilityAuto: true }) && checkVisibility.call(of);
/** The nearest element, itself among them, that a selector fits. */
export const nearest = (of: Element, selector: string): Element | null =>
  Element.prototype.closest.call(of, selector);

const { addEventListener } = EventTarget.prototype;

type Events = DocumentEventMap & WindowEventMap;

/** Listens to what happens, and not to what a page makes up. */
export function listen<K extends keyof Events>(
  to: EventTarget,
  type: K,
  handle: (event: Events[K]) => void,
  options: AddEventListenerOptions,
): void {
  const real = (event: Event) => event.isTrusted && (handle as (event: Event) => void)(event);
  addEventListener.call(to, type, real, options);
}

const { createTreeWalker, querySelectorAll, caretPositionFromPoint } = Document.prototype;

/** Elements and texts below a node, in order. */
export const wayThrough = (node: Node) =>
  createTreeWalker.call(document, node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);

export const command = (name: string) => Document.prototype.execCommand.call(document, name);
export const all = (selector: string) => querySelectorAll.call(document, selector);
/** Null where there is nothing. */
export const caretAt = (x: number, y: number, shadowRoots: ShadowRoot[]) =>
  caretPositionFromPoint.call(document, x, y, { shadowRoots });
