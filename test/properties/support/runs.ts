/** How often a property is tried: so many times, or as the environment variable AUTHCHART_RUNS says. */
export const runs = (usual: number): number => Number(process.env['AUTHCHART_RUNS'] ?? usual);
