import { randomBytes } from 'node:crypto';
import process from 'node:process';

// Every container has a process 1. The name of the machine would tell them apart as well, but is often that of a person.
const mark = randomBytes(2).toString('hex');

/** What this process is called in what it writes down: `process 4711-9f3a`. */
export const nodeProcessName = `process ${process.pid}-${mark}`;
