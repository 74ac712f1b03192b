/** A report of `--html`: one file in dist/, loaded when it is needed. */
export { withReport } from '../report/html-report.js';
