import { useId } from "preact/hooks";
import { CopyText } from "../core/view/parts/CopyText.tsx";
import { QrCode } from "../core/view/parts/QrCode.tsx";
import { dayWords, timeWords } from "../core/view/when.ts";

interface InviteLinkProps {
  readonly link: string;
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A link that lets one person in: to copy, and for a camera. */
export default function InviteLink({ link, expiresAt }: InviteLinkProps) {
  const field = useId();
  const until = `${dayWords(expiresAt, Date.now())}, ${timeWords(expiresAt)}`;
  return (
    <div class="invite-link">
      <QrCode text={link} label="The link as a QR code" />
      <label for={field}>Invitation link</label>
      <input
        id={field}
        class="field"
        readOnly
        autofocus
        value={link}
        onFocus={(event) => event.currentTarget.select()}
      />
      <div class="copy-row">
        <CopyText read={() => link} label="Copy link" />
      </div>
      <p class="field-hint">
        Lets one person in, once, until{" "}
        {until}. Whoever has it can use it: give it to that one person only.
      </p>
    </div>
  );
}
