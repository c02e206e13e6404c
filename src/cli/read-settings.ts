/**
 * Which value does each setting have? A flag overrules its WARMFRONT_* variable, which overrules warmfront.config.json, which
 * overrules the default. Every text is parsed here, once; a wrong one is a UsageError that names its source.
 * Kinds and rows: src/tables/setting-kinds.ts and settings.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Setting } from '../tables/setting-kinds.ts';
import { environmentName, flagName, SETTING_NAMES, SETTINGS, type SettingName, type Settings } from '../tables/settings.ts';
import type { Arguments } from './read-arguments.ts';
import { suggestion } from './nearest.ts';
import { UsageError } from './usage-error.ts';
import { sentence } from '../model/sentence.ts';

export const CONFIG_FILE = 'warmfront.config.json';
const CONFIG_VARIABLE = 'WARMFRONT_CONFIG';

/** Where a value was found. */
interface Found {
  readonly texts: readonly string[];
  /** As the person wrote it: `--http-port`, `WARMFRONT_HTTP_PORT`, `http-port in warmfront.config.json`. */
  readonly source: string;
  readonly directory: string;
}

export interface SettingsRead {
  readonly settings: Settings;
  /** Sentences for the person who starts the server: what was given and has no effect. */
  readonly warnings: readonly string[];
}

/** Reads the configuration file when there is one. Throws UsageError. */
export function readSettings(
  given: Pick<Arguments, 'settings' | 'config'>,
  environment: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): SettingsRead {
  const warnings: string[] = [];
  const config = readConfig(given.config ?? environment[CONFIG_VARIABLE], workingDirectory);
  const values: Record<string, unknown> = {};
  for (const name of SETTING_NAMES) {
    const found =
      fromFlag(name, given.settings, workingDirectory) ??
      fromEnvironment(name, environment, workingDirectory) ??
      config.get(name);
    values[name] = valueOf(name, found, workingDirectory);
    const row: Setting<unknown> = SETTINGS[name];
    if (found !== undefined && row.notYet === true) warnings.push(`${found.source} has no effect in this version`);
  }
  warnings.push(...unknownVariables(environment));
  const settings = values as unknown as Settings;
  if (settings.production && settings.demo) {
    throw new UsageError('--demo serves a sample origin on this machine, which --production forbids: leave one of them out');
  }
  if (settings.trustViewerIpHeader !== undefined) {
    if (settings.production) {
      throw new UsageError(
        '--trust-viewer-ip-header lets viewers say who they are, which --production forbids: leave one of them out',
      );
    }
    warnings.push(`viewers are believed in ${settings.trustViewerIpHeader} about their address: for tests only`);
  }
  return { settings, warnings };
}

function valueOf(name: SettingName, found: Found | undefined, workingDirectory: string): unknown {
  const row: Setting<unknown> = SETTINGS[name];
  if (found === undefined) {
    return row.isPath === true && typeof row.fallback === 'string' ? resolve(workingDirectory, row.fallback) : row.fallback;
  }
  const value = row.read(found.texts);
  if (value === undefined) {
    throw new UsageError(`${found.source} must be ${row.expects}, not "${found.texts.join(' ')}"`);
  }
  return row.isPath === true && typeof value === 'string' ? resolve(found.directory, value) : value;
}

function fromFlag(name: SettingName, flags: Arguments['settings'], directory: string): Found | undefined {
  const texts = flags.get(name);
  return texts === undefined ? undefined : { texts, source: `--${flagName(name)}`, directory };
}

function fromEnvironment(
  name: SettingName,
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Found | undefined {
  const text = environment[environmentName(name)];
  // An empty variable is how a shell unsets one.
  if (text === undefined || text === '') return undefined;
  const row: Setting<unknown> = SETTINGS[name];
  const texts = row.repeatable === true ? text.split(/[\s,]+/).filter((part) => part !== '') : [text];
  return { texts, source: environmentName(name), directory };
}

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = [...SETTING_NAMES.map(environmentName), CONFIG_VARIABLE];
  return Object.keys(environment)
    .filter((name) => name.startsWith('WARMFRONT_') && !known.includes(name))
    .map((name) => `${name} is no setting of Warmfront${suggestion(name, known)}`);
}

function readConfig(named: string | undefined, workingDirectory: string): ReadonlyMap<SettingName, Found> {
  const path = resolve(workingDirectory, named ?? CONFIG_FILE);
  const found = new Map<SettingName, Found>();
  if (!existsSync(path)) {
    if (named !== undefined) throw new UsageError(`the configuration file ${path} does not exist`);
    return found;
  }
  for (const [key, value] of Object.entries(parseConfig(path))) {
    const name = SETTING_NAMES.find((candidate) => flagName(candidate) === flagName(key));
    if (name === undefined) {
      throw new UsageError(`unknown setting "${key}" in ${path}${suggestion(key, SETTING_NAMES.map(flagName))}`);
    }
    const texts = textsOf(value);
    if (texts === undefined) throw new UsageError(`"${key}" in ${path} must be ${SETTINGS[name].expects}`);
    const row: Setting<unknown> = SETTINGS[name];
    found.set(name, {
      texts: row.repeatable === true ? texts : [texts.join(',')],
      source: `"${key}" in ${path}`,
      directory: dirname(path),
    });
  }
  return found;
}

function parseConfig(path: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${sentence(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${path} must hold one JSON object`);
  }
  return value;
}

/** A JSON value as the texts a flag would have got; an object of strings is `KEY=VALUE` texts. */
function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null) return undefined;
  const members: readonly [string, unknown][] = Object.entries(value);
  if (!members.every(([, member]) => typeof member === 'string')) return undefined;
  return Array.isArray(value) ? (value as string[]) : members.map(([key, member]) => `${key}=${String(member)}`);
}
