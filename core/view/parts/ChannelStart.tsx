/** Stands above a channel's first message. */
export function ChannelStart({ name, open }: { name: string; open: boolean }) {
  return (
    <li class="channel-start">
      <h2>
        The beginning of <bdi>#{name}</bdi>
      </h2>
      <p>
        {open
          ? "Everyone who opens Earshot on this network can read this channel and write in it."
          : "The members of this space can read this channel and write in it."}
      </p>
    </li>
  );
}
