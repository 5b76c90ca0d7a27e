import type { SpaceKind } from "../view.ts";

const READERS: { readonly [K in SpaceKind]: string } = {
  lobby: "Everyone who opens Earshot on this network can read this channel and write in it.",
  private: "Only the members of this space can read this channel.",
  direct: "Only the two of you can read this channel.",
};

/** Stands above a channel's first message. */
export function ChannelStart({ name, kind }: { name: string; kind: SpaceKind }) {
  return (
    <li class="channel-start">
      <h2>
        The beginning of <bdi>#{name}</bdi>
      </h2>
      <p>{READERS[kind]}</p>
    </li>
  );
}
