/** Where a thread of `--jobs` begins. */
import { parentPort, workerData } from 'node:worker_threads';
import { work } from './jobs.js';

void work(parentPort!, workerData as Parameters<typeof work>[1]);
