/**
 * Continuous deployment: does the primary distribution answer this request, or its staging distribution? Facts 10.6. By the exact value
 * of a field, or by chance; with session stickiness a cookie keeps a viewer where chance has put it. Everything after this step sees
 * one distribution only: its cache, its origins, its log.
 *
 * The cookie's value:  <p|s>.<policy version>.<begun>.<last seen>     times in seconds, base 36
 *
 * Ours: the value is no secret and not signed. Who forges it chooses a side, as whoever deletes the cookie may do by patience.
 */
import { cookieField, parseCookies, withoutCookies } from '../../http/cookie.ts';
import { fieldValue, type Fields } from '../../http/fields.ts';
import { DEPLOYMENT_COOKIE } from '../../model/assumptions.ts';
import type { ContinuousDeployment, SessionStickiness } from '../../model/continuous-deployment.ts';
import { SECOND, seconds, type Duration, type Instant } from '../../model/units.ts';
import type { ViewerRequest } from '../request.ts';

export interface DeploymentDecision {
  readonly side: 'primary' | 'staging';
  readonly reason: 'header' | 'weight' | 'session';
  /** The value of Set-Cookie that begins or prolongs the viewer's session; undefined without stickiness. */
  readonly setCookie: string | undefined;
}

/** `chance` is uniform in [0, 1) and drawn for this request. */
export function decideDeployment(
  { traffic, version }: Pick<ContinuousDeployment, 'traffic' | 'version'>,
  request: Pick<ViewerRequest, 'fields'>,
  chance: number,
  now: Instant,
): DeploymentDecision {
  if (traffic.kind === 'header') {
    const side = fieldValue(request.fields, traffic.name) === traffic.value ? 'staging' : 'primary';
    return { side, reason: 'header', setCookie: undefined };
  }
  const { weight, stickiness } = traffic;
  const drawn = chance < weight ? 'staging' : 'primary';
  if (stickiness === undefined) return { side: drawn, reason: 'weight', setCookie: undefined };
  const session = sessionOf(request.fields, version, stickiness, now);
  const { side, begun } = session ?? { side: drawn, begun: now };
  return {
    side,
    reason: session === undefined ? 'weight' : 'session',
    setCookie: cookieOf(side, version, begun, stickiness, now),
  };
}

interface Session {
  readonly side: DeploymentDecision['side'];
  readonly begun: Instant;
}

const SESSION = /^([ps])\.([A-Za-z0-9]+)\.([0-9a-z]{1,9})\.([0-9a-z]{1,9})$/;

/** The viewer's session, or undefined where there is none that is still on. */
function sessionOf(
  fields: Fields,
  version: string,
  { idleTtl, maximumTtl }: SessionStickiness,
  now: Instant,
): Session | undefined {
  const cookies = parseCookies(cookieField(fields) ?? '') ?? [];
  const value = cookies.find(({ name }) => name === DEPLOYMENT_COOKIE)?.value ?? '';
  const [, side, of, begunText = '', seenText = ''] = SESSION.exec(value) ?? [];
  if (side === undefined || of !== version) return undefined;
  const [begun, seen] = [seconds(Number.parseInt(begunText, 36)), seconds(Number.parseInt(seenText, 36))];
  // A time to come is no session's: it would never end.
  const isOn = begun <= seen && seen <= now && now - seen < idleTtl && now - begun < maximumTtl;
  return isOn ? { side: side === 's' ? 'staging' : 'primary', begun } : undefined;
}

function cookieOf(
  side: Session['side'],
  version: string,
  begun: Instant,
  { idleTtl, maximumTtl }: SessionStickiness,
  now: Instant,
): string {
  const value = [side === 'staging' ? 's' : 'p', version, inBase36(begun), inBase36(now)].join('.');
  const left: Duration = Math.min(idleTtl, begun + maximumTtl - now);
  return `${DEPLOYMENT_COOKIE}=${value}; Path=/; Max-Age=${Math.ceil(left / SECOND)}; HttpOnly`;
}

function inBase36(at: Instant): string {
  return Math.floor(at / SECOND).toString(36);
}

/** The request without its session: the cookie is the edge's own, and no part of a cache key or of what an origin gets. */
export function withoutSession(request: ViewerRequest): ViewerRequest {
  const fields = withoutCookies(request.fields, (name) => name === DEPLOYMENT_COOKIE);
  return fields === request.fields ? request : { ...request, fields };
}
