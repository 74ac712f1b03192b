/** How a suite protects records: AEAD (RFC 5116), or CBC with an HMAC (RFC 5246 §6.2.3). */
export type Protection = 'gcm' | 'ccm' | 'chacha20' | 'cbc';

/** The hash of HKDF or of the PRF, and of the HMAC of CBC suites. */
export type TlsHash = 'md5' | 'sha1' | 'sha256' | 'sha384';

/** A cipher suite (IANA's registry): how its records are opened. */
export interface CipherSuite {
  readonly id: number;
  /** `TLS_AES_128_GCM_SHA256`. */
  readonly name: string;
  readonly protection: Protection;
  /** `aes-128-gcm`, as OpenSSL has it. */
  readonly algorithm: string;
  readonly keyBytes: number;
  /** Of an AEAD. */
  readonly tagBytes: number;
  /** The block of CBC. */
  readonly blockBytes: number;
  /** Of HKDF (TLS 1.3) and the PRF of TLS 1.2. */
  readonly hash: TlsHash;
  /** Of the HMAC of CBC suites. */
  readonly mac: TlsHash;
}

type CipherKind = Omit<CipherSuite, 'id' | 'name'>;

const AES = { 128: 16, 256: 32 } as const;

const gcm = (bits: 128 | 256, cipher = 'aes'): CipherKind => ({
  protection: 'gcm',
  algorithm: `${cipher}-${bits}-gcm`,
  keyBytes: AES[bits],
  tagBytes: 16,
  blockBytes: 16,
  hash: bits === 128 ? 'sha256' : 'sha384',
  mac: 'sha256',
});
const ccm = (bits: 128 | 256, tagBytes = 16): CipherKind => ({
  ...gcm(bits),
  protection: 'ccm',
  algorithm: `aes-${bits}-ccm`,
  hash: 'sha256',
  tagBytes,
});
const cbc = (bits: 128 | 256, mac: TlsHash, cipher = 'aes'): CipherKind => ({
  protection: 'cbc',
  algorithm: `${cipher}-${bits}-cbc`,
  keyBytes: AES[bits],
  tagBytes: 0,
  blockBytes: 16,
  hash: mac === 'sha384' ? 'sha384' : 'sha256',
  mac,
});

const KINDS: Readonly<Record<string, CipherKind>> = {
  AES_128_GCM_SHA256: gcm(128),
  AES_256_GCM_SHA384: gcm(256),
  CHACHA20_POLY1305_SHA256: {
    protection: 'chacha20',
    algorithm: 'chacha20-poly1305',
    keyBytes: 32,
    tagBytes: 16,
    blockBytes: 64,
    hash: 'sha256',
    mac: 'sha256',
  },
  AES_128_CCM: ccm(128),
  AES_256_CCM: ccm(256),
  AES_128_CCM_8: ccm(128, 8),
  AES_256_CCM_8: ccm(256, 8),
  AES_128_CCM_SHA256: ccm(128),
  AES_128_CCM_8_SHA256: ccm(128, 8),
  AES_128_CBC_SHA: cbc(128, 'sha1'),
  AES_256_CBC_SHA: cbc(256, 'sha1'),
  AES_128_CBC_SHA256: cbc(128, 'sha256'),
  AES_256_CBC_SHA256: cbc(256, 'sha256'),
  AES_256_CBC_SHA384: cbc(256, 'sha384'),
  CAMELLIA_128_CBC_SHA: cbc(128, 'sha1', 'camellia'),
  CAMELLIA_256_CBC_SHA: cbc(256, 'sha1', 'camellia'),
  CAMELLIA_128_CBC_SHA256: cbc(128, 'sha256', 'camellia'),
  CAMELLIA_256_CBC_SHA256: cbc(256, 'sha256', 'camellia'),
  CAMELLIA_256_CBC_SHA384: cbc(256, 'sha384', 'camellia'),
  ARIA_128_GCM_SHA256: gcm(128, 'aria'),
  ARIA_256_GCM_SHA384: gcm(256, 'aria'),
  '3DES_EDE_CBC_SHA': { ...cbc(128, 'sha1'), algorithm: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
};

/** Suites by key exchange: each number is one of the suite that stands at the same place above. */
const TLS13 = [
  [0x1301, 'AES_128_GCM_SHA256'],
  [0x1302, 'AES_256_GCM_SHA384'],
  [0x1303, 'CHACHA20_POLY1305_SHA256'],
  [0x1304, 'AES_128_CCM_SHA256'],
  [0x1305, 'AES_128_CCM_8_SHA256'],
] as const;

/** The kinds of a key exchange, and the numbers of its suites, in the same order; 0: there is none. */
const SHARED = [
  'AES_128_CBC_SHA',
  'AES_256_CBC_SHA',
  'AES_128_CBC_SHA256',
  'AES_256_CBC_SHA256',
  'AES_128_GCM_SHA256',
  'AES_256_GCM_SHA384',
  '3DES_EDE_CBC_SHA',
  'AES_128_CCM',
  'AES_256_CCM',
  'AES_128_CCM_8',
  'AES_256_CCM_8',
  'CHACHA20_POLY1305_SHA256',
  'CAMELLIA_128_CBC_SHA',
  'CAMELLIA_256_CBC_SHA',
  'CAMELLIA_128_CBC_SHA256',
  'CAMELLIA_256_CBC_SHA256',
  'AES_256_CBC_SHA384',
] as const;

const TLS12: Readonly<Record<string, readonly number[]>> = {
  RSA: [0x2f, 0x35, 0x3c, 0x3d, 0x9c, 0x9d, 0x0a, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1, 0, 0x41, 0x84, 0xba, 0xc0, 0],
  DHE_RSA: [
    0x33, 0x39, 0x67, 0x6b, 0x9e, 0x9f, 0x16, 0xc09e, 0xc09f, 0xc0a2, 0xc0a3, 0xccaa, 0x45, 0x88, 0xbe, 0xc4, 0,
  ],
  DHE_DSS: [0x32, 0x38, 0x40, 0x6a, 0xa2, 0xa3, 0x13],
  DH_anon: [0x34, 0x3a, 0x6c, 0x6d, 0xa6, 0xa7, 0x1b],
  ECDHE_ECDSA: [
    0xc009, 0xc00a, 0xc023, 0, 0xc02b, 0xc02c, 0xc008, 0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcca9, 0, 0, 0xc072, 0, 0xc024,
  ],
  ECDHE_RSA: [0xc013, 0xc014, 0xc027, 0, 0xc02f, 0xc030, 0xc012, 0, 0, 0, 0, 0xcca8, 0, 0, 0xc076, 0, 0xc028],
  ECDH_ECDSA: [0xc004, 0xc005, 0xc025, 0, 0xc02d, 0xc02e, 0xc003, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc026],
  ECDH_RSA: [0xc00e, 0xc00f, 0xc029, 0, 0xc031, 0xc032, 0xc00d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc02a],
  ECDH_anon: [0xc018, 0xc019],
  PSK: [0x8c, 0x8d, 0xae, 0, 0xa8, 0xa9, 0x8b, 0xc0a4, 0xc0a5, 0xc0a8, 0xc0a9, 0xccab, 0, 0, 0, 0, 0xaf],
  DHE_PSK: [0x90, 0x91, 0xb2, 0, 0xaa, 0xab, 0x8f, 0xc0a6, 0xc0a7, 0xc0aa, 0xc0ab, 0xccad, 0, 0, 0, 0, 0xb3],
  RSA_PSK: [0x94, 0x95, 0xb6, 0, 0xac, 0xad, 0x93, 0, 0, 0, 0, 0xccae, 0, 0, 0, 0, 0xb7],
  ECDHE_PSK: [0xc035, 0xc036, 0xc037, 0, 0xd001, 0xd002, 0xc034, 0xd005, 0, 0xd003, 0, 0xccac, 0, 0, 0, 0, 0xc038],
};

/** The numbers of suites that few key exchanges have. */
const RARE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  CAMELLIA_128_CBC_SHA256: {
    ...{ ECDH_ECDSA: 0xc074, ECDH_RSA: 0xc078, DHE_DSS: 0xbd, DH_anon: 0xbf },
    ...{ PSK: 0xc094, DHE_PSK: 0xc096, RSA_PSK: 0xc098, ECDHE_PSK: 0xc09a },
  },
  CAMELLIA_256_CBC_SHA256: { DHE_DSS: 0xc3, DH_anon: 0xc5 },
  CAMELLIA_256_CBC_SHA384: {
    ...{ ECDHE_ECDSA: 0xc073, ECDH_ECDSA: 0xc075, ECDHE_RSA: 0xc077, ECDH_RSA: 0xc079 },
    ...{ PSK: 0xc095, DHE_PSK: 0xc097, RSA_PSK: 0xc099, ECDHE_PSK: 0xc09b },
  },
  ARIA_128_GCM_SHA256: {
    ...{ RSA: 0xc050, DHE_RSA: 0xc052, DHE_DSS: 0xc056, DH_anon: 0xc05a },
    ...{ ECDHE_ECDSA: 0xc05c, ECDH_ECDSA: 0xc05e, ECDHE_RSA: 0xc060, ECDH_RSA: 0xc062 },
    ...{ PSK: 0xc06a, DHE_PSK: 0xc06c, RSA_PSK: 0xc06e },
  },
  ARIA_256_GCM_SHA384: {
    ...{ RSA: 0xc051, DHE_RSA: 0xc053, DHE_DSS: 0xc057, DH_anon: 0xc05b },
    ...{ ECDHE_ECDSA: 0xc05d, ECDH_ECDSA: 0xc05f, ECDHE_RSA: 0xc061, ECDH_RSA: 0xc063 },
    ...{ PSK: 0xc06b, DHE_PSK: 0xc06d, RSA_PSK: 0xc06f },
  },
};

/** Suites that are named, and not read. */
const UNREAD: Readonly<Record<number, string>> = {
  0x0001: 'TLS_RSA_WITH_NULL_MD5',
  0x0002: 'TLS_RSA_WITH_NULL_SHA',
  0x003b: 'TLS_RSA_WITH_NULL_SHA256',
  0x0004: 'TLS_RSA_WITH_RC4_128_MD5',
  0x0005: 'TLS_RSA_WITH_RC4_128_SHA',
  0xc007: 'TLS_ECDHE_ECDSA_WITH_RC4_128_SHA',
  0xc011: 'TLS_ECDHE_RSA_WITH_RC4_128_SHA',
  0x1306: 'TLS_AEGIS_256_SHA512',
  0x1307: 'TLS_AEGIS_128L_SHA256',
  0xc07a: 'TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  0xc07b: 'TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384',
  0xc07c: 'TLS_DHE_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  0xc07d: 'TLS_DHE_RSA_WITH_CAMELLIA_256_GCM_SHA384',
  0xc086: 'TLS_ECDHE_ECDSA_WITH_CAMELLIA_128_GCM_SHA256',
  0xc087: 'TLS_ECDHE_ECDSA_WITH_CAMELLIA_256_GCM_SHA384',
  0xc08a: 'TLS_ECDHE_RSA_WITH_CAMELLIA_128_GCM_SHA256',
  0xc08b: 'TLS_ECDHE_RSA_WITH_CAMELLIA_256_GCM_SHA384',
};

function suiteOf(id: number, exchange: string, kind: string): CipherSuite {
  return { id, name: `TLS_${exchange}_WITH_${kind}`, ...KINDS[kind]! };
}

const SUITES: ReadonlyMap<number, CipherSuite> = new Map(
  [
    ...TLS13.map(([id, kind]): CipherSuite => ({ id, name: `TLS_${kind}`, ...KINDS[kind]! })),
    ...Object.entries(TLS12).flatMap(([exchange, ids]) => ids.map((id, i) => suiteOf(id, exchange, SHARED[i]!))),
    ...Object.entries(RARE).flatMap(([kind, ids]) =>
      Object.entries(ids).map(([exchange, id]) => suiteOf(id, exchange, kind)),
    ),
  ]
    .filter(({ id }) => id !== 0)
    .map((suite) => [suite.id, suite]),
);

/** The suite of a number; undefined: its records are not read. */
export function cipherSuite(id: number): CipherSuite | undefined {
  return SUITES.get(id);
}

/** IANA's name, or the number in hex. */
export function cipherName(id: number): string {
  return SUITES.get(id)?.name ?? UNREAD[id] ?? `0x${id.toString(16).padStart(4, '0')}`;
}

/** Those of TLS 1.3 that a secret of this length may belong to, the most frequent first. */
export function suitesOfSecret(length: number): CipherSuite[] {
  const hash = length === 48 ? 'sha384' : 'sha256';
  return TLS13.map(([id]) => SUITES.get(id)!).filter((suite) => suite.hash === hash);
}
