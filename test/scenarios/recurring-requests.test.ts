/**
 * A connection that asks for the same again and again, octet by octet: it is answered by what is in force now, each time.
 */
import { expect } from 'bun:test';
import { connect } from 'node:net';
import { behavior, functionAssociations, type TestConfig } from '../../src/testing/index.ts';
import { PRIVATE, rsaKey, trusting } from '../samples/signing-keys.ts';
import { scenario, type Scene } from './scenario.ts';

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const FunctionAssociations = functionAssociations({ viewerRequest: 'teapot' });
const whitelist = (...Items: string[]): TestConfig => ({
  Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Quantity: Items.length, Items } },
});

const options = {
  ...trusting(rsaKey()),
  places: { '127.0.0.1': { country: 'FR' } },
  functions: { teapot: 'function handler() { return { statusCode: 418, statusDescription: "Teapot" }; }' },
} as const;

/** What changes, and the answer from then on. */
const CHANGES: readonly [string, TestConfig, string][] = [
  ['the viewer protocol policy', { DefaultCacheBehavior: { ViewerProtocolPolicy: 'redirect-to-https' } }, '301 Redirect'],
  ['another country is let in', whitelist('DE'), '403 Error'],
  ['this country is let in', whitelist('FR'), '200 Hit'],
  ['signatures', { DefaultCacheBehavior: PRIVATE }, '403 Error'],
  ['a function answers', { DefaultCacheBehavior: { FunctionAssociations } }, '418 FunctionGeneratedResponse'],
  [
    'a cache behavior that passes everything',
    { CacheBehaviors: { Quantity: 1, Items: [behavior('/a*', { CachePolicyId: CACHING_DISABLED })] } },
    '200 Miss',
  ],
  ['the distribution is disabled', { Enabled: false }, '403 Error'],
];

/** Sends the same octets on one connection whenever it is asked to; resolves with status and X-Cache. */
function poller({ httpPort, domainName }: Scene) {
  const socket = connect(httpPort, '127.0.0.1').setEncoding('latin1');
  let waiting = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (octets: string) => {
    text += octets;
    const [head = '', body] = text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (body === undefined || body.length < length) return;
    waiting.resolve(`${head.slice(9, 12)} ${/x-cache: (\S+)/i.exec(head)?.[1]}`);
    text = '';
  });
  return {
    ask(): Promise<string> {
      waiting = Promise.withResolvers<string>();
      socket.write(`GET /a HTTP/1.1\r\nHost: ${domainName}\r\n\r\n`);
      return waiting.promise;
    },
    close: () => socket.destroy(),
  };
}

scenario('who polls sees each change of the configuration at once', options, async (scene) => {
  const { origin, update, invalidate } = scene;
  origin.on('*', (tx) => tx.respond(200, { 'cache-control': 'max-age=60' }, 'x'));
  const viewer = poller(scene);
  const often = async (times: number): Promise<string[]> => {
    const answers: string[] = [];
    for (let time = 0; time < times; time++) answers.push(await viewer.ask());
    return answers;
  };
  expect(await often(5)).toEqual(['200 Miss', ...Array.from({ length: 4 }, () => '200 Hit')]);
  for (const [name, config, answer] of CHANGES) {
    update(config);
    expect([name, await often(3)]).toEqual([name, [answer, answer, answer]]);
    update({});
    expect([`${name}: back`, await often(3)]).toEqual([`${name}: back`, ['200 Hit', '200 Hit', '200 Hit']]);
  }
  invalidate('/a');
  expect(await often(2)).toEqual(['200 Miss', '200 Hit']);
  scene.clock.advance('2m');
  expect(await often(2)).toEqual(['200 Miss', '200 Hit']);
  viewer.close();
});
