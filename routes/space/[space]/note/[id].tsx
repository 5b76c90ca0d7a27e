import { define } from "../../../(_shared)/define.ts";
import Workspace from "../../../../islands/Workspace.tsx";

export default define.page(() => <Workspace />);
