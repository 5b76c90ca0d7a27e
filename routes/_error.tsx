import { HttpError } from "fresh";
import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import { define } from "./(_shared)/define.ts";

/** Says that an address leads nowhere, or that the node failed. */
export default define.page(({ error }) => {
  const lost = error instanceof HttpError && error.status === 404;
  return (
    <main class="page">
      <EarshotMark />
      <h1>{lost ? "There is nothing here" : "Earshot could not do that"}</h1>
      <p>
        {lost
          ? "This address leads to no channel, note or page of Earshot."
          : "Something went wrong on this machine. The terminal where Earshot runs says what."}
      </p>
      <a class="button" href="/">Open Earshot</a>
    </main>
  );
});
