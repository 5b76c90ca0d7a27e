/**
 * A disk whose power can go: ext4 in a file, mounted through a loop device. What programs wrote and did not
 * sync is in memory only; the file has what came to the disk, so a copy of the file is what a power cut would
 * leave. Needs root on Linux.
 */
import { Buffer } from "node:buffer";

const SIZE = "24M";

/** Such a disk, mounted at {@linkcode path}. Disposing of it unmounts it and takes it away. */
export class CutDisk implements Disposable {
  readonly path: string;
  readonly #image: string;

  private constructor(image: string) {
    this.#image = image;
    this.path = `${image}-mounted`;
    Deno.mkdirSync(this.path);
    try {
      run("mount", ["-o", "loop", image, this.path]);
    } catch (error) {
      Deno.removeSync(this.path);
      throw error;
    }
  }

  /** Why there can be none here, or `undefined`. */
  static missing(): string | undefined {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
    const folder = Deno.makeTempDirSync({ prefix: "earshot-disk-" });
    try {
      CutDisk.make(`${folder}/probe`)[Symbol.dispose]();
    } catch (error) {
      return `no ext4 can be mounted here: ${error}`;
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
    return undefined;
  }

  /** Makes an empty one in the file `image`. */
  static make(image: string): CutDisk {
    run("truncate", ["-s", SIZE, image]);
    run("mkfs.ext4", ["-q", "-F", image]);
    return new CutDisk(image);
  }

  /** Mounts what {@linkcode cut} left in the file `image`, which is then as after the power came back. */
  static open(image: string): CutDisk {
    return new CutDisk(image);
  }

  /** Puts into the file `image` what is on the disk now: to be called while nothing writes to it. */
  cut(image: string): void {
    copyAtRest(this.#image, image);
  }

  [Symbol.dispose](): void {
    run("umount", [this.path]);
    Deno.removeSync(this.path);
  }
}

/** Copies the file behind a disk. */
export function copyAtRest(from: string, to: string): void {
  // What the system itself was just writing comes to an end: then two copies are the same.
  for (let before = Buffer.alloc(0);;) {
    const bytes = Buffer.from(Deno.readFileSync(from));
    if (bytes.equals(before)) return Deno.writeFileSync(to, bytes);
    before = bytes;
  }
}

function run(program: string, args: string[]): void {
  const { success, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
}
