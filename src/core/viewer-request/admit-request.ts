/**
 * May this request be looked at at all? Facts 1.3: sizes, one valid Host, a well-formed target, not too many distributions before this.
 * Decided before any distribution is known, so no custom error page applies. The syntax of field lines and of framing is read by
 * the listener, which says in `fault` what it could not read; which methods a cache behavior allows is decided in method.ts.
 */
import { fieldValue } from '../../http/fields.ts';
import { DISTRIBUTION_IN_VIA } from '../../model/assumptions.ts';
import { ERROR_CAUSES } from '../../tables/error-causes.ts';
import { REQUEST_QUOTAS } from '../../tables/quotas.ts';
import type { Bytes } from '../../model/units.ts';
import type { ErrorDetail } from '../outcome.ts';
import type { RequestFault, ViewerRequest } from '../request.ts';

type RefusalStatus = 400 | 403 | 413 | 414 | 494 | 503;

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly status: RefusalStatus; readonly detail: ErrorDetail; readonly cause: string };

const ADMITTED: Admission = { kind: 'admitted' };

/** A name, or an address in brackets, and perhaps a port. RFC 9110 7.2; stricter than RFC 3986's reg-name: what a name can hold. */
const HOST = /^(?:[0-9A-Za-z_](?:[0-9A-Za-z_\-.]*[0-9A-Za-z_.])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/;

/** Spaces, controls, bytes beyond ASCII, fragments; a percent sign without its two digits. */
const BAD_TARGET = /[^\x21\x22\x24-\x7e]|%(?![0-9A-Fa-f]{2})/;

export function admitRequest(request: ViewerRequest): Admission {
  if (request.fault !== undefined) return FAULTS[request.fault.kind];
  const { path, query, body } = request;
  const urlLength = path.length + (query === undefined ? 0 : query.length + 1);
  if (urlLength > REQUEST_QUOTAS.urlLength) return refuse(414, 'InvalidRequest', ERROR_CAUSES.uriTooLong);
  if (headersLength(request) > REQUEST_QUOTAS.headersLength) {
    return refuse(494, 'InvalidRequestHeader', ERROR_CAUSES.headersTooLarge);
  }
  if (!HOST.test(request.host)) return refuse(400, 'InvalidRequestHeader', ERROR_CAUSES.badRequest);
  if (!path.startsWith('/') || BAD_TARGET.test(path) || (query !== undefined && BAD_TARGET.test(query))) {
    return refuse(400, 'InvalidRequest', ERROR_CAUSES.badRequest);
  }
  if (body.kind === 'length' && body.length > REQUEST_QUOTAS.bodyLength) return FAULTS['body too large'];
  // CloudFront: one more than may be chained is refused, which is what ends a loop, too.
  if (distributionsPassed(request) >= REQUEST_QUOTAS.chainedDistributions) {
    return refuse(403, 'InvalidRequest', ERROR_CAUSES.chainTooLong);
  }
  return ADMITTED;
}

const FAULTS: Readonly<Record<RequestFault['kind'], Admission>> = {
  malformed: refuse(400, 'InvalidRequest', ERROR_CAUSES.badRequest),
  'url too long': refuse(414, 'InvalidRequest', ERROR_CAUSES.uriTooLong),
  'fields too large': refuse(494, 'InvalidRequestHeader', ERROR_CAUSES.headersTooLarge),
  'body too large': refuse(413, 'InvalidRequest', ERROR_CAUSES.bodyTooLarge),
  // CloudFront: who asks more than the quota allows (facts 1.3).
  'too many requests': refuse(503, 'LimitExceeded', ERROR_CAUSES.limitExceeded),
};

/** As the fields stand on an HTTP/1.1 connection: each with its colon, space and line end. Field values are octets, one a character. */
function headersLength(request: ViewerRequest): Bytes {
  let length = 'host'.length + request.host.length + 4;
  for (const [name, value] of request.fields) length += name.length + value.length + 4;
  return length;
}

function distributionsPassed({ fields }: ViewerRequest): number {
  const via = fieldValue(fields, 'via');
  return via === undefined ? 0 : via.split(DISTRIBUTION_IN_VIA).length - 1;
}

function refuse(status: RefusalStatus, detail: ErrorDetail, cause: string): Admission {
  return { kind: 'refused', status, detail, cause };
}
