import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import { messageEntry, project } from "../../core/doc/projection.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { envelopeText, signEnvelope, verifyEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";

/** PROTOCOL.md's worked example: one message of device 1 in the lobby's #general. */
Deno.test("example of PROTOCOL.md: a message becomes this change and this envelope (vector)", async () => {
  await startAutomerge();
  const keys = deviceKeys(1);
  const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);
  assert.equal(doc, "channel/8f1759eb66a04536/0");
  const actor = actorOf(keys.peer, LOBBY, doc);
  assert.equal(actor, "6947b4adbeb5b53534e6a96c82b5ce14");
  const id = new MessageClock(keys.peer, { now: () => 1_700_000_000_000 }).next();
  assert.equal(id, "018bcfe5680000008453dc67752ee82b");
  const engine = new DocumentEngine();
  const key = docKey(LOBBY, doc);
  engine.open(key, actor, []);
  const made = engine.put(key, [messageEntry(id, "hello")], 1_700_000_000_000, "c1");
  assert.equal(
    Buffer.from(made.change).toString("hex"),
    "856f4a8307202cfd016500106947b4adbeb5b53534e6a96c82b5ce14010180d095ffbc310263310006152234014202" +
      "5603571070027f203031386263666535363830303030303038343533646336373735326565383262017f017f8602" +
      "7b2274657874223a2268656c6c6f227d7f00",
  );
  const { envelope, header } = signEnvelope(keys, LOBBY, doc, made.change);
  assert.equal(header.hash, "07202cfdabd3726a9db60dacda9d22094c834a235cdaf103f819cd690d10a94e");
  assert.equal(
    Buffer.from(envelopeText(LOBBY, doc, header.hash)).toString("hex"),
    "65617273686f742f656e76656c6f70652f3100add96e1f964c616d9e4f46eb926ce20a001a6368616e6e656c2f3866" +
      "313735396562363661303435" +
      "33362f3007202cfdabd3726a9db60dacda9d22094c834a235cdaf103f819cd69" +
      "0d10a94e",
  );
  assert.equal(
    Buffer.from(envelope.signature).toString("hex"),
    "b76ab076ab0d20cd8ed9c0f262e48bb22bb2a1e3de673aa865df67a29e12c54eb456cece5cd5f94d97087dc89f410a" +
      "160e9fe120cc8ce6be2138df1badb67e06",
  );
  verifyEnvelope(envelope);
  const [row] = project(LOBBY, doc, keys.peer, made.entries);
  assert.ok(row?.type === "message" && row.text === "hello" && row.id === id);
});
