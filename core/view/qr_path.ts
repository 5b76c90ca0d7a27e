import { encode } from "uqr";

/** White space around a QR code, in modules (ISO/IEC 18004 §9.1). */
const QUIET = 4;

/** A QR code as one SVG path, in a square of `size` modules. */
export interface QrPath {
  readonly size: number;
  readonly path: string;
}

/** Draws a text as a QR code that a camera reads at 15 % damage. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const runs: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      let end = x;
      while (row[end]) end++;
      if (end > x) runs.push(`M${x} ${y}h${end - x}v1h${x - end}z`);
      x = end;
    }
  });
  return { size, path: runs.join("") };
}
