export type { Store } from './services/ports.js';
