import { EarshotMark } from "./EarshotMark.tsx";

/** Shown until the page knows what to show. */
export function Opening() {
  return (
    <main class="page page-opening" aria-busy="true">
      <EarshotMark listening />
      <p class="page-late">Opening Earshot…</p>
      <noscript>
        <p>Earshot needs JavaScript: turn it on for this address.</p>
      </noscript>
    </main>
  );
}
