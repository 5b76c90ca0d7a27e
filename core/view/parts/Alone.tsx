import { EarshotMark } from "./EarshotMark.tsx";

/** Said when nobody else was ever met: what Earshot is doing, and what the person can do. */
export function Alone({ onConnections }: { onConnections: () => void }) {
  return (
    <section class="alone" aria-label="No one else here yet">
      <EarshotMark listening />
      <h2>No one else here yet</h2>
      <p>Earshot is looking on this network. Who starts it nearby appears by itself.</p>
      <ul>
        <li>Start Earshot on another machine on the same Wi-Fi or cable.</li>
        <li>Guest networks often keep machines apart: use the main one.</li>
        <li>If a firewall asks, let Deno receive connections.</li>
      </ul>
      <button type="button" class="quiet-button" onClick={onConnections}>
        What Earshot sees
      </button>
    </section>
  );
}
