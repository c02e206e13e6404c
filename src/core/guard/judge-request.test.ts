import { describe, expect, test } from 'bun:test';
import { sampleDistribution } from '../../../test/samples/distribution.ts';
import { compileDistribution } from '../../model/compile.ts';
import { SELECT_NONE, selectSome } from '../../model/selector.ts';
import { judgeRequest } from './judge-request.ts';
import type { Site } from './own-names.ts';
import type { UnkeyedInput } from './unkeyed-inputs.ts';

const distribution = compileDistribution(sampleDistribution({ aliases: ['www.example.com', '*.shop.example'] }));
const site: Site = {
  distribution,
  origin: { domainName: 'origin.example.net' },
  request: { host: 'www.example.com:8080', scheme: 'http', method: 'GET', path: '/a', query: 'b=1' },
  ownPorts: [8080],
};

function header(name: string, value: string): UnkeyedInput {
  return { kind: 'header', name, value };
}

function query(name: string, value: string): UnkeyedInput {
  return { kind: 'query', name, value };
}

function found(inputs: readonly UnkeyedInput[], keyed = SELECT_NONE): readonly string[] {
  return judgeRequest(inputs, site, keyed).map(({ rule, certainty }) => `${rule} ${certainty}`);
}

describe('fields that tell another story', () => {
  const OVERRIDE = ['request-override certain'];
  const rows: [name: string, value: string, want: readonly string[]][] = [
    ['x-forwarded-host', 'evil.example', OVERRIDE],
    ['x-forwarded-host', 'www.example.com', []],
    ['x-forwarded-host', 'WWW.example.com.:443', []],
    ['x-forwarded-host', 'a.shop.example', []],
    ['x-forwarded-host', 'shop.example', OVERRIDE],
    ['x-forwarded-host', 'www.example.com:8080', []],
    ['x-forwarded-host', 'www.example.com:1337', OVERRIDE],
    ['x-forwarded-host', 'www.example.com, evil.example', OVERRIDE],
    ['x-forwarded-host', 'origin.example.net', []],
    ['x-forwarded-scheme', 'https', []],
    ['x-forwarded-scheme', 'http', OVERRIDE],
    ['x-forwarded-ssl', 'on', []],
    ['x-forwarded-ssl', 'off', OVERRIDE],
    ['x-forwarded-port', '443', []],
    ['x-forwarded-port', '8080', []],
    ['x-forwarded-port', '1337', OVERRIDE],
    ['x-forwarded-prefix', '/evil', OVERRIDE],
    ['x-original-url', '/a?b=1', []],
    ['x-original-url', '/admin', OVERRIDE],
    ['x-http-method-override', 'GET', []],
    ['x-http-method-override', 'POST', OVERRIDE],
    ['x-middleware-prefetch', '1', OVERRIDE],
    ['rsc', '1', OVERRIDE],
    ['forwarded', 'for=1.2.3.4', []],
    ['forwarded', 'for=1.2.3.4;host="www.example.com";proto=https', []],
    ['forwarded', 'for=1.2.3.4;Host=evil.example', OVERRIDE],
    ['forwarded', 'proto=http', OVERRIDE],
    ['x-custom', 'evil.example', []],
    ['x-custom', 'a%0d%0ab', ['response-splitting certain']],
    ['x-custom', 'a%E5%98%8Ab', ['response-splitting certain']],
  ];
  test.each(rows)('%s: %s', (name, value, want) => expect(found([header(name, value)])).toEqual(want));
});

describe('parameters that read as keyed ones', () => {
  const CLOAKED = ['parameter-cloaking certain'];
  const rows: [name: string, value: string, want: readonly string[]][] = [
    ['x', '1', []],
    ['x', '1;callback=evil', CLOAKED],
    ['x', '1;other=evil', []],
    ['x', '1%26callback=evil', CLOAKED],
    ['call%62ack', 'evil', CLOAKED],
    ['callback[]', 'evil', CLOAKED],
    ['callback[a][b]', 'evil', CLOAKED],
    ['callback[a]b', 'evil', CLOAKED],
    ['[callback]', 'evil', []],
    ['x', '1?callback=evil', ['parameter-cloaking likely']],
  ];
  test.each(rows)('%s=%s', (name, value, want) => expect(found([query(name, value)], selectSome(['callback']))).toEqual(want));
});

test('where nothing of the query is keyed, nothing can be cloaked', () => {
  expect(found([query('x', '1;callback=evil')])).toEqual([]);
});

test('padding does not hide a value', () => {
  const padding = Array.from({ length: 128 }, (_, index) => query(`p${index}`, 'x'));
  expect(found(padding)).toEqual([]);
  expect(found([...padding, query('one', 'more')])).toEqual(['too-many-inputs certain']);
  expect(found([query('x', 'a;'.repeat(16))])).toEqual(['too-many-inputs certain']);
  expect(found([query('x', 'a;'.repeat(15))])).toEqual([]);
});
