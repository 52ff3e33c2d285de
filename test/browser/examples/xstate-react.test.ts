import { provesTheExample } from './support/everywhere.js';

provesTheExample('xstate-react');
