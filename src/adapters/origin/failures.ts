/**
 * What may go wrong with an origin, each with the status and log detail that a viewer and the log get: facts 8.1 and 13.2.
 * `failedAt` says how far the attempt came; whether that is tried again is decided in origin-client.ts.
 */
import type { ErrorDetail } from '../../core/outcome.ts';
import { OriginFailure } from '../../edge/ports.ts';
import type { ResponseFault } from '../../http/response-parser.ts';
import type { Duration } from '../../model/units.ts';
import { tlsReason } from './tls-reasons.ts';

export type FailedAt =
  /** No connection came about; another attempt may be luckier. */
  | 'connect'
  /** The whole request was sent, the origin stayed silent until the response timeout. */
  | 'silence'
  /** The connection ended before the first byte of a response. */
  | 'closed'
  /** Trying again would change nothing, or is no longer allowed. */
  | 'final';

export class AttemptFailure extends OriginFailure {
  constructor(
    status: 502 | 503 | 504,
    detail: ErrorDetail,
    readonly failedAt: FailedAt,
    message: string,
    cause?: unknown,
  ) {
    super(status, detail, message, { whileConnecting: failedAt === 'connect', ...(cause !== undefined && { cause }) });
  }
}

export function nameNotResolved(origin: string, hostname: string, cause: unknown): AttemptFailure {
  const message = `The name of ${origin} cannot be resolved: ${reasonOf(cause)}. Check that ${hostname} has an A or AAAA record.`;
  return new AttemptFailure(502, 'OriginDnsError', 'final', message, cause);
}

/** Ours: whoever may configure distributions may not therefore reach what only this machine can. */
export function addressRefused(origin: string, address: string, is: string): AttemptFailure {
  const message =
    `${origin} is not asked: its address ${address} is ${is}, where origins may not be. ` +
    `If it is meant to be there, start Warmfront with --allow-origin-address ${address}.`;
  return new AttemptFailure(502, 'OriginConnectError', 'final', message);
}

export function connectionRefused(origin: string, address: string, cause: unknown): AttemptFailure {
  const message = `${origin} does not accept connections at ${address}: ${reasonOf(cause)}. Check that it is running and listens on this port.`;
  return new AttemptFailure(502, 'OriginConnectError', 'connect', message, cause);
}

export function certificateRefused(origin: string, address: string, reason: string): AttemptFailure {
  return new AttemptFailure(
    502,
    'OriginConnectError',
    'final',
    `The certificate of ${origin} at ${address} is refused: ${reason}.`,
  );
}

export function noClientCertificate(origin: string, cause: unknown): AttemptFailure {
  const message = `The client certificate for ${origin} cannot be shown: ${reasonOf(cause)}.`;
  return new AttemptFailure(502, 'OriginConnectError', 'final', message, cause);
}

export function tlsFailed(origin: string, address: string, cause: unknown): AttemptFailure {
  const message = `TLS with ${origin} at ${address} failed: ${tlsReason(cause) ?? reasonOf(cause)}.`;
  return new AttemptFailure(502, 'OriginConnectError', 'final', message, cause);
}

export function connectTimedOut(origin: string, after: Duration): AttemptFailure {
  const message =
    `${origin} did not complete a connection within ${asSeconds(after)}. ` +
    'Check that firewalls let this host through, or raise ConnectionTimeout or ConnectionAttempts.';
  return new AttemptFailure(504, 'OriginCommError', 'connect', message);
}

export function responseTimedOut(origin: string, after: Duration, started: boolean): AttemptFailure {
  const message = started
    ? `${origin} stopped sending for ${asSeconds(after)} in the middle of its response. Check the origin, or raise its response timeout.`
    : `${origin} did not begin to answer within ${asSeconds(after)}. Check the origin, or raise its response timeout.`;
  return new AttemptFailure(504, 'OriginCommError', started ? 'final' : 'silence', message);
}

export function sendTimedOut(origin: string, after: Duration): AttemptFailure {
  const message = `${origin} did not take more of the request body for ${asSeconds(after)}. Check the origin, or raise its response timeout.`;
  return new AttemptFailure(504, 'OriginCommError', 'final', message);
}

export function completionTimedOut(origin: string, after: Duration): AttemptFailure {
  const message = `${origin} did not complete its response within ${asSeconds(after)}. Check the origin, or raise its response completion timeout.`;
  return new AttemptFailure(504, 'OriginCommError', 'final', message);
}

/** The parser refuses what came, or the origin closed its side too early. */
export function responseRefused(origin: string, fault: ResponseFault): AttemptFailure {
  const message = `The response of ${origin} is refused: ${fault.message}. Ask the origin directly with curl -v to see it.`;
  switch (fault.reason) {
    case 'invalid':
      return new AttemptFailure(502, 'OriginInvalidResponseError', 'final', message);
    case 'too-big':
      return new AttemptFailure(502, 'OriginHeaderTooBigError', 'final', message);
    case 'silent':
      return new AttemptFailure(502, 'OriginReadError', 'closed', message);
    case 'truncated':
      return new AttemptFailure(502, 'OriginReadError', 'final', message);
  }
}

/** RFC 6455 4.1. The origin switches protocols without having read the handshake. */
export function handshakeRefused(origin: string, accept: string | undefined): AttemptFailure {
  const said =
    accept === undefined
      ? 'without Sec-WebSocket-Accept'
      : `with the wrong Sec-WebSocket-Accept ${JSON.stringify(accept.slice(0, 80))}`;
  const message = `${origin} accepts a WebSocket ${said}. Check that it answers the Sec-WebSocket-Key of each request.`;
  return new AttemptFailure(502, 'OriginInvalidResponseError', 'final', message);
}

/** The connection broke: reset, or closed under us. */
export function connectionLost(origin: string, cause: unknown, requestSent: boolean, responseStarted: boolean): AttemptFailure {
  // TLS 1.3: an origin judges our certificate when the handshake is over, and speaks of it then.
  const refused = responseStarted ? undefined : tlsReason(cause);
  if (refused !== undefined)
    return new AttemptFailure(502, 'OriginConnectError', 'final', `TLS with ${origin} failed: ${refused}.`, cause);
  const stage = responseStarted
    ? 'in the middle of its response'
    : requestSent
      ? 'before it answered'
      : 'while the request was being sent';
  const message = `The connection to ${origin} broke ${stage}: ${reasonOf(cause)}. Look for crashes or limits in the origin's log.`;
  const detail = requestSent || responseStarted ? 'OriginReadError' : 'OriginWriteError';
  return new AttemptFailure(502, detail, responseStarted ? 'final' : 'closed', message, cause);
}

export function viewerLeft(origin: string, cause: unknown): AttemptFailure {
  return new AttemptFailure(502, 'ClientCommError', 'final', `The request to ${origin} was given up: ${reasonOf(cause)}.`, cause);
}

export function requestBodyFailed(origin: string, cause: unknown): AttemptFailure {
  const message = `The request body for ${origin} broke off: ${reasonOf(cause)}.`;
  return new AttemptFailure(502, 'ClientHungUpRequest', 'final', message, cause);
}

/** Nobody failed: there is no room. */
export function noPlace(origin: string, reason: string): AttemptFailure {
  const message = `${origin} is not asked, since there is no room: ${reason}. Look for what keeps origins busy, or add processes.`;
  return new AttemptFailure(503, 'CapacityExceeded', 'final', message);
}

/** Our own mistake or a setting that cannot work; nothing was sent. */
export function requestNotSendable(origin: string, reason: string, cause?: unknown): AttemptFailure {
  return new AttemptFailure(502, 'OriginError', 'final', `The request to ${origin} was not sent: ${reason}.`, cause);
}

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/\.$/, '');
}

function asSeconds(duration: Duration): string {
  return duration === 1000 ? '1 second' : `${duration / 1000} seconds`;
}
