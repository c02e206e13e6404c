/**
 * A browser that has solved a challenge comes for its token: TOKENS.path, under every host whose web ACL challenges. AWS serves this from hosts
 * of its own; ours is the viewer's host, so that the cookie is first-party. Nothing is asked of the origin. Each challenge counts once, as far
 * as this worker remembers; a second worker would only say the same again, since a token tells when its challenge was made.
 */
import {
  judgeSolution,
  makeToken,
  readToken,
  tokenDomain,
  hostName,
  type TokenTerms,
} from '../../core/viewer-request/waf/tokens/token.ts';
import type { InspectedRequest } from '../../model/waf-engine.ts';
import { SECOND, type Instant } from '../../model/units.ts';
import { TOKENS } from '../../tables/waf.ts';
import type { Reply } from '../visit.ts';
import { ownPage } from './waf-replies.ts';

export interface ChallengeDesk {
  /** `body`: what was posted, or undefined when it is too large or cannot be read. */
  solve(request: InspectedRequest, body: string | undefined, now: Instant, terms: TokenTerms): Reply;
}

export function createChallengeDesk(): ChallengeDesk {
  /** Nonces of challenges that were solved, and when they were made. */
  const solved = new Map<string, Instant>();

  function isNew(nonce: string, madeAt: Instant): boolean {
    if (solved.has(nonce)) return false;
    if (solved.size >= TOKENS.remembered) solved.delete(solved.keys().next().value ?? '');
    solved.set(nonce, madeAt);
    return true;
  }

  return {
    solve(request, body, now, terms) {
      if (request.method !== 'POST')
        return ownPage(405, [['allow', 'POST']], 'A solution is posted here by the script of a challenge.');
      if (body === undefined) return ownPage(413, [], 'This is no solution of a challenge: it is too large.');
      const posted = new URLSearchParams(body);
      const said = (name: string): string => posted.get(name) ?? '';
      const judged = judgeSolution(
        { challenge: said('challenge'), solution: said('solution'), answer: said('answer') },
        request,
        now,
        terms,
      );
      if (judged.kind === 'refused') return ownPage(403, [], `The solution does not count: ${judged.reason}.`);
      if (!isNew(judged.nonce, judged.madeAt)) return ownPage(403, [], 'The solution does not count: it has been used.');
      const before = readToken(request, terms);
      const known = before.kind === 'token' ? before : { challengeSolved: undefined, captchaSolved: undefined };
      const token = makeToken(request, terms, {
        challengeSolved: judged.madeAt,
        captchaSolved: judged.challenge === 'captcha' ? judged.madeAt : known.captchaSolved,
      });
      return ownPage(200, [['set-cookie', cookieOf(token ?? '', request, terms)]], 'Thank you.');
    },
  };
}

function cookieOf(token: string, request: InspectedRequest, { tokenDomains }: TokenTerms): string {
  const host = hostName(request);
  const domain = tokenDomain(host, tokenDomains);
  const attributes = ['Path=/', `Max-Age=${TOKENS.cookieAge / SECOND}`, 'SameSite=Lax', 'HttpOnly'];
  if (domain !== host || tokenDomains.includes(domain)) attributes.push(`Domain=${domain}`);
  if (request.scheme === 'https') attributes.push('Secure');
  return [`${TOKENS.cookie}=${token}`, ...attributes].join('; ');
}
