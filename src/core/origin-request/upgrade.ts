/**
 * Does the origin get a viewer's WebSocket handshake as one? Facts 7.1, 8.6 and 10.2. Whether the viewer's request is a well-formed
 * handshake, the listener has said; whether the origin's answer accepts it, the origin client judges. What is no handshake for the
 * origin is an ordinary GET, and so is its answer.
 */
import { hasField, type Fields } from '../../http/fields.ts';
import type { Origin } from '../../model/distribution.ts';
import type { OriginRequest, ViewerRequest } from '../request.ts';

/** RFC 6455 4.1: without these an origin cannot accept. */
const HANDSHAKE = ['sec-websocket-key', 'sec-websocket-version'] as const;

/** `fields`: those that the origin gets. CloudFront: policies must let the handshake's through, as Managed-AllViewer does. */
export function forwardedUpgrade(
  origin: Pick<Origin, 'kind' | 'vpcOriginId' | 'clientCertificate'>,
  request: Pick<ViewerRequest, 'upgrade'>,
  fields: Fields,
): OriginRequest['upgrade'] {
  // S3 speaks no WebSocket. CloudFront: nor does it through VPC origins or with a client certificate (facts 8.6).
  const isOffered = origin.kind.kind === 'custom' && origin.vpcOriginId === undefined && origin.clientCertificate === undefined;
  return isOffered && HANDSHAKE.every((name) => hasField(fields, name)) ? request.upgrade : undefined;
}
