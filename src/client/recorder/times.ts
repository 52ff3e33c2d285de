const LATEST = 8.64e15;

const utc = new Intl.DateTimeFormat('en', {
  timeZone: 'UTC',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

function partsOf(at: number): Readonly<Record<string, string>> {
  const parts = utc.formatToParts(Math.abs(at) <= LATEST ? at : 0);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/** `2026-11-25` */
export function dayOf(at: number): string {
  const { year, month, day } = partsOf(at);
  return `${year}-${month}-${day}`;
}

/** `12:03:11` */
export function timeOf(at: number): string {
  const { hour, minute, second } = partsOf(at);
  return `${hour}:${minute}:${second}`;
}

/** With its day: whoever reads it does so later. */
export const momentOf = (at: number) => `${dayOf(at)} ${timeOf(at)} UTC`;
