import { effect } from "@preact/signals";
import { systemClock } from "../../base/clock.ts";
import { randomBytes } from "../../base/random.ts";
import { browserSockets, fetchPost } from "./browser_socket.ts";
import { Connection } from "./connection.ts";
import { Dialogs } from "./dialogs.ts";
import { Entrance, tokenInHash } from "./entrance.ts";
import { browserKeyShelf } from "./key_shelf.ts";
import { Navigation } from "./navigation.ts";
import { JOIN_PATH } from "./place_path.ts";
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

/** What came with the page's address. */
interface Taken {
  /** Lets this browser in, or `null`. */
  readonly token: string | null;
  /** The whole link of an invitation to a space, or `null`. */
  readonly invitation: string | null;
}

/** Takes secrets out of the address, so that they get into no bookmark, screenshot or shared link. */
function takeSecrets(): Taken {
  const { hash, href, pathname } = location;
  const token = tokenInHash(hash);
  const joins = pathname === JOIN_PATH;
  if (hash || joins) history.replaceState(null, "", joins ? "/" : pathname);
  return { token, invitation: joins && !token ? href : null };
}

/** Opens this page's tab: finds the node, stays connected, follows the address. */
export function openTab(): OpenTab {
  const { host } = location;
  const taken = takeSecrets();
  const entrance = new Entrance({
    host,
    shelf: browserKeyShelf,
    post: fetchPost,
    link: taken.token,
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
  const dialogs = new Dialogs();
  if (taken.invitation) dialogs.show({ type: "join", link: taken.invitation });
  const ends = new AbortController();
  const { signal } = ends;
  const retry = () => connection.tryNow();
  for (const event of ["online", "focus", "pageshow"]) addEventListener(event, retry, { signal });
  addEventListener("storage", (event) => {
    if (event instanceof StorageEvent) session.outbox.stored(event.key);
  }, { signal });
  // A link opened in a tab that is there already only changes the fragment.
  addEventListener("hashchange", () => {
    const { token } = takeSecrets();
    if (token) {
      entrance.takeLink(token);
      connection.tryNow();
    }
  }, { signal });
  document.addEventListener("visibilitychange", retry, { signal });
  navigation.start();
  const endShow = effect(() => session.show(navigation.place.value.space));
  session.start();
  return {
    session,
    navigation,
    dialogs,
    enter(link) {
      const token = tokenInHash(link.match(/#t=.*$/)?.[0].trim() ?? `#t=${link.trim()}`);
      if (!token) return false;
      entrance.takeLink(token);
      connection.tryNow();
      return true;
    },
    close() {
      ends.abort();
      endShow();
      navigation.close();
      session.close();
    },
  };
}
