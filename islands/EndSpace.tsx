import { ConfirmForm } from "../core/view/parts/ConfirmForm.tsx";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";

interface EndSpaceProps {
  readonly how: "leave" | "forget";
  readonly onDone: () => void;
}

/** Asks whether to leave the space that is shown, or to take one that was left off this device. */
export default function EndSpace({ how, onDone }: EndSpaceProps) {
  const { session, navigation } = useTab();
  const { space } = useTabState();
  if (!space) return null;
  const { id } = space;
  if (how === "leave") {
    return (
      <ConfirmForm
        submit="Leave"
        send={() => session.asker.ask({ type: "space.leave", space: id })}
        onDone={onDone}
        onCancel={onDone}
      >
        <ul class="plain-points">
          <li>You get nothing that is written here from now on.</li>
          <li>You cannot come back by yourself: someone has to invite you.</li>
          <li>What you have so far stays on this device until you forget the space.</li>
        </ul>
      </ConfirmForm>
    );
  }
  return (
    <ConfirmForm
      submit="Forget"
      send={async () => {
        await session.asker.ask({ type: "space.forget", space: id });
        // The dialog went with its space.
        navigation.go({ type: "home", space: null });
      }}
      onDone={onDone}
      onCancel={onDone}
    >
      <ul class="plain-points">
        <li>Its messages and notes are taken off this device. This cannot be undone.</li>
        <li>The others keep what they have.</li>
      </ul>
    </ConfirmForm>
  );
}
