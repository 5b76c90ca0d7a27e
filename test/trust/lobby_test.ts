import assert from "node:assert/strict";
import { LOBBY, LOBBY_PSK } from "../../core/trust/lobby.ts";

Deno.test("lobby: its key and its space are the published constants", () => {
  assert.equal(
    LOBBY_PSK.toHex(),
    "729bd49f9355a250099033209d0fea0ea2cbc2ee3bd00076eb0f5a4249fde8a3",
  );
  assert.equal(LOBBY, "add96e1f964c616d9e4f46eb926ce20a");
});
