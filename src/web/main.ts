// The page of a file, or a report; and where it runs in a worker of any page, what reads files.
import { App } from './app.js';
import { isWorker, serveFiles } from './dropped/worker.js';

if (isWorker()) serveFiles();
else new App().start();
