import { useMemo } from "preact/hooks";
import { qrPath } from "../qr_path.ts";

/** A text as a QR code, for a camera: dark on white whatever the page's colours are. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
