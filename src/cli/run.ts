/**
 * The command line: from words to a command and an exit code. 0 done, 1 it could not be done, 2 the command line or the
 * configuration is wrong; then one line says what, where, and what to do. `up` is handed in by main.ts; the rest talks to a
 * running Warmfront over HTTP.
 */
import packageJson from '../../package.json' with { type: 'json' };
import { COMMAND_NAMES, COMMANDS, isCommandName, type CommandName } from './commands.ts';
import { printCertificates } from './commands/certificates.ts';
import { doctor } from './commands/doctor.ts';
import { printEnvironment } from './commands/env.ts';
import { printExplanation } from './commands/explain.ts';
import { printFindings } from './commands/findings.ts';
import { functions } from './commands/functions.ts';
import { inspectSignature } from './commands/inspect-signature.ts';
import { purge } from './commands/purge.ts';
import { reload } from './commands/reload.ts';
import { sign } from './commands/sign.ts';
import { printStatus } from './commands/status.ts';
import { waf } from './commands/waf.ts';
import { connect } from './control-client.ts';
import type { FunctionBench } from './functions/function-bench.ts';
import { commandHelp, overview } from './help.ts';
import { suggestion } from './nearest.ts';
import { readArguments } from './read-arguments.ts';
import { readSettings, type SettingsRead } from './read-settings.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface Handlers {
  /** Serves until it is told to stop; resolves with the exit code. `reread`: the settings as they are now; throws UsageError. */
  up(read: SettingsRead, reread: () => SettingsRead): Promise<number>;
  /** Runs edge functions for their authors. */
  functionBench(): Promise<FunctionBench>;
}

/** Runs one command line, without the program's name. Resolves with the exit code; never exits by itself. */
export async function runCli(
  argv: readonly string[],
  handlers: Handlers,
  terminal: Terminal = processTerminal(),
): Promise<number> {
  try {
    return await run(argv, handlers, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.complain(`warmfront: ${error.message}`);
    return error.exitCode;
  }
}

async function run(argv: readonly string[], handlers: Handlers, terminal: Terminal): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first.startsWith('-')) return runWithoutCommand(argv, terminal);
  if (!isCommandName(first)) {
    throw new UsageError(`unknown command "${first}"${suggestion(first, COMMAND_NAMES) || '; see: warmfront help'}`);
  }
  const given = readArguments(rest, COMMANDS[first]);
  if (given.switches.has('help')) return print(commandHelp(first), terminal);
  if (first === 'help') return help(given.words, terminal);

  if (first === 'sign') return sign(given, terminal);

  const read = (): SettingsRead => readSettings(given, terminal.environment, terminal.workingDirectory);
  // Only two of its three actions ask a running Warmfront.
  if (first === 'functions')
    return functions(given, () => connect(read().settings.data), await handlers.functionBench(), terminal);
  const { settings, warnings } = read();
  if (!TAKES_WORDS.has(first)) refuseWords(first, given.words);
  const asJson = given.switches.has('json');
  switch (first) {
    case 'up':
      return handlers.up({ settings, warnings }, read);
    case 'env':
      return printEnvironment(settings, terminal);
    case 'status':
      return printStatus(connect(settings.data), asJson, terminal);
    case 'certificates':
      return printCertificates(connect(settings.data), asJson, Date.now(), terminal);
    case 'findings':
      return printFindings(connect(settings.data), asJson, terminal);
    case 'waf':
      return waf(given, () => connect(settings.data), asJson, terminal);
    case 'doctor':
      return doctor(settings, asJson, terminal);
    case 'explain':
      return printExplanation(given, () => connect(settings.data), asJson, terminal);
    case 'inspect-signature':
      return inspectSignature(given, () => connect(settings.data), asJson, terminal);
    case 'reload':
      return reload(connect(settings.data), asJson, terminal);
    case 'purge':
      return purge(given.words, () => connect(settings.data), { asJson, soft: given.switches.has('soft') }, terminal);
  }
}

const TAKES_WORDS: ReadonlySet<CommandName> = new Set(['purge', 'explain', 'inspect-signature', 'waf']);

function runWithoutCommand(argv: readonly string[], terminal: Terminal): number {
  const given = readArguments(argv, { settings: [], switches: ['help', 'version'] });
  if (given.switches.has('version')) return print([`warmfront ${packageJson.version}`], terminal);
  if (given.switches.has('help')) return print(overview(), terminal);
  for (const line of overview()) terminal.complain(line);
  return 2;
}

function help(words: readonly string[], terminal: Terminal): number {
  const [word, extra] = words;
  if (word === undefined) return print(overview(), terminal);
  if (extra !== undefined || !isCommandName(word)) {
    throw new UsageError(`there is no help for "${words.join(' ')}"${suggestion(word, COMMAND_NAMES)}`);
  }
  return print(commandHelp(word), terminal);
}

function refuseWords(command: CommandName, words: readonly string[]): void {
  const word = words[0];
  if (word !== undefined) throw new UsageError(`"${command}" does not take "${word}"; see: warmfront help ${command}`);
}

function print(lines: readonly string[], terminal: Terminal): number {
  for (const line of lines) terminal.print(line);
  return 0;
}
