/** Earshot's mark: a voice and how far it carries. While `listening`, it moves. */
export function EarshotMark({ listening = false }: { listening?: boolean }) {
  return (
    <svg class={listening ? "mark listening" : "mark"} viewBox="0 0 32 32" aria-hidden="true">
      <circle class="mark-voice" cx="16" cy="16" r="3" />
      <path class="mark-near" d="M11.05 11.05a7 7 0 1 1 0 9.9" />
      <path class="mark-far" d="M22.15 5.35a12.3 12.3 0 1 1-12.3 0" />
    </svg>
  );
}
