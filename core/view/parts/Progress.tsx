import { isolated } from "../people_words.ts";
import { progressWords } from "../space_words.ts";
import type { ProgressView } from "../view.ts";
import { Banner } from "./Banner.tsx";

/** Steps in which a screen reader hears how far it is. */
const STEPS = 4;

/** How far it is with what comes from another machine; seen as it goes on, said in a few steps. */
export function Progress({ progress, name }: { progress: ProgressView | null; name: string }) {
  const step = progress && Math.floor(STEPS * (1 - progress.missing / progress.total));
  return (
    <>
      {progress && (
        <Banner kind="progress">
          {progressWords(progress, isolated(name))}
          <progress value={progress.total - progress.missing} max={progress.total} aria-hidden />
        </Banner>
      )}
      <div class="hidden" role="status" aria-live="polite">
        {progress && `Getting what is missing from ${name}: ${100 * step! / STEPS} %`}
      </div>
    </>
  );
}
