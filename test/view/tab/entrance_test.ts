import assert from "node:assert/strict";
import { Access } from "../../../core/access.ts";
import { fromBase64Url } from "../../../core/view/base64url.ts";
import type { BrowserProof } from "../../../core/view/browser_proof.ts";
import {
  Entrance,
  type KeyShelf,
  type LetIn,
  type Post,
  tokenInHash,
} from "../../../core/view/tab/entrance.ts";
import { StrangerError } from "../../../core/view/tab/tab_socket.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { seededBytes } from "../../fakes/random.ts";

const HOST = "127.0.0.1:4747";

function memoryShelf(): KeyShelf & { kept: LetIn | undefined } {
  return {
    kept: undefined,
    load() {
      return Promise.resolve(this.kept);
    },
    keep(letIn) {
      this.kept = letIn;
      return Promise.resolve();
    },
  };
}

/** The node's side of the three routes, on the real access. */
function node(seed: number, keys = new Map<string, Uint8Array>()) {
  const access = new Access({
    keys: { add: (id, key) => void keys.set(id, key), get: (id) => keys.get(id) },
    clock: new FakeClock(),
    random: seededBytes(seed),
  });
  const post: Post = (path, body, token) => {
    const headers = new Headers(token ? { authorization: `Bearer ${token}` } : {});
    const request = new Request(`http://${HOST}${path}`, { method: "POST", headers });
    const answer = (status: number, body: unknown) => Promise.resolve({ status, body });
    if (path === "/api/challenge") return answer(200, { challenge: access.challenge() });
    if (path === "/api/browser") {
      if (!access.hasLink(request)) return answer(401, null);
      const { key } = body as { key: string };
      return answer(200, { browser: access.addBrowser(HOST, fromBase64Url(key)) });
    }
    const opened = access.openSession(HOST, body as BrowserProof);
    return opened ? answer(200, { token: opened }) : answer(403, null);
  };
  const accepts = (token: string) =>
    access.authorize(
      new Request(`http://${HOST}/`, { headers: { authorization: `Bearer ${token}` } }),
    );
  return { access, post, keys, accepts };
}

Deno.test("the link's token is taken from a fragment of exactly its form", () => {
  assert.equal(tokenInHash(`#t=${"a".repeat(43)}`), "a".repeat(43));
  for (
    const hash of ["", "#", "#t=", "#t=short", `#t=${"a".repeat(43)}&x`, `#x=${"a".repeat(43)}`]
  ) {
    assert.equal(tokenInHash(hash), null);
  }
});

Deno.test("the first visit uses the link, later ones and restarts need none", async () => {
  const first = node(1);
  const shelf = memoryShelf();
  const link = first.access.linkToken;
  const visit = new Entrance({ host: HOST, shelf, post: first.post, link });
  assert.ok(first.accepts(await visit.session()));
  assert.equal(shelf.kept?.pair.privateKey.extractable, false);

  const bookmark = new Entrance({ host: HOST, shelf, post: first.post, link: null });
  assert.ok(first.accepts(await bookmark.session()));

  const second = node(2, first.keys);
  const restarted = new Entrance({ host: HOST, shelf, post: second.post, link: null });
  assert.ok(second.accepts(await restarted.session()));
});

Deno.test("a link of an earlier start is harmless in a browser that was let in", async () => {
  const first = node(1);
  const shelf = memoryShelf();
  await new Entrance({ host: HOST, shelf, post: first.post, link: first.access.linkToken })
    .session();
  const second = node(2, first.keys);
  const old = new Entrance({ host: HOST, shelf, post: second.post, link: first.access.linkToken });
  assert.ok(second.accepts(await old.session()));
});

Deno.test("a browser without link or key, or with an old link only, is a stranger", async () => {
  const { post } = node(1);
  for (const link of [null, "b".repeat(43)]) {
    const entrance = new Entrance({ host: HOST, shelf: memoryShelf(), post, link });
    await assert.rejects(entrance.session(), StrangerError);
  }
});

Deno.test("a stranger gets in by a link given later", async () => {
  const { access, post, accepts } = node(1);
  const entrance = new Entrance({ host: HOST, shelf: memoryShelf(), post, link: null });
  await assert.rejects(entrance.session(), StrangerError);
  entrance.takeLink(access.linkToken);
  assert.ok(accepts(await entrance.session()));
});

Deno.test("a browser whose key the node forgot is a stranger", async () => {
  const { access, post, keys } = node(1);
  const shelf = memoryShelf();
  const entrance = new Entrance({ host: HOST, shelf, post, link: access.linkToken });
  await entrance.session();
  keys.clear();
  await assert.rejects(entrance.session(), StrangerError);
});

Deno.test("a browser that can keep nothing works by the link alone", async () => {
  const { access, post, accepts } = node(1);
  const broken: KeyShelf = {
    load: () => Promise.reject(new DOMException("no", "InvalidStateError")),
    keep: () => Promise.reject(new DOMException("no", "InvalidStateError")),
  };
  const entrance = new Entrance({ host: HOST, shelf: broken, post, link: access.linkToken });
  assert.ok(accepts(await entrance.session()));
  assert.ok(accepts(await entrance.session()), "also after a cut");
  const later = new Entrance({ host: HOST, shelf: broken, post, link: null });
  await assert.rejects(later.session(), StrangerError);
});

Deno.test("something else on the port is no refusal, so the tab goes on trying", async () => {
  const shelf = memoryShelf();
  const { access, post } = node(1);
  await new Entrance({ host: HOST, shelf, post, link: access.linkToken }).session();
  for (const body of [null, "hello", { challenge: 5 }, { challenge: "not base64!" }]) {
    const entrance = new Entrance({
      host: HOST,
      shelf,
      post: () => Promise.resolve({ status: 404, body }),
      link: null,
    });
    await assert.rejects(entrance.session(), (error) => !(error instanceof StrangerError));
  }
});
