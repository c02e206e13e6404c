/**
 * Debian's Chromium meets a challenge of AWS WAF and gets through it by itself: the script of the page solves the proof of work, posts it, and
 * asks again with the token. A captcha is shown with its question, and left unanswered. The edge is the test kit's, in this process.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestEdge, type TestEdge } from '../../src/testing/index.ts';
import { CAPTCHA, CHALLENGE, contains, protectedBy, rule } from '../scenarios/web-acls.ts';
import { findProgram, succeed } from './commands.ts';

const CHROMIUM = await findProgram('/usr/bin/chromium');
if (CHROMIUM === undefined) console.warn('waf-challenge.test.ts skipped: Chromium is not installed (apt-get install chromium)');

let edge: TestEdge;
let profile: string;

beforeAll(async () => {
  edge = await startTestEdge(protectedBy([rule('a', contains('/page'), CHALLENGE), rule('b', contains('/question'), CAPTCHA)]));
  edge.origin.on('*', (tx) => tx.respond(200, { 'content-type': 'text/html' }, '<!doctype html><p>you are in</p>'));
  profile = mkdtempSync(join(tmpdir(), 'warmfront-chromium-'));
});

afterAll(async () => {
  rmSync(profile, { recursive: true, force: true });
  await edge.stop();
});

/** The page as the browser has it in the end. */
function open(path: string): Promise<string> {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const common = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...quiet];
  const url = `http://${edge.domainName}:${edge.httpPort}${path}`;
  return succeed([CHROMIUM!, ...common, `--user-data-dir=${profile}`, '--virtual-time-budget=20000', '--dump-dom', url], {
    HOME: profile,
  });
}

test.skipIf(CHROMIUM === undefined)('a browser solves a challenge by itself', async () => {
  expect(await open('/page')).toContain('you are in');
  const asked = edge.log.filter(({ request }) => request.path !== '/favicon.ico');
  expect(asked.map(({ outcome, request }) => `${request.method} ${request.path} ${outcome.status}`)).toEqual([
    'GET /page 202',
    'POST /.well-known/warmfront-waf 200',
    'GET /page 200',
  ]);
});

test.skipIf(CHROMIUM === undefined)('a captcha is a question, with a field that is labelled', async () => {
  const page = await open('/question');
  expect(page).toContain('<label for="answer">');
  expect(page).toContain('This site wants to know that you are a person.');
});
