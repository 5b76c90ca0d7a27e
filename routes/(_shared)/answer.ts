import { FaultError, type NodeApi, RefusedError } from "../../core/view/api.ts";
import type { Request as Ask, Response as Reply } from "../../core/view/command.ts";

/** Has the node do a command and puts its answer, or why there is none, into words for the asker. */
export async function answer(node: NodeApi, { id, command }: Ask): Promise<Reply> {
  try {
    return { id, answer: await node.execute(command, id) };
  } catch (error) {
    if (error instanceof RefusedError) {
      return { id, refusal: { code: "refused", text: error.message } };
    }
    if (error instanceof FaultError) return { id, refusal: { code: "fault", text: error.message } };
    throw error;
  }
}
