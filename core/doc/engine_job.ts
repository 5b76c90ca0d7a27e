import type { DocKey } from "./doc_key.ts";
import { DocumentFault } from "./documents.ts";
import type { EngineCall } from "./engine_task.ts";

/** A call that waits or is done, and who waits for it. */
export interface Job {
  readonly key: DocKey;
  readonly call: EngineCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The job that the engine has. */
export interface Running {
  readonly job: Job;
  /** Whether the document is opened for it. */
  readonly opens: boolean;
  /** Whether the document was dropped meanwhile. */
  stale: boolean;
}

/** The error of a call that was not done, for a reason in a few words. */
export function fault({ key, call }: Job, text: string, cause?: unknown): DocumentFault {
  return new DocumentFault(key, `Cannot do "${call.type}" on "${key}": ${text}`, { cause });
}

/** The error of a call to documents that are closed. */
export function closedFault(key: DocKey): DocumentFault {
  return new DocumentFault(key, `Cannot use "${key}": the documents are closed`);
}
