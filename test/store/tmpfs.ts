/** A small disk in memory, for tests that fill it or make it read-only. Needs root on Linux. */
export class SmallDisk implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Why there can be none here, or `undefined`. */
  static missing(): string | undefined {
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "needs root on Linux";
    try {
      SmallDisk.open("64k")[Symbol.dispose]();
    } catch (error) {
      return `no tmpfs can be mounted here: ${error}`;
    }
    return undefined;
  }

  /** Mounts one; `size` as `mount -t tmpfs -o size=` takes it. */
  static open(size: string): SmallDisk {
    const path = Deno.makeTempDirSync({ prefix: "earshot-disk-" });
    try {
      run("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0700`, "earshot-test", path]);
    } catch (error) {
      Deno.removeSync(path);
      throw error;
    }
    return new SmallDisk(path);
  }

  /** Makes it read-only, or writable again. */
  setReadOnly(readOnly: boolean): void {
    run("mount", ["-o", `remount,${readOnly ? "ro" : "rw"}`, this.path]);
  }

  [Symbol.dispose](): void {
    run("umount", [this.path]);
    Deno.removeSync(this.path);
  }
}

function run(program: string, args: string[]): void {
  const { success, stderr } = new Deno.Command(program, { args }).outputSync();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
}
