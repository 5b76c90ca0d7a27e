import { useEffect, useState } from "preact/hooks";
import { systemClock } from "../../base/clock.ts";
import { leftClock, leftWords } from "../code_words.ts";

const TICK_MS = 1000;

/** How long a code still counts: seconds for the eye, said aloud once a minute. */
export function CodeLeft({ expiresAt }: { expiresAt: number }) {
  const [now, setNow] = useState(systemClock.now());
  useEffect(() => {
    const timer = systemClock.every(TICK_MS, () => setNow(systemClock.now()));
    return () => timer.cancel();
  }, []);
  const left = expiresAt - now;
  return (
    <span class="code-left">
      <span aria-hidden="true">{leftClock(left)} left</span>
      <span class="hidden" role="status">{leftWords(left)}</span>
    </span>
  );
}
