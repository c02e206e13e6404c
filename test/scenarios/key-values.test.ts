/** What functions read of key value stores, and when they see a change. Facts: aws-api B8. */
import { expect } from 'bun:test';
import { functionAssociations } from '../../src/testing/index.ts';
import { scenario } from './scenario.ts';

const STORE = 'a1b2c3d4-5678-90ab-cdef-000000000001';
const redirect = {
  keyValueStore: STORE,
  code: `import cf from 'cloudfront';
const kvs = cf.kvs('${STORE}');
async function handler(event) {
  const request = event.request;
  try {
    const location = await kvs.get(request.uri);
    return { statusCode: 302, headers: { location: { value: location } } };
  } catch (_) {
    return request;
  }
}`,
};
const strict = {
  keyValueStore: STORE,
  code: `import cf from 'cloudfront';\nasync function handler(event) { return { statusCode: 200, body: await cf.kvs().get('absent') }; }`,
};
const without = `import cf from 'cloudfront';\nfunction handler(event) { cf.kvs(); return event.request; }`;
const edge = (viewerRequest: string) => ({
  functions: { redirect, strict, without },
  keyValueStores: { [STORE]: { '/old': '/new' } },
  distribution: { DefaultCacheBehavior: { FunctionAssociations: functionAssociations({ viewerRequest }) } },
});

scenario(
  'a function redirects by what the store says, and by a change of it from the next request on',
  edge('redirect'),
  async ({ origin, viewer, putKeys, deleteKeys }) => {
    origin.on('GET /old', (tx) => tx.respond(200, {}, 'origin'));
    (await viewer.get('/old')).expect({ status: 302, headers: { location: '/new' } });
    putKeys(STORE, { '/old': '/newer', '/more': '/new' });
    (await viewer.get('/old')).expect({ status: 302, headers: { location: '/newer' } });
    (await viewer.get('/more')).expect({ status: 302, headers: { location: '/new' } });
    deleteKeys(STORE, '/old');
    (await viewer.get('/old')).expect({ status: 200, body: 'origin' });
  },
);

scenario('a key that is not there fails a function that does not expect it', edge('strict'), async ({ viewer, functionLog }) => {
  (await viewer.get('/')).expect({ status: 503, headers: { 'x-cache': 'FunctionExecutionError from cloudfront' } });
  expect(functionLog.at(-1)?.lines.join()).toContain('KeyNotFound: the key value store has no key "absent"');
});

scenario('a function without a store has none', edge('without'), async ({ viewer, functionLog }) => {
  (await viewer.get('/')).expect({ status: 503 });
  expect(functionLog.at(-1)?.lines.join()).toContain('No key value store is associated with the function');
});
