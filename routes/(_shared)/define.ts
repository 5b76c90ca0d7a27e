import { createDefine } from "fresh";
import type { Access } from "../../core/access.ts";
import type { NodeApi } from "../../core/view/api.ts";

/** What every route is given. */
export interface State {
  readonly node: NodeApi;
  readonly access: Access;
}

export const define = createDefine<State>();
