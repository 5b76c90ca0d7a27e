import { type Branch, isClean } from "./note_branch.ts";

/** How a note in a tab stands. */
export type NoteState =
  | { readonly type: "opening" }
  | { readonly type: "saved" }
  | { readonly type: "saving" }
  /** In this browser until the node takes it; `why` is what hinders the node, if it said so. */
  | { readonly type: "kept"; readonly why: string | null }
  /** In the page only: neither node nor browser keep it. */
  | { readonly type: "unkept"; readonly why: string }
  /** The node will not take it; the text is kept here. */
  | { readonly type: "refused"; readonly why: string };

/** What a state is made of. A text is `null` where there is nothing to say. */
export interface StateParts {
  readonly branch: Branch | null;
  readonly connected: boolean;
  /** Why the node will not take what was typed. */
  readonly refusal: string | null;
  /** Why the node cannot take it now. */
  readonly fault: string | null;
  /** Why the browser does not keep it. */
  readonly problem: string | null;
}

/** How a note stands. */
export function stateOf({ branch, connected, refusal, fault, problem }: StateParts): NoteState {
  if (refusal !== null) return { type: "refused", why: refusal };
  if (!branch) return { type: "opening" };
  if (isClean(branch)) return { type: "saved" };
  if (connected && fault === null) return { type: "saving" };
  return problem === null ? { type: "kept", why: fault } : { type: "unkept", why: problem };
}

/** Whether two states are the same to who sees them. */
export function sameState(one: NoteState, other: NoteState): boolean {
  const why = (state: NoteState) => "why" in state ? state.why : null;
  return one.type === other.type && why(one) === why(other);
}
