/**
 * A program for discovery_test.ts that asks by multicast for `_earshot._tcp.local` with no code of ours:
 * it writes its one question by hand and prints each answer in hex, until it was answered by as many
 * hosts as its second argument says. Its first argument is the address of the interface.
 */
import dgram from "node:dgram";
import { writeLine } from "./write_line.ts";

const [address, hosts] = Deno.args;
const question = new TextEncoder().encode(
  "\0\0\0\0\0\x01\0\0\0\0\0\0\x08_earshot\x04_tcp\x05local\0\0\x0c\0\x01",
);
const answered = new Set<string>();
const socket = dgram.createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (message, from) => {
  if (((message[2] ?? 0) & 0x80) === 0) return;
  answered.add(from.address);
  writeLine({ from: from.address, hex: message.toString("hex") });
  if (answered.size === Number(hosts)) socket.close();
});
socket.bind(5_353, "224.0.0.251", () => {
  socket.addMembership("224.0.0.251", address);
  socket.setMulticastInterface(address!);
  socket.send(question, 5_353, "224.0.0.251");
});
