import { provesTheExample } from './support/everywhere.js';

provesTheExample('vue');
