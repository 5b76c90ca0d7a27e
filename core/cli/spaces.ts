import type { PeerId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";
import type { PersonView, SpaceView } from "../view/view.ts";
import { waitingWords } from "../view/waiting_words.ts";
import { type Client, ClientError } from "./client.ts";
import { nameOf } from "./messages.ts";
import type { Output } from "./output.ts";
import { spaceNamed, type SpaceSnapshot } from "./space_named.ts";

const SHORT_ID = 8;

/** Lists the spaces. */
export async function listSpaces(client: Client, output: Output): Promise<void> {
  const { spaces } = await client.ask({ type: "snapshot" });
  if (spaces.length === 0) output.note("No space here yet: `space create NAME` makes one");
  for (const space of spaces) output.result(spaceLine(space), space);
}

function spaceLine({ id, name, kind, role, unread, unheard }: SpaceView): string {
  const facts = [
    kind === "lobby"
      ? "open to everyone on this network"
      : role === null
      ? "you are no member any more"
      : `${kind === "direct" ? "the two of you" : "private"}, you are ${role}`,
    ...(unread > 0 ? [`${unread} new`] : []),
    ...(unheard > 0 ? [`${devices(unheard)} not heard of the last removal yet`] : []),
  ];
  return `${id.slice(0, SHORT_ID)}  ${name}  (${facts.join("; ")})`;
}

function devices(count: number): string {
  return count === 1 ? "1 device has" : `${count} devices have`;
}

/** Makes a private space. */
export async function createSpace(client: Client, output: Output, name: string): Promise<void> {
  const space = await client.ask({ type: "space.create", name });
  output.result(`Made "${space.name}" (${space.id.slice(0, SHORT_ID)})`, space);
}

/** Leaves a private space. */
export async function leaveSpace(
  client: Client,
  output: Output,
  wanted: string | null,
): Promise<void> {
  const { space } = await spaceNamed(client, wanted);
  await client.ask({ type: "space.leave", space: space.id });
  output.result(`Left "${space.name}"`, space);
}

/** Lists who is in a space. */
export async function members(
  client: Client,
  output: Output,
  wanted: string | null,
): Promise<void> {
  const snapshot = await spaceNamed(client, wanted);
  const { self, people, space } = snapshot;
  const you = { peer: self.peer, name: self.name, role: space.role, here: true };
  output.result(
    `${self.peer.slice(0, SHORT_ID)}  ${self.name ?? "Not named yet"} (you)  ${space.role ?? ""}`
      .trimEnd(),
    you,
  );
  for (const person of people) {
    const { peer, name, here, role } = person;
    // Whoever comes by in the lobby is never done with; those who are no members get nothing.
    const waits = !here && role !== null;
    const waiting = waits
      ? await client.ask({ type: "person.waiting", space: space.id, peer })
      : null;
    const lines = waiting ? waitingWords(waiting, name, (keeper) => nameOf(snapshot, keeper)) : [];
    output.result([memberLine(person), ...lines].join("\n    "), { ...person, waiting });
  }
}

function memberLine({ peer, name, role, here, verified, newKey, disputed }: PersonView): string {
  const facts = [
    ...(role ? [role] : []),
    here ? "here" : "away",
    ...(verified ? ["verified"] : []),
    ...(newKey ? ["WARNING: another key than the one known under this name"] : []),
    ...(disputed ? ["WARNING: signed two different changes for one place"] : []),
  ];
  return `${peer.slice(0, SHORT_ID)}  ${name}  ${facts.join(", ")}`;
}

/** Makes a way in: a link, or a code of eight digits. */
export async function invite(
  client: Client,
  output: Output,
  { space: wanted, code, role, hours }: {
    space: string | null;
    code: boolean;
    role: Role;
    hours: number;
  },
): Promise<void> {
  const { space } = await privateSpace(client, wanted);
  if (code) {
    const shown = await client.ask({ type: "invite.code", space: space.id, role });
    output.result(`${shown.code.slice(0, 4)} ${shown.code.slice(4)}`, shown);
    output.note(
      `Typed on the other machine within five minutes (\`join CODE\`), it lets one person into "${space.name}"`,
    );
    return;
  }
  const made = await client.ask({ type: "invite.link", space: space.id, role, hours });
  output.result(made.link, made);
  const until = new Date(made.expiresAt).toLocaleString(undefined, {
    dateStyle: "short",
    timeStyle: "short",
  });
  output.note(`It lets one person into "${space.name}", once, until ${until}`);
}

/** Without `--space` the one private space there is, for the lobby needs no invitation. */
async function privateSpace(client: Client, wanted: string | null): Promise<SpaceSnapshot> {
  if (wanted !== null) return await spaceNamed(client, wanted);
  const { spaces } = await client.ask({ type: "snapshot" });
  const own = spaces.filter(({ kind, role }) => kind === "private" && role === "admin");
  const [space] = own;
  if (!space) {
    throw new ClientError(
      "There is no private space that you may invite to: `space create NAME` makes one",
    );
  }
  if (own.length > 1) {
    throw new ClientError(
      `Into which space? Use --space: ${own.map(({ name }) => name).join(", ")}`,
    );
  }
  return await spaceNamed(client, space.id);
}

/** Joins a space by a link or a code. */
export async function join(client: Client, output: Output, by: string): Promise<void> {
  const digits = by.replace(/[\s-]/g, "");
  const isCode = /^\d+$/.test(digits);
  const { space } = isCode
    ? await client.ask({ type: "join.code", code: digits })
    : await client.ask({ type: "join.link", link: by });
  if (space) return output.result(`You are in "${space.name}"`, space);
  throw new ClientError(
    "Nobody who can let you in answers yet: Earshot goes on looking until the invitation ends, as long as it runs",
  );
}

/** Removes a member, named by name or the start of the peer's id. */
export async function removeMember(
  client: Client,
  output: Output,
  { space: wanted, peer: who }: { space: string | null; peer: string },
): Promise<void> {
  const { space, people } = await privateSpace(client, wanted);
  const person = personNamed(people, who);
  await client.ask({ type: "member.remove", space: space.id, peer: person.peer });
  output.result(
    `Removed ${person.name} from "${space.name}"; what they already have stays with them`,
    {
      space: space.id,
      peer: person.peer,
      name: person.name,
    },
  );
}

function personNamed(people: readonly PersonView[], who: string): PersonView {
  const ofName = people.filter(({ name, role }) =>
    role !== null && name === who.normalize().trim()
  );
  const found = ofName.length > 0
    ? ofName
    : people.filter(({ peer }) => peer.startsWith(who.toLowerCase()));
  const [person] = found;
  if (!person) throw new ClientError(`There is no member "${who}": \`members\` lists them`);
  if (found.length > 1) {
    const ids = found.map(({ peer }: { peer: PeerId }) => peer.slice(0, SHORT_ID)).join(", ");
    throw new ClientError(
      `${found.length} members are called "${who}": use the start of an id (${ids})`,
    );
  }
  return person;
}

/**
 * Makes all that is shown anew from the signed changes.
 *
 * @throws {ClientError} after the result, if that could not be done of some documents.
 */
export async function rebuild(client: Client, output: Output): Promise<void> {
  const { documents, changes, failed } = await client.ask({ type: "rebuild" });
  const made = { documents, changes, failed };
  output.result(`Made anew: ${documents} documents of ${changes} changes`, made);
  if (failed > 0) {
    throw new ClientError(
      `${failed} ${failed === 1 ? "document" : "documents"} could not be made anew and ${
        failed === 1 ? "is as it was" : "are as they were"
      }: try again`,
    );
  }
}
