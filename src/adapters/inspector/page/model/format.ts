/** `0.4 ms`, `12 ms`, `1.2 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 9.95) return `${time.toFixed(1)} ms`;
  if (time < 999.5) return `${Math.round(time)} ms`;
  if (time < 59_950) return `${(time / 1000).toFixed(1)} s`;
  const seconds = Math.round(time / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Since a session's first event: `0.004`, `12.310`, `3:05.120`, in seconds. */
export function elapsed(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  const minutes = Math.floor(time / 60_000);
  const seconds = ((time % 60_000) / 1000).toFixed(3);
  return minutes === 0 ? seconds : `${minutes}:${seconds.padStart(6, '0')}`;
}

/** `14:03:07`, where the page is. */
export function clockTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
}

const two = (number: number) => String(number).padStart(2, '0');

/** A text that anybody may have made, at a length that breaks no page. */
export const cut = (text: string, length = 200) =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

export const count = (number: number, one: string, many = `${one}s`) =>
  `${number} ${number === 1 ? one : many}`;
