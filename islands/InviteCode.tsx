import { groupedCode, triesWords } from "../core/view/code_words.ts";
import { CodeLeft } from "../core/view/parts/CodeLeft.tsx";
import { isolated } from "../core/view/people_words.ts";
import type { CodeView, SpaceView } from "../core/view/view.ts";

interface InviteCodeProps {
  readonly space: SpaceView;
  /** The code that is shown now, or `null` when it has ended. */
  readonly code: CodeView | null;
  readonly onAgain: () => Promise<void>;
}

/** Eight digits to be typed on another device, and how long they count. */
export default function InviteCode({ space, code, onAgain }: InviteCodeProps) {
  if (!code || code.space !== space.id) {
    return (
      <div class="invite-code">
        <p role="status">
          This code has ended: it was used, mistyped three times, or its five minutes are over.
        </p>
        <button type="button" class="button" onClick={() => void onAgain()}>Show a new code</button>
      </div>
    );
  }
  return (
    <div class="invite-code">
      <p class="code-digits">
        <span aria-hidden="true">{groupedCode(code.code)}</span>
        {/* Digit by digit, not as a number. */}
        <span class="hidden">{[...code.code].join(" ")}</span>
      </p>
      <p class="code-facts">
        <CodeLeft expiresAt={code.expiresAt} />
        <span role="status">{triesWords(code.tries)}</span>
      </p>
      <ol class="code-steps">
        <li>Open Earshot on the other device, on the same network.</li>
        <li>
          Press <strong>+</strong> in the list of spaces, then{" "}
          <strong>Join with a link or code</strong>.
        </li>
        <li>Type these eight digits while this stays open.</li>
      </ol>
      <p class="field-hint">It lets one person into {isolated(space.name)}.</p>
    </div>
  );
}
