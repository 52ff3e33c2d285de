import type { Client } from 'authchart';
import { render } from 'svelte/server';
import { nothingSeen } from '../support/seen.js';
import Root from '../components/Root.svelte';

export const html = (client: Client): string => render(Root, { props: { client, seen: nothingSeen() } }).body;
