import { describe, expect, test } from 'bun:test';
import { checkSource, faultSentence } from './check-source.ts';

const HANDLER = 'function handler(event) { return event.request; }';
const faults = (source: string, runtime: '1.0' | '2.0'): readonly string[] =>
  checkSource(source, `cloudfront-js-${runtime}`).faults.map(faultSentence);

describe('what a runtime does not have', () => {
  const rows: [source: string, first: string | undefined, second: string | undefined][] = [
    ['', undefined, undefined],
    ['class A {}', 'class', 'class'],
    ['var a = class {};', 'class', 'class'],
    ['for (var a of []) {}', 'for...of', 'for...of'],
    ['for (var a in {}) {}', undefined, undefined],
    ['function* a() {}', 'generator function', 'generator function'],
    ['var a = 1n;', 'BigInt', 'BigInt'],
    ['let a = 1;', 'let', undefined],
    ['const a = 1;', 'const', undefined],
    ['async function a() {}', 'async', undefined],
    ['var a = async () => 1;', 'async', undefined],
    ['var a = (b, ...c) => `${b}`;', undefined, undefined],
  ];
  test.each(rows)('%s', (source, first, second) => {
    const want = (construct: string | undefined, runtime: string): string[] =>
      construct === undefined ? [] : [`SyntaxError: ${construct} is not supported by cloudfront-js-${runtime} (line 2, column `];
    for (const [runtime, construct] of [
      ['1.0', first],
      ['2.0', second],
    ] as const) {
      const found = faults(`${HANDLER}\n${source}`, runtime).map((text) => text.replace(/\d+\)$/, ''));
      expect(found.slice(0, 1)).toEqual(want(construct, runtime));
    }
  });
});

describe('faults with their places', () => {
  const rows: [source: string, runtime: '1.0' | '2.0', want: string[]][] = [
    [`export ${HANDLER}`, '2.0', ['SyntaxError: export is not supported by cloudfront-js-2.0 (line 1, column 1)']],
    [`import a from 'cloudfront';\n${HANDLER}`, '2.0', []],
    [
      `import a from 'cloudfront';\n${HANDLER}`,
      '1.0',
      ['SyntaxError: import is not supported by cloudfront-js-1.0 (line 1, column 1)'],
    ],
    [
      `import { kvs } from 'cloudfront';\n${HANDLER}`,
      '2.0',
      ['SyntaxError: only the default import of a module is supported (line 1, column 1)'],
    ],
    [`import a from 'os';\n${HANDLER}`, '2.0', ['Error: Cannot find module "os" (line 1, column 1)']],
    ['function handler(event) {\n  return event.;\n}', '2.0', ['SyntaxError: Unexpected token (line 2, column 16)']],
    [
      'function handler(event) { await 1; }',
      '2.0',
      ["SyntaxError: Cannot use keyword 'await' outside an async function (line 1, column 27)"],
    ],
    ['function handler(event) { with (event) {} }', '2.0', ["SyntaxError: 'with' in strict mode (line 1, column 27)"]],
    ['var a = 1;', '2.0', ['ReferenceError: the function "handler" is not defined (line 1, column 1)']],
    ['var handler = function () {};', '1.0', []],
    ['', '2.0', ['ReferenceError: the function "handler" is not defined (line 1, column 1)']],
  ];
  test.each(rows)('%s', (source, runtime, want) => expect(faults(source, runtime)).toEqual(want));
});

test('what CloudFront does not document is warned of, and runs', () => {
  const { faults: found, warnings } = checkSource(`${HANDLER}\nvar { a } = {}, b = [...[]], c = a?.b ?? 1;`, 'cloudfront-js-2.0');
  expect(found).toEqual([]);
  expect(warnings.map(({ message }) => message.replace(/ is not among.*/, ''))).toEqual([
    'destructuring',
    'spread syntax',
    'the operator ??',
    'optional chaining',
  ]);
});

test('so are built-ins that CloudFront does not list', () => {
  const source = `${HANDLER}\nArray.from('a'); Object.fromEntries([]); 'a'.localeCompare('b'); Array.of(1); from.Array; x.normalize;`;
  const { warnings } = checkSource(source, 'cloudfront-js-2.0');
  const want = ['Array.from', 'Object.fromEntries', 'String.prototype.localeCompare'];
  expect(warnings.map(({ message }) => message.replace(/ is not among.*/, ''))).toEqual(want);
});

describe('async is for functions of the top, and awaits stand by themselves', () => {
  const rows: [source: string, want: string[]][] = [
    ['async function a(b) { const c = await b(1); return await c; }', []],
    ['const a = async () => 1; a(async () => 2);', []],
    ['async function a(b) { await (await b()).c(); }', []],
    ['function a() { return async () => 1; }', ['an async function within a function 23']],
    ['async function a() { async function b() {} }', ['an async function within a function 22']],
    ['async function a(b) { b(1, await b()); }', ['await in the arguments of a call 28']],
    ['async function a(b) { new b([{ c: await b() }]); }', ['await in the arguments of a call 35']],
    ['async function a(b) { b(async () => await b()); }', ['an async function within a function 25']],
  ];
  test.each(rows)('%s', (source, want) => {
    const { faults: found, warnings } = checkSource(`${source}\n${HANDLER}`, 'cloudfront-js-2.0');
    expect(found).toEqual([]);
    expect(warnings.map(({ message, column }) => `${message.replace(/ is not among.*/, '')} ${column}`)).toEqual(want);
  });
});

test('imports are blanked, and everything stays where it was', () => {
  const source = `import cf from 'cloudfront';\n${HANDLER}`;
  const { code, imports } = checkSource(source, 'cloudfront-js-2.0');
  expect(imports).toEqual([{ local: 'cf', module: 'cloudfront' }]);
  expect(code).toBe(`${' '.repeat(28)}\n${HANDLER}`);
});
