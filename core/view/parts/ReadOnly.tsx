import { Icon } from "./Icon.tsx";

/** Stands where one would write, and says why one cannot. */
export function ReadOnly({ why }: { why: string }) {
  return (
    <p class="read-only">
      <Icon name="lock" />
      {why}
    </p>
  );
}
