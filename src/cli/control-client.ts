/**
 * Asks the running Warmfront over HTTP (/_warmfront/*). Which one: the run record of the data directory. Every failure becomes one
 * sentence: not running, not answering, or the refusal in the server's own words.
 */
import { request } from 'node:http';
import type { CertificateState, PurgeReceipt, PurgeRequest, Health, Refusal, ReloadReceipt, Status } from '../model/admin.ts';
import type { Explanation } from '../model/explanation.ts';
import type { FindingGroup } from '../model/guard-finding.ts';
import type { WafTestQuestion, WafTestResult } from '../model/waf-test.ts';
import type { FunctionRunQuery, RecordedFunctionRuns } from '../model/function-trace.ts';
import { isRunning, readRunRecord } from './run-record.ts';
import { UsageError } from './usage-error.ts';
import { sentence } from '../model/sentence.ts';

export interface ControlClient {
  health(): Promise<Health>;
  status(): Promise<Status>;
  certificates(): Promise<readonly CertificateState[]>;
  /** Resolves when every edge has applied the purge. */
  purge(what: PurgeRequest): Promise<PurgeReceipt>;
  /** Resolves when every worker is a new one. */
  reload(): Promise<ReloadReceipt>;
  explain(question: ExplainedQuestion): Promise<Explanation>;
  functionRuns(query: FunctionRunQuery): Promise<RecordedFunctionRuns>;
  findings(): Promise<readonly FindingGroup[]>;
  /** What a web ACL would decide. */
  testWebAcl(question: WafTestQuestion): Promise<readonly WafTestResult[]>;
}

export interface ExplainedQuestion {
  readonly url: string;
  readonly method: string | undefined;
  /** Lines as `Name: value`. */
  readonly headers: readonly string[];
  /** The viewer's address. */
  readonly from: string | undefined;
}

/** A client of the Warmfront that runs with this data directory. Throws UsageError when none does. */
export function connect(data: string): ControlClient {
  const record = readRunRecord(data);
  if (record === undefined || !isRunning(record)) {
    throw new UsageError(`Warmfront does not run with the data directory ${data}; start it with: warmfront up --data ${data}`, 1);
  }
  const ask = <Answer>(method: string, path: string, body?: unknown) =>
    exchange(`${record.apiUrl}/_warmfront/${path}`, method, body) as Promise<Answer>;
  return {
    health: () => ask('GET', 'health'),
    status: () => ask('GET', 'status'),
    certificates: () => ask('GET', 'certificates'),
    purge: (what) => ask('POST', 'purge', what),
    reload: () => ask('POST', 'reload', {}),
    findings: () => ask('GET', 'findings'),
    testWebAcl: (question) => ask('POST', 'waf/test', question),
    explain({ url, method, headers, from }) {
      const said = { ...(method !== undefined && { method }), ...(from !== undefined && { from }) };
      const query = new URLSearchParams({ url, ...said });
      for (const header of headers) query.append('header', header);
      return ask('GET', `explain?${query.toString()}`);
    },
    functionRuns({ requestId, name, last }) {
      const said = { ...(requestId !== undefined && { 'request-id': requestId }), ...(name !== undefined && { function: name }) };
      return ask('GET', `functions/runs?${new URLSearchParams({ ...said, last: String(last) }).toString()}`);
    },
  };
}

/** node:http and not fetch: a proxy named in the environment must not see calls to this machine. */
async function exchange(url: string, method: string, body: unknown): Promise<unknown> {
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  }).catch((error: unknown) => {
    throw new UsageError(`no answer from ${url}: ${sentence(error)}`, 1);
  });
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new UsageError(`${url} answered ${status}, not in JSON; is something else listening there?`, 1);
  }
  if (isRefusal(answer)) throw new UsageError(answer.error.message, 1);
  return answer;
}

function isRefusal(answer: unknown): answer is Refusal {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return false;
  const { error } = answer;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
