/** What reads a capture in several threads: a file of its own in dist/, loaded with the first of them, and in each. */
export { decodeInJobs } from '../jobs/jobs.js';
export { work } from '../jobs/thread.js';
