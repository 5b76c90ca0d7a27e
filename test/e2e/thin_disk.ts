/**
 * A disk that promises more room than it has, as thinly provisioned ones do: ext4 in a file with holes, on a
 * small disk in memory. When that is full the program may write, and learns only when it syncs that nothing of
 * it came to the disk. Needs root on Linux.
 */
import { join } from "@std/path";
import { SmallDisk } from "../store/tmpfs.ts";
import { copyAtRest } from "./cut_disk.ts";

const REAL = "8m";
const PROMISED = "24M";
/** Each takes about a millisecond. */
const MAX_LOOKS = 10_000;
/** Without a journal, and its own tables written at once: only what programs write wants more room. */
const FORMAT = ["-q", "-F", "-O", "^has_journal", "-E", "nodiscard,lazy_itable_init=0"];

/** The exit code of `e2fsck` when all is well now. */
const CORRECTED = 1;

/** Such a disk, mounted at {@linkcode path}. Disposing of it unmounts it and takes it away. */
export class ThinDisk implements Disposable {
  readonly #real: SmallDisk;
  readonly #image: string;
  readonly path: string;

  private constructor(real: SmallDisk) {
    this.#real = real;
    this.#image = join(real.path, "image");
    this.path = join(real.path, "mounted");
  }

  /** Why there can be none here, or `undefined`. */
  static missing(): string | undefined {
    const missing = SmallDisk.missing();
    if (missing) return missing;
    try {
      ThinDisk.open()[Symbol.dispose]();
    } catch (error) {
      return `no ext4 can be mounted here: ${error}`;
    }
    return undefined;
  }

  /** Makes one; `real` as `mount -t tmpfs -o size=` takes it, `promised` as `truncate -s` does. */
  static open(real = REAL, promised = PROMISED): ThinDisk {
    const disk = new ThinDisk(SmallDisk.open(real));
    try {
      Deno.mkdirSync(disk.path);
      run("truncate", ["-s", promised, disk.#image]);
      run("mkfs.ext4", [...FORMAT, disk.#image]);
      disk.#mount();
    } catch (error) {
      disk.#real[Symbol.dispose]();
      throw error;
    }
    return disk;
  }

  /** Where what it really has is taken up. */
  get real(): string {
    return this.#real.path;
  }

  /** Unmounts and mounts it: what was only in the memory of the system is gone. */
  remount(): void {
    this.#unmount();
    this.#mount();
  }

  /** Puts what a power cut would leave now into the file `image`, for `CutDisk.open`. */
  cut(image: string): void {
    copyAtRest(this.#image, image);
    // Without a journal what is free is known only after a check, as a system does it when it starts.
    run("e2fsck", ["-f", "-y", image], CORRECTED);
  }

  #mount(): void {
    run("mount", ["-o", "loop,errors=continue", this.#image, this.path]);
  }

  /** Returns when the system has let the file go, which it does a moment after it unmounted. */
  #unmount(): void {
    run("umount", [this.path]);
    for (let tries = 0; run("losetup", ["-j", this.#image]) !== ""; tries++) {
      if (tries === MAX_LOOKS) throw new Error(`"${this.#image}" is still in use`);
    }
  }

  [Symbol.dispose](): void {
    this.#unmount();
    this.#real[Symbol.dispose]();
  }
}

function run(program: string, args: string[], maxCode = 0): string {
  const { code, stdout, stderr } = new Deno.Command(program, { args }).outputSync();
  const decoder = new TextDecoder();
  if (code > maxCode) throw new Error(`${program}: ${decoder.decode(stderr).trim()}`);
  return decoder.decode(stdout);
}
