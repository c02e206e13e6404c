/**
 * Cache-Control, parsed: RFC 9111 5.2, stale-while-revalidate and stale-if-error of RFC 5861.
 * Only what was said is recorded here, mistakes included; what follows from it is decided in core/cache (ttl.ts, decide-storing.ts).
 */
import { isToken, listMembers, unquote } from './token.ts';

/** Whole seconds; `invalid` when the directive was there without a usable number. */
export type DeltaSeconds = number | 'invalid';

/** True: the whole response. A list: only these fields, lower case. */
export type Scope = boolean | readonly string[];

export interface CacheControl {
  readonly maxAge: DeltaSeconds | undefined;
  readonly sMaxage: DeltaSeconds | undefined;
  readonly noStore: boolean;
  readonly noCache: Scope;
  readonly private: Scope;
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly noTransform: boolean;
  readonly immutable: boolean;
  readonly onlyIfCached: boolean;
  readonly minFresh: DeltaSeconds | undefined;
  /** True: without a number, any staleness will do. */
  readonly maxStale: DeltaSeconds | true | undefined;
  readonly staleWhileRevalidate: DeltaSeconds | undefined;
  readonly staleIfError: DeltaSeconds | undefined;
  /** Names that occurred more than once. RFC 9111 4.2.1: the first counts. */
  readonly duplicates: readonly string[];
  /** Directives this file does not know, as name and value; undefined without a value. */
  readonly unknown: readonly (readonly [name: string, value: string | undefined])[];
  /** Members that are no directive at all. */
  readonly malformed: readonly string[];
}

/** A hundred years. CloudFront: the upper bound of max-age. RFC 9111 1.2.2: a larger number means "very long". */
export const MAX_DELTA_SECONDS = 3_155_760_000;

const DIRECTIVES = [
  'max-age',
  's-maxage',
  'no-store',
  'no-cache',
  'private',
  'public',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
  'no-transform',
  'immutable',
  'only-if-cached',
  'min-fresh',
  'max-stale',
  'stale-while-revalidate',
  'stale-if-error',
] as const;

type Directive = (typeof DIRECTIVES)[number];

const DIRECTIVE_NAMES: ReadonlySet<string> = new Set(DIRECTIVES);

const NOTHING: CacheControl = read(new Map(), [], [], []);

/** A site has few, and each response is asked about several times; they come from origins and viewers, so what is remembered is bounded. */
const MEMORY = 256;
const LONGEST_REMEMBERED = 256;
const remembered = new Map<string, CacheControl>();

export function parseCacheControl(value: string | undefined): CacheControl {
  if (value === undefined || value === '') return NOTHING;
  const known = remembered.get(value);
  if (known !== undefined) return known;
  const parsed = parse(value);
  if (value.length > LONGEST_REMEMBERED) return parsed;
  if (remembered.size === MEMORY) remembered.clear();
  remembered.set(value, parsed);
  return parsed;
}

function parse(value: string): CacheControl {
  const known = new Map<Directive, string | undefined>();
  const duplicates: string[] = [];
  const unknown: [string, string | undefined][] = [];
  const malformed: string[] = [];
  for (const member of listMembers(value)) {
    const equals = member.indexOf('=');
    const name = (equals < 0 ? member : member.slice(0, equals)).toLowerCase();
    const argument = equals < 0 ? undefined : member.slice(equals + 1);
    if (!isToken(name)) malformed.push(member);
    else if (!isDirective(name)) unknown.push([name, argument === undefined ? undefined : (unquote(argument) ?? argument)]);
    else if (known.has(name)) duplicates.push(name);
    else known.set(name, argument);
  }
  return read(known, duplicates, unknown, malformed);
}

function isDirective(name: string): name is Directive {
  return DIRECTIVE_NAMES.has(name);
}

function read(
  known: ReadonlyMap<Directive, string | undefined>,
  duplicates: readonly string[],
  unknown: readonly (readonly [string, string | undefined])[],
  malformed: readonly string[],
): CacheControl {
  return {
    maxAge: deltaSeconds(known, 'max-age'),
    sMaxage: deltaSeconds(known, 's-maxage'),
    noStore: known.has('no-store'),
    noCache: scope(known, 'no-cache'),
    private: scope(known, 'private'),
    public: known.has('public'),
    mustRevalidate: known.has('must-revalidate'),
    proxyRevalidate: known.has('proxy-revalidate'),
    mustUnderstand: known.has('must-understand'),
    noTransform: known.has('no-transform'),
    immutable: known.has('immutable'),
    onlyIfCached: known.has('only-if-cached'),
    minFresh: deltaSeconds(known, 'min-fresh'),
    maxStale: known.has('max-stale') && known.get('max-stale') === undefined ? true : deltaSeconds(known, 'max-stale'),
    staleWhileRevalidate: deltaSeconds(known, 'stale-while-revalidate'),
    staleIfError: deltaSeconds(known, 'stale-if-error'),
    duplicates,
    unknown,
    malformed,
  };
}

/** RFC 9111 5.2: a recipient accepts the quoted form too. 4.2.1: what is no number of seconds is no freshness either. */
function deltaSeconds(known: ReadonlyMap<Directive, string | undefined>, name: Directive): DeltaSeconds | undefined {
  if (!known.has(name)) return undefined;
  const argument = known.get(name) ?? '';
  const digits = unquote(argument) ?? argument;
  return /^[0-9]+$/.test(digits) ? Math.min(Number(digits), MAX_DELTA_SECONDS) : 'invalid';
}

/** An empty or unreadable list of fields counts as the whole response: the careful reading. */
function scope(known: ReadonlyMap<Directive, string | undefined>, name: Directive): Scope {
  if (!known.has(name)) return false;
  const argument = known.get(name);
  if (argument === undefined) return true;
  const names = listMembers(unquote(argument) ?? argument).map((field) => field.toLowerCase());
  return names.length > 0 && names.every(isToken) ? names : true;
}
