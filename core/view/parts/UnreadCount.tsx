const MOST = 99;

/** How many messages wait unread; nothing when none do. */
export function UnreadCount({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span class="unread">
      {count > MOST ? `${MOST}+` : count}
      <span class="hidden">unread</span>
    </span>
  );
}
