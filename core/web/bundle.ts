import type { Mode } from "./build.ts";

/** What to bundle for the browser. */
export interface BundleRequest {
  mode: Mode;
  /** Absolute. */
  root: string;
  /** Script name without ending → absolute source file. */
  entries: Record<string, string>;
  /** The import map: name → file below the root, or npm package. */
  imports: Record<string, string>;
  /** Browsers to write for, in esbuild's words. */
  target: string | string[];
}

/** Scripts for the browser. */
export interface Bundle {
  /** File name → content. */
  scripts: Record<string, string>;
  /** The files that went in, relative to the root, without those of packages. */
  inputs: string[];
}

/**
 * Bundles with esbuild, which is loaded for this only, and ended. It needs to read the root
 * and the environment, and to run esbuild's binary.
 */
export async function bundle(request: BundleRequest): Promise<Bundle> {
  const esbuild = await import("esbuild");
  try {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: request.root,
      entryPoints: request.entries,
      alias: aliases(request.imports),
      target: request.target,
      minify: request.mode === "production",
      outdir: request.root,
      write: false,
      metafile: true,
      bundle: true,
      splitting: true,
      format: "esm",
      charset: "utf8",
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfigRaw: "{}",
      chunkNames: "chunk-[hash]",
      logLevel: "silent",
    });
    const scripts = outputFiles.map(({ path, text }) => [/[^/\\]+$/.exec(path)?.[0], text]);
    const inputs = Object.keys(metafile.inputs).filter((path) => !path.includes("node_modules/"));
    return { scripts: Object.fromEntries(scripts), inputs: inputs.sort() };
  } finally {
    await esbuild.stop();
  }
}

/** Import map to esbuild's aliases; packages are found from where they are imported. */
function aliases(imports: Record<string, string>): Record<string, string> {
  const entries = Object.entries(imports).map(([name, target]) => {
    const [, scope = "", bare, path = ""] = /^npm:(@[^/]+\/)?([^/@]+)(?:@[^/]*)?(\/.*)?$/
      .exec(target) ?? [];
    return [name, bare ? scope + bare + path : target];
  });
  return Object.fromEntries(entries.filter(([name, target]) => name !== target));
}
