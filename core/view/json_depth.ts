/**
 * How deep arrays and objects nest in a JSON text, judged before it is parsed and in one pass. Stops
 * counting once deeper than `limit`. A text that is not JSON gets some number and fails at parsing.
 */
export function jsonDepth(text: string, limit: number): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (quoted) {
      if (unit === 0x5c) at++;
      else if (unit === 0x22) quoted = false;
    } else if (unit === 0x22) quoted = true;
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > deepest) deepest = depth;
      if (deepest > limit) return deepest;
    } else if (unit === 0x5d || unit === 0x7d) depth--;
  }
  return deepest;
}
