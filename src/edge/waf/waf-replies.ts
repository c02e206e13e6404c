/**
 * What viewers get from AWS WAF: a refusal, a custom response, a challenge. Facts 1.1 and 12: a plain block is a 403 like any other, whose
 * custom error page applies; a custom response beats it. Which it is, is decided in core/viewer-request/waf.
 */
import { challengePage } from '../../core/viewer-request/waf/tokens/challenge-page.ts';
import { makePuzzle } from '../../core/viewer-request/waf/tokens/puzzle.ts';
import { makeChallenge, type ChallengeKind, type TokenTerms } from '../../core/viewer-request/waf/tokens/token.ts';
import type { BlockResponse } from '../../core/viewer-request/waf/verdict.ts';
import { fieldValue, withoutFields, type Field, type Fields } from '../../http/fields.ts';
import { HOP_BY_HOP } from '../../http/hop-by-hop.ts';
import type { InspectedRequest } from '../../model/waf-engine.ts';
import type { CustomResponseBody } from '../../model/web-acl.ts';
import type { Instant } from '../../model/units.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { refusal } from '../replies.ts';
import type { Reply } from '../visit.ts';

const BLOCKED = { status: 403, detail: 'InvalidRequestBlocked', cause: ERROR_CAUSES.requestBlocked } as const;

/** `by`: the rule, or `default`. */
export function blocked(by: string, response: BlockResponse | undefined): Reply {
  if (response === undefined) return { ...refusal(BLOCKED), ...toldBy(by) };
  const { status, headers, body } = response;
  // What frames an answer, and when it was made, is the edge's to say.
  const said = withoutFields(headers, FRAMING);
  const ofBody: Fields = body === undefined ? [] : [['content-type', CONTENT_TYPES[body.contentType]]];
  return { ...own(status, [...ofBody, ...said], body?.content ?? ''), ...toldBy(by) };
}

const FRAMING: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'content-length', 'date']);

const CONTENT_TYPES: Readonly<Record<CustomResponseBody['contentType'], string>> = {
  TEXT_PLAIN: 'text/plain',
  TEXT_HTML: 'text/html',
  APPLICATION_JSON: 'application/json',
};

/** AWS WAF: 202 and 405; a page for those who take HTML, nothing but the header for all others. */
export function challenged(
  kind: ChallengeKind,
  by: string,
  request: InspectedRequest,
  now: Instant,
  terms: TokenTerms,
  draw: () => number,
): Reply {
  const status = kind === 'captcha' ? 405 : 202;
  const fields: Field[] = [
    ['x-amzn-waf-action', kind],
    ['cache-control', 'no-store, max-age=0'],
  ];
  const puzzle = kind === 'captcha' ? makePuzzle(draw) : undefined;
  const challenge = takesHtml(request.fields) ? makeChallenge(kind, puzzle?.answer ?? '', request, now, terms) : undefined;
  if (challenge === undefined) return { ...own(status, fields, ''), ...toldBy(by) };
  fields.push(['content-type', 'text/html; charset=UTF-8']);
  return { ...own(status, fields, challengePage({ kind, challenge, question: puzzle?.question })), ...toldBy(by) };
}

/** A page of the edge's own that nobody keeps: what follows a challenge that was solved, or was not. */
export function ownPage(status: number, fields: Fields, text: string): Reply {
  const plain: Fields = [['content-type', 'text/plain'], ['cache-control', 'no-store'], ...fields];
  return { ...own(status, plain, `${text}\n`), answeredBy: 'edge' };
}

function own(status: number, fields: Fields, text: string): Reply {
  return {
    status,
    fields,
    body: { kind: 'bytes', bytes: encoder.encode(text) },
    cache: { kind: 'none' },
    answeredBy: 'waf',
    errorDetail: status >= 400 ? BLOCKED.detail : undefined,
    customErrorAllowed: false,
    isForFunctions: false,
  };
}

function toldBy(by: string): Pick<Reply, 'cache'> {
  return { cache: { kind: 'none', refused: `waf/${by}` } };
}

function takesHtml(fields: Fields): boolean {
  return fieldValue(fields, 'accept')?.toLowerCase().includes('text/html') === true;
}

const encoder = new TextEncoder();
