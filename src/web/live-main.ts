// The page of live traffic.
import { App } from './app.js';
import { LiveView } from './live/live-view.js';

new App(LiveView).start();
