import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type protobufjs from 'protobufjs';
import { UsageError } from '../host/exit.js';
import type { ProtobufMember, ProtobufScalar, ProtobufType } from '../../traffic/toolbox/apps.js';

type ProtobufJs = typeof protobufjs;

const MISSING =
  '--proto needs the package protobufjs, which is not installed beside wsinspect: npm install protobufjs, ' +
  'or npx -p wsinspect -p protobufjs wsinspect decode …';
/** Names of types in a message of ours. */
const MOST_NAMES = 20;

/** By path and name: options are checked first, and read again for each input. */
const KNOWN = new Map<string, ProtobufType>();

/** The message type of that name in a .proto file. Throws a UsageError: it can't be read, or has no such type. */
export function protoType(path: string, name: string | undefined): ProtobufType {
  const key = JSON.stringify([path, name]);
  const known = KNOWN.get(key) ?? readType(path, name);
  KNOWN.set(key, known);
  return known;
}

function readType(path: string, name: string | undefined): ProtobufType {
  const { Root, Type } = loadProtobufJs();
  const root = new Root();
  root.resolvePath = (importer, target) => importedFile(path, importer, target);
  try {
    // Reading it here gives the error of the system where that fails.
    readFileSync(path);
    root.loadSync(path, { keepCase: true });
    root.resolveAll();
  } catch (error) {
    throw new UsageError(`--proto ${path}: ${(error as Error).message}`);
  }
  const types = typesIn(root, Type);
  const found = name === undefined ? [] : typesNamed(types, name);
  if (found.length === 1) return typeOf(found[0]!);
  const has = namesOf(found.length > 1 ? found : types);
  if (found.length > 1) throw new UsageError(`--proto-type ${name}: several types have this name: ${has}`);
  throw new UsageError(`${name === undefined ? '--proto needs --proto-type' : `--proto-type ${name}`}: it has ${has}`);
}

/** The type of that name; of a name without its package, or the type that it is in, all types that end so. */
function typesNamed(types: readonly protobufjs.Type[], name: string): protobufjs.Type[] {
  const exact = types.filter(({ fullName }) => fullName === name || fullName === `.${name}`);
  return exact.length > 0 ? exact : types.filter(({ fullName }) => fullName.endsWith(`.${name}`));
}

function namesOf(types: readonly protobufjs.Type[]): string {
  const names = types.slice(0, MOST_NAMES).map(({ fullName }) => fullName.slice(1));
  return [...names, ...(types.length > MOST_NAMES ? ['…'] : [])].join(', ') || 'no message types';
}

function loadProtobufJs(): ProtobufJs {
  const load = createRequire(import.meta.url);
  try {
    return load('protobufjs') as ProtobufJs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new UsageError(MISSING);
  }
}

/**
 * The file of an import. Its path counts from a folder that protoc is given (-I), which is not known here: from that of
 * the file that imports it, that of `main`, or one above. Where there is none, protobufjs has the well-known types.
 */
function importedFile(main: string, importer: string, target: string): string {
  if (importer === '') return target;
  const folders = [dirname(importer), ...above(dirname(resolve(main)))];
  return folders.map((folder) => join(folder, target)).find((file) => existsSync(file)) ?? target;
}

/** The folder, and all that it is in. */
function above(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...above(parent)];
}

function typesIn(root: protobufjs.NamespaceBase, Type: ProtobufJs['Type']): protobufjs.Type[] {
  return root.nestedArray.flatMap((one) => {
    const inner = 'nestedArray' in one ? typesIn(one as protobufjs.NamespaceBase, Type) : [];
    return one instanceof Type ? [one, ...inner] : inner;
  });
}

/** What is read of protobufjs are its types alone: bytes are read by us, so that each has its place. */
function typeOf(type: protobufjs.Type): ProtobufType {
  const known = new Map<number, ProtobufMember | undefined>();
  return {
    name: type.name,
    required: type.fieldsArray.filter(({ required }) => required).map(({ id }) => id),
    fieldOf: (number) => {
      if (!known.has(number) && Object.hasOwn(type.fieldsById, number))
        known.set(number, memberOf(type.fieldsById[number]!));
      return known.get(number);
    },
  };
}

function memberOf(field: protobufjs.Field): ProtobufMember {
  const { name } = field;
  const inner = field.resolve().resolvedType;
  if (field.map) {
    const { keyType } = field as unknown as protobufjs.MapField;
    const entry = new Map([
      [1, { name: 'key', kind: keyType as ProtobufScalar, label: 'single' } as const],
      [2, { name: 'value', label: 'single', ...kindOf(field.type, inner) } as const],
    ]);
    const type = { name: `${name} entry`, fieldOf: (number: number): ProtobufMember | undefined => entry.get(number) };
    return { name, kind: 'message', label: 'map', type: () => type };
  }
  const { kind, ...more } = kindOf(field.type, inner);
  const isGroup = kind === 'message' && field.delimited;
  return { name, label: field.repeated ? 'repeated' : 'single', kind: isGroup ? 'group' : kind, ...more };
}

function kindOf(
  type: string,
  inner: protobufjs.Type | protobufjs.Enum | null,
): Pick<ProtobufMember, 'kind' | 'type' | 'nameOf'> {
  if (inner === null) return { kind: type as ProtobufScalar };
  if ('valuesById' in inner) return { kind: 'enum', nameOf: (value) => inner.valuesById[value] };
  let made: ProtobufType | undefined;
  return { kind: 'message', type: () => (made ??= typeOf(inner)) };
}
