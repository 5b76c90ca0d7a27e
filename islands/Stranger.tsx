import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";

const SAMPLE = "Earshot is ready: http://127.0.0.1:4747/";

/** Shown to a browser that was not let in: how to open Earshot. */
export default function Stranger({ enter }: { enter: (link: string) => boolean }) {
  const field = useId();
  const hint = useId();
  const wrong = useSignal(false);
  return (
    <main class="page">
      <EarshotMark />
      <h1>This browser is not let in yet</h1>
      <p>
        Earshot is running here, and opens only for who started it. Open the link it printed when it
        started. It is needed once: this browser is remembered.
      </p>
      <pre class="sample"><code>{SAMPLE}<b>#t=…</b></code></pre>
      <form
        class="page-form"
        onSubmit={(event) => {
          event.preventDefault();
          const link = new FormData(event.currentTarget).get("link");
          wrong.value = !enter(String(link));
        }}
      >
        <label for={field}>Or paste the link</label>
        <div class="field-row">
          <input
            id={field}
            name="link"
            class="field"
            autocomplete="off"
            spellcheck={false}
            placeholder="http://127.0.0.1:4747/#t=…"
            aria-describedby={hint}
            onInput={() => wrong.value = false}
          />
          <button type="submit" class="button">Open</button>
        </div>
        <p id={hint} class="field-problem" role="alert">
          {wrong.value && "That is not a link of Earshot: it ends in #t= and 43 characters."}
        </p>
      </form>
      <p class="page-note">
        Is the link gone? Start Earshot once more in a terminal: it prints the link of the one that
        runs.
      </p>
    </main>
  );
}
