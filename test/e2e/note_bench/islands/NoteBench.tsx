import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { systemClock } from "../../../../core/base/clock.ts";
import { randomBytes } from "../../../../core/base/random.ts";
import type { NoteId } from "../../../../core/base/ids.ts";
import { Connection } from "../../../../core/view/tab/connection.ts";
import { Dialogs } from "../../../../core/view/tab/dialogs.ts";
import { Navigation } from "../../../../core/view/tab/navigation.ts";
import { type Tab, TabContext } from "../../../../core/view/tab/session_context.ts";
import { TabSession } from "../../../../core/view/tab/tab_session.ts";
import type { OpenSocket } from "../../../../core/view/tab/tab_socket.ts";
import NoteEditor from "../../../../islands/NoteEditor.tsx";

const open: OpenSocket = (listener) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${location.host}/socket`);
    socket.onmessage = ({ data }) => listener.text(data);
    socket.onopen = () =>
      resolve({ send: (text) => socket.send(text), close: () => socket.close() });
    socket.onclose = () => {
      reject(new Error("The socket did not open"));
      listener.closed();
    };
  });

function newTab(): Tab {
  const connection = new Connection({ open, clock: systemClock, random: randomBytes });
  const session = new TabSession({ connection, storage: localStorage, clock: systemClock });
  const bar = { location, history, addEventListener, removeEventListener };
  session.start();
  return { session, navigation: new Navigation(bar), dialogs: new Dialogs() };
}

/** A page with one note and nothing else, over a bare socket. */
export default function NoteBench({ note }: { note: NoteId }) {
  const tab = useSignal<Tab | null>(null);
  useEffect(() => void (tab.value = newTab()), []);
  const space = tab.value?.session.state.value?.space;
  if (!tab.value || !space) return null;
  return (
    <TabContext.Provider value={tab.value}>
      <NoteEditor space={space} note={note} />
    </TabContext.Provider>
  );
}
