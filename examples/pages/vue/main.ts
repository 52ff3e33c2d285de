import { authorizationPlugin } from 'authchart/vue';
import { createApp } from 'vue';
import { client } from '../app/client.js';
import App from './App.vue';

createApp(App).use(authorizationPlugin(client)).mount('#app');
