import { Icon } from "../core/view/parts/Icon.tsx";
import { ReadOnly } from "../core/view/parts/ReadOnly.tsx";
import { SpaceLabel } from "../core/view/parts/SpaceLabel.tsx";
import { presenceWords, shownPerson, typingWords } from "../core/view/people_words.ts";
import { cannotWrite, othersIn } from "../core/view/space_words.ts";
import { nameOfSpace, pathOfPlace } from "../core/view/tab/place_path.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { ChannelView, SpaceView } from "../core/view/view.ts";
import Composer from "./Composer.tsx";
import MessageList from "./MessageList.tsx";

interface ChannelProps {
  readonly space: SpaceView;
  readonly channel: ChannelView;
}

/** A channel: where one is, what was said, and where to say something. */
export default function Channel({ space, channel }: ChannelProps) {
  const { session } = useTab();
  const connected = session.connection.value === "connected";
  const { people, self, typing, notices } = useTabState();
  const typists = (typing.get(channel.id) ?? []).filter((peer) => peer !== self.peer)
    .map((peer) => shownPerson(peer, self, people));
  const words = typingWords(typists.filter(({ muted }) => !muted).map(({ name }) => name));
  const why = cannotWrite(space, notices);
  return (
    <div class="channel">
      <header class="room-head">
        <a
          class="icon-button back"
          href={pathOfPlace({ type: "home", space: nameOfSpace(space) })}
          aria-label="Back to the list"
        >
          <Icon name="back" />
        </a>
        <h1>
          <span class="room-sign" aria-hidden="true">#</span>
          <bdi>{channel.name}</bdi>
        </h1>
        <p class="room-facts">
          <SpaceLabel space={space} people={people} />
          {(space.kind === "lobby" || space.role !== null) && (
            <span class="room-presence">
              {presenceWords(othersIn(space, people), connected)}
            </span>
          )}
        </p>
      </header>
      <MessageList space={space} channel={channel} />
      {why === null ? <Composer space={space.id} channel={channel} /> : <ReadOnly why={why} />}
      <p class="typing" role="status">{words}</p>
    </div>
  );
}
