import type { ComponentType } from "preact";

/** The app's mode; production minifies the islands. */
export type Mode = "development" | "production";

/** One function export of a file below `islands/`: where the browser gets it. */
export type Island = { script: string; exportName: string };

/** What a builder made and an app serves. */
export interface Build {
  /** Changes whenever a script or static file does; safe in a URL. */
  id: string;
  mode: Mode;
  root: string;
  /** Modules below the route folder, by path there. */
  routes: ReadonlyMap<string, unknown>;
  islands: ReadonlyMap<ComponentType, Island>;
  /** Scripts and static files by decoded URL path; nothing else is ever served. */
  files: ReadonlyMap<string, string | Uint8Array<ArrayBuffer>>;
}

/** The URL path of a script that a build made. */
export const scriptPath = (id: string, name: string): string => `/_fresh/js/${id}/${name}`;
