/**
 * The keys that tokens of challenges are signed with: one for all web ACLs, made with the first of them, since a token is good wherever it is
 * accepted; a new one from time to time. The one before stays for as long as a token that it has signed may count. They lie in the state and reach
 * every edge with the snapshot; which of them signs is said in core/viewer-request/waf/tokens/token.ts.
 */
import type { Clock } from '../../../edge/ports.ts';
import { sentence } from '../../../model/sentence.ts';
import { HOUR, type Duration } from '../../../model/units.ts';
import { TOKENS } from '../../../tables/waf.ts';
import type { Change } from '../../state/resources.ts';
import type { WafContext } from './waf-context.ts';

/** HMAC-SHA-256: as long as what it gives. */
const SECRET_LENGTH = 32;
const LOOKING_INTERVAL: Duration = HOUR;

type KeyContext = Pick<WafContext, 'registry' | 'users' | 'ids' | 'random'>;

export function ensureTokenKey(context: KeyContext, change: Change): void {
  if (context.registry.tokenKeys.count() === 0) addTokenKey(context, change);
}

function addTokenKey({ registry, ids, random }: KeyContext, change: Change): void {
  const id = ids.uuid();
  const secret = Buffer.from(random(SECRET_LENGTH)).toString('base64url');
  registry.tokenKeys.insert({ id, name: id, etag: id, document: { secret } }, change);
}

export interface KeyRotation {
  /** Looks now, and from time to time. */
  start(): void;
  stop(): void;
}

export function createKeyRotation(
  context: KeyContext & { readonly clock: Clock; readonly report: (line: string) => void },
): KeyRotation {
  const { registry, users, clock, report } = context;
  const { tokenKeys } = registry;
  let timer: { cancel(): void } | undefined;

  function rotate(): void {
    const now = clock.now();
    const keys = tokenKeys.list();
    const newest = keys.at(-1);
    if (newest === undefined) return;
    const isDue = now >= newest.created + TOKENS.keyAge;
    // Edges sign with the next key once it has settled; what they signed before counts for the longest immunity time.
    const kept = TOKENS.keySettling + TOKENS.longestImmunity;
    const forgotten = keys.filter((_, at) => now > (keys[at + 1]?.created ?? Infinity) + kept);
    if (!isDue && forgotten.length === 0) return;
    users.changeWaf({ now, who: 'wafv2' }, (change) => {
      for (const key of forgotten) tokenKeys.remove(key, change);
      if (isDue) addTokenKey(context, change);
    });
  }

  function look(): void {
    try {
      rotate();
    } catch (error) {
      report(`the key of challenge tokens was not changed; it is tried again in an hour: ${sentence(error)}`);
    }
    timer = clock.after(LOOKING_INTERVAL, look);
  }

  return { start: look, stop: () => timer?.cancel() };
}
