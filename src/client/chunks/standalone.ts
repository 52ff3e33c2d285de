// What a client does better by itself.
export { exchangeCode, renewTokens } from '../../services/exchange-code.js';
export { discover } from '../../services/provider/discover.js';
