import type { TakenDecision } from '../../domain/decision.ts';
import { decided } from '../decisions.ts';
import { utc } from '../text.ts';
import { html, type Html } from './template.ts';

/** Who decided what and when, one line each. */
export function decisionList(taken: readonly TakenDecision[]): Html {
  return html`<ul>
    ${taken.map(
      ({ at, decision }) =>
        html`<li>
          ${utc(at)}: <strong>${decision.by}</strong> ${decided(decision)}${
            decision.why === undefined ? null : html`: ${decision.why}`
          }
        </li>`,
    )}
  </ul>`;
}
