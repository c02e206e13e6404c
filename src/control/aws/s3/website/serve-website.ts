/**
 * A website endpoint: anonymous GET and HEAD of a bucket, HTML errors. S3 user guide, "Website endpoints": requests are never signed,
 * other methods are 405. What is answered is decided in decide-website.ts.
 */
import { mayDo } from '../access.ts';
import { OPERATION_PERMISSIONS } from '../operation-permissions.ts';
import type { Answer, S3Call } from '../s3-call.ts';
import { decideWebsite } from './decide-website.ts';
import type { Lookup } from './decide-website.ts';
import { errorDocument } from './error-document.ts';
import type { WebsiteFault } from './error-document.ts';

type Fault = Omit<WebsiteFault, 'requestId'>;

/** `read` answers GetObject for a key that is there and allowed, without the body for HEAD. */
export async function serveWebsite(
  given: S3Call,
  read: (call: S3Call) => Promise<Answer>,
  write: (answer: Answer) => Response,
): Promise<Response> {
  // S3: a website knows no signatures and no response-* parameters.
  const call: S3Call = {
    ...given,
    incoming: { ...given.incoming, principal: { kind: 'anonymous' } },
    query: new URLSearchParams(),
  };
  const { incoming, context, bucket } = call;
  const { buckets } = context;
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    return page(call, {
      status: 405,
      reason: 'Method Not Allowed',
      code: 'MethodNotAllowed',
      message: 'The specified method is not allowed against this resource.',
      details: [['Method', incoming.method]],
    });
  }
  if (buckets.bucket(bucket) === undefined) {
    return page(call, {
      status: 404,
      reason: 'Not Found',
      code: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
      details: [['BucketName', bucket]],
    });
  }
  const website = buckets.setting(bucket, 'website');
  if (website === undefined) {
    const message = 'The specified bucket does not have a website configuration';
    return page(call, {
      status: 404,
      reason: 'Not Found',
      code: 'NoSuchWebsiteConfiguration',
      message,
      details: [['BucketName', bucket]],
    });
  }

  const look = (key: string): Lookup => lookUp(call, key);
  const decision = decideWebsite(website, { key: call.key, host: incoming.headers.get('host') ?? '' }, look);
  if (decision.kind === 'redirect') return redirect(decision.status, decision.location);
  if (decision.kind === 'error') {
    const errorKey = website.ErrorDocument?.Key;
    const fault = decision.status === 403 ? DENIED : missing(call.key);
    if (errorKey === undefined || look(errorKey) !== 'found') return page(call, fault);
    // The error document is whole, whatever the viewer's conditions were.
    const headers = new Headers({ host: incoming.headers.get('host') ?? '' });
    const answer = await read({ ...call, key: errorKey, incoming: { ...incoming, headers } });
    return write({ ...answer, status: decision.status });
  }
  const location = buckets.object(bucket, decision.key)?.attributes.headers.WebsiteRedirectLocation;
  if (location !== undefined) return redirect(301, location);
  return write(await read({ ...call, key: decision.key }));
}

/** S3: to viewers who may not list, what is missing is denied. */
function lookUp(call: S3Call, key: string): Lookup {
  const { bucket, context } = call;
  const found = context.buckets.object(bucket, key) !== undefined;
  if (found) return mayDo(call, OPERATION_PERMISSIONS['GetObject']!, { bucket, key }).kind === 'allowed' ? 'found' : 'denied';
  return mayDo(call, OPERATION_PERMISSIONS['ListObjectsV2']!, { bucket, key: '' }).kind === 'allowed' ? 'missing' : 'denied';
}

const DENIED: Fault = { status: 403, reason: 'Forbidden', code: 'AccessDenied', message: 'Access Denied', details: [] };

function missing(key: string): Fault {
  return {
    status: 404,
    reason: 'Not Found',
    code: 'NoSuchKey',
    message: 'The specified key does not exist.',
    details: [['Key', key]],
  };
}

function redirect(status: number, location: string): Response {
  return new Response(null, { status, headers: { location } });
}

function page({ incoming }: S3Call, fault: Fault): Response {
  const html = errorDocument({ ...fault, requestId: incoming.requestId });
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'x-amz-error-code': fault.code,
    'x-amz-error-message': fault.message,
  };
  return new Response(incoming.method === 'HEAD' ? null : html, { status: fault.status, headers });
}
