// Printed before anything runs: a run that hangs or is killed must be repeatable too.
const seed = Number(process.env['AUTHCHART_SEED'] ?? Date.now() % 2 ** 31);
console.log(`AUTHCHART_SEED=${seed} repeats the properties of this run.`);

/** How often a property is tried: so many times, or as AUTHCHART_RUNS says; from the seed of this run, or AUTHCHART_SEED. */
export const runs = (usual: number) => ({ seed, numRuns: Number(process.env['AUTHCHART_RUNS'] ?? usual) });
