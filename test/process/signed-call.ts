/**
 * A signed AWS call written by hand: what no SDK would send, with a signature that holds, or one that deliberately does not.
 */
import { createHash } from 'node:crypto';
import { signHeaders } from '../../src/sigv4/sign.ts';
import type { RunningWarmfront } from '../clients/running-warmfront.ts';

export interface SignedCall {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: 'cloudfront' | 's3' | 'sts';
  /** Sent in place of the body that was signed. */
  readonly tampered?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Milliseconds that the signer's clock is off. */
  readonly skew?: number;
}

export interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly headers: Headers;
  readonly text: string;
}

export async function call({ environment }: Pick<RunningWarmfront, 'environment'>, asked: SignedCall): Promise<Answered> {
  const { method, path, query = '', body = '', headers = {}, service = 'cloudfront' } = asked;
  const endpoint = new URL(environment['AWS_ENDPOINT_URL'] ?? '');
  const signed = signHeaders({
    method,
    host: endpoint.host,
    rawPath: path,
    rawQuery: query,
    headers: Object.entries(headers),
    service,
    region: 'us-east-1',
    accessKeyId: asked.accessKeyId ?? environment['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: asked.secretAccessKey ?? environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    payloadHash: createHash('sha256').update(body).digest('hex'),
    now: Date.now() + (asked.skew ?? 0),
    uriEncodePath: service !== 's3',
  });
  const sent = asked.tampered ?? body;
  const response = await fetch(`${endpoint.origin}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: [...Object.entries(headers), ...signed.map(([name, value]): [string, string] => [name, value])],
    ...(sent.length > 0 && { body: sent }),
  });
  const text = await response.text();
  const element = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  return { status: response.status, code: element('Code'), message: element('Message'), headers: response.headers, text };
}
