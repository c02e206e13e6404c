import { describe, expect, test } from 'bun:test';
import { sampleBehavior, sampleDistribution, sampleRequest } from '../../../test/samples/distribution.ts';
import { compile, compileDistribution } from '../../model/compile.ts';
import { compileCacheBehavior } from '../../model/compile-cache-behavior.ts';
import type { ViewerRequest } from '../request.ts';
import { admitRequest } from './admit-request.ts';
import { matchCacheBehavior } from './match-cache-behavior.ts';
import { matchDistribution } from './match-distribution.ts';
import { decideMethod } from './method.ts';
import { requestedPath } from './root-object.ts';
import { decideViewerProtocol } from './viewer-protocol.ts';

describe('matchDistribution', () => {
  const snapshot = compile({
    version: 1,
    distributions: [
      sampleDistribution({ id: 'E1', domainName: 'd1.cloudfront.localhost', aliases: ['www.example.com', '*.example.com'] }),
      sampleDistribution({ id: 'E2', domainName: 'd2.cloudfront.localhost', aliases: ['*.img.example.com'] }),
      sampleDistribution({ id: 'E3', domainName: 'd3.cloudfront.localhost', enabled: false }),
    ],
  });
  const rows: [host: string, want: string | undefined][] = [
    ['d1.cloudfront.localhost', 'E1'],
    ['d1.cloudfront.localhost:8080', 'E1'],
    ['D1.CloudFront.localhost:8080', 'E1'],
    ['www.example.com', 'E1'],
    ['a.b.EXAMPLE.com:443', 'E1'],
    ['a.img.example.com', 'E2'],
    ['img.example.com', 'E1'],
    ['example.com', undefined],
    ['d3.cloudfront.localhost', undefined],
    ['[::1]:8080', undefined],
    ['[::1]', undefined],
  ];
  test.each(rows)('%s: %p', (host, want) => expect(matchDistribution(snapshot, host)?.source.id).toBe(want));
});

describe('admitRequest', () => {
  const VIA = '2.0 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)';
  const rows: [name: string, changes: Partial<ViewerRequest>, want: number][] = [
    ['a plain request', {}, 200],
    ['a host with a port', { host: 'www.example.com:8080' }, 200],
    ['an IPv6 host', { host: '[::1]:8080' }, 200],
    ['a host with an underscore', { host: 'my_site.example.com' }, 200],
    ['no host', { host: '' }, 400],
    ['two hosts', { host: 'a.example.com, b.example.com' }, 400],
    ['two hosts without a space', { host: 'a,b' }, 400],
    ['a space in the host', { host: 'a b' }, 400],
    ['a slash in the host', { host: 'a/b' }, 400],
    ['user information', { host: 'user@a' }, 400],
    ['a line end in the host', { host: 'a\n' }, 400],
    ['a port that is none', { host: 'a:b' }, 400],
    ['a URL of 8,192 bytes', { path: `/${'a'.repeat(8191)}` }, 200],
    ['a URL of 8,193 bytes', { path: `/${'a'.repeat(8192)}` }, 414],
    ['a query that makes it too long', { path: `/${'a'.repeat(8190)}`, query: 'b' }, 414],
    // Host takes 4 + 35 + 4, the field 1 + n + 4.
    ['headers of 32,768 bytes', { fields: [['x', 'a'.repeat(32_768 - 43 - 5)]] }, 200],
    ['headers of 32,769 bytes', { fields: [['x', 'a'.repeat(32_769 - 43 - 5)]] }, 494],
    ['many small headers', { fields: Array.from({ length: 6000 }, () => ['x', 'y'] as const) }, 494],
    ['a request that has passed one distribution', { fields: [['via', VIA]] }, 200],
    ['one that has passed two', { fields: [['via', `1.1 proxy, ${VIA}, ${VIA}`]] }, 403],
    [
      'one whose second says so in a line of its own',
      {
        fields: [
          ['via', VIA],
          ['via', VIA],
        ],
      },
      403,
    ],
    ['one that has passed other proxies', { fields: [['via', '1.1 a, 1.1 b, 1.1 c']] }, 200],
    ['a made-up method', { method: 'BREW' }, 200],
    ['PATCH', { method: 'PATCH' }, 200],
    ['a control character in the path', { path: '/a\u0001' }, 400],
    ['a line end in the path', { path: '/a\nb' }, 400],
    ['a space in the path', { path: '/a b' }, 400],
    ['DEL in the query', { query: 'a=\u007f' }, 400],
    ['raw bytes beyond ASCII', { path: '/ä' }, 400],
    ['a fragment', { path: '/a#b' }, 400],
    ['a broken percent-encoding', { path: '/%zz' }, 400],
    ['half a percent-encoding', { path: '/%4' }, 400],
    ['a broken percent-encoding in the query', { query: 'a=%' }, 400],
    ['a good percent-encoding', { path: '/%2F%c3%a4', query: 'a=%20+' }, 200],
    ['characters that browsers leave raw', { path: '/a|b', query: 'q={"a":[1]}^`\\' }, 200],
    ['the asterisk form', { method: 'OPTIONS', path: '*' }, 400],
  ];
  test.each(rows)('%s', (_, changes, want) => {
    const admission = admitRequest(sampleRequest(changes));
    expect(admission.kind === 'admitted' ? 200 : admission.status).toBe(want);
  });
});

describe('the cache behavior and the root object', () => {
  const behaviors = (patterns: readonly string[]) => patterns.map((pathPattern) => sampleBehavior({ pathPattern }));
  const rows: [patterns: readonly string[], root: string, path: string, pattern: string, requested: string][] = [
    [[], '', '/', '*', '/'],
    [[], 'index.html', '/', '*', '/index.html'],
    [[], 'index.html', '///', '*', '///'],
    [[], 'index.html', '/foo/', '*', '/foo/'],
    [['/index.html'], 'index.html', '/', '/index.html', '/index.html'],
    [['/index.html', '/'], 'index.html', '/', '/', '/index.html'],
    [['/images/*'], 'images/index.html', '/', '/images/*', '/images/index.html'],
    [['*.jpg', '/a/*'], '', '/a/b.jpg', '*.jpg', '/a/b.jpg'],
    [['/a/*', '*.jpg'], '', '/a/b.jpg', '/a/*', '/a/b.jpg'],
    [['/a/b*', '/a*'], '', '/a/b/..', '/a*', '/a/b/..'],
    [['/private/*'], '', '//private/x', '/private/*', '//private/x'],
    [['/private/*'], '', '/%70rivate/x', '/private/*', '/%70rivate/x'],
    [['/a'], '', '/b', '*', '/b'],
  ];
  test.each(rows)('%p, root object %p, %s', (patterns, root, path, pattern, requested) => {
    const compiled = compileDistribution(sampleDistribution({ cacheBehaviors: behaviors(patterns), defaultRootObject: root }));
    expect(matchCacheBehavior(compiled, path).source.pathPattern).toBe(pattern);
    expect(requestedPath(compiled, path)).toBe(requested);
  });
});

describe('decideViewerProtocol', () => {
  type Policy = 'allow-all' | 'redirect-to-https' | 'https-only';
  const rows: [policy: Policy, changes: Partial<ViewerRequest>, want: number][] = [
    ['allow-all', { method: 'POST' }, 200],
    ['redirect-to-https', { scheme: 'https' }, 200],
    ['redirect-to-https', { method: 'GET' }, 301],
    ['redirect-to-https', { method: 'HEAD' }, 301],
    ['redirect-to-https', { method: 'GET', httpVersion: '1.0' }, 301],
    ['redirect-to-https', { method: 'POST' }, 307],
    ['redirect-to-https', { method: 'OPTIONS' }, 307],
    ['redirect-to-https', { method: 'DELETE' }, 307],
    ['redirect-to-https', { method: 'POST', httpVersion: '1.0' }, 403],
    ['https-only', { method: 'GET' }, 403],
    ['https-only', { method: 'POST' }, 403],
    ['https-only', { scheme: 'https' }, 200],
  ];
  test.each(rows)('%s, %o: %i', (viewerProtocolPolicy, changes, want) => {
    const decided = decideViewerProtocol(compileCacheBehavior(sampleBehavior({ viewerProtocolPolicy })), sampleRequest(changes));
    expect(decided.kind === 'proceed' ? 200 : decided.status).toBe(want);
  });

  const locations: [changes: Partial<ViewerRequest>, port: number, want: string][] = [
    [{ host: 'a.example.com:8080', path: '/x/../y', query: 'b=1&a' }, 443, 'https://a.example.com/x/../y?b=1&a'],
    [{ host: 'a.example.com', query: '' }, 443, 'https://a.example.com/index.html?'],
    [{ host: 'a.example.com:8080' }, 8443, 'https://a.example.com:8443/index.html'],
    [{ host: '[::1]:8080' }, 443, 'https://[::1]/index.html'],
  ];
  test.each(locations)('the Location of %o', (changes, port, want) => {
    const behavior = compileCacheBehavior(sampleBehavior({ viewerProtocolPolicy: 'redirect-to-https' }));
    expect(decideViewerProtocol(behavior, sampleRequest(changes), port)).toMatchObject({ kind: 'redirect', location: want });
  });
});

describe('decideMethod', () => {
  const rows: [method: string, body: ViewerRequest['body'], want: string][] = [
    ['GET', { kind: 'none' }, 'proceed'],
    ['GET', { kind: 'length', length: 0 }, 'proceed'],
    ['GET', { kind: 'length', length: 1 }, 'InvalidRequest'],
    ['HEAD', { kind: 'chunked' }, 'InvalidRequest'],
    ['POST', { kind: 'length', length: 1 }, 'proceed'],
    ['PUT', { kind: 'none' }, 'InvalidRequestMethod'],
    ['BREW', { kind: 'none' }, 'InvalidRequestMethod'],
  ];
  test.each(rows)('%s, body %o: %s', (method, body, want) => {
    const behavior = compileCacheBehavior(sampleBehavior({ allowedMethods: ['GET', 'HEAD', 'POST'] }));
    const decided = decideMethod(behavior, sampleRequest({ method, body }));
    expect(decided.kind === 'proceed' ? 'proceed' : decided.detail).toBe(want);
  });
});
