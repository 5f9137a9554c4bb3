import type { Bulletin } from '../../../src/domain/notice.ts';
import { bulletinSubject, bulletinText, type LinkTo } from '../../../src/report/bulletin.ts';
import { post } from './post.ts';

/** Slack cuts a text at 40,000 characters, others at 4,000. */
const TEXT_LENGTH_MAX = 3_500;

/** Posts the bulletin as Slack's incoming webhooks take it, and Mattermost's and Rocket.Chat's. Throws NotTaken. */
export async function sendSlack(url: string, bulletin: Bulletin, linkTo: LinkTo): Promise<void> {
  const text = bulletinText(bulletin, linkTo, TEXT_LENGTH_MAX);
  // In a block of code nothing is markup, and nobody can be called by name.
  const block = `\`\`\`\n${escaped(text.replaceAll('`', "'"))}\n\`\`\``;
  await post(url, JSON.stringify({ text: `*${escaped(bulletinSubject(bulletin))}*\n${block}` }));
}

/** The three characters that are markup in a text of Slack's; without them it has no mentions. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
