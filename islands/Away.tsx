import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import { Opening } from "../core/view/parts/Opening.tsx";
import type { ConnectionState } from "../core/view/tab/connection.ts";

/** Shown before the first snapshot, while the node does not answer. */
export default function Away({ waiting }: { waiting: ConnectionState }) {
  if (waiting === "connected") return <Opening />;
  return (
    <main class="page">
      <EarshotMark />
      <h1>Earshot is not running</h1>
      <p>Start it on this machine, and this page opens by itself.</p>
      <pre><code>deno run -P main.ts</code></pre>
      <p class="page-note" role="status">Looking for it…</p>
    </main>
  );
}
