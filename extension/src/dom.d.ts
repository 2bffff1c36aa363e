/** Platform features newer than TypeScript's own description of the DOM. */
interface HighlightRegistry {
  /** Missing in browsers before 2025. */
  highlightsFromPoint?(
    x: number,
    y: number,
    options?: { shadowRoots?: readonly ShadowRoot[] },
  ): { highlight: Highlight; ranges: AbstractRange[] }[];
}
