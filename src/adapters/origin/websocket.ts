/**
 * The origin's half of a WebSocket handshake: what its Sec-WebSocket-Accept must say. RFC 6455 4.1 and 4.2.2. Who may shake hands
 * is decided in core/origin-request/upgrade.ts; what follows a 101, in tunnel.ts.
 */
import { createHash } from 'node:crypto';
import type { OriginRequest } from '../../core/request.ts';
import { fieldValue } from '../../http/fields.ts';

export interface Handshake {
  readonly upgrade: 'websocket';
  /** The only value that shows that the origin has read this handshake. */
  readonly accept: string;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export function handshakeOf({ upgrade, fields }: Pick<OriginRequest, 'upgrade' | 'fields'>): Handshake | undefined {
  if (upgrade === undefined) return undefined;
  const key = fieldValue(fields, 'sec-websocket-key') ?? '';
  return { upgrade, accept: createHash('sha1').update(`${key}${GUID}`).digest('base64') };
}
