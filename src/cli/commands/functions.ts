/**
 * `warmfront functions`: what authors of edge functions do before they publish. What each action does: cli/functions.
 */
import type { ControlClient } from '../control-client.ts';
import type { FunctionBench } from '../functions/function-bench.ts';
import { inspectFunctions } from '../functions/inspect.ts';
import { replayFunction } from '../functions/replay.ts';
import { runFunction } from '../functions/run.ts';
import type { Arguments } from '../read-arguments.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const ACTIONS = ['run', 'inspect', 'replay'] as const;

export async function functions(
  given: Arguments,
  client: () => ControlClient,
  bench: FunctionBench,
  terminal: Terminal,
): Promise<number> {
  const [action, operand, extra] = given.words;
  if (extra !== undefined) throw new UsageError(`"functions ${action}" takes one word, not "${extra}" as well`);
  switch (action) {
    case 'run':
      return runFunction(fileOf(operand, action), given, bench, terminal);
    case 'inspect':
      return inspectFunctions(operand, given, client, terminal);
    case 'replay':
      return replayFunction(fileOf(operand, action), given, client, bench, terminal);
    default:
      throw new UsageError(`say what to do: warmfront functions ${ACTIONS.join(', ')}; see: warmfront help functions`);
  }
}

function fileOf(operand: string | undefined, action: string): string {
  if (operand === undefined) throw new UsageError(`say which function to ${action}: warmfront functions ${action} FILE`);
  return operand;
}
