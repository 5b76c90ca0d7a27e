import type { ChannelId, SpaceId } from "../../core/base/ids.ts";
import type { Tab } from "./tab.ts";

const PAGE = 200;

/** The texts of a channel, a page at a time; the order of pages is that from the newest back. */
export async function allTexts(
  tab: Tab,
  { space, channel }: { readonly space: SpaceId; readonly channel: ChannelId },
): Promise<string[]> {
  const texts: string[] = [];
  for (let before = {};;) {
    const page = await tab.ask({ type: "message.list", space, channel, limit: PAGE, ...before });
    texts.push(...page.messages.map(({ text }) => text));
    const [oldest] = page.messages;
    if (!page.more || !oldest) return texts;
    before = { before: oldest.id };
  }
}
