/**
 * `warmfront explain`: why a request would be a hit or a miss, as a page for people or as JSON for scripts. What is said comes from the
 * edge (src/model/explanation.ts); here it is laid out. Exits 0 whatever the verdict: the question was answered.
 */
import type { Explanation, StoredExplanation, Verdict } from '../../model/explanation.ts';
import type { FunctionTrace, LambdaTrace } from '../../model/function-trace.ts';
import type { Arguments } from '../read-arguments.ts';
import type { ControlClient } from '../control-client.ts';
import { questionOfWords } from '../explained-question.ts';
import { columns, painter, printable, type Style, type Terminal } from '../terminal.ts';

export async function printExplanation(
  given: Pick<Arguments, 'words' | 'options'>,
  client: () => ControlClient,
  asJson: boolean,
  terminal: Terminal,
): Promise<number> {
  const question = questionOfWords(given, 'explain', { verb: 'explain', url: 'https://www.example.com/index.html' });
  const explanation = await client().explain(question);
  if (asJson) terminal.print(JSON.stringify(explanation, null, 2));
  else for (const line of page(printable(explanation), painter(terminal))) terminal.print(line);
  return 0;
}

type Paint = (text: string, style: Style) => string;

const VERDICT_STYLE: Readonly<Record<Verdict['kind'], Style>> = {
  hit: 'green',
  'hit-stale': 'yellow',
  revalidate: 'yellow',
  miss: 'red',
  pass: 'yellow',
  redirect: 'yellow',
  generated: 'green',
  refused: 'red',
};

function page(explanation: Explanation, paint: Paint): string[] {
  const { request, verdict, edgeLocation } = explanation;
  const reason = verdict.reason === verdict.kind ? '' : ` (${verdict.reason})`;
  const sections: [title: string, lines: string[]][] = [
    ['chosen', chosen(explanation)],
    ['viewer-request function', functionRun(explanation.function ?? explanation.lambda)],
    ['cache key', cacheKey(explanation, paint)],
    ['stored', stored(explanation)],
    ['nearest stored key', nearest(explanation)],
    ['viewer-response function', functionRun(explanation.viewerResponseFunction)],
    ['guard', guard(explanation)],
    ['to the origin', origin(explanation, paint)],
    [
      'hints',
      explanation.hints.map(
        ({ level, sentence }) => `${level === 'warning' ? paint('warning:', 'yellow') : 'note:'} ${sentence}`,
      ),
    ],
  ];
  return [
    `${request.method} ${request.url}`,
    `${paint(verdict.kind, VERDICT_STYLE[verdict.kind])}${reason} at ${edgeLocation}: ${verdict.sentence}`,
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : ['', paint(title, 'bold'), ...lines.map((line) => `  ${line}`)],
    ),
  ];
}

function chosen({ distribution, cacheBehavior, steps }: Explanation): string[] {
  const rows = [['distribution', distribution.sentence]];
  if (distribution.kind === 'none' && distribution.nearby.length > 0) rows.push(['hosts here', distribution.nearby.join(', ')]);
  if (cacheBehavior !== undefined) rows.push(['cache behavior', cacheBehavior.sentence]);
  rows.push(...steps.map(({ step, sentence }) => [step.replaceAll('-', ' '), sentence]));
  return columns(rows);
}

/** In short; `warmfront functions inspect` has all of it. */
function functionRun(ran: FunctionTrace | LambdaTrace | undefined): string[] {
  if (ran === undefined) return [];
  const rows = ran.changes.map(({ part, before, after }) => [part, shown(before), '->', shown(after)]);
  if (ran.failure !== undefined) rows.push(['fails', `${ran.failure.result}: ${ran.failure.message}`]);
  const cost =
    'version' in ran ? ['duration', `${ran.duration.toFixed(1)} ms`] : ['compute utilization', String(ran.computeUtilization)];
  rows.push(...ran.logs.map((line) => ['logged', line]), cost);
  return columns(rows);
}

function cacheKey({ cacheKey: key }: Explanation, paint: Paint): string[] {
  if (key === undefined) return [];
  const rows = key.parts.map(({ part, name, value, kept, sentence }) => [
    kept ? 'kept' : 'dropped',
    name === '' ? part : `${part} ${name}`,
    shown(value),
    sentence,
  ]);
  return columns(rows).map((line) => (line.startsWith('dropped') ? paint(line, 'dim') : line));
}

function stored(explanation: Explanation): string[] {
  const { stored: held, cacheKey: key, invalidation, lastMiss } = explanation;
  if (key === undefined) return [];
  const rows = held === undefined ? [['nothing under this key', '']] : storedRows(held);
  if (invalidation !== undefined && held?.forgottenBy === undefined && held?.softenedBy === undefined) {
    rows.push([
      'invalidated',
      `${invalidation.invalidationId} named this URL with ${invalidation.item} at ${instant(invalidation.issuedAt)}`,
    ]);
  }
  const isUseless = held === undefined || held.forgottenBy !== undefined;
  if (lastMiss !== undefined && isUseless) rows.push(['last miss', lastMiss.sentence]);
  return columns(rows);
}

function storedRows(held: StoredExplanation): string[][] {
  const {
    status,
    method,
    bodyLength,
    where,
    storedAt,
    age,
    lifetime,
    remaining,
    formula,
    formulaHolds,
    forgottenBy,
    softenedBy,
  } = held;
  const left = remaining > 0 ? `fresh for another ${inSeconds(remaining)}` : `stale for ${inSeconds(-remaining)}`;
  const settings = formulaHolds ? '' : '; today’s settings, not those it was stored with';
  return [
    [
      'response',
      `${status} to ${method}, ${bodyLength} bytes, ${where === 'disk' ? 'on disk' : 'in memory'}, stored at ${instant(storedAt)}`,
    ],
    ['age', `${inSeconds(age)} of ${inSeconds(lifetime)}: ${left}`],
    ['lifetime', `${formula}${settings}`],
    ...held.validators.map(([name, value]) => [name, value]),
    ...(held.tags.length === 0 ? [] : [['tags', held.tags.join(', ')]]),
    ...(forgottenBy === undefined
      ? []
      : [['forgotten by', `${forgottenBy.invalidationId} (${forgottenBy.item}) at ${instant(forgottenBy.issuedAt)}`]]),
    ...(softenedBy === undefined
      ? []
      : [['made stale by', `${softenedBy.invalidationId} (${softenedBy.item}) at ${instant(softenedBy.issuedAt)}`]]),
    ['reuse', held.reuse.sentence],
  ];
}

function nearest({ nearest: search }: Explanation): string[] {
  if (search === undefined) return [];
  const cut = search.isComplete ? '' : `; the search stopped after ${search.scanned} keys`;
  if (search.nearest === undefined) return [`none: nothing else is stored under this path${cut}`];
  const { uri, status, remaining, differences } = search.nearest;
  const left = remaining > 0 ? `fresh for another ${inSeconds(remaining)}` : 'stale';
  return [
    `${uri} (${status}, ${left}), of ${search.neighbours} under this path${cut}`,
    ...differences.map(({ sentence }) => sentence),
  ];
}

function origin({ origin: asked }: Explanation, paint: Paint): string[] {
  if (asked === undefined) return [];
  const { wouldBeAsked, originId, secondOriginId, connection, method, target, host, fields, dropped } = asked;
  const second = secondOriginId === undefined ? '' : `, and ${secondOriginId} if it fails`;
  const head = wouldBeAsked
    ? `${originId}${second}, at ${connection}, would be sent:`
    : `nothing; if nothing were stored, ${originId}${second}, at ${connection}, would be sent:`;
  const rows = fields.map(({ name, value, sentence }) => [`  ${name}: ${value}`, sentence]);
  const left = dropped.map(({ name, value, sentence }) => ['dropped', `${name}: ${value}`, sentence]);
  return [head, `  ${method} ${target}`, `  host: ${host}`, ...columns(rows), ...columns(left).map((line) => paint(line, 'dim'))];
}

function guard({ guard: told }: Explanation): string[] {
  if (told === undefined) return [];
  const { mode, sentence, unkeyed, isSetApart, ofRequest, findings } = told;
  const rows = [['mode', `${mode}: ${sentence}`]];
  if (unkeyed.length > 0) rows.push(['not keyed', `${unkeyed.join(', ')}: the origin gets it, and the cache key lacks it`]);
  rows.push(...ofRequest.map((found) => [found.rule, found.sentence]));
  if (isSetApart) rows.push(['set apart', 'nobody shares the answer to this request']);
  for (const { latest, count } of findings) {
    rows.push([
      'found',
      `${latest.rule}, ${latest.action}, ${count === 1 ? 'once' : `${count} times`}: ${latest.method} ${latest.url}: ${latest.because}`,
    ]);
  }
  return columns(rows);
}

function shown(value: string | undefined): string {
  return value === undefined ? '-' : JSON.stringify(value);
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

function inSeconds(duration: number): string {
  return `${Math.round(duration / 100) / 10} s`;
}
