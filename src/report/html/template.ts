import { oneLine } from '../text.ts';

/** Text that is markup already. Only the template below makes it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Value = string | number | Html | null | readonly Value[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * Markup with values in it. Every value that is not markup itself is made one visible line and
 * escaped, so that no text of a host or a person can become markup. null is nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    parts.reduce((text, part, index) => text + markupOf(values[index - 1] ?? null) + part),
  );
}

/** Markup of a text whose lines are kept. */
export function preformatted(text: string): Html {
  return new Html(escapeHtml(text));
}

function markupOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(markupOf).join('');
  return escapeHtml(oneLine(String(value)));
}
