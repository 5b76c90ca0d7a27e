import type { ComponentChildren } from "preact";
import { Icon } from "./Icon.tsx";

/** Something that stands above the page until it is over. */
export function Banner({ kind, children }: {
  kind: "away" | "fault" | "update" | "progress";
  children: ComponentChildren;
}) {
  return (
    <div class={`banner banner-${kind}`}>
      {kind === "fault" ? <Icon name="warn" /> : <span class="banner-dot" />}
      <p>{children}</p>
    </div>
  );
}
