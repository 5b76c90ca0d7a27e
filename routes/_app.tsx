import { asset } from "fresh/runtime";
import { define } from "./(_shared)/define.ts";

const STYLES = [
  "tokens",
  "base",
  "controls",
  "marks",
  "layout",
  "rail",
  "sidebar",
  "chat",
  "notices",
  "dialog",
  "trust",
  "page",
  "note",
];

/** The document around every page. What pages show comes over the local API, so none holds data. */
export default define.page(({ Component }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content="#f4f1eb" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#1b1917" media="(prefers-color-scheme: dark)" />
      <meta name="referrer" content="no-referrer" />
      <title>Earshot</title>
      <link rel="icon" href={asset("/icon.svg")} type="image/svg+xml" />
      <link rel="manifest" href={asset("/earshot.webmanifest")} />
      {STYLES.map((name) => <link key={name} rel="stylesheet" href={asset(`/css/${name}.css`)} />)}
    </head>
    <body>
      <Component />
    </body>
  </html>
));
