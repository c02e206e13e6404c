import { describe, expect, test } from 'bun:test';
import type { KeyValueReader } from '../../edge/ports.ts';
import { callOf, event, instanceOf } from './instance.fixture.ts';
import { FUNCTION_TIME } from './limits.ts';
import { packEvent } from './pack-event.ts';

const handler = (body: string): string => `function handler(event) { ${body} }`;
const packed = packEvent(event());

describe('what goes back', () => {
  const rows: [name: string, code: string, want: string][] = [
    ['nothing has changed', handler('return event.request;'), 'u'],
    ['what was only looked at', handler('event.request.headers.host.value; return event.request;'), 'u'],
    ['what was assigned and is the same', handler('event.request.uri = "/media/index.mpd"; return event.request;'), 'u'],
    ['the URI alone', handler('event.request.uri = "/b"; return event.request;'), 'q{"uri":"/b"}'],
    ['a section that is gone', handler('delete event.request.cookies; return event.request;'), 'q{"cookies":null}'],
    ['a section inside', handler('delete event.request.cookies.id; return event.request;'), 'q{"cookies":{}}'],
    ['a copy of the request', handler('return Object.assign({}, event.request, { uri: "/c" });'), 'q{"uri":"/c"}'],
    [
      'an asynchronous handler',
      'async function handler(event) { event.request.uri = await "/d"; return event.request; }',
      'q{"uri":"/d"}',
    ],
    ['an arrow', 'const handler = (event) => event.request;', 'u'],
    [
      'a response',
      handler('return { statusCode: 302 };'),
      's{"statusCode":302,"statusDescription":null,"headers":null,"cookies":null}',
    ],
    ['no object', handler('return "x";'), 'xstring'],
    ['nothing', handler(''), 'xundefined'],
    ['null', handler('return null;'), 'xnull'],
    [
      'a cycle',
      handler('event.request.headers.x = event.request.headers; return event.request;'),
      'xTypeError: circular reference',
    ],
    ['a getter that throws', handler('return { statusCode: 200, get headers() { throw new Error("no") } };'), 'xError: no'],
    [
      'the origin that is asked for',
      `import cf from 'cloudfront';\n${handler('cf.selectRequestOriginById("b"); return event.request;')}`,
      'q{"origin":{"kind":"select","id":"b"}}',
    ],
  ];
  test.each(rows)('%s', async (_, code, want) => {
    expect((await callOf(code)).ending).toEqual({ kind: 'returned', text: want });
  });
});

describe('a response that is changed', () => {
  const response = { statusCode: 200, statusDescription: 'OK', headers: '{"etag":{"value":"1"}}', cookies: '{}' };
  const rows: [name: string, body: string, want: string][] = [
    ['not at all', 'return event.response;', 'u'],
    [
      'a header',
      'event.response.headers.a = { value: "1" }; return event.response;',
      's{"headers":{"etag":{"value":"1"},"a":{"value":"1"}}}',
    ],
    ['the status', 'event.response.statusCode = 403; return event.response;', 's{"statusCode":403}'],
    ['the body', 'event.response.body = "x"; return event.response;', 's{"body":"x"}'],
  ];
  test.each(rows)('%s', async (_, body, want) => {
    expect((await callOf(handler(body), undefined, event({}, response))).ending).toEqual({ kind: 'returned', text: want });
  });
});

describe('failures say why, and where in the source', () => {
  const rows: [name: string, code: string, reason: string, message: string][] = [
    [
      'an exception',
      'function handler(event) {\n  var x;\n  return x.y;\n}',
      'threw',
      "TypeError: cannot read property 'y' of undefined (line 3, column 11)",
    ],
    ['in the first line', handler('throw new Error("no");'), 'threw', 'Error: no (line 1, column 42)'],
    [
      'an error with a name',
      handler('var e = new Error("b"); e.name = "Mine"; throw e;'),
      'threw',
      'Mine: b (line 1, column 44)',
    ],
    ['a text', handler('throw "text";'), 'threw', 'text'],
    [
      'at the top',
      `null.x;\n${handler('return event.request;')}`,
      'threw',
      "TypeError: cannot read property 'x' of null (line 1, column 5)",
    ],
    [
      'an asynchronous one',
      'async function handler() {\n  await 1;\n  throw new Error("late");\n}',
      'threw',
      'Error: late (line 3, column 18)',
    ],
    [
      'a promise of nobody',
      'async function handler() { await new Promise(function () {}); }',
      'threw',
      'Error: the promise that the handler returned was never settled',
    ],
    ['no handler', 'function other() {}', 'source', 'ReferenceError: the function "handler" is not defined (line 1, column 1)'],
    ['no such module', `import fs from 'fs';\n${handler('')}`, 'source', 'Error: Cannot find module "fs" (line 1, column 1)'],
    ['code from text', handler('return eval("1");'), 'threw', "ReferenceError: 'eval' is not defined (line 1, column 34)"],
    [
      'the Function constructor',
      handler('return (function () {}).constructor("return 1")();'),
      'threw',
      'TypeError: Code cannot be made from text: the Function constructor and eval are disabled (line 1, column 62)',
    ],
  ];
  test.each(rows)('%s', async (_, code, reason, message) => {
    expect((await callOf(code)).ending).toEqual({ kind: 'failed', reason: reason as never, message });
  });
});

describe('hostile code costs its limit, and the next call is as ever', () => {
  const rows: [name: string, body: string, reason: string][] = [
    ['an endless loop', 'for (;;);', 'time'],
    ['one that catches', 'for (;;) try { for (;;); } catch (e) {} finally { continue; }', 'time'],
    ['a getter of the result', 'return { statusCode: 200, get headers() { for (;;); } };', 'time'],
    ['toJSON of the result', 'return { statusCode: 200, headers: { toJSON: function () { for (;;); } } };', 'time'],
    ['promises without end', 'function f() { Promise.resolve().then(f); } f(); return event.request;', 'time'],
    ['backtracking', 'return /(a+)+$/.test("a".repeat(50) + "b");', 'time'],
    ['long natives', 'var s = "x".repeat(500000); for (;;) s.toUpperCase();', 'time'],
    ['memory', 'return new Uint8Array(3000000);', 'memory'],
    ['one large string', 'var s = "x"; for (;;) s += s;', 'threw'],
    ['recursion', 'return (function f() { return f() + 1; })();', 'threw'],
    ['a long search', 'return "a".repeat(500000).indexOf("a".repeat(250000) + "b");', 'threw'],
    [
      'a long search in disguise',
      'return new String("a".repeat(500000)).indexOf({ toString: function () { return "a".repeat(250000) + "b"; } });',
      'threw',
    ],
    [
      'a pattern that is none',
      'var r = /x/; r[Symbol.replace] = undefined; r.toString = function () { return "a".repeat(250000) + "b"; }; return "a".repeat(500000).replace(r, "");',
      'threw',
    ],
    ['an array without end', 'return [].indexOf.call({ length: 1e15 }, 1);', 'threw'],
    ['a sparse one', 'var a = []; a.length = 4e9; a.forEach(function () {});', 'threw'],
    ['a length that lies', 'var n = 0; return [].indexOf.call({ get length() { return n++ ? 1e15 : 1; } }, 1);', 'threw'],
  ];
  test.each(rows)('%s', async (_, body, reason) => {
    const code = handler(`if (event.request.uri === "/ok") return event.request; ${body}`);
    const instance = await instanceOf(code, undefined, reason === 'time' ? { time: FUNCTION_TIME } : {});
    const { ending } = instance.call(packed);
    expect(ending.kind === 'failed' ? ending.reason : ending.text).toBe(reason);
    expect(instance.call(packEvent(event({ uri: '/ok' }))).ending).toEqual({ kind: 'returned', text: 'u' });
  });
});

test('a process that is held up in the middle of a call ends none', async () => {
  const heldUp: KeyValueReader = {
    storeId: 'a',
    created: 0,
    modified: 0,
    count: 1,
    get(key) {
      // The processor does something else for long.
      Bun.sleepSync(30 * FUNCTION_TIME);
      return key;
    },
  };
  const code = `import cf from 'cloudfront';
    async function handler() {
      const body = await cf.kvs().get('it goes on');
      for (let turn = 0; turn < 2000; turn++);
      return { statusCode: 200, body };
    }`;
  const instance = await instanceOf(code, undefined, { keyValues: () => heldUp, time: FUNCTION_TIME });
  expect(instance.call(packed).ending).toMatchObject({ text: expect.stringContaining('it goes on') as unknown });
});

describe('nothing stays for the next call', () => {
  const rows: [name: string, code: string][] = [
    ['a variable', `var n = 0; ${handler('n++; event.request.uri = "/" + n; return event.request;')}`],
    [
      'a global',
      handler('globalThis.n = (globalThis.n || 0) + 1; event.request.uri = "/" + globalThis.n; return event.request;'),
    ],
    [
      'a prototype',
      handler('var p = Object.prototype; p.n = (p.n || 0) + 1; event.request.uri = "/" + ({}).n; return event.request;'),
    ],
    [
      'a method',
      `${handler('event.request.uri = "/" + "a".trimmed(); return event.request;')} String.prototype.trimmed = function () { String.prototype.count = (String.prototype.count || 0) + 1; return String.prototype.count; };`,
    ],
    [
      'a module',
      `import crypto from 'crypto'; ${handler('crypto.n = (crypto.n || 0) + 1; event.request.uri = "/" + crypto.n; return event.request;')}`,
    ],
    ['console', handler('console.n = (console.n || 0) + 1; event.request.uri = "/" + console.n; return event.request;')],
    [
      'a promise that waits',
      handler(
        'Promise.resolve().then(function () { globalThis.late = 1; }); event.request.uri = "/1" + (globalThis.late || ""); return event.request;',
      ),
    ],
  ];
  test.each(rows)('%s', async (_, code) => {
    const instance = await instanceOf(code);
    const texts = [1, 2, 3].map(() => instance.call(packed).ending);
    expect(texts).toEqual([1, 2, 3].map(() => ({ kind: 'returned', text: 'q{"uri":"/1"}' })));
  });
});

test('what is logged is cut at 10 KB', async () => {
  const { logs } = await callOf(handler('for (var i = 0; i < 20; i++) console.log("x".repeat(1000)); return event.request;'));
  expect(logs.join('')).toHaveLength(10_240);
});
