import type { Causes } from '../../traffic/causes/causes.js';
import type { InputParts } from '../../traffic/inputs/input-parts.js';

const LOADERS = {
  text: () => import('../text-reading.js'),
  recordings: () => import('../recording-reading.js'),
  http2: () => import('../http2-reading.js'),
  tls: async () => {
    const [{ TlsTraffic }, { browserTlsCrypto }] = await Promise.all([
      import('../tls-reading.js'),
      import('../../codec/tls/noble-crypto.js'),
    ]);
    return { TlsTraffic, browserTlsCrypto };
  },
  apps: () => import('../../apps/readers.js'),
  causes: () => import('../causes-reading.js'),
};

type PartName = keyof typeof LOADERS;
type Part<Name extends PartName> = Awaited<ReturnType<(typeof LOADERS)[Name]>>;

/** A file can be read without these. */
export const OPTIONAL_PARTS = ['tls', 'apps', 'causes'] as const;
type OptionalPart = (typeof OPTIONAL_PARTS)[number];

function isOptional(name: PartName): name is OptionalPart {
  return OPTIONAL_PARTS.includes(name as OptionalPart);
}

/** A part is needed that is not loaded: what was read so far is read again when it is. */
export class PartNeeded extends Error {
  constructor(readonly part: PartName) {
    super(`the part '${part}' of the page is needed`);
  }
}

/** Nothing is explained. */
const NO_CAUSES: Causes = {
  causeOf: () => undefined,
  causeOfConnection: () => undefined,
  idleEndOf: () => undefined,
};

/** What only some files need, loaded when one does. */
export class DroppedParts implements InputParts {
  private readonly loaded: { [Name in PartName]?: Part<Name> } = {};
  private readonly absent = new Set<OptionalPart>();

  /** What can't be loaded is left out where a file can be read without it; otherwise it throws. */
  async load<Name extends PartName>(name: Name): Promise<void> {
    try {
      this.loaded[name] = (await LOADERS[name]()) as (typeof this.loaded)[Name];
    } catch (error) {
      if (!isOptional(name)) throw error;
      this.leaveOut(name);
    }
  }

  /** The page does not have it. */
  leaveOut(name: OptionalPart): void {
    this.absent.add(name);
  }

  text(): Part<'text'> {
    return this.part('text');
  }

  recordings(): Part<'recordings'> {
    return this.part('recordings');
  }

  http2(): Part<'http2'> {
    return this.part('http2');
  }

  tls(): Part<'tls'> {
    return this.part('tls');
  }

  apps(): Part<'apps'> {
    return this.part('apps');
  }

  causes(): Causes {
    return this.lacks('causes') ? NO_CAUSES : this.part('causes').allCauses();
  }

  has(name: PartName): boolean {
    return this.loaded[name] !== undefined;
  }

  /** Whether the page does not have it: it was needed, and could not be loaded. */
  lacks(name: OptionalPart): boolean {
    return this.absent.has(name);
  }

  private part<Name extends PartName>(name: Name): Part<Name> {
    const part = this.loaded[name];
    if (part === undefined) throw new PartNeeded(name);
    return part;
  }
}
