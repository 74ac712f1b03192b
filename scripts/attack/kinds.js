// Every attack, by kind.
import { attacks as amplify } from './amplify.js';
import { attacks as broken } from './broken.js';
import { attacks as ceilings } from './ceilings.js';
import { attacks as caches } from './caches.js';
import { attacks as drivers } from './drivers.js';
import { attacks as growth } from './growth.js';
import { attacks as held } from './held.js';
import { attacks as lines } from './lines.js';
import { attacks as origins } from './origins.js';
import { attacks as recordings } from './recordings.js';
import { attacks as secrets } from './secrets.js';
import { attacks as signals } from './signals.js';
import { attacks as targets } from './targets.js';
import { attacks as terminal } from './terminal.js';

export const ATTACKS = [
  ...terminal,
  ...origins,
  ...signals,
  ...ceilings,
  ...amplify,
  ...targets,
  ...secrets,
  ...drivers,
  ...recordings,
  ...lines,
  ...growth,
  ...caches,
  ...held,
  ...broken,
];
