import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

function isAttentive(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Whether the person has this page in front of them. */
export function useAttentive(): ReadonlySignal<boolean> {
  const attentive = useSignal(isAttentive());
  useEffect(() => {
    const ends = new AbortController();
    const look = () => attentive.value = isAttentive();
    for (const event of ["focus", "blur"]) addEventListener(event, look, ends);
    document.addEventListener("visibilitychange", look, ends);
    return () => ends.abort();
  }, []);
  return attentive;
}
