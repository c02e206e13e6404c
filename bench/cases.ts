/**
 * What is measured: each case asks every server that can do it for the same thing, over one protocol, and says what a right answer is.
 * How load is made: loads/. What else is measured, memory, latency, workers: measures/.
 */
export type Protocol = 'h1' | 'tls' | 'h2' | 'h3';

export interface Case {
  /** What `--only` selects, with the protocol: `hit-1k h1`. */
  readonly name: string;
  /** As the page calls it. */
  readonly title: string;
  readonly protocol: Protocol;
  /** Ends with `/` where each request asks for a path of its own below it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly expected: Expected;
}

export interface Expected {
  readonly status: 200 | 206 | 304;
  /** Octets of the body. */
  readonly length: number;
  /** Octets from which on the origin's body is answered. */
  readonly first: number;
  /** Whether the origin may be asked: by nobody when a hit is measured, for each when a miss is. */
  readonly origin: 'never' | 'always';
}

const KB = 1024;
const MB = 1024 * KB;
const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  h1: 'HTTP/1.1',
  tls: 'HTTP/1.1 over TLS',
  h2: 'HTTP/2',
  h3: 'HTTP/3',
};

function hit(name: string, what: string, protocol: Protocol, size: number, connections = 32, more: Partial<Case> = {}): Case {
  return {
    name,
    title: `${what}, ${PROTOCOL_NAMES[protocol]}`,
    protocol,
    path: `/bytes/${size}`,
    headers: {},
    connections,
    expected: { status: 200, length: size, first: 0, origin: 'never' },
    ...more,
  };
}

/** The validator that the origin sends with everything. */
export const ETAG = '"bench-1"';
const RANGE = {
  headers: { range: 'bytes=1000-1999' },
  expected: { status: 206, length: 1000, first: 1000, origin: 'never' },
} as const;
const VALIDATED = {
  headers: { 'if-none-match': ETAG },
  expected: { status: 304, length: 0, first: 0, origin: 'never' },
} as const;
const MISS = {
  path: `/bytes/${KB}/`,
  expected: { status: 200, length: KB, first: 0, origin: 'always' },
} as const;

/** A simple function of a customer, on the way to the same object. */
const FUNCTION = { path: `/function/bytes/${KB}` } as const;

export const CASES: readonly Case[] = [
  hit('hit-1k', '1 KB hit', 'h1', KB),
  hit('hit-1k', '1 KB hit', 'tls', KB),
  hit('hit-1k', '1 KB hit', 'h2', KB),
  hit('hit-1k', '1 KB hit', 'h3', KB),
  hit('function', '1 KB hit behind a function that rewrites the URI', 'h1', KB, 32, FUNCTION),
  hit('function', '1 KB hit behind a function that rewrites the URI', 'h2', KB, 32, FUNCTION),
  hit('hit-64k', '64 KB hit', 'h1', 64 * KB),
  hit('hit-64k', '64 KB hit', 'tls', 64 * KB),
  hit('hit-64k', '64 KB hit', 'h2', 64 * KB, 16),
  hit('hit-10m', '10 MB hit', 'h1', 10 * MB, 4),
  hit('hit-10m', '10 MB hit', 'tls', 10 * MB, 4),
  hit('304', '304 to a condition', 'h1', KB, 32, VALIDATED),
  hit('304', '304 to a condition', 'h2', KB, 32, VALIDATED),
  hit('range', '1000 octets of a 64 KB hit', 'h1', 64 * KB, 32, RANGE),
  hit('range', '1000 octets of a 64 KB hit', 'h2', 64 * KB, 32, RANGE),
  hit('miss', '1 KB miss, stored', 'h1', KB, 32, MISS),
  hit('miss', '1 KB miss, stored', 'tls', KB, 32, MISS),
  hit('handshake', 'TLS handshake and a 1 KB hit', 'tls', KB, 16, { headers: { connection: 'close' } }),
];

/** A case is selected when its name, its protocol or both begin with one of the words. */
export function selected(only: readonly string[], { name, protocol }: Pick<Case, 'name' | 'protocol'>): boolean {
  return only.length === 0 || only.some((word) => [name, protocol, `${name} ${protocol}`].some((text) => text.startsWith(word)));
}
