/**
 * `warmfront functions run`: functions as their authors run them before they publish anything.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run.ts';
import { functionBench } from '../../src/compose/run-function.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmfront-functions-'));
  const files = {
    'spa.js': `function handler(event) {\n  console.log('seen ' + event.request.uri);\n  event.request.uri += 'index.html';\n  return event.request;\n}\n`,
    'old.js': `function handler(event) {\n  let uri = event.request.uri;\n  return event.request;\n}\n`,
    'bad.js': `function handler(event) {\n  var x;\n  return x.y;\n}\n`,
    'host.js': `function handler(event) { event.request.headers.host = { value: 'b' }; return event.request; }`,
    'headers.js': `function handler(event) { event.response.headers['x-a'] = { value: event.response.statusDescription }; return event.response; }`,
    'echo.js': `function handler(event) { console.log(event); return event.request; }`,
    'kvs.js': `import cf from 'cloudfront';\nasync function handler(event) { event.request.uri = '/' + await cf.kvs().get('k') + cf.kvs('ID1').constructor.name; return event.request; }`,
    'kvs.json': '{"data":[{"key":"k","value":"v"}]}',
    'new.js': `function handler(event) { var { request } = event; return request; }`,
    'request.json':
      '{"version":"1.0","context":{"eventType":"viewer-request"},"viewer":{"ip":"192.0.2.1"},"request":{"method":"GET","uri":"/a/","querystring":{},"headers":{"host":{"value":"a"}},"cookies":{}}}',
    'response.json':
      '{"version":"1.0","context":{"eventType":"viewer-response"},"request":{"uri":"/"},"response":{"statusCode":200,"statusDescription":"OK","headers":{}}}',
    'none.json': '{"version":"1.0"}',
    'long.js': `function handler(event) { return event.request; } // ${'x'.repeat(10_240)}`,
    'long.json': JSON.stringify({ version: '1.0', x: 'x'.repeat(40_960) }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(line: string) {
  const out: string[] = [];
  const terminal = {
    environment: {},
    workingDirectory: folder,
    print: (text: string) => void out.push(text),
    complain: (text: string) => void out.push(text),
  };
  const code = await runCli(
    `functions ${line}`.split(' '),
    { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) },
    terminal,
  );
  return { code, out: out.join('\n') };
}

test('the result, what was logged and what it cost', async () => {
  const { code, out } = await run('run spa.js --event request.json --json');
  expect(code).toBe(0);
  const result = JSON.parse(out) as { output: string; computeUtilization: number };
  expect(result).toMatchObject({ error: '', logs: ['seen /a/'], warnings: [] });
  expect(JSON.parse(result.output)).toEqual({
    request: { headers: { host: { value: 'a' } }, method: 'GET', querystring: {}, uri: '/a/index.html', cookies: {} },
  });
  expect(result.computeUtilization).toBeWithin(0, 101);
});

test('a response event', async () => {
  const { code, out } = await run('run headers.js --event response.json');
  expect(code).toBe(0);
  expect(out).toContain('"x-a": {\n        "value": "OK"');
});

test('an event of a URL: query, cookies and headers as an edge shows them', async () => {
  const { code, out } = await run(
    'run echo.js --viewer-request https://www.example.com/a?b=1&b=2&c -X POST -H cookie:k=v -H X-A:1 -H CloudFront-Viewer-Country:DE --from 192.0.2.9 --json',
  );
  expect(code).toBe(0);
  expect(JSON.parse((JSON.parse(out) as { logs: string[] }).logs[0]!)).toMatchObject({
    context: { eventType: 'viewer-request' },
    viewer: { ip: '192.0.2.9' },
    request: {
      method: 'POST',
      uri: '/a',
      querystring: { b: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, c: { value: '' } },
      headers: { host: { value: 'www.example.com' }, 'x-a': { value: '1' }, 'cloudfront-viewer-country': { value: 'DE' } },
      cookies: { k: { value: 'v' } },
    },
  });
  expect((await run('run headers.js --viewer-response http://a.test/')).out).toContain('"value": "OK"');
});

test('a key value store, as CloudFront imports it', async () => {
  const { code, out } = await run('run kvs.js --event request.json --key-values ID1=kvs.json');
  expect(code).toBe(0);
  expect(out).toContain('"uri": "/vObject"');
});

describe('what fails', () => {
  const rows: [line: string, code: number, want: string][] = [
    [
      'run bad.js --event request.json',
      1,
      "could not run. TypeError: cannot read property 'y' of undefined (line 3, column 11)\n\n3 |   return x.y;\n              ^\n",
    ],
    [
      'run old.js --event request.json --runtime 1.0',
      1,
      'SyntaxError: let is not supported by cloudfront-js-1.0 (line 2, column 3)\n\n2 |   let uri',
    ],
    [
      'run host.js --event request.json',
      1,
      'a read-only header. request.headers: the header host is read-only for viewer-request functions',
    ],
    ['run spa.js --event response.json', 1, 'a viewer-response function must return a response'],
    ['run spa.js --event none.json', 2, 'warmfront: none.json: The event object has no context'],
    ['run spa.js --event spa.js', 2, 'warmfront: spa.js: The event object is not JSON'],
    ['run long.js --event request.json', 1, 'bytes long, and CloudFront takes 10240 (FunctionSizeLimitExceeded)'],
    ['run spa.js --event long.json', 2, 'longer than the 40960 bytes that CloudFront takes'],
    ['run gone.js --event request.json', 2, 'warmfront: gone.js cannot be read'],
    ['run spa.js', 2, 'warmfront: say which event to run it with'],
    ['run', 2, 'warmfront: say which function to run'],
    ['run spa.js --event request.json --viewer-request http://a.test/', 2, 'warmfront: say which event to run it with'],
    ['run spa.js --viewer-request /a', 2, 'warmfront: url: give an absolute URL'],
    [
      'run kvs.js --event request.json --key-values request.json',
      2,
      'request.json: it must be an object with a list named "data"',
    ],
    ['run kvs.js --event request.json --key-values kvs.json', 1, 'The key value store ID1 is not associated'],
    ['run spa.js other.js --event request.json', 2, 'warmfront: "functions run" takes one word, not "other.js" as well'],
    ['walk', 2, 'warmfront: say what to do'],
    ['run spa.js --event request.json --runtime 3.0', 2, 'warmfront: --runtime is 1.0 or 2.0, not "3.0"'],
  ];
  test.each(rows)('%s', async (line, code, want) => {
    const ran = await run(line);
    expect(ran.out).toContain(want);
    expect(ran.code).toBe(code);
  });
});

test('what CloudFront does not document is warned of', async () => {
  const { code, out } = await run('run new.js --event request.json');
  expect(code).toBe(0);
  expect(out).toContain(
    'warning: destructuring is not among the features that CloudFront documents for cloudfront-js-2.0 (line 1, column 31)',
  );
});

test('--watch sees each change of an editor that saves by renaming', async () => {
  const save = (comment: string, change = ''): void => {
    const code = `function handler(event) { console.log('${comment}'); ${change}return event.request; }`;
    writeFileSync(join(folder, 'watched.js.new'), code);
    renameSync(join(folder, 'watched.js.new'), join(folder, 'watched.js'));
  };
  const lines: string[] = [];
  let seen = (): void => undefined;
  const line = (want: string): Promise<void> =>
    new Promise((resolve) => {
      seen = () => {
        if (!lines.includes(want)) return;
        lines.length = 0;
        resolve();
      };
      seen();
    });
  const print = (text: string): void => {
    lines.push(text);
    seen();
  };
  save('first');
  const words = 'functions run watched.js --event request.json --watch'.split(' ');
  const terminal = { environment: {}, workingDirectory: folder, print, complain: print };
  // It goes on until the process ends.
  void runCli(words, { up: () => Promise.resolve(0), functionBench: () => Promise.resolve(functionBench) }, terminal);
  await line('--- waiting for changes of watched.js and request.json');
  // One save can be told several times over, so that the last of a few would be seen by chance.
  for (const comment of Array.from({ length: 10 }, (_, n) => `save ${n}`)) {
    save(comment);
    await line(`log: ${comment}`);
  }
  save('changed', "event.request.uri = '/b'; ");
  await line('result, since the last run:');
});
