/**
 * The zone by which local times without a zone are told from others while a calendar is read. It
 * knows no daylight saving, and no calendar names it.
 */
export const FLOATING = 'Etc/UCT';

const LOCAL_TIMES =
  /^(DTSTART|DTEND|EXDATE|RECURRENCE-ID)((?:;(?!TZID=)[^;:\r\n]*)*):(\d{8}T\d{6}(?:,\d{8}T\d{6})*)(?=\r?$)/gim;

/**
 * The unfolded text of a calendar with {@link FLOATING} at each local time without a zone. The
 * library reads those in the zone of this process, and would move what repeats by an hour, or to
 * another day of the week, wherever that has daylight saving.
 */
export function markFloating(text: string): string {
  const [head = '', ...events] = text.split(/^(?=BEGIN:VEVENT)/im);
  return head + events.map(markEvent).join('');
}

/** An event, and what stands between it and the next one. */
function markEvent(text: string): string {
  const end = text.search(/^END:VEVENT/im);
  const event = end < 0 ? text : text.slice(0, end);
  const marked = event.replace(LOCAL_TIMES, `$1$2;TZID=${FLOATING}:$3`);
  return marked + text.slice(event.length);
}
