import type { OutboxEntry } from "../tab/outbox.ts";

interface HeldStateProps {
  readonly heldBy: number;
  /** How many could, where that is known. */
  readonly of: number | null;
  /** Asks who they are. */
  readonly onAsk: () => void;
}

/** Where one's own message is: on its way, saved here, or held by others too. */
export function HeldState({ heldBy, of, onAsk }: HeldStateProps) {
  const words = heldBy === 0 ? "saved" : `held by ${heldBy}${of ? ` of ${of}` : ""}`;
  const meaning = heldBy === 0
    ? "Saved on this machine; no other has it yet"
    : `Saved here and on ${heldBy} other ${heldBy === 1 ? "machine" : "machines"}`;
  return (
    <button
      type="button"
      class={heldBy === 0 ? "held" : "held held-far"}
      title={meaning}
      aria-haspopup="dialog"
      onClick={onAsk}
    >
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="1.6" />
        {heldBy > 0 && <circle class="held-ring" cx="6" cy="6" r="4.4" />}
      </svg>
      {words}
    </button>
  );
}

/** What a message on its way waits for. */
export function sendingWords({ state, kept }: OutboxEntry, connected: boolean): string {
  if (state === "fault") return "not saved yet, tried again soon";
  if (connected) return "sending…";
  return kept ? "kept here until Earshot is back" : "not kept if you close this tab";
}
