import { useEffect } from "preact/hooks";
import { isolated } from "../core/view/people_words.ts";
import { Dialog } from "../core/view/parts/Dialog.tsx";
import type { OpenDialog } from "../core/view/tab/dialogs.ts";
import { findPerson } from "../core/view/tab/find_person.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { TabState } from "../core/view/tab/tab_state.ts";
import Connections from "./Connections.tsx";
import EndSpace from "./EndSpace.tsx";
import Holders from "./Holders.tsx";
import InviteForm from "./InviteForm.tsx";
import JoinForm from "./JoinForm.tsx";
import NameForm from "./NameForm.tsx";
import PersonCard from "./PersonCard.tsx";
import ProfileForm from "./ProfileForm.tsx";
import RemoveMember from "./RemoveMember.tsx";
import SpaceAbout from "./SpaceAbout.tsx";
import SpaceForm from "./SpaceForm.tsx";
import Switcher from "./Switcher.tsx";

/** The dialog that is open, if one is. */
export default function Dialogs() {
  const { dialogs } = useTab();
  const state = useTabState();
  const open = dialogs.open.value;
  // What concerns a space goes with it: it was forgotten, or one went to another.
  const stray = open !== null && "space" in open && open.space !== state.space?.id;
  useEffect(() => {
    if (stray) dialogs.close();
  }, [stray]);
  if (!open || stray) return null;
  const key = `${open.type} ${"peer" in open ? open.peer : ""}`;
  return (
    <Dialog key={key} title={titleOf(open, state)} onClose={() => dialogs.close()}>
      <Content open={open} />
    </Dialog>
  );
}

function titleOf(open: OpenDialog, state: TabState): string {
  const space = isolated(state.space?.name ?? "");
  const person = "peer" in open ? isolated(findPerson(state, open.peer)?.name ?? "someone") : "";
  switch (open.type) {
    case "channel":
      return "New channel";
    case "note":
      return "New note";
    case "profile":
      return "Your profile";
    case "connections":
      return "What Earshot sees";
    case "switch":
      return "Go to or search";
    case "space.new":
      return "New private space";
    case "join":
      return "Join a space";
    case "space":
      return `About ${space}`;
    case "invite":
      return `Invite to ${space}`;
    case "leave":
      return `Leave ${space}?`;
    case "forget":
      return `Forget ${space}?`;
    case "remove":
      return `Remove ${person} from ${space}?`;
    case "person":
      return person;
    case "holders":
      return "Who has this message";
  }
}

function Content({ open }: { open: OpenDialog }) {
  const { dialogs } = useTab();
  const close = () => dialogs.close();
  switch (open.type) {
    case "channel":
    case "note":
      return <NameForm kind={open.type} onDone={close} />;
    case "profile":
      return <ProfileForm submit="Save" onDone={close} />;
    case "connections":
      return <Connections />;
    case "switch":
      return <Switcher onDone={close} />;
    case "space.new":
      return <SpaceForm onDone={close} />;
    case "join":
      return <JoinForm link={open.link} onDone={close} />;
    case "space":
      return <SpaceAbout />;
    case "invite":
      return <InviteForm />;
    case "leave":
    case "forget":
      return <EndSpace how={open.type} onDone={close} />;
    case "remove":
      return <RemoveMember peer={open.peer} />;
    case "person":
      return <PersonCard peer={open.peer} />;
    case "holders":
      return <Holders channel={open.channel} message={open.message} />;
  }
}
