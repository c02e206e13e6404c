/**
 * What the words of a command line say: which settings are given, which switches and options, which plain words. `--flag VALUE`, `--flag=VALUE`,
 * `--switch`, `--no-switch`, `--` ends the flags. What the values mean: read-settings.ts; which flags exist: commands.ts.
 */
import { flagName, SETTINGS, type SettingName } from '../tables/settings.ts';
import type { Command, OptionName, SwitchName } from './commands.ts';
import { suggestion } from './nearest.ts';
import { UsageError } from './usage-error.ts';

export interface Arguments {
  /** The texts given for each setting, in order. */
  readonly settings: ReadonlyMap<SettingName, readonly string[]>;
  readonly switches: ReadonlySet<SwitchName>;
  /** The texts given for each option, in order. */
  readonly options: ReadonlyMap<OptionName, readonly string[]>;
  /** Where warmfront.config.json is; undefined when not said. */
  readonly config: string | undefined;
  readonly words: readonly string[];
}

const SHORT: Readonly<Record<string, string>> = {
  '-h': '--help',
  '-V': '--version',
  '-X': '--method',
  '-H': '--header',
};

export function readArguments(given: readonly string[], command: Pick<Command, 'settings' | 'switches' | 'options'>): Arguments {
  const settings = new Map<SettingName, string[]>();
  const switches = new Set<SwitchName>();
  const options = new Map<OptionName, string[]>();
  const words: string[] = [];
  let config: string | undefined;
  const takesConfig = command.settings.length > 0;
  const known = [
    ...command.settings.map((name) => `--${flagName(name)}`),
    ...command.switches.map((name) => `--${name}`),
    ...(command.options ?? []).map((name) => `--${name}`),
    ...(takesConfig ? ['--config'] : []),
  ];

  for (let index = 0; index < given.length; index++) {
    const word = given[index]!;
    if (word === '--') {
      words.push(...given.slice(index + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const full = SHORT[word] ?? word;
    const equals = full.indexOf('=');
    const flag = equals < 0 ? full : full.slice(0, equals);
    const attached = equals < 0 ? undefined : full.slice(equals + 1);
    const value = (): string => {
      const next = attached ?? given[++index];
      if (next === undefined || (attached === undefined && next.startsWith('--'))) throw new UsageError(`${flag} needs a value`);
      return next;
    };

    const named = command.switches.find((name) => flag === `--${name}`);
    const option = command.options?.find((name) => flag === `--${name}`);
    const setting = command.settings.find((name) => flag === `--${flagName(name)}`);
    const negated = command.settings.find((name) => isToggle(name) && flag === `--no-${flagName(name)}`);
    if (named !== undefined) {
      if (attached !== undefined) throw new UsageError(`${flag} takes no value`);
      switches.add(named);
    } else if (option !== undefined) {
      options.set(option, [...(options.get(option) ?? []), value()]);
    } else if (setting !== undefined) {
      settings.set(setting, [...(settings.get(setting) ?? []), isToggle(setting) ? (attached ?? 'true') : value()]);
    } else if (negated !== undefined && attached === undefined) {
      settings.set(negated, [...(settings.get(negated) ?? []), 'false']);
    } else if (takesConfig && flag === '--config') {
      config = value();
    } else {
      throw new UsageError(`unknown flag ${flag}${suggestion(flag, known)}`);
    }
  }
  return { settings, switches, options, config, words };
}

function isToggle(name: SettingName): boolean {
  return SETTINGS[name].placeholder === '';
}
