/** Adds rows, fills the disk, adds rows until it cannot, says so, and waits to be killed. */
import { fillDisk } from "../../e2e/disk_room.ts";
import { Rows } from "../rows.ts";

const [path = "", real = ""] = Deno.args;
const rows = new Rows(path);
rows.add(20);
rows.addSoon(20);
fillDisk(real);
rows.addUntilRefused(5);
Deno.stdout.writeSync(new TextEncoder().encode("refused\n"));
setInterval(() => {}, 1000);
