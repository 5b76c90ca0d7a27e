import { useEffect, useState } from "preact/hooks";
import { Opening } from "../core/view/parts/Opening.tsx";
import { type OpenTab, openTab } from "../core/view/tab/open_tab.ts";
import { pathOfPlace, placeOfPath } from "../core/view/tab/place_path.ts";
import { TabContext } from "../core/view/tab/session_context.ts";
import { thisDesk } from "../core/view/tab/this_desk.ts";
import Away from "./Away.tsx";
import Space from "./Space.tsx";
import Stranger from "./Stranger.tsx";
import Welcome from "./Welcome.tsx";

/** The whole page: opens the tab and shows where it stands. */
export default function Workspace() {
  const [tab, setTab] = useState<OpenTab | null>(null);
  useEffect(() => {
    const opened = openTab();
    void thisDesk(opened.session.asker);
    setTab(opened);
    return () => opened.close();
  }, []);
  return tab ? <Opened tab={tab} /> : <Opening />;
}

function Opened({ tab }: { tab: OpenTab }) {
  const { navigation } = tab;
  return (
    <TabContext.Provider value={tab}>
      <div
        class="root"
        onClick={(event) => {
          const place = placeClicked(event);
          if (!place) return;
          event.preventDefault();
          navigation.go(place);
        }}
      >
        <Current tab={tab} />
      </div>
    </TabContext.Provider>
  );
}

function Current({ tab }: { tab: OpenTab }) {
  const { session } = tab;
  const connection = session.connection.value;
  const state = session.state.value;
  if (connection === "stranger") return <Stranger enter={tab.enter} />;
  if (!state) return connection === "starting" ? <Opening /> : <Away waiting={connection} />;
  return state.self.name === null ? <Welcome /> : <Space />;
}

/** The place that a plain click on one of Earshot's own links leads to. */
function placeClicked(event: MouseEvent) {
  const { button, altKey, ctrlKey, metaKey, shiftKey, target } = event;
  if (event.defaultPrevented || button !== 0 || altKey || ctrlKey || metaKey || shiftKey) return;
  const link = target instanceof Element ? target.closest("a") : null;
  if (!link || link.target || link.hash || link.origin !== location.origin) return;
  const place = placeOfPath(link.pathname);
  return pathOfPlace(place) === link.pathname ? place : undefined;
}
