/**
 * The regression tests of a checkout of github.com/coreruleset/coreruleset (tests/regression/tests), of versions 3.3 and 4: each is a request,
 * octet for octet, and which rules are to find something in it and which are not.
 */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { YAML } from 'bun';

export interface CrsTest {
  /** `942100-1` */
  readonly id: string;
  readonly request: Buffer;
  /** Whom it asks for. */
  readonly host: string;
  readonly expected: readonly number[];
  readonly unexpected: readonly number[];
}

interface Input {
  readonly method?: string;
  readonly uri?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly data?: string | number | boolean | readonly string[] | null;
  readonly encoded_request?: string;
  readonly autocomplete_headers?: boolean;
  readonly stop_magic?: boolean;
}

interface Output {
  readonly log?: { readonly expect_ids?: readonly number[]; readonly no_expect_ids?: readonly number[] };
  readonly log_contains?: string;
  readonly no_log_contains?: string;
}

interface Stage {
  readonly input: Input;
  readonly output?: Output;
}

interface Suite {
  readonly rule_id?: number;
  readonly tests?: readonly {
    readonly test_title?: string;
    readonly test_id?: number;
    readonly stages: readonly (Stage | { readonly stage: Stage })[];
  }[];
}

/** `host`: what requests for `localhost` ask for instead. */
export async function readCrsTests(checkout: string, host: string): Promise<readonly CrsTest[]> {
  const folder = join(checkout, 'tests/regression/tests');
  const tests: CrsTest[] = [];
  for await (const path of new Bun.Glob('**/*.yaml').scan(folder)) {
    const suite = YAML.parse(readFileSync(join(folder, path), 'utf8')) as Suite | null;
    for (const { test_title: title, test_id: number, stages } of suite?.tests ?? []) {
      const id = title ?? `${suite?.rule_id ?? basename(path, '.yaml')}-${number ?? 0}`;
      for (const each of stages) {
        const { input, output = {} } = 'stage' in each ? each.stage : each;
        const { log = {} } = output;
        tests.push({
          id,
          request: requestOf(input, host),
          host: /^[a-z][a-z.-]+\.[a-z]+(?=:|$)/.exec(String(hostOf(input)))?.[0] ?? host,
          expected: [...(log.expect_ids ?? []), ...idsIn(output.log_contains)],
          unexpected: [...(log.no_expect_ids ?? []), ...idsIn(output.no_log_contains)],
        });
      }
    }
  }
  return tests;
}

function hostOf({ headers = {} }: Input): unknown {
  return Object.entries(headers).find(([name]) => /^host$/i.test(name))?.[1];
}

function idsIn(words = ''): number[] {
  return [...words.matchAll(/\b(9\d{5})\b/g)].map(([, id]) => Number(id));
}

function requestOf(input: Input, host: string): Buffer {
  if (input.encoded_request !== undefined) {
    const octets = Buffer.from(input.encoded_request, 'base64').toString('latin1');
    return Buffer.from(octets.replace(/^(host:\s*)localhost\b/im, `$1${host}`), 'latin1');
  }
  const body = Buffer.from(repeated(bodyOf(input.data)), 'utf8');
  const fields = Object.entries(input.headers ?? {}).map(([name, value]): [string, string] => [name, repeated(String(value))]);
  const has = (name: string) => fields.some(([other]) => other.toLowerCase() === name);
  if (input.autocomplete_headers !== false && input.stop_magic !== true) {
    if (body.length > 0 && !has('content-type')) fields.push(['Content-Type', 'application/x-www-form-urlencoded']);
    if (body.length > 0 && !has('content-length') && !has('transfer-encoding')) fields.push(['Content-Length', `${body.length}`]);
    if (!has('connection')) fields.push(['Connection', 'close']);
    // AWS WAF refuses whoever does not say who it is; tests of version 3.3 mostly do not.
    if (!has('user-agent')) fields.push(['User-Agent', 'OWASP CRS test agent']);
  }
  const lines = fields.map(([name, value]) => `${name}: ${value.replace(/^((?:https?:\/\/)?)localhost\b/, `$1${host}`)}\r\n`);
  const head = `${input.method ?? 'GET'} ${repeated(input.uri ?? '/')} ${input.version ?? 'HTTP/1.1'}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

function bodyOf(data: Input['data']): string {
  if (typeof data === 'object' && data !== null) return data.join('\r\n');
  return String(data ?? '');
}

/** The one thing that templates of version 4 do: `{{ "1" | repeat 64200 }}`. */
function repeated(text: string): string {
  return text.replaceAll(/\{\{\s*"([^"]*)"\s*\|\s*repeat\s+(\d+)\s*\}\}/g, (_, part: string, times: string) =>
    part.repeat(Number(times)),
  );
}

/** What is known of a rule: how paranoid one must be for it, whether it refuses by itself, and whether it looks at requests at all. */
export interface CrsRule {
  readonly level: number;
  readonly isCritical: boolean;
  readonly isOfRequests: boolean;
}

export async function readCrsRules(checkout: string): Promise<ReadonlyMap<number, CrsRule>> {
  const rules = new Map<number, CrsRule>();
  const folder = join(checkout, 'rules');
  for await (const path of new Bun.Glob('RE{QUEST,SPONSE}-9*.conf').scan(folder)) {
    let level = 1;
    for (const line of readFileSync(join(folder, path), 'utf8').replaceAll('\\\n', ' ').split('\n')) {
      const guard = /_PARANOIA_LEVEL "@lt (\d)"/.exec(line);
      const id = /^\s*Sec\w+ .*[",\s]id:(\d+)/.exec(line);
      if (guard !== null) level = Number(guard[1]);
      else if (id !== null) {
        const isCritical = /severity:'?CRITICAL/i.test(line);
        rules.set(Number(id[1]), { level, isCritical, isOfRequests: path.startsWith('REQUEST') });
      }
    }
  }
  return rules;
}
