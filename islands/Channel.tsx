import { Icon } from "../core/view/parts/Icon.tsx";
import { OpenLabel } from "../core/view/parts/OpenLabel.tsx";
import { presenceWords, shownPerson, typingWords } from "../core/view/people_words.ts";
import type { DialogName } from "../core/view/tab/dialog_name.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { ChannelView } from "../core/view/view.ts";
import Composer from "./Composer.tsx";
import MessageList from "./MessageList.tsx";

interface ChannelProps {
  readonly channel: ChannelView;
  readonly onDialog: (name: DialogName) => void;
}

/** A channel: where one is, what was said, and where to say something. */
export default function Channel({ channel, onDialog }: ChannelProps) {
  const { session } = useTab();
  const connected = session.connection.value === "connected";
  const { space, people, self, typing } = useTabState();
  const typists = (typing.get(channel.id) ?? []).filter((peer) => peer !== self.peer);
  const words = typingWords(typists.map((peer) => shownPerson(peer, self, people).name));
  return (
    <div class="channel">
      <header class="room-head">
        <a class="icon-button back" href="/" aria-label="Back to the list">
          <Icon name="back" />
        </a>
        <h1>
          <span class="room-sign" aria-hidden="true">#</span>
          <bdi>{channel.name}</bdi>
        </h1>
        <p class="room-facts">
          <OpenLabel space={space} />
          <span class="room-presence">{presenceWords(people, connected)}</span>
        </p>
      </header>
      <MessageList channel={channel} onDialog={onDialog} />
      <Composer channel={channel} />
      <p class="typing" role="status">{words}</p>
    </div>
  );
}
