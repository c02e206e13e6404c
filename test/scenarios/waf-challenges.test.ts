import { expect } from 'bun:test';
import type { TestViewer, ViewerOptions, ViewerResponse } from '../../src/testing/index.ts';
import { TOKENS } from '../../src/tables/waf.ts';
import { scenario } from './scenario.ts';
import { CAPTCHA, CHALLENGE, contains, protectedBy, rule } from './web-acls.ts';

const HTML = { accept: 'text/html,*/*', 'user-agent': 'a browser' };
const CHALLENGED = protectedBy([rule('c', contains('/page'), CHALLENGE)]);

/** The challenge in a page, and the number that solves it. */
function solved(page: ViewerResponse): { challenge: string; solution: string } {
  const challenge = /challenge = '([^']+)'/.exec(page.body)![1]!;
  const digest = Buffer.alloc(32);
  for (let solution = 0; ; solution++) {
    Bun.SHA256.hash(`${challenge}:${solution}`, digest);
    if (digest.readUInt32BE() >>> (32 - TOKENS.difficulty) === 0) return { challenge, solution: String(solution) };
  }
}

function post(viewer: TestViewer, form: Record<string, string>, options: ViewerOptions = {}): Promise<ViewerResponse> {
  return viewer.send('POST', TOKENS.path, { headers: HTML, ...options, body: new URLSearchParams(form).toString() });
}

async function token(viewer: TestViewer, options?: ViewerOptions): Promise<string> {
  const page = await viewer.get('/page', { headers: HTML, ...options });
  return (await post(viewer, solved(page), options)).expect({ status: 200 }).headers['set-cookie']!.split(';')[0]!;
}

scenario(
  'a browser gets a challenge, solves it and is let in, for five minutes',
  CHALLENGED,
  async ({ origin, viewer, clock }) => {
    origin.on('GET /page', (tx) => tx.respond(200, {}, 'in'));
    const page = (await viewer.get('/page', { headers: HTML })).expectError(202);
    page.expect({
      headers: {
        'x-amzn-waf-action': 'challenge',
        'cache-control': 'no-store, max-age=0',
        'content-type': 'text/html; charset=UTF-8',
      },
    });
    const cookie = await token(viewer);
    (await viewer.get('/page', { headers: { ...HTML, cookie: `a=b; ${cookie}` } })).expect({ status: 200, body: 'in' });
    clock.advance('5m');
    (await viewer.get('/page', { headers: { ...HTML, cookie } })).expectError(202);
    origin.expectRequests(1);
  },
);

scenario('who takes no HTML gets the status and the header alone', CHALLENGED, async ({ viewer }) => {
  const headers = { 'x-amzn-waf-action': 'challenge', 'content-type': undefined };
  (await viewer.get('/page', { headers: { accept: 'application/json' } })).expectError(202).expect({ body: '', headers });
  (await viewer.send('POST', '/page', { body: 'x' })).expectError(202).expect({ body: '', headers });
});

scenario('a token is for its client, and nobody makes one', CHALLENGED, async ({ viewer }) => {
  const cookie = await token(viewer);
  const others: ViewerOptions[] = [
    { headers: { ...HTML, cookie }, from: '192.0.2.9' },
    { headers: { ...HTML, cookie, 'user-agent': 'another' } },
    ...[
      cookie.slice(0, -1),
      `${cookie}A`,
      cookie.replace('~kit~', '~no~'),
      cookie.replace(/~\d+~~/, '~99999999999999~~'),
      'aws-waf-token=',
    ].map((forged) => ({ headers: { ...HTML, cookie: forged } })),
  ];
  for (const options of others) (await viewer.get('/page', options)).expectError(202);
});

scenario('a solution counts once, in time, for whom it was made', CHALLENGED, async ({ viewer, clock }) => {
  const form = solved(await viewer.get('/page', { headers: HTML }));
  (await post(viewer, form, { from: '192.0.2.9' })).expect({
    status: 403,
    body: 'The solution does not count: another client.\n',
  });
  (await post(viewer, { ...form, solution: '0' })).expect({ status: 403, body: 'The solution does not count: no proof.\n' });
  (await post(viewer, { ...form, challenge: `${form.challenge}x` })).expect({ status: 403 });
  (await post(viewer, form)).expect({ status: 200 });
  (await post(viewer, form)).expect({ status: 403, body: 'The solution does not count: it has been used.\n' });
  const late = solved(await viewer.get('/page', { headers: HTML }));
  clock.advance(TOKENS.solvingTime + 1);
  (await post(viewer, late)).expect({ status: 403, body: 'The solution does not count: too late.\n' });
  (await post(viewer, { challenge: 'x'.repeat(5000) })).expect({ status: 413 });
});

scenario(
  'a captcha wants the answer, too; a challenge does not stand for it',
  protectedBy([rule('c', contains('/page'), CAPTCHA), rule('d', contains('/other'), CHALLENGE)]),
  async ({ origin, viewer }) => {
    origin.on('GET /page', (tx) => tx.respond(200, {}, 'in'));
    const other = await post(viewer, solved(await viewer.get('/other', { headers: HTML })));
    const cookie = other.headers['set-cookie']!.split(';')[0]!;
    const page = (await viewer.get('/page', { headers: { ...HTML, cookie } })).expectError(405);
    page.expect({ headers: { 'x-amzn-waf-action': 'captcha' } });
    (await post(viewer, { ...solved(page), answer: 'no idea' })).expect({
      status: 403,
      body: 'The solution does not count: wrong answer.\n',
    });
    // The kit draws the same each time: the third word of the middle kind.
    expect(page.body).toContain('Which of these words is something to eat');
    const again = await viewer.get('/page', { headers: { ...HTML, cookie } });
    const answered = (await post(viewer, { ...solved(again), answer: ' Potato ' })).expect({ status: 200 });
    const better = answered.headers['set-cookie']!.split(';')[0]!;
    (await viewer.get('/page', { headers: { ...HTML, cookie: better } })).expect({ status: 200, body: 'in' });
  },
);
