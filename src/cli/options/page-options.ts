import { Option } from 'commander';

/** A page beside the printed output. */
export interface PageOptions {
  /** Its address; empty: 127.0.0.1, a free port. */
  page?: string;
  token: boolean;
}

export function pageOptions(): Option[] {
  return [
    new Option('--page [address]', 'also show the traffic in a page, at [HOST:]PORT (default: 127.0.0.1, a free port)'),
    new Option('--no-token', 'serve the page and its records without the printed token'),
  ];
}
