import { keyText } from "../key_text.ts";
import type { Shown } from "../people_words.ts";
import { Icon } from "./Icon.tsx";

/** A person's name, and beside it what tells them from others of such a name. */
export function PersonName({ person }: { person: Shown }) {
  const { name, peer, verified, newKey, alike } = person;
  return (
    <span class="person-name">
      <span class="name-line">
        <bdi>{name}</bdi>
        {verified && (
          <span class="verified" title="You compared the words">
            <Icon name="verified" />
            <span class="hidden">verified</span>
          </span>
        )}
      </span>
      {alike.length > 0 && (
        <code class="key-text" title="Another person here has a name like this: look at the key">
          {keyText(peer)}
        </code>
      )}
      {newKey && (
        <span class="new-key">
          <Icon name="warn" />new key
        </span>
      )}
    </span>
  );
}
