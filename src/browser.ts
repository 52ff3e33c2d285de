export { relayTransport } from './adapters/browser/relay-transport.js';
