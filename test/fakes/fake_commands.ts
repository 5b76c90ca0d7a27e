import { RefusedError } from "../../core/view/api.ts";
import type { Command } from "../../core/view/command.ts";
import { cleanChannelName, cleanName, cleanText } from "../../core/view/words.ts";
import type { FakeSpace } from "./fake_space.ts";
import type { FakeNode } from "./node.ts";

const HOUR_MS = 60 * 60 * 1000;
const CODE_MS = 5 * 60 * 1000;
const TRIES = 3;

/** What a fake node does when it is asked. */
export class FakeCommands {
  constructor(readonly node: FakeNode) {}

  /** Does a command. @throws {RefusedError | RangeError} when it is wrong as it is */
  act(command: Command): unknown {
    return "space" in command && command.type !== "snapshot"
      ? this.#inSpace(command, this.#space(command.space))
      : this.#atNode(command);
  }

  #space(id: FakeSpace["id"] | undefined): FakeSpace {
    const space = id && this.node.spaces.get(id);
    if (!space) throw new RefusedError("You are not in this space (any more)");
    return space;
  }

  #inSpace(command: Command, space: FakeSpace): unknown {
    const { node } = this;
    switch (command.type) {
      case "space.leave":
        space.change({ role: null });
        return {};
      case "space.forget":
        node.spaces.delete(space.id);
        node.tell({ type: "space.gone", id: space.id });
        return {};
      case "member.remove":
      case "member.role": {
        const person = space.people.find(({ peer }) => peer === command.peer);
        if (!person) throw new RefusedError("This person is no member (any more)");
        const removed = command.type === "member.remove";
        if (removed) space.change({ unheard: 2 });
        space.putPerson({ ...person, role: removed ? null : command.role });
        return {};
      }
      case "invite.link": {
        const expiresAt = node.clock.now() + (command.hours ?? 24) * HOUR_MS;
        return { link: `http://127.0.0.1:4747/join#${"Qm9zdG9uLTQ3".repeat(14)}`, expiresAt };
      }
      case "invite.code": {
        const expiresAt = node.clock.now() + CODE_MS;
        node.setCode({ space: space.id, code: "04717230", expiresAt, tries: TRIES });
        return node.code;
      }
      case "channel.create":
        return space.addChannel(cleanChannelName(command.name));
      case "message.list":
        return space.list(command);
      case "message.send":
        return space.say(0, space.channel(command.channel).name, cleanText(command.text));
      case "message.search": {
        const wanted = command.text.toLowerCase();
        return {
          messages: space.channels.flatMap(({ id: channel }) =>
            space.list({ space: space.id, channel, limit: Infinity }).messages
          ).filter(({ text }) => text.toLowerCase().includes(wanted)).reverse().slice(0, 50),
          partial: false,
        };
      }
      case "message.holders": {
        const { messages } = space.list({ space: space.id, channel: command.channel });
        const heldBy = messages.find(({ id }) => id === command.message)?.heldBy ?? 0;
        return { holders: space.people.slice(0, heldBy).map(({ peer }) => peer) };
      }
      case "person.waiting":
        return space.waiting;
      case "read.mark":
        return space.mark(command.channel, command.message);
      case "note.create":
        return space.addNote(cleanName(command.title));
      case "note.rename":
        return space.rename(command.note, cleanName(command.title));
      case "note.open":
        return { heads: [], text: space.textOf(command.note), cursors: [] };
      case "note.edit":
        space.edit(command);
        return { heads: [], merged: { heads: [], splices: [] } };
      case "note.merge":
        return { merged: { heads: [], splices: [] }, cursors: [] };
      default:
        return {};
    }
  }

  #atNode(command: Command): unknown {
    const { node } = this;
    switch (command.type) {
      case "snapshot":
        return node.snapshot(command.space);
      case "peers":
        return node.peers;
      case "profile.set": {
        const { self } = node;
        const colour = command.colour ?? self.colour;
        node.self = { ...self, name: cleanName(command.name), colour };
        node.tell({ type: "self", self: node.self });
        return node.self;
      }
      case "space.create":
        return node.addSpace(cleanName(command.name)).view;
      case "invite.hide":
        node.setCode(null);
        return {};
      case "join.link":
      case "join.code":
        return { space: node.onJoin()?.view ?? null };
      case "direct.ask": {
        const { peer } = command;
        const words = node.words(peer);
        const asked = { peer, name: node.nameOf(peer), from: "us", words } as const;
        node.setAsks([...node.asks, asked]);
        return asked;
      }
      case "direct.answer": {
        const ask = node.asks.find(({ peer }) => peer === command.peer);
        node.setAsks(node.asks.filter((one) => one !== ask));
        if (!ask || !command.accept) return { space: null };
        const space = node.addSpace(ask.name, { kind: "direct", peer: ask.peer });
        const person = node.lobby.people.find(({ peer }) => peer === ask.peer);
        if (person) space.putPerson({ ...person, role: "admin" });
        return { space: space.view };
      }
      case "person.words":
        return { words: node.words(command.peer) };
      case "person.verify":
        node.changePerson(command.peer, { verified: command.verified });
        return {};
      case "person.mute":
        node.changePerson(command.peer, { muted: command.muted });
        return {};
      case "notice.dismiss":
        node.setNotices(node.notices.filter(({ id }) => id !== command.notice));
        return {};
      default:
        return { documents: 0, changes: 0 };
    }
  }
}
