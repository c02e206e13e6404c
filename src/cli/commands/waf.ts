/**
 * `warmfront waf test`: what a web ACL would decide about requests, which rule matches, in which field and where, as a page for people or as JSON.
 * Exit code 1: some request did not end as `--expect` says. The requests are put before the web ACL by the running Warmfront; nothing is sent.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WafTestQuestion, WafTestRequest, WafTestResult } from '../../model/waf-test.ts';
import { MOST_TESTED } from '../../model/waf-test.ts';
import { sentence } from '../../model/sentence.ts';
import type { ControlClient } from '../control-client.ts';
import type { Arguments } from '../read-arguments.ts';
import { painter, printable, type Style, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { readRequests } from '../waf/read-requests.ts';

const ACTIONS = ['ALLOW', 'BLOCK', 'CAPTCHA', 'CHALLENGE'] as const;
type Action = (typeof ACTIONS)[number];

export async function waf(
  { words, options }: Pick<Arguments, 'words' | 'options'>,
  client: () => ControlClient,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const [action, url, extra] = words;
  if (action !== 'test') throw new UsageError(`say what to do: warmfront waf test --web-acl NAME ...; see: warmfront help waf`);
  if (extra !== undefined) throw new UsageError(`waf test takes one URL; "${extra}" is one too many`);
  const last = (name: Parameters<typeof options.get>[0]): string | undefined => options.get(name)?.at(-1);
  const webAcl = last('web-acl');
  if (webAcl === undefined) throw new UsageError('say which web ACL: --web-acl NAME, an id, an ARN, or a file FILE.json');
  const expected = last('expect')?.toUpperCase();
  if (expected !== undefined && !isAction(expected))
    throw new UsageError(`--expect is one of ${ACTIONS.join(', ').toLowerCase()}`);
  const read = (file: string): string => readFile(resolve(terminal.workingDirectory, file), file);
  const files = (options.get('requests') ?? []).flatMap((file) => readRequests(read(file), file));
  const requests: readonly WafTestRequest[] =
    url === undefined ? files : [requestOf(url, last, options.get('header') ?? []), ...files];
  if (requests.length === 0) throw new UsageError('say which requests: a URL, or --requests FILE');
  if (requests.length > MOST_TESTED)
    throw new UsageError(`${requests.length} requests are more than ${MOST_TESTED}; split the file`);

  const results = await client().testWebAcl({ ...aclOf(webAcl, read), requests });
  const missed = expected === undefined ? [] : results.filter((result) => result.action !== expected);
  if (asJson) terminal.print(JSON.stringify(results, null, 2));
  else for (const line of page(printable(results), expected, painter(terminal))) terminal.print(line);
  return missed.length === 0 ? 0 : 1;
}

function aclOf(webAcl: string, read: (file: string) => string): Pick<WafTestQuestion, 'webAcl' | 'definition'> {
  if (!webAcl.endsWith('.json')) return { webAcl };
  try {
    return { definition: JSON.parse(Buffer.from(read(webAcl), 'latin1').toString('utf8')) as unknown };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${webAcl}: no JSON: ${sentence(error)}`);
  }
}

function requestOf(
  url: string,
  last: (name: 'method' | 'from' | 'body') => string | undefined,
  lines: readonly string[],
): WafTestRequest {
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) throw new UsageError(`--header: write "Name: value", not "${line}"`);
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const body = last('body');
  return {
    url,
    headers,
    method: last('method') ?? (body === undefined ? undefined : 'POST'),
    from: last('from'),
    ...(body !== undefined && { body: Buffer.from(body, 'utf8').toString('latin1') }),
  };
}

/** One character for each octet. */
function readFile(path: string, file: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${sentence(error)}`);
  }
}

const STYLES: Readonly<Record<Action, Style>> = { ALLOW: 'green', BLOCK: 'red', CAPTCHA: 'yellow', CHALLENGE: 'yellow' };

function page(results: readonly WafTestResult[], expected: string | undefined, paint: ReturnType<typeof painter>): string[] {
  const lines = results.flatMap((result) => {
    const { action, rule, method, url, matched, labels, status } = result;
    const isWrong = expected !== undefined && action !== expected;
    const by = rule === undefined ? 'default action' : `rule ${rule}`;
    const code = status === undefined ? '' : ` ${status}`;
    return [
      `${paint(`${action}${code}`, STYLES[action])} ${method} ${url} (${by})${isWrong ? paint(` expected ${expected}`, 'red') : ''}`,
      ...matched.flatMap((one) => [
        `  ${one.action} by ${one.rule}`,
        ...one.found.map(({ condition, location, name, at, matched: texts }) => {
          const where = `${location}${name === undefined ? '' : ` ${name}`}${at === undefined ? '' : `, octet ${at}`}`;
          return `    ${condition} in ${where}${texts.length === 0 ? '' : `: ${texts.map((text) => JSON.stringify(text)).join(' ')}`}`;
        }),
      ]),
      ...(labels.length === 0 ? [] : [`  labels: ${labels.join(', ')}`]),
    ];
  });
  const counts = ACTIONS.flatMap((action) => {
    const count = results.filter((result) => result.action === action).length;
    return count === 0 ? [] : [`${count} ${action}`];
  });
  return [...lines, `${results.length} requests: ${counts.join(', ')}`];
}

function isAction(word: string): word is Action {
  return (ACTIONS as readonly string[]).includes(word);
}
