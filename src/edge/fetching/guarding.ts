/**
 * The leak and poison guard at work: asked when a response is about to be stored or shared, never on a hit. Which responses are kept from
 * others is decided in core/guard; here the body is looked through while it passes, and what was found is told. Refused means: the response
 * goes to whoever asked, and to nobody else; those who waited for it ask for themselves.
 */
import type { StoredResponse } from '../../core/cache/stored-response.ts';
import { askedWith } from '../../core/guard/asked-with.ts';
import { isRefused, type Finding } from '../../core/guard/finding.ts';
import { judgeRequest } from '../../core/guard/judge-request.ts';
import { asksForWhole, judgeError, judgeResponse, type JudgedResponse } from '../../core/guard/judge-response.ts';
import { needlesOf, type Needle } from '../../core/guard/needles.ts';
import type { Site } from '../../core/guard/own-names.ts';
import { findInBody, findInFields, isText, typeOf } from '../../core/guard/reflection.ts';
import { tellFinding } from '../../core/guard/tell-finding.ts';
import { unkeyedInputs, type UnkeyedInput } from '../../core/guard/unkeyed-inputs.ts';
import { chooseOrigin } from '../../core/origin-request/choose-origin.ts';
import { fieldValue, type Fields } from '../../http/fields.ts';
import { KIB, SECOND, type Bytes, type Duration } from '../../model/units.ts';
import type { EdgePorts } from '../ports.ts';
import type { MatchedVisit } from '../visit.ts';

/** Ours: those who wait are let go on when so much of the body shows nothing. */
const LOOKED_AT_FIRST: Bytes = 64 * KIB;
/** Ours: and it is stored when so much of it does not. */
const LOOKED_AT_MOST: Bytes = 256 * KIB;
/** Ours: a body that does not come within this time leaves those who wait to ask for themselves. */
const PATIENCE: Duration = 2 * SECOND;

/** One request as the guard sees it. */
export interface GuardCase {
  /** Nobody shares its answer, and it shares nobody's fetch. */
  readonly isSetApart: boolean;
  /**
   * A response that would be stored or shared. `nominated`: request fields that select it (RFC 9111 4.1): those are keyed, too. `isTold`: false
   * where another cache tells the same.
   */
  judge(response: JudgedResponse, nominated?: readonly string[], isTold?: boolean): Judgement;
  /** What is stored of an error with it: who else may get it. */
  noteOn(status: number): Pick<StoredResponse, 'askedWith'>;
  /** The origin failed with this when it was asked for a part: is it asked for the whole, before others are told that it fails? */
  doubtsPart(status: number): boolean;
  /** The origin failed with this, perhaps when it was asked for a part: is that kept from others? */
  refusesFailure(status: number, isOfPart?: boolean, isTold?: boolean): boolean;
}

export type Judgement =
  | { readonly kind: 'refused' }
  | { readonly kind: 'clear' }
  /** What the body shows is still to be seen. */
  | { readonly kind: 'watched'; readonly watch: () => BodyWatch };

export interface BodyWatch {
  /** The body, looked through as it passes. */
  observe(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The same of one that is there. */
  see(whole: Uint8Array): void;
  /** May others have it? Known after the first octets, or not in time. */
  readonly early: Promise<boolean>;
  /** May it be stored? Known when the body has ended. */
  readonly isClear: boolean;
}

export type GuardPorts = Pick<EdgePorts, 'clock' | 'bodyTexts' | 'ownPorts' | 'findings'>;

const CLEAR: Judgement = { kind: 'clear' };
const REFUSED: Judgement = { kind: 'refused' };

/** Undefined where the guard is off. */
export type Guard = (visit: MatchedVisit) => GuardCase | undefined;

export function createGuard({ clock, bodyTexts, ownPorts = () => [], findings: sink }: GuardPorts): Guard {
  return function guard(visit) {
    const { distribution, behavior, request, asked } = visit;
    const { guard: mode } = distribution;
    if (mode === 'off' || behavior.cachingDisabled) return undefined;
    const origin = (visit.origin ?? chooseOrigin(distribution, behavior, request.method)).primary;
    const inputs = unkeyedInputs({ distribution, behavior, origin, request, sent: asked });
    const site: Site = { distribution, origin, request, ownPorts: ownPorts() };
    const ofRequest = inputs.length === 0 ? NONE : judgeRequest(inputs, site, behavior.key.queryStrings);
    const isTooMuch = ofRequest.some(({ rule }) => rule === 'too-many-inputs');
    const told = new Set<string>();

    function conclude(found: readonly Finding[], status: number, isTold: boolean): boolean {
      const refused = isRefused(mode, found);
      if (found.length === 0 || !isTold || sink === undefined) return refused;
      const context = {
        at: clock.now(),
        requestId: visit.requestId,
        distribution,
        behavior,
        asked,
        status,
        action: refused ? 'refused' : 'shared',
      } as const;
      for (const finding of found) {
        // One is enough of what one value does in many places.
        const name = `${finding.rule} ${finding.certainty} ${finding.input?.kind} ${finding.input?.name}`;
        if (told.has(name)) continue;
        told.add(name);
        sink.found(tellFinding(finding, context));
      }
      return refused;
    }

    function judge(response: JudgedResponse, nominated: readonly string[] = NO_NAMES, isTold = true): Judgement {
      const counted = nominated.length === 0 ? inputs : inputs.filter((input) => !isNominated(input, nominated));
      const needles = counted.length === 0 || isTooMuch ? NO_NEEDLES : needlesOf(counted, site);
      const ofCounted = ofRequest.filter(({ input }) => input === undefined || counted.includes(input));
      const found = [
        ...ofCounted,
        ...judgeResponse(counted, visit.path, response),
        ...(needles.length === 0 ? NONE : findInFields(needles, response.fields)),
      ];
      if (conclude(found, response.status, isTold)) return REFUSED;
      if (needles.length === 0 || !isText(response.fields)) return CLEAR;
      return { kind: 'watched', watch: () => watchBody(needles, response, isTold) };
    }

    function watchBody(needles: readonly Needle[], { fields, status }: JudgedResponse, isTold: boolean): BodyWatch {
      const early = Promise.withResolvers<boolean>();
      const timer = clock.after(PATIENCE, () => early.resolve(false));
      const chunks: Uint8Array[] = [];
      let collected: Bytes = 0;
      let isClear = true;
      let isLookedAt = false;
      let isOver = false;

      function look(): void {
        const text = bodyTexts.read(chunks, codingOf(fields), LOOKED_AT_MOST);
        const found = text === undefined ? NONE : findInBody(needles, text.toLowerCase(), typeOf(fields));
        if (conclude(found, status, isTold)) isClear = false;
        isLookedAt = true;
        early.resolve(isClear);
      }

      function push(chunk: Uint8Array): void {
        if (isOver) return;
        chunks.push(chunk);
        collected += chunk.byteLength;
        if (collected >= LOOKED_AT_MOST) end();
        else if (!isLookedAt && collected >= LOOKED_AT_FIRST) look();
      }

      function end(): void {
        if (isOver) return;
        isOver = true;
        if (isClear) look();
        timer.cancel();
        chunks.length = 0;
      }

      async function* observe(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        try {
          for await (const chunk of body) {
            push(chunk);
            yield chunk;
          }
        } finally {
          end();
        }
      }

      return {
        observe,
        see(whole) {
          push(whole);
          end();
        },
        early: early.promise,
        get isClear() {
          return isClear;
        },
      };
    }

    return {
      isSetApart: isRefused(mode, ofRequest),
      noteOn(status) {
        const names = mode === 'warn' ? undefined : askedWith(inputs, status);
        return names === undefined ? NO_NOTE : { askedWith: names };
      },
      doubtsPart: (status) => mode !== 'warn' && asksForWhole(status),
      judge,
      refusesFailure(status, isOfPart = false, isTold = true) {
        // An origin may fail at parts alone; one that takes too long fails at all.
        if (isOfPart && status === 502 && mode !== 'warn') return true;
        return conclude([...ofRequest, ...judgeError(inputs, status)], status, isTold);
      },
    };
  };
}

const NONE: readonly Finding[] = [];
const NO_NOTE: Pick<StoredResponse, 'askedWith'> = {};
const NO_NAMES: readonly string[] = [];
const NO_NEEDLES: readonly Needle[] = [];

function isNominated({ kind, name }: UnkeyedInput, nominated: readonly string[]): boolean {
  return kind !== 'query' && nominated.includes(kind === 'cookie' ? 'cookie' : name);
}

function codingOf(fields: Fields): string | undefined {
  return fieldValue(fields, 'content-encoding');
}
