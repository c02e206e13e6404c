/**
 * Reads rule files of ModSecurity's SecLang (reference manual of ModSecurity v2 and v3) into the rows that
 * src/core/viewer-request/waf/seclang evaluates. Kept is what inspects requests at paranoia level 1: rules of later phases, of higher levels and
 * those that only log are left out; word files are read in; scores are numbers. What a kept rule uses and the evaluator does not know
 * is an error, never left out in silence.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ALSO_IN_PATHS, DROPPED_WORDS, LEFT_OUT, OWN_VARIABLES, REWRITTEN, SUBSTITUTED } from './adjustments.ts';
import type { AttackClass, RuleLinkRow, RuleRow, RuleSetRows } from '../../src/core/viewer-request/waf/seclang/rule-row.ts';

interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  readonly line: number;
}

interface Actions {
  readonly all: readonly (readonly [name: string, value: string])[];
}

/** Tags of the Core Rule Set that say what a rule guards against. */
const CLASSES: readonly (readonly [tag: string, attack: AttackClass])[] = [
  ['attack-sqli', 'sqli-pattern'],
  ['attack-xss', 'xss'],
  ['attack-lfi', 'lfi'],
  ['attack-rfi', 'rfi'],
  ['attack-ssrf', 'ssrf'],
  ['attack-wordpress', 'wordpress'],
  ['attack-log4j', 'log4j'],
  ['attack-react', 'react'],
  ['attack-path', 'path'],
  ['attack-admin', 'admin'],
  ['attack-code', 'code'],
  ['attack-injection-php', 'php'],
  ['attack-injection-java', 'java'],
  ['attack-injection-nodejs', 'code'],
  ['attack-injection-generic', 'code'],
  ['language-java', 'java'],
  ['language-powershell', 'powershell'],
  ['platform-windows', 'windows'],
  ['attack-rce', 'rce'],
  ['attack-fixation', 'xss'],
  ['attack-reputation-scanner', 'scanner'],
];

/** Where the tags do not tell. */
const CLASSES_BY_ID: ReadonlyMap<number, AttackClass> = new Map([
  [920440, 'extension'],
  [920500, 'extension'],
  [944150, 'log4j'],
]);

/** Actions that decide what is logged, where, and in which words: of no effect on what matches. */
const SILENT = new Set(
  (
    'id phase block deny pass log nolog auditlog noauditlog msg logdata tag ver rev status severity maturity accuracy chain t setvar capture ' +
    'multimatch skipafter expirevar initcol'
  ).split(' '),
);

interface RuleFile {
  readonly rules: RuleRow[];
  /** Where `skipAfter` of a rule leads: the marker, and how many rules stood before it. */
  readonly markers: Map<string, number>;
  readonly pending: Map<number, string>;
}

/** The rules of one file, appended to those before; `asWritten`: without the adjustments of adjustments.ts. */
function readRuleFile(path: string, into: RuleFile, asWritten = false): void {
  let level = 1;
  let chained: RuleLinkRow[] | undefined;
  for (const directive of directivesOf(readFileSync(path, 'latin1'))) {
    const where = `${path}:${directive.line}`;
    if (directive.name === 'SecMarker') {
      into.markers.set(directive.words[0]!, into.rules.length);
      continue;
    }
    if (directive.name === 'SecComponentSignature') continue;
    if (directive.name !== 'SecRule' && directive.name !== 'SecAction')
      throw new Error(`${where}: ${directive.name} is not known`);
    const isAction = directive.name === 'SecAction';
    const [targets, operator, actionText] = isAction
      ? ['UNCONDITIONAL', '@unconditionalMatch', directive.words[0]!]
      : directive.words;
    const actions = actionsOf(actionText ?? '');
    const guard = /^@lt (\d)$/.exec(operator!);
    if (guard !== null && /^TX:(EXECUTING|DETECTION)_PARANOIA_LEVEL$/i.test(targets!)) {
      level = Number(guard[1]);
      continue;
    }
    const links = chained ?? [];
    links.push(linkOf(targets!, operator!, actions, where, asWritten));
    const isChained = has(actions, 'chain');
    if (chained === undefined && isKept(actions, level, asWritten)) begin(actions, links, into, asWritten);
    finishScore(actions, links, into);
    chained = isChained ? links : undefined;
  }
}

/** Files of rules that judge a request by itself: those by address, by rate, of exceptions for applications and of responses are not. */
const FILES = /^REQUEST-9(?:11|13|20|21|22|30|31|32|33|34|41|42|43|44)-.*\.conf$/;

/** The Core Rule Set in a folder of its rule files. */
export function readRuleFolder(folder: string, asWritten = false): RuleSetRows {
  const file: RuleFile = { rules: [], markers: new Map(), pending: new Map() };
  const names = readdirSync(folder).filter((entry) => FILES.test(entry));
  for (const name of names.toSorted()) readRuleFile(join(folder, name), file, asWritten);
  const initialisation = join(folder, 'REQUEST-901-INITIALIZATION.conf');
  const version = /^SecComponentSignature "OWASP_CRS\/([^"]+)"/m.exec(readFileSync(initialisation, 'latin1'))![1]!;
  return { version, variables: readInitialVariables(initialisation), rules: resolveMarkers(file) };
}

/** The initial transaction variables: what the rules of the initialisation file would set. */
function readInitialVariables(path: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { words } of directivesOf(readFileSync(path, 'latin1'))) {
    for (const [name, value] of actionsOf(words.at(-1) ?? '').all) {
      const setting = /^tx\.([\w-]+)=(.*)$/s.exec(value);
      if (name === 'setvar' && setting !== null && /allowed|restricted|extensions/.test(setting[1]!))
        variables[setting[1]!] = setting[2]!;
    }
  }
  return variables;
}

/** With the places that rules skip to. */
function resolveMarkers(file: RuleFile): RuleRow[] {
  return file.rules.map((rule, index) => {
    const marker = file.pending.get(index);
    if (marker === undefined) return rule;
    const to = file.markers.get(marker);
    if (to === undefined) throw new Error(`rule ${rule.id} skips to ${marker}, which is not there`);
    return { ...rule, skip: to - index - 1 };
  });
}

/** Rows begun while their chain is still being read; scores may stand on its last link. */
function begin(actions: Actions, links: RuleLinkRow[], into: RuleFile, asWritten: boolean): void {
  const tags = valuesOf(actions, 'tag');
  const id = Number(valuesOf(actions, 'id')[0]);
  const byTag = CLASSES.find(([tag]) => tags.includes(tag))?.[1] ?? 'protocol';
  const isSure = links[0]!.test.includes('@detectSQLi');
  const attack = CLASSES_BY_ID.get(id) ?? (isSure ? 'sqli' : byTag);
  const skip = valuesOf(actions, 'skipafter')[0];
  if (skip !== undefined) into.pending.set(into.rules.length, skip);
  // The Core Rule Set counts by setvar, our own rules by their severity alone.
  const score = id < FIRST_OF_CORE_RULE_SET ? (SCORES[(valuesOf(actions, 'severity')[0] ?? '').toLowerCase()] ?? 0) : 0;
  const [first] = links;
  if (!asWritten && ALSO_IN_PATHS.has(attack) && /\bARGS\|XML:\/\*$/.test(first!.on))
    links[0] = { ...first!, on: `${first!.on}|REQUEST_FILENAME` };
  into.rules.push({ id, attack, score, links });
}

const FIRST_OF_CORE_RULE_SET = 900_000;

const SCORES: Readonly<Record<string, number>> = { critical: 5, error: 4, warning: 3, notice: 2 };

function finishScore(actions: Actions, links: readonly RuleLinkRow[], into: RuleFile): void {
  const rule = into.rules.at(-1);
  if (rule === undefined || rule.links !== links) return;
  for (const value of valuesOf(actions, 'setvar')) {
    const scored = /anomaly_score_pl1=\+%\{tx\.(\w+)_anomaly_score\}/.exec(value);
    if (scored !== null) into.rules[into.rules.length - 1] = { ...rule, score: SCORES[scored[1]!]! };
  }
}

function isKept(actions: Actions, level: number, asWritten: boolean): boolean {
  if (!asWritten && LEFT_OUT.has(valuesOf(actions, 'id')[0] ?? '')) return false;
  return level === 1 && Number(valuesOf(actions, 'phase')[0] ?? 2) <= 2;
}

function substituted(id: string, operator: string, where: string): string {
  const [part, instead] = SUBSTITUTED.get(id) ?? ['', ''];
  if (!operator.includes(part)) throw new Error(`${where}: ${part} is not there any more (adjustments.ts)`);
  return operator.replace(part, () => instead);
}

function linkOf(targets: string, operator: string, actions: Actions, where: string, asWritten: boolean): RuleLinkRow {
  for (const [name, value] of actions.all) {
    const isSilentControl =
      name === 'ctl' &&
      /^(?:auditLogParts|forceRequestBodyVariable)=|^ruleRemoveById=\d+$|^ruleRemoveTargetByTag=xss-perf-disable;/.test(value);
    if (!SILENT.has(name) && !isSilentControl) throw new Error(`${where}: the action ${name}:${value} is not known`);
  }
  // What looks behind cannot be evaluated as written.
  const id = asWritten && !operator.includes('(?<!') ? '' : (valuesOf(actions, 'id')[0] ?? '');
  const complete = /^!?@/.test(operator) ? operator : `@rx ${operator}`;
  const spelled = REWRITTEN.get(id) ?? substituted(id, complete, where);
  const transforms = valuesOf(actions, 't').map((name) => name.toLowerCase());
  const kept = transforms.slice(transforms.lastIndexOf('none') + 1);
  const sets = valuesOf(actions, 'setvar').filter((value) => /^tx\./i.test(value) && !/_score(_pl\d)?=/.test(value));
  const removes = valuesOf(actions, 'ctl').filter((value) => value.startsWith('ruleRemoveById='));
  const dropped = DROPPED_WORDS.get(id) ?? [];
  const file = /^(!?)@pmFromFile (.*)$/.exec(spelled);
  return {
    on: targets,
    ...(file === null
      ? { test: spelled }
      : { test: `${file[1]}@pm`, words: wordsOf(file[2]!, where).filter((word) => !dropped.includes(word)) }),
    ...(kept.length === 0 ? {} : { after: kept.join(',') }),
    ...(sets.length === 0 ? {} : { set: sets.map((value) => value.slice(3)) }),
    ...(removes.length === 0 ? {} : { remove: removes.map((value) => Number(value.slice(15))) }),
    ...(has(actions, 'capture') ? { capture: true } : {}),
    ...(has(actions, 'multimatch') ? { multiMatch: true } : {}),
  };
}

function wordsOf(names: string, where: string): string[] {
  return names
    .split(' ')
    .flatMap((name) => readFileSync(join(dirname(where.replace(/:\d+$/, '')), name), 'latin1').split('\n'))
    .map((word) => word.trim())
    .filter((word) => word !== '' && !word.startsWith('#'));
}

function has(actions: Actions, name: string): boolean {
  return actions.all.some(([other]) => other === name);
}

function valuesOf(actions: Actions, name: string): string[] {
  return actions.all.filter(([other]) => other === name).map(([, value]) => value);
}

/** `id:1,phase:2,msg:'a, b'`: names in lower case, values without their quotes. */
function actionsOf(text: string): Actions {
  const all: [string, string][] = [];
  for (const [, name, quoted, bare] of text.matchAll(/\s*([\w-]+)\s*(?::\s*(?:'((?:[^'\\]|\\.)*)'|([^,]*)))?\s*(?:,|$)/gs)) {
    if (name !== undefined) all.push([name.toLowerCase(), quoted ?? bare?.trim() ?? '']);
  }
  return { all };
}

function* directivesOf(text: string): Iterable<Directive> {
  let line = 1;
  for (const logical of text.replaceAll('\\\r\n', '\\\n').split(/(?<!\\)\n/)) {
    const start = line;
    line += logical.split('\n').length;
    const joined = logical.replaceAll(/\\\n\s*/g, ' ').trim();
    if (joined === '' || joined.startsWith('#')) continue;
    const [, name, rest] = /^(\w+)\s*(.*)$/s.exec(joined)!;
    const words = [...rest!.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/gs)].map(
      ([, quoted, bare]) => quoted?.replaceAll('\\"', '"') ?? bare!,
    );
    yield { name: name!, words, line: start };
  }
}

/** The file that the program reads. */
export function ruleSetText({ version, variables, rules }: RuleSetRows): string {
  const rows = rules.map((rule) => JSON.stringify(rule)).join(',\n');
  return `{"version":${JSON.stringify(version)},\n"variables":${JSON.stringify(variables)},\n"rules":[\n${rows}\n]}\n`;
}

/** Our own rules: own-rules.conf beside this file. */
export function ownRuleSetText(): string {
  const file: RuleFile = { rules: [], markers: new Map(), pending: new Map() };
  readRuleFile(join(import.meta.dir, 'own-rules.conf'), file);
  return ruleSetText({ version: '', variables: OWN_VARIABLES, rules: resolveMarkers(file) });
}
