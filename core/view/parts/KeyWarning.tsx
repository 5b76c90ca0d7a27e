import { newKeyWords } from "../people_words.ts";
import { Icon } from "./Icon.tsx";

/** Warns that a known name came with another key. */
export function KeyWarning({ name }: { name: string }) {
  return (
    <p class="key-warning">
      <Icon name="warn" />
      <span>{newKeyWords(name)}</span>
    </p>
  );
}
