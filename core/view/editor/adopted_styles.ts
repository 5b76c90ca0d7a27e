/**
 * Runs `make`, during which CodeMirror adds its first styles to the document, so that it does it with a
 * constructed style sheet. Into a document it would write a `<style>` element, which the page's content
 * security policy forbids; a constructed sheet, which it uses where there is no head (in a shadow tree), is
 * what a trusted script does and nothing else. It looks for the head once, and stays with what it took.
 */
export function withAdoptedStyles<T>(make: () => T): T {
  Object.defineProperty(document, "head", { value: null, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(document, "head");
  }
}
