/**
 * docs/reference/settings.md: the commands and every setting, from src/tables/settings.ts and src/cli/commands.ts.
 */
import { COMMAND_NAMES, COMMANDS, OPTION_HELP, SWITCH_HELP } from '../../src/cli/commands.ts';
import type { Setting } from '../../src/tables/setting-kinds.ts';
import { environmentName, flagName, SETTING_NAMES, SETTINGS } from '../../src/tables/settings.ts';
import { code, page, table } from './markdown.ts';

export function settingsPage(): string {
  const settings = SETTING_NAMES.map((name) => {
    const row: Setting<unknown> = SETTINGS[name];
    const flag = row.placeholder === '' ? `--[no-]${flagName(name)}` : `--${flagName(name)} ${row.placeholder}`;
    const help = `${row.help}${row.repeatable === true ? ' (repeatable)' : ''}${row.notYet === true ? '; **no effect yet**' : ''}`;
    return [code(flag), code(environmentName(name)), code(row.shownDefault), help];
  });
  const commands = COMMAND_NAMES.flatMap((name) => {
    const command = COMMANDS[name];
    const options = (command.options ?? []).map((option) => `${code(OPTION_HELP[option].flag)} ${OPTION_HELP[option].help}`);
    const switches = command.switches.map((flag) => `${code(`--${flag}`)} ${SWITCH_HELP[flag]}`);
    const flags = [...options, ...switches].join('; ');
    return ['', `### ${name}`, '', code(command.usage), '', command.about, '', `Also: ${flags}.`];
  });
  return page(
    'Commands and settings',
    "A flag overrules its environment variable, which overrules the key of the flag's name (without the dashes) in",
    '`warmfront.config.json`, which overrules the default. The file is looked for in the working directory, or where `--config FILE` or',
    '`WARMFRONT_CONFIG` says. A path in it is relative to the file. Sizes count in powers of 1024.',
    '',
    '## Settings of `warmfront up`',
    '',
    table(['Flag', 'Variable', 'Default', 'Meaning'], settings),
    '',
    '## Commands',
    commands,
    '',
    'Exit codes: 0 done, 1 it could not be done, 2 the command line or the configuration is wrong.',
  );
}
