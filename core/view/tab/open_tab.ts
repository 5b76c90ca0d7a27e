import { systemClock } from "../../base/clock.ts";
import { randomBytes } from "../../base/random.ts";
import { browserSockets, fetchPost } from "./browser_socket.ts";
import { Connection } from "./connection.ts";
import { Entrance, tokenInHash } from "./entrance.ts";
import { browserKeyShelf } from "./key_shelf.ts";
import { Navigation } from "./navigation.ts";
import type { Tab } from "./session_context.ts";
import { TabSession } from "./tab_session.ts";
import { MemoryStorage, type TextStorage } from "./text_storage.ts";

/** The tab of this page, and what ends it. */
export interface OpenTab extends Tab {
  /** Enters by a link that the person pasted; whether it has the form of one. */
  enter(link: string): boolean;
  close(): void;
}

function storageOfBrowser(): TextStorage {
  try {
    localStorage.getItem("earshot");
  } catch {
    // The person forbids this site to keep anything; then drafts live as long as the tab.
    return new MemoryStorage();
  }
  return localStorage;
}

/** Takes the token out of the address, so that it gets into no bookmark, screenshot or shared link. */
function takeToken(): string | null {
  const token = tokenInHash(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return token;
}

/** Opens this page's tab: finds the node, stays connected, follows the address. */
export function openTab(): OpenTab {
  const { host } = location;
  const entrance = new Entrance({
    host,
    shelf: browserKeyShelf,
    post: fetchPost,
    link: takeToken(),
  });
  const connection = new Connection({
    open: browserSockets(host, entrance),
    clock: systemClock,
    random: randomBytes,
  });
  const session = new TabSession({
    connection,
    storage: storageOfBrowser(),
    clock: systemClock,
  });
  const navigation = new Navigation(globalThis);
  const ends = new AbortController();
  const { signal } = ends;
  const retry = () => connection.tryNow();
  for (const event of ["online", "focus", "pageshow"]) addEventListener(event, retry, { signal });
  addEventListener("storage", (event) => {
    if (event instanceof StorageEvent) session.outbox.stored(event.key);
  }, { signal });
  // A link opened in a tab that is there already only changes the fragment.
  addEventListener("hashchange", () => {
    const token = takeToken();
    if (token) {
      entrance.takeLink(token);
      connection.tryNow();
    }
  }, { signal });
  document.addEventListener("visibilitychange", retry, { signal });
  navigation.start();
  session.start();
  return {
    session,
    navigation,
    enter(link) {
      const token = tokenInHash(link.match(/#t=.*$/)?.[0].trim() ?? `#t=${link.trim()}`);
      if (!token) return false;
      entrance.takeLink(token);
      connection.tryNow();
      return true;
    },
    close() {
      ends.abort();
      navigation.close();
      session.close();
    },
  };
}
