// Every attack, by kind.
import { attacks as origins } from './origins.js';
import { attacks as signals } from './signals.js';
import { attacks as terminal } from './terminal.js';

export const ATTACKS = [...terminal, ...origins, ...signals];
