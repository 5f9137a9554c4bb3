import type { Tone } from '../headline.ts';
import { html, Html } from './template.ts';

const SHAPES: Record<Tone | 'skipped', string> = {
  good: '<circle cx="8" cy="8" r="7.2"/><path d="m4.6 8.3 2.3 2.3 4.5-5"/>',
  bad: '<circle cx="8" cy="8" r="7.2"/><path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2"/>',
  warning: '<path d="M8 1.6 15.1 14H.9L8 1.6Z"/><path d="M8 6.2v3.6m0 1.9v.1"/>',
  quiet: '<circle cx="8" cy="8" r="7.2"/><path d="M4.8 8h6.4"/>',
  skipped: '<path d="M3 8h10"/>',
};

/** A picture for a tone. It says nothing that the text beside it does not, so screen readers pass over it. */
export function icon(shape: Tone | 'skipped'): Html {
  return new Html(
    `<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${SHAPES[shape]}</svg>`,
  );
}

/** A picture with its word, in its colour. */
export function status(tone: Tone, word: string): Html {
  return html`<span class="status ${tone}">${icon(tone)}${word}</span>`;
}
