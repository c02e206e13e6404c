/**
 * What a website endpoint answers: a redirect, an object, or an error page, by the bucket's website configuration.
 * S3 user guide, "Hosting a static website": index documents, error documents, redirects. Objects are looked up by the caller,
 * serve-website.ts; permissions are decided there as for any anonymous read.
 */
import type { RoutingRule, WebsiteConfiguration } from '@aws-sdk/client-s3';

/** What looking for one key came to. */
export type Lookup = 'found' | 'missing' | 'denied';

export type WebsiteDecision =
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'object'; readonly key: string }
  | { readonly kind: 'error'; readonly status: 403 | 404 };

export interface WebsiteRequest {
  /** Decoded, without the leading slash. */
  readonly key: string;
  readonly host: string;
}

/** `look` says what a key's object would answer this viewer. */
export function decideWebsite(
  website: WebsiteConfiguration,
  request: WebsiteRequest,
  look: (key: string) => Lookup,
): WebsiteDecision {
  const all = website.RedirectAllRequestsTo;
  if (all !== undefined) {
    return { kind: 'redirect', status: 301, location: locationOf(all.Protocol, all.HostName ?? request.host, request.key) };
  }
  const rules = website.RoutingRules ?? [];
  const before = rules.find((rule) => rule.Condition?.HttpErrorCodeReturnedEquals === undefined && hasPrefix(rule, request.key));
  if (before !== undefined) return redirectBy(before, request);

  const suffix = website.IndexDocument?.Suffix ?? 'index.html';
  const isFolder = request.key === '' || request.key.endsWith('/');
  const key = isFolder ? request.key + suffix : request.key;
  const looked = look(key);
  if (looked === 'found') return { kind: 'object', key };
  // S3: a folder that has an index document answers its name without a slash with a redirect to the one with it.
  if (!isFolder && look(`${request.key}/${suffix}`) === 'found') {
    return { kind: 'redirect', status: 302, location: `/${encodePath(request.key)}/` };
  }
  const status = looked === 'denied' ? 403 : 404;
  const after = rules.find(
    (rule) => rule.Condition?.HttpErrorCodeReturnedEquals === String(status) && hasPrefix(rule, request.key),
  );
  return after === undefined ? { kind: 'error', status } : redirectBy(after, request);
}

function hasPrefix({ Condition }: RoutingRule, key: string): boolean {
  return key.startsWith(Condition?.KeyPrefixEquals ?? '');
}

function redirectBy({ Condition, Redirect }: RoutingRule, request: WebsiteRequest): WebsiteDecision {
  const prefix = Condition?.KeyPrefixEquals ?? '';
  const replaced = Redirect?.ReplaceKeyPrefixWith;
  const key = Redirect?.ReplaceKeyWith ?? (replaced === undefined ? request.key : replaced + request.key.slice(prefix.length));
  return {
    kind: 'redirect',
    status: Number(Redirect?.HttpRedirectCode ?? 301),
    location: locationOf(Redirect?.Protocol, Redirect?.HostName ?? request.host, key),
  };
}

// S3: website endpoints speak HTTP only, so that is what a redirect keeps.
function locationOf(protocol: string | undefined, host: string, key: string): string {
  return `${protocol ?? 'http'}://${host}/${encodePath(key)}`;
}

function encodePath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
