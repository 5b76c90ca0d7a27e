import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { MessageId, PeerId } from "../core/base/ids.ts";
import { messageRows, nextNewFrom } from "../core/view/message_rows.ts";
import { Alone } from "../core/view/parts/Alone.tsx";
import { Announcer } from "../core/view/parts/Announcer.tsx";
import { ChannelStart } from "../core/view/parts/ChannelStart.tsx";
import { Icon } from "../core/view/parts/Icon.tsx";
import { MessageRows } from "../core/view/parts/MessageRows.tsx";
import { ScrollKeeper } from "../core/view/parts/scroll_keeper.ts";
import { useAttentive } from "../core/view/parts/use_attentive.ts";
import { shownPerson, shownSelf } from "../core/view/people_words.ts";
import { othersIn } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { ChannelView, SpaceView } from "../core/view/view.ts";
import { dayOf } from "../core/view/when.ts";
import PendingMessages from "./PendingMessages.tsx";

/** Of what came before the line "New", this much stays in view at opening, in pixels. */
const ABOVE_NEW_PX = 96;
/** Older messages are loaded when the reader comes this close to the oldest, in pixels. */
const LOAD_AHEAD_PX = 600;
/** Of what came before a message that was looked for, this much is in view, in pixels. */
const ABOVE_FOUND_PX = 160;

interface MessageListProps {
  readonly space: SpaceView;
  readonly channel: ChannelView;
}

/** What was said in a channel. Stays at the newest message unless the reader scrolled up. */
export default function MessageList({ space, channel }: MessageListProps) {
  const { session, dialogs } = useTab();
  const { self, people } = useTabState();
  const history = session.history(space.id, channel.id);
  const { messages, more, later, sought, state, problem } = history.view.value;
  const pending = session.outbox.waiting(space.id, channel.id).length;
  const attentive = useAttentive().value;
  const atEnd = useSignal(true);
  const scroller = useRef<HTMLDivElement>(null);
  const keeper = useRef<ScrollKeeper | null>(null);
  /** Whether the view was put where reading begins. */
  const placed = useSignal(false);
  const newFrom = useRef<MessageId | null>(null);
  const following = placed.value && attentive && atEnd.value && !later;
  newFrom.current = nextNewFrom(newFrom.current, {
    ...{ messages, more, self: self.peer, following },
    ...{ readTo: channel.readTo, unread: channel.unread },
  });
  const muted = people.filter((person) => person.muted).map(({ peer }) => peer);
  const rows = useMemo(
    () => messageRows(messages, newFrom.current, dayOf, new Set(muted)),
    [messages, newFrom.current, muted.join()],
  );
  const me = useMemo(() => shownSelf(self), [self]);
  const author = (peer: PeerId) => peer === me.peer ? me : shownPerson(peer, self, people);
  const onPerson = useCallback((peer: PeerId) => dialogs.show({ type: "person", peer }), []);
  const onHolders = useCallback(
    (message: MessageId) =>
      dialogs.show({ type: "holders", space: space.id, channel: channel.id, message }),
    [space.id, channel.id],
  );
  // Who might be in the lobby cannot be counted.
  const others = space.kind === "lobby" ? null : othersIn(space, people).length;
  const onFold = useCallback(() => keeper.current?.hold(), []);
  const newest = messages.at(-1);

  useLayoutEffect(() => {
    const element = scroller.current as HTMLDivElement;
    const made = keeper.current = new ScrollKeeper(element, (now) => atEnd.value = now);
    const sizes = new ResizeObserver(() => made.changed());
    for (const one of [element, ...element.children]) sizes.observe(one);
    return () => sizes.disconnect();
  }, []);

  useLayoutEffect(() => {
    const item = sought && document.getElementById(`m-${sought.id}`);
    if (item) {
      placed.value = true;
      keeper.current?.toItem(item, ABOVE_FOUND_PX);
      // Who goes to a message reads on there, by ear too.
      item.tabIndex = -1;
      item.focus({ preventScroll: true });
      return history.arrived(sought);
    }
    if (placed.value || state === "loading") {
      keeper.current?.changed();
      return loadNear();
    }
    placed.value = true;
    const mark = scroller.current?.querySelector<HTMLElement>(".new-line");
    if (mark) keeper.current?.toItem(mark, ABOVE_NEW_PX);
    else keeper.current?.toEnd();
  }, [rows, state, sought]);

  // One's own words are answered with the end of the list.
  useLayoutEffect(() => {
    if (pending > 0 && placed.value) toNewest();
  }, [pending]);

  useEffect(() => {
    if (newest && following) session.markRead(space.id, channel.id, newest.id);
  }, [newest?.id, following, channel.unread]);

  useEffect(() => {
    history.readBack(!atEnd.value);
    return () => history.readBack(false);
  }, [atEnd.value]);

  /** Loads more while the reader is near the first or last that are here, or folds leave the view unfilled. */
  function loadNear(): void {
    const element = scroller.current;
    if (!element || problem) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (later && state === "ready" && below < LOAD_AHEAD_PX) return loadLater();
    if (element.scrollTop >= LOAD_AHEAD_PX) return;
    const filled = element.scrollHeight > element.clientHeight;
    if (!atEnd.value || (!filled && placed.value)) void history.loadOlder();
  }

  function scrolled(): void {
    keeper.current?.scrolled();
    loadNear();
  }

  /** What comes is read from where one is, not followed. */
  function loadLater(): void {
    keeper.current?.hold();
    void history.loadLater();
  }

  function toNewest(): void {
    void history.toNewest();
    keeper.current?.toEnd();
  }

  /** The button goes with the click, so the keyboard goes on in the list. */
  function toEnd(): void {
    toNewest();
    scroller.current?.focus({ preventScroll: true });
  }

  const empty = state !== "loading" && messages.length === 0 && pending === 0;
  return (
    <div class="messages-frame">
      <div
        ref={scroller}
        class="messages"
        role="region"
        aria-label={`Messages in ${channel.name}`}
        aria-busy={state !== "ready"}
        tabIndex={0}
        onScroll={scrolled}
      >
        <ol>
          {more && (
            <li class="older">
              <button type="button" class="quiet-button" onClick={() => void history.loadOlder()}>
                {state === "older" ? "Loading…" : "Earlier messages"}
              </button>
            </li>
          )}
          {!more && state === "ready" && <ChannelStart name={channel.name} kind={space.kind} />}
          <MessageRows
            {...{ rows, self: self.peer, author, others, onFold, onPerson, onHolders }}
          />
          {later && (
            <li class="older">
              <button type="button" class="quiet-button" onClick={loadLater}>
                {state === "later" ? "Loading…" : "Later messages"}
              </button>
            </li>
          )}
          <PendingMessages
            space={space.id}
            channel={channel.id}
            author={me}
            newest={newest}
            onFold={onFold}
          />
        </ol>
        {empty && people.length === 0 && space.kind === "lobby" && (
          <Alone onConnections={() => dialogs.show({ type: "connections" })} />
        )}
        {problem && (
          <p class="reason" role="alert">
            {problem}
            <button type="button" class="quiet-button" onClick={() => void history.refresh()}>
              Try again
            </button>
          </p>
        )}
      </div>
      {(!atEnd.value || later) && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" />
          {channel.unread > 0
            ? `${channel.unread} new ${channel.unread === 1 ? "message" : "messages"}`
            : "To the newest"}
        </button>
      )}
      <Announcer
        ready={state !== "loading" && !later}
        newest={newest}
        self={self.peer}
        author={author}
      />
    </div>
  );
}
