import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Asker } from "./asker.ts";

/** Carries the tab's one {@linkcode Asker} from the top island to those inside it. */
export const AskerContext = createContext<Asker | null>(null);

/**
 * The tab's {@linkcode Asker}, in a component below the top island.
 *
 * @throws {TypeError} outside of it.
 */
export function useAsker(): Asker {
  const asker = useContext(AskerContext);
  if (!asker) throw new TypeError("Cannot ask Earshot: this component is outside of the workspace");
  return asker;
}
