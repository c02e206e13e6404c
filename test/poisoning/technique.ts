/**
 * Techniques of the public literature on cache poisoning and cache deception: an origin with the weakness, who asks first and who asks
 * second. Whoever asks second must get what they would have got had the first never asked. The origins are simulations of ours.
 */
import type { OriginExchange } from '../../src/testing/index.ts';
import type { SetUp } from './set-ups.ts';

export interface Ask {
  readonly method?: string;
  /** Below a folder of the case's own. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly host?: string;
  /** Sent as it is, in place of the rest; `%PATH%` and `%HOST%` are filled in. */
  readonly raw?: string;
}

export interface Case {
  readonly name: string;
  readonly source: string;
  /** All of them unless given. */
  readonly on?: readonly SetUp[];
  /** The weakness. `path`: below the folder. */
  answer(tx: OriginExchange, path: string): void;
  readonly first: Ask;
  readonly second: Ask;
}

export const PRACTICAL = 'Kettle, Practical Web Cache Poisoning (2018)';
export const ENTANGLEMENT = 'Kettle, Web Cache Entanglement (2020)';
export const DECEPTION = 'Gil, Web Cache Deception (2017)';
export const GOTTA = 'Kettle and Ruiz, Gotta cache ’em all (2024)';
export const CPDOS = 'Nguyen, Lo Iacono, Federrath, Your Cache Has Fallen (2019)';
export const SMUGGLING = 'Kettle, HTTP Desync Attacks (2019)';
export const FORWARDING: readonly SetUp[] = ['CachingOptimized and AllViewer', 'one parameter keyed, all forwarded', 'RFC 9111'];

export const HTML = { 'content-type': 'text/html; charset=utf-8' };
export const HOME = { path: '/' };
/** A viewer with a session. */
export const ALICE = { cookie: 'session=alice-7f3b9c2d4e5a6b7c' };

export const page = (tx: OriginExchange, body: string): void => tx.respond(200, HTML, `<!doctype html><html>${body}</html>`);
export const queryOf = (tx: OriginExchange): URLSearchParams => new URLSearchParams(tx.target.split('?')[1] ?? '');
