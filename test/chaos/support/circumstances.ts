import type { ChaosLog } from './log.js';

/** Milliseconds of the world before a call that may have to do with it. */
const BEFORE = 100_000;

/** Of every call that failed for want of the store or of an answer: what its worker and the store had gone through, a line each. */
export function circumstances({ reports, kills, stops, storeStops }: ChaosLog): string[] {
  return reports.flatMap((call) => {
    if (call.event !== 'called') return [];
    if (call.code !== 'store_unavailable' && call.code !== 'outcome_unknown') return [];
    const { worker, from, to, code } = call;
    const since = (at: number) => Math.round(at - from);
    const near = (interval: { readonly from: number; readonly to: number }) =>
      interval.to > from - BEFORE && interval.from < to ? [[since(interval.from), since(interval.to)]] : [];
    const own = reports.filter((report) => report.worker === worker);
    const told = own.slice(0, own.indexOf(call)).slice(-8);
    const lines = {
      lasted: since(to),
      told: told.map((report) => [
        report.event,
        since('at' in report ? report.at : report.from),
        'code' in report ? report.code : '',
      ]),
      stopped: stops.filter((stop) => stop.worker === worker).flatMap(near),
      storeStopped: storeStops.flatMap(near),
      kills: kills.filter(({ at }) => at > from - BEFORE && at < to).map(({ at }) => since(at)),
    };
    return [`${worker} ${code} at ${from} ${JSON.stringify(lines)}`];
  });
}
