const PATHS = {
  add: "M10 4.5v11M4.5 10h11",
  back: "M12.5 4.5 7 10l5.5 5.5",
  chevron: "m6 8 4 4 4-4",
  channel: "M8 3.5 6.5 16.5M13.5 3.5 12 16.5M4 7.5h13M3 12.5h13",
  close: "m5 5 10 10M15 5 5 15",
  down: "M10 4v11.5M5 11l5 5 5-5",
  edit: "m4 16 .8-3.4L13.4 4a1.6 1.6 0 0 1 2.3 0l.3.3a1.6 1.6 0 0 1 0 2.3L7.4 15.2 4 16Z",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0" +
    "l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1",
  lock: "M5 9h10v7.5H5V9ZM7.2 9V6.6a2.8 2.8 0 0 1 5.6 0V9",
  muted: "M3.5 8v4H6l3.5 3V5L6 8H3.5ZM12.5 8l4 4M16.5 8l-4 4",
  note: "M5.5 3.5h6L15 7v9.5H5.5v-13ZM11.5 3.5V7H15M8 10.5h4.5M8 13.5h3",
  people:
    "M11 7a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM2.5 16.5c0-3 2.4-5 5.5-5s5.5 2 5.5 5M13 4.2a3 3 0 0 1 0 5.6" +
    "M14.7 11.9c1.8.7 2.8 2.3 2.8 4.6",
  search: "M13.2 13.2 17 17M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0Z",
  send: "M10 16V4.5M5 9.5l5-5 5 5",
  verified: "M17 10a7 7 0 1 1-14 0 7 7 0 0 1 14 0ZM6.8 10.3 9 12.5l4.3-4.8",
  warn: "M10 7v4M10 13.8v.1M10 3 2.8 16h14.4L10 3Z",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing that says nothing a screen reader has to tell. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
