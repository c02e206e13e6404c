/**
 * Help, printed from the tables: commands.ts and src/tables/settings.ts. The reference page in docs/ is made from the same rows.
 */
import type { Setting } from '../tables/setting-kinds.ts';
import { environmentName, flagName, SETTINGS, type SettingName } from '../tables/settings.ts';
import { COMMAND_NAMES, COMMANDS, OPTION_HELP, SWITCH_HELP, type CommandName } from './commands.ts';
import { columns } from './terminal.ts';

/** All commands, one line each. */
export function overview(): string[] {
  return [
    'Warmfront: a CDN anyone can run, driven by the tools of Amazon CloudFront',
    '',
    'usage: warmfront COMMAND [flags]',
    '',
    ...columns(COMMAND_NAMES.map((name) => [`  ${name}`, COMMANDS[name].summary])),
    '',
    'warmfront help COMMAND says more; warmfront --version prints the version.',
  ];
}

export function commandHelp(name: CommandName): string[] {
  const command = COMMANDS[name];
  const flags = [
    ...(command.options ?? []).map((option) => [`  ${OPTION_HELP[option].flag}`, OPTION_HELP[option].help]),
    ...command.settings.map((setting) => settingRow(setting)),
    ...(command.settings.length > 0 ? [['  --config FILE', 'the configuration file', 'warmfront.config.json']] : []),
    ...command.switches.map((flag) => [`  --${flag}`, SWITCH_HELP[flag]]),
  ];
  return [
    `usage: ${command.usage}`,
    '',
    ...wrapped(command.about, 100),
    '',
    ...columns(flags),
    ...(name === 'up'
      ? ['', `Each flag has a variable (${environmentName('httpPort')}) and a key ("http-port" in the file).`]
      : []),
    '',
    ...command.examples.map((example) => `  $ ${example}`),
  ];
}

function settingRow(name: SettingName): string[] {
  const setting: Setting<unknown> = SETTINGS[name];
  const flag = flagName(name);
  const shown = setting.placeholder === '' ? `  --[no-]${flag}` : `  --${flag} ${setting.placeholder}`;
  return [shown, `${setting.help}${setting.notYet === true ? ' (no effect yet)' : ''}`, setting.shownDefault];
}

function wrapped(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
