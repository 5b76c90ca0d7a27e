/** The memory that a process has in RAM, in bytes; 0 where there is no /proc. */
export function rssBytes(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
