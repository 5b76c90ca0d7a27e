import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Dialogs } from "./dialogs.ts";
import type { Navigation } from "./navigation.ts";
import type { TabSession } from "./tab_session.ts";
import type { TabState } from "./tab_state.ts";

/** What the top island gives to those inside it. */
export interface Tab {
  readonly session: TabSession;
  readonly navigation: Navigation;
  readonly dialogs: Dialogs;
}

/** Carries the {@linkcode Tab} from the top island to those inside it. */
export const TabContext = createContext<Tab | null>(null);

/**
 * The tab, in a component below the top island.
 *
 * @throws {TypeError} outside of it.
 */
export function useTab(): Tab {
  const tab = useContext(TabContext);
  if (!tab) throw new TypeError("Cannot find the tab: this component is outside of the workspace");
  return tab;
}

/** The tab's state, in a component that is shown only once the first snapshot came. */
export function useTabState(): TabState {
  const state = useTab().session.state.value;
  if (!state) throw new TypeError("Cannot read the state: no snapshot came yet");
  return state;
}
