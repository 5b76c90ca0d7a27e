import { useSignal } from "@preact/signals";

/** A button that copies a text, and says whether it could. */
export function CopyText({ read, label }: { read: () => string; label: string }) {
  const done = useSignal<"copied" | "failed" | null>(null);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(read());
      done.value = "copied";
    } catch {
      // The browser allows it only sometimes; the text is on the page to be copied by hand.
      done.value = "failed";
    }
  }
  const said = { copied: "Copied", failed: "Select the text and copy it by hand" };
  return (
    <>
      <button type="button" onClick={() => void copy()}>{label}</button>
      <span role="status">{done.value && said[done.value]}</span>
    </>
  );
}
